"""The page of one batch, and its progress."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.exchange.asking.selectors import answered_by
from core.exchange.mapping import form as mapping_form
from core.exchange.models import Batch
from core.exchange.reading.messages import sentence_of
from core.exchange.selectors import batches
from core.exchange.services import may_accept
from core.exchange.views import preview
from core.exchange.views.listing import counted, kind_label
from core.exchange.words.selectors import unknown_words
from core.jobs.models import Job
from core.web.pages import DetailPage
from core.web.parts import Action, Part, Progress, Step, Tab
from core.web.templatetags.sd import thousands

OUTCOMES = ("new", "changed", "same", "refused")
LABELS = {
    "new": gettext_lazy("New"), "changed": gettext_lazy("Changed"), "same": gettext_lazy("Same"), "refused": gettext_lazy("Refused"),
}  # fmt: skip
MEGABYTE_FROM, KILOBYTES_FROM = 100_000, 1024
WORKING = (Batch.State.UPLOADED, Batch.State.APPLYING)
SKIPPED = {
    "caption": gettext_lazy("title or caption"), "blank": gettext_lazy("blank"), "repeated_header": gettext_lazy("headings repeated"),
    "total": gettext_lazy("total"), "note": gettext_lazy("note"), "only_serial": gettext_lazy("serial number only"),
}  # fmt: skip
LEFT_OUT = {
    "hidden_sheet": gettext_lazy("hidden, so it was not read"), "not_a_table": gettext_lazy("no table"),
    "empty_sheet": gettext_lazy("empty"),
    "no_kind": gettext_lazy("no known headings"),
    "other_kind": gettext_lazy("of another kind; send it as a workbook of its own"),
}  # fmt: skip


class BatchPage(DetailPage):
    """One batch in plain words, whatever its state."""

    name = "batch"
    route = "imports/<uuid:public_id>/"
    permission: ClassVar[str | tuple[str, ...]] = ("exchange.import", "exchange.approve")
    template = "exchange/batch.html"
    partial = "exchange/batch_body.html"
    partial_id = "batch"

    def rows(self) -> Any:
        return batches(self.actor)

    def heading(self) -> Any:
        kind = kind_label(self.object)
        return _("Import: %(kind)s") % {"kind": kind} if kind else _("Import")

    def context(self) -> dict[str, Any]:
        batch: Batch = self.object
        found = {
            "batch": batch,
            "sub": self._sub(batch),
            "crumbs": [{"label": _("Imports and batches"), "url": reverse("imports")}],
            "steps": self._steps(batch),
            "working": batch.state in WORKING,
            "actions": self._actions(batch),
            "answers": [
                {"title": request.title, "url": reverse("request", args=[request.public_id]), "units": units}
                for request, units in answered_by(batch, self.actor)
            ],
        }
        if batch.state in WORKING:
            return found | {"progress": progress_of(batch)}
        if batch.state == Batch.State.UNREADABLE:
            return found | {
                "mapping": self._mapping(batch),
                "unreadable": {
                    "icon": "no",
                    "tone": "red",
                    "heading": _("The workbook cannot be read"),
                    "text": sentence_of(batch.trouble),
                },
            }
        return found | self._checked(batch) if batch.counts else found

    def _mapping(self, batch: Batch) -> dict[str, Any]:
        return mapping_form.shown(batch, self.actor, self.request.GET.get("kind", ""))

    def _sub(self, batch: Batch) -> str:
        sent = date_format(timezone.localtime(batch.created_at), "m-d H:i")
        return _("Batch %(number)s · %(unit)s · %(file)s, %(size)s · sent %(at)s by %(who)s") % {
            "number": batch.pk, "unit": self.object.unit_label, "file": batch.file.name, "size": size_words(batch.file.size), "at": sent,
            "who": batch.user.name,
        }  # fmt: skip

    def _steps(self, batch: Batch) -> list[Step]:
        state = batch.state
        check = {Batch.State.UPLOADED: "current", Batch.State.UNREADABLE: "failed"}.get(Batch.State(state), "done")
        decide = {"checked": "current", "applying": "current", "applied": "done"}.get(state, "todo")
        return [Step(_("Upload"), "done"), Step(_("Check"), check), Step(_("Look and accept"), decide)]

    def _actions(self, batch: Batch) -> list[Action]:
        found = [Action(_("The workbook as sent"), url=reverse("batch_file", args=[batch.public_id]), icon="download")]
        if batch.state in {Batch.State.UNREADABLE, Batch.State.CHECKED} and self.actor.may("exchange.import"):
            found.append(Action(_("Another file"), url=reverse("import_new"), icon="upload"))
        if batch.state in {Batch.State.CHECKED, Batch.State.UPLOADED} and self.actor.may("exchange.import"):
            found.append(
                Action(_("Give up"), url=reverse("batch_abandon", args=[batch.public_id]), post=True, quiet=True)
            )
        return found

    def _checked(self, batch: Batch) -> dict[str, Any]:
        tab = self.request.GET.get("tab") or next(
            (name for name in ("refused", "changed", "new", "same") if counted(batch, name)), "same"
        )
        after = self.request.GET.get("after", "0")
        shown = {
            "finished": progress_of(batch),
            "mix": [Part(name, counted(batch, name)) for name in OUTCOMES],
            "tab": tab,
        }
        shown |= {
            "tabs": self._tabs(batch, tab),
            "accept": self._accept(batch),
        }
        if tab == "columns":
            shown |= {
                "mapping": self._mapping(batch),
                "sheets": _sheets(batch),
                "read_as": read_as(batch),
                "unknown_words": unknown_words(batch, self.actor),
            }
        return shown | (self._tab(batch, tab, int(after) if after.isdecimal() else 0) if tab in OUTCOMES else {})

    def _tabs(self, batch: Batch, tab: str) -> list[Tab]:
        tabs = [
            Tab(
                LABELS[name],
                f"?tab={name}",
                tab == name,
                counted(batch, name),
                "red" if name == "refused" and counted(batch, name) else "",
                name,
            )
            for name in OUTCOMES
        ]
        return [*tabs, Tab(_("How it was read"), "?tab=columns", tab == "columns")]

    def _tab(self, batch: Batch, tab: str, after: int) -> dict[str, Any]:
        topic = self.request.GET.get("about", "") if tab == "refused" else ""
        here = urlencode({"tab": tab, **({"about": topic} if topic else {})})
        rows, following = preview.rows_of(batch, tab, after, topic)
        more = f"?{here}&after={following}" if following else ""
        found: dict[str, Any] = {"more": more, "first": f"?{here}" if after else "", "none": not rows}
        if tab == "refused":
            return found | {
                "problems": preview.problems(batch, rows, self.actor),
                "topics": preview.topics(batch),
                "topic": topic,
            }
        if tab == "changed":
            return found | {"changes": preview.differences(batch, rows, self.actor)}
        return found | {"table": preview.table(batch, rows, self.actor) if rows else None}

    def _accept(self, batch: Batch) -> dict[str, Any] | None:
        if batch.state != Batch.State.CHECKED:
            return None
        good = counted(batch, "new") + counted(batch, "changed")
        refused = counted(batch, "refused")
        why = "" if may_accept(self.actor, batch) else _("Your role does not accept batches.")
        why = why or ("" if good else _("Nothing is new or changed."))
        label = ngettext("Accept %(count)s row", "Accept %(count)s rows", good) % {"count": thousands(good)}
        note = _("%(new)s new, %(changed)s changed, %(same)s stay as they are.") % {
            "new": thousands(counted(batch, "new")), "changed": thousands(counted(batch, "changed")),
            "same": thousands(counted(batch, "same")),
        }  # fmt: skip
        if refused:
            note += " " + _(
                "The %(count)s refused rows are left out; correct them in the workbook and send it again."
            ) % {"count": thousands(refused)}
        return {
            "action": [Action(label, primary=True, icon="check", why_not=why)],
            "note": note,
            "url": reverse("batch_accept", args=[batch.public_id]),
        }


class BatchProgress(BatchPage):
    """The progress of a batch, polled; when it ends the whole page is shown anew."""

    name = "batch_progress"
    route = "imports/<uuid:public_id>/progress/"

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        if self.object.state not in WORKING or (self.object.job and self.object.job.state not in Job.OPEN):
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "core/components/progress.html", {"part": progress_of(self.object)})


def size_words(size: int) -> str:
    """The size of a file, never as nought."""
    if size > MEGABYTE_FROM:
        return f"{size / 1024 / 1024:.1f} MB"
    return f"{size / 1024:.0f} KB" if size >= KILOBYTES_FROM else f"{size} B"


def progress_of(batch: Batch) -> Progress:
    """The batch's job as a progress bar: rows, rate, time left."""
    job = batch.job
    if batch.state not in WORKING:
        total = sum(counted(batch, name) for name in OUTCOMES)
        verb = {
            "checked": _("Checked, %(count)s rows"), "applied": _("Accepted; %(count)s rows were checked"),
            "abandoned": _("Given up; nothing was written"),
        }.get(batch.state, "%(count)s")  # fmt: skip
        return Progress(str(batch.pk), verb % {"count": thousands(total)}, "done", detail=_how(batch, job, total))
    heading = _("Checking the workbook") if batch.state == Batch.State.UPLOADED else _("Writing the accepted rows")
    if job is None:
        return Progress(str(batch.pk), heading, "waiting")
    state = {"waiting": "waiting", "failed": "failed"}.get(job.state, "running")
    poll = reverse("batch_progress", args=[batch.public_id])
    cancel = reverse("batch_cancel", args=[batch.public_id])
    return Progress(str(batch.pk), heading, state, job.done, job.total, _pace(job), poll, cancel)


def _how(batch: Batch, job: Job | None, total: int) -> str:
    parts = []
    if job and job.started_at and job.finished_at:
        seconds = max((job.finished_at - job.started_at).total_seconds(), 0.1)
        parts.append(
            _("in %(seconds).1f s, %(rate)s rows a second")
            % {"seconds": seconds, "rate": thousands(int(total / seconds))}
        )
    read = [sheet for sheet in batch.report.get("sheets", []) if sheet["kind"] and not sheet["why"]]
    for sheet in read[:2]:
        head = "–".join(str(row) for row in dict.fromkeys([sheet["header_rows"][0], sheet["header_rows"][-1]]))
        known, every = len(sheet["mapped"]), len(sheet["mapped"]) + len(sheet["unmapped"])
        said = {"sheet": sheet["name"], "rows": head, "known": known, "all": every}
        parts.append(_("sheet “%(sheet)s”, headings in row %(rows)s, %(known)s of %(all)s columns recognised") % said)
    return _("; ").join(parts)


def _pace(job: Job) -> str:
    if not job.total:
        return ""
    said = _("%(done)s of %(total)s rows") % {"done": thousands(job.done), "total": thousands(job.total)}
    if job.started_at and job.done:
        seconds = max((timezone.now() - job.started_at).total_seconds(), 0.1)
        rate = job.done / seconds
        left = max(int((job.total - job.done) / rate), 0)
        said += _("; %(rate)s rows a second, about %(left)s s left") % {"rate": thousands(int(rate)), "left": left}
    return said


def _sheets(batch: Batch) -> list[dict[str, Any]]:
    found = []
    for sheet in batch.report.get("sheets", []):
        skipped = [
            {"rows": f"{first}–{last}" if last != first else first, "why": SKIPPED.get(why, why), "text": text}
            for first, last, why, text in sheet["skipped"]
        ]
        columns = [
            {"letter": preview.letter(index), "header": header, "field": field_label(batch, name)}
            for index, header, name in sheet["mapped"]
        ]
        why = LEFT_OUT.get(sheet["why"], sheet["why"])
        found.append({**sheet, "skipped": skipped, "columns": columns, "why": why})
    return found


def field_label(batch: Batch, name: str) -> Any:
    """The name of a field on the page."""
    column = preview.columns_of(preview.all_kinds()[batch.kind]).get(name)
    return column.label if column else name


def read_as(batch: Batch) -> list[dict[str, Any]]:
    """Words that were read as a code of a list."""
    return [
        {"field": field_label(batch, name), "sent": sent, "meaning": meaning, "count": count}
        for name, sent, meaning, count in batch.report.get("read_as", [])
    ]
