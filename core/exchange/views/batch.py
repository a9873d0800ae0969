"""The page of one batch, and its progress."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from core.exchange import generations
from core.exchange.asking.selectors import answered_by
from core.exchange.kinds import all_kinds
from core.exchange.mapping import form as mapping_form
from core.exchange.models import Batch
from core.exchange.outcomes import OUTCOMES
from core.exchange.reading.messages import sentence_of
from core.exchange.reading.notes import column_letters
from core.exchange.returning.services import why_not
from core.exchange.selectors import batches, is_dated
from core.exchange.services import check_failed, may_accept
from core.exchange.views import fixes, preview, questions
from core.exchange.views.listing import counted, kind_label
from core.exchange.views.returned import return_actions
from core.exchange.views.undo import undo_action, undo_at_work, undo_progress, undo_told
from core.exchange.words.selectors import unknown_words
from core.jobs.models import Job
from core.web.pages import DetailPage
from core.web.parts import Action, Link, Part, Progress, Step, Tab
from core.web.templatetags.sd import thousands
from core.web.views.jobs import error_words

LABELS = {
    "new": gettext_lazy("New"), "changed": gettext_lazy("Changed"), "same": gettext_lazy("Same"),
    "undecided": gettext_lazy("Needs a decision"), "refused": gettext_lazy("Refused"),
}  # fmt: skip
MEGABYTE_FROM, KILOBYTES_FROM = 100_000, 1024
WORKING = (Batch.State.UPLOADED, Batch.State.APPLYING)
SKIPPED = {
    "caption": gettext_lazy("title or caption"), "blank": gettext_lazy("blank"), "repeated_header": gettext_lazy("headings repeated"),
    "total": gettext_lazy("total"), "note": gettext_lazy("note"), "only_serial": gettext_lazy("serial number only"),
    "junk": gettext_lazy("put there by the system"),
}  # fmt: skip
LEFT_OUT = {
    "hidden_sheet": gettext_lazy("hidden, so it was not read"), "not_a_table": gettext_lazy("no table"),
    "empty_sheet": gettext_lazy("empty"),
    "no_kind": gettext_lazy("no known headings"),
    "other_kind": gettext_lazy("of another kind; send it as a workbook of its own"),
}  # fmt: skip

ERASED = {
    "icon": "no",
    "heading": gettext_lazy("What this workbook held was erased"),
    "text": gettext_lazy("The time for which it may be kept is over. That it was sent, when and by whom stays."),
}
STAMP_TROUBLES = {
    "none": gettext_lazy(
        "This workbook has no mark of when it was made, so it is compared with what is on file now only. Look at the changed rows for "
        "corrections that it would undo."
    ),
    "broken": gettext_lazy(
        "The hidden mark of this workbook was changed and does not count: it is compared with what is on file now only. Look at the "
        "changed rows for corrections that it would undo, or fill in a new template."
    ),
    "other_unit": gettext_lazy(
        "This workbook was made from a template of another unit, so its mark does not count here: it is compared with what is on file now "
        "only. Look at the changed rows for corrections that it would undo."
    ),
    "unknown_position": gettext_lazy(
        "The hidden mark of this workbook names a moment that this system does not know: it is compared with what is on file now only."
    ),
}
TONED = {"refused": "red", "undecided": "amber"}


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
        undoing = undo_at_work(batch)
        kind = all_kinds().get(batch.kind)
        found = {
            "batch": batch,
            "sub": self._sub(batch),
            "crumbs": self._crumbs(batch),
            "dated": is_dated(batch),
            "about": kind.about if kind is not None else "",
            "steps": self._steps(batch),
            "working": batch.state in WORKING or undoing is not None,
            "actions": self._actions(batch) if undoing is None else [],
            "answers": [
                {"title": request.title, "url": reverse("request", args=[request.public_id]), "units": units}
                for request, units in answered_by(batch, self.actor)
            ],
            **undo_told(batch, self.actor),
        }
        if undoing is not None:
            return found | {"progress": undo_progress(batch, undoing)}
        if batch.state in WORKING:
            return found | {"progress": progress_of(batch)}
        if batch.file.key.wrapped is None:
            return found | {"actions": [], "erased": ERASED}
        if batch.state == Batch.State.UNREADABLE:
            return found | {
                "mapping": self._mapping(batch),
                "unreadable": {
                    "icon": "no",
                    "tone": "red",
                    "heading": _("The workbook cannot be read"),
                    "text": f"{sentence_of(batch.trouble)} {why_not(batch)}",
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
        decide = {"checked": "current", "applying": "current", "applied": "done", "undone": "done"}.get(state, "todo")
        steps = [Step(_("Upload"), "done"), Step(_("Check"), check), Step(_("Look and accept"), decide)]
        made = batch.report.get("stamp", {}).get("at")
        return [Step(_("Download the template"), "done", stamp_words(made)), *steps] if made else steps

    def _actions(self, batch: Batch) -> list[Action]:
        found = [Action(_("The workbook as sent"), url=reverse("batch_file", args=[batch.public_id]), icon="download")]
        found += return_actions(batch, self.actor)
        page = self._sent_from(batch)
        if page and batch.state in {Batch.State.UNREADABLE, Batch.State.CHECKED}:
            found.append(Action(_("Another file"), url=page, icon="upload"))
        if page and self._may_follow(batch):
            found.append(Action(_("Send the fixed workbook"), url=f"{page}?fixes={batch.public_id}", icon="upload"))
        if check_failed(batch) and self.actor.may("exchange.import"):
            found.append(Action(_("Check again"), url=reverse("batch_check", args=[batch.public_id]), post=True))
        if batch.state in {Batch.State.CHECKED, Batch.State.UPLOADED} and self.actor.may("exchange.import"):
            found.append(
                Action(_("Give up"), url=reverse("batch_abandon", args=[batch.public_id]), post=True, quiet=True)
            )
        return [*found, *undo_action(batch, self.actor)]

    def _apart(self, batch: Batch) -> Any:
        """The kind of the batch, where it is one that stands apart."""
        kind = all_kinds().get(batch.kind)
        return kind if kind is not None and kind.apart else None

    def _crumbs(self, batch: Batch) -> list[Any]:
        place = kind.belongs_to(batch) if (kind := self._apart(batch)) else None
        return [place] if place else [Link(_("Imports and batches"), reverse("imports"))]

    def _sent_from(self, batch: Batch) -> str:
        """The page from which the next workbook is sent, for who sends any."""
        if not self.actor.may("exchange.import"):
            return ""
        kind = self._apart(batch)
        return kind.sent_from(batch) if kind else reverse("import_new")

    def _may_follow(self, batch: Batch) -> bool:
        """Whether rows stayed behind that a fixed workbook would bring."""
        behind = counted(batch, "refused") or counted(batch, "undecided")
        states = {Batch.State.CHECKED, Batch.State.APPLIED}
        return bool(behind and batch.state in states)

    def _checked(self, batch: Batch) -> dict[str, Any]:
        tab = self.request.GET.get("tab") or next(
            (name for name in ("undecided", "refused", "changed", "new", "same") if counted(batch, name)), "same"
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
            "stamp_said": stamp_said(batch),
            "generations": generations.told(batch) if batch.previous_id or batch.following.exists() else [],
            "finished_rows": counted(batch, "finished"),
            "fixes": fixes.told(batch) if tab == "columns" and batch.fixes else [],
            "replaced": batch.report.get("replaced_by"),
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
                TONED.get(name, "") if counted(batch, name) else "",
                name,
            )
            for name in OUTCOMES
            if name != "undecided" or counted(batch, "asked")
        ]
        return [*tabs, Tab(_("How it was read"), "?tab=columns", tab == "columns")]

    def _tab(self, batch: Batch, tab: str, after: int) -> dict[str, Any]:
        topic = self.request.GET.get("about", "") if tab == "refused" else ""
        here = urlencode({"tab": tab, **({"about": topic} if topic else {})})
        asked = tab == "undecided"
        rows, following = questions.rows_of(batch, after) if asked else preview.rows_of(batch, tab, after, topic)
        more = f"?{here}&after={following}" if following else ""
        found: dict[str, Any] = {"more": more, "first": f"?{here}" if after else "", "none": not rows}
        if asked:
            return found | {"questions": questions.questions(batch, rows, self.actor), "asked": self._asked(batch)}
        if tab == "refused":
            problems = preview.problems(batch, rows, self.actor)
            return found | {
                "problems": problems,
                "word_lists": fixes.word_lists(batch, problems),
                "topics": preview.topics(batch),
                "topic": topic,
            }
        if tab == "changed":
            return found | {"changes": preview.differences(batch, rows, self.actor)}
        return found | {"table": preview.table(batch, rows, self.actor) if rows else None}

    def _asked(self, batch: Batch) -> dict[str, Any]:
        """How many rows ask something, and how many of these are still open; whether the reader may decide."""
        open_rows = counted(batch, "undecided")
        said = {"asked": thousands(counted(batch, "asked")), "open": thousands(open_rows)}
        return {
            "text": _(
                "In %(asked)s rows the file, what is on file now and what was on file at the download differ; %(open)s wait for a decision."
            )
            % said,
            "open": open_rows,
            "may": batch.state == Batch.State.CHECKED and self.actor.may("exchange.import"),
        }

    def _accept(self, batch: Batch) -> dict[str, Any] | None:
        if batch.state != Batch.State.CHECKED:
            return None
        good = counted(batch, "new") + counted(batch, "changed")
        refused = counted(batch, "refused")
        why = "" if may_accept(self.actor, batch) else self._accepted_by(batch)
        why = why or ("" if good else _("Nothing is new or changed."))
        label = ngettext("Accept %(count)s row", "Accept %(count)s rows", good) % {"count": thousands(good)}
        note = _("%(new)s new, %(changed)s changed, %(same)s stay as they are.") % {
            "new": thousands(counted(batch, "new")), "changed": thousands(counted(batch, "changed")),
            "same": thousands(counted(batch, "same")),
        }  # fmt: skip
        if counted(batch, "undecided"):
            undecided = thousands(counted(batch, "undecided"))
            note += " " + _("%(count)s rows wait for a decision and are left out until then.") % {"count": undecided}
        if refused:
            note += " " + _(
                "The %(count)s refused rows are left out; correct them in the workbook and send it again."
            ) % {"count": thousands(refused)}
        return {
            "action": [Action(label, primary=True, icon="check", why_not=why)],
            "note": note,
            "url": reverse("batch_accept", args=[batch.public_id]),
        }

    def _accepted_by(self, batch: Batch) -> str:
        kind = all_kinds().get(batch.kind)
        if kind is None or not kind.accepted_by:
            return _("Your role does not accept batches.")
        may = settings.PERMISSION_LABELS[kind.accepted_by]
        return _("Somebody with this permission accepts the batch: %(may)s.") % {"may": may}


class BatchProgress(BatchPage):
    """The progress of a batch, polled; when it ends the whole page is shown anew."""

    name = "batch_progress"
    route = "imports/<uuid:public_id>/progress/"

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        undoing = undo_at_work(self.object)
        if undoing is not None:
            return render(request, "core/components/progress.html", {"part": undo_progress(self.object, undoing)})
        if self.object.state not in WORKING or (self.object.job and self.object.job.state not in Job.OPEN):
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "core/components/progress.html", {"part": progress_of(self.object)})


def stamp_words(iso: str) -> str:
    """The moment of a stamp, as steps show it."""
    return timezone.localtime(datetime.fromisoformat(iso)).strftime("%m-%d %H:%M")


def stamp_said(batch: Batch) -> dict[str, str]:
    """How the workbook was compared: with what its sender knew, or with what is on file now only, and why.

    Nothing of a kind whose templates are never filled in: its rows change nothing that somebody else could have corrected meanwhile.
    """
    kind = all_kinds().get(batch.kind)
    if kind is not None and not kind.fills:
        return {"icon": "info", "text": ""}
    stamp = batch.report.get("stamp", {"trouble": "none"})
    if not stamp["trouble"]:
        text = _("Made from a template of %(at)s: what was corrected on file since then is not undone.")
        said = text % {"at": stamp_words(stamp["at"])}
        if added := stamp.get("added"):
            older = _("The template is of an older version; these columns were added since: %(columns)s.")
            said += " " + older % {"columns": pgettext("list separator", ", ").join(added)}
        return {"icon": "info", "text": said}
    return {"icon": "info" if stamp["trouble"] == "none" else "alert", "text": str(STAMP_TROUBLES[stamp["trouble"]])}


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
            "undone": _("Accepted, then undone; %(count)s rows were checked"),
            "abandoned": _("Given up; nothing was written"),
        }.get(batch.state, "%(count)s")  # fmt: skip
        return Progress(str(batch.pk), verb % {"count": thousands(total)}, "done", detail=_how(batch, job, total))
    heading = _("Checking the workbook") if batch.state == Batch.State.UPLOADED else _("Writing the accepted rows")
    if job is None:
        return Progress(str(batch.pk), heading, "waiting")
    state = {"waiting": "waiting", "failed": "failed"}.get(job.state, "running")
    poll = reverse("batch_progress", args=[batch.public_id])
    cancel = reverse("batch_cancel", args=[batch.public_id])
    detail = error_words(job) if state == "failed" else _pace(job)
    return Progress(str(batch.pk), heading, state, job.done, job.total, detail, poll, cancel)


def _how(batch: Batch, job: Job | None, total: int) -> str:
    parts = []
    if job and job.started_at and job.finished_at:
        seconds = max((job.finished_at - job.started_at).total_seconds(), 0.1)
        parts.append(
            _("in %(seconds).1f s, %(rate)s rows a second")
            % {"seconds": seconds, "rate": thousands(int(total / seconds))}
        )
    read = [
        sheet for sheet in batch.report.get("sheets", []) if sheet["kind"] and not sheet["why"] and sheet["header_rows"]
    ]
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
            {"letter": column_letters(index), "header": header, "field": field_label(batch, name)}
            for index, header, name in sheet["mapped"]
        ]
        why = LEFT_OUT.get(sheet["why"], sheet["why"])
        found.append({**sheet, "skipped": skipped, "columns": columns, "why": why})
    return found


def field_label(batch: Batch, name: str) -> Any:
    """The name of a field on the page."""
    column = preview.columns_of(all_kinds()[batch.kind]).get(name)
    return column.label if column else name


def read_as(batch: Batch) -> list[dict[str, Any]]:
    """Words that were read as a code of a list."""
    return [
        {"field": field_label(batch, name), "sent": sent, "meaning": meaning, "count": count}
        for name, sent, meaning, count in batch.report.get("read_as", [])
    ]
