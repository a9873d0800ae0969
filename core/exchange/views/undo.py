"""Undo of a batch on the page: what it would do in three buckets, why, and the confirmation; what the batch's own page says of it."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar, Final

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.exchange.kinds import ImportKind, all_kinds
from core.exchange.models import Batch
from core.exchange.selectors import batches
from core.exchange.services import NotNow
from core.exchange.undo.planning import BUCKETS, Plan
from core.exchange.undo.services import may_undo, undo_batch, undo_job, undo_preview
from core.exchange.undo.telling import page_of
from core.exchange.undo.touched import BLOCK, KEEP, TAKE_BACK
from core.jobs.models import Job
from core.jobs.services import AlreadyRunning
from core.org.errors import NotAllowed
from core.web.forms import ReasonForm
from core.web.pages import FormPage
from core.web.parts import Action, Link, Progress, Tab
from core.web.templatetags.sd import thousands

LABELS: Final = {
    TAKE_BACK: gettext_lazy("Taken back"), KEEP: gettext_lazy("Kept, edited since"), BLOCK: gettext_lazy("Blocked"),
}  # fmt: skip
TONES: Final = {TAKE_BACK: "", KEEP: "amber", BLOCK: "red"}
MEANINGS: Final = {
    TAKE_BACK: gettext_lazy("As the batch left it: it goes back to what it was before."),
    KEEP: gettext_lazy("Somebody edited it since, or another unit keeps it now. It stays as it is."),
    BLOCK: gettext_lazy("Something stands on it that did not come with this batch. It stays until that is gone."),
}


class UndoForm(ReasonForm):
    """Why, and on what paper."""

    document = forms.CharField(
        label=gettext_lazy("Document number"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("The paper that orders it, where there is one."),
    )


class UndoPage(FormPage):
    """What undoing the batch would do, before anything is written; of an undone batch what was left, as it is now."""

    name = "batch_undo"
    route = "imports/<uuid:public_id>/undo/"
    permission = "exchange.approve"
    template = "exchange/undo.html"
    form_class = UndoForm
    submit_label = gettext_lazy("Undo this batch")
    refusals: ClassVar[tuple[type[Exception], ...]] = (NotAllowed, NotNow, AlreadyRunning)
    help = gettext_lazy(
        "An accepted batch can be undone as one change. What somebody edited since stays theirs; what something stands on is not pulled "
        "away from under it. The batch and its workbook stay as evidence."
    )
    record = None

    def rows(self) -> Any:
        return batches(self.actor)

    def heading(self) -> Any:
        said = {"number": self.object.pk}
        if self.object.state == Batch.State.UNDONE:
            return _("What the undo of batch %(number)s left") % said
        return _("Undo batch %(number)s?") % said

    @property
    def cancel_url(self) -> str:
        """Back to the batch."""
        return reverse("batch", args=[self.object.public_id])

    @cached_property
    def plan(self) -> Plan | None:
        """The plan of this moment; None where the batch is not one that can be undone."""
        try:
            return undo_preview(actor=self.actor, batch=self.object)
        except (NotNow, NotAllowed) as error:
            self.why_not = str(error)
            return None

    def context(self) -> dict[str, Any]:
        crumbs = [
            Link(_("Imports and batches"), reverse("imports")),
            Link(_("Batch %(number)s") % {"number": self.object.pk}, self.cancel_url),
        ]
        shown: dict[str, Any] = {"crumbs": crumbs, "batch": self.object, "sub": self.object.file.name}
        if self.plan is None:
            return shown | {"refused": {"icon": "no", "heading": _("It cannot be undone now"), "text": self.why_not}}
        counts = self.plan.counts()
        open_ = self.object.state == Batch.State.APPLIED
        names = BUCKETS if open_ else BUCKETS[1:]
        tab = self.request.GET.get("tab", "")
        if tab not in names:
            tab = next((name for name in names if counts[name]["records"]), names[0])
        after = self.request.GET.get("after", "0")
        people, following = page_of(self.plan, tab, self.actor, int(after) if after.isdecimal() else 0)
        return shown | {
            "tabs": [_tab(name, counts[name]["subjects"], current=name == tab) for name in names],
            "meaning": MEANINGS[tab],
            "people": people,
            "more": f"?tab={tab}&after={following}" if following else "",
            "first": f"?tab={tab}" if after != "0" else "",
            "consequences": consequences(counts, all_kinds()[self.object.kind]) if open_ else [],
            "asks": open_,
            "submit": [
                Action(
                    self.submit_label,
                    danger=True,
                    icon="undo",
                    why_not="" if counts[TAKE_BACK]["records"] else _("Nothing of it can be taken back."),
                ),
                Action(_("Cancel"), url=self.cancel_url),
            ],
        }

    def save(self, form: Any) -> str:
        given = form.cleaned_data
        undo_batch(actor=self.actor, batch=self.object, reason=given["reason"], document=given["document"])
        return self.cancel_url


def _tab(name: str, count: int, *, current: bool) -> Tab:
    return Tab(LABELS[name], f"?tab={name}", current, count, TONES[name] if count else "")


def consequences(counts: dict[str, Any], kind: ImportKind) -> list[str]:
    """What the undo of a batch of a kind does, in sentences."""
    back, entered = counts[TAKE_BACK], counts["entered"]
    said = {"n": thousands(entered)}
    found = []
    if entered:
        found.append(
            ngettext(
                "%(n)s entry of the batch goes, with all its records; its history stays.",
                "%(n)s entries of the batch go, with all their records; their history stays.",
                entered,
            )
            % said
        )
    if back["subjects"] > entered:
        others = back["subjects"] - entered
        found.append(
            ngettext(
                "%(n)s %(noun)s that was there before goes back to what it said before the batch.",
                "%(n)s %(noun)s that were there before go back to what they said before the batch.",
                others,
            )
            % _some(others, kind)
        )
    kept, blocked = counts[KEEP]["subjects"], counts[BLOCK]["subjects"]
    if kept:
        sentence = ngettext(
            "%(n)s %(noun)s keeps what was edited since: see by whom and why.",
            "%(n)s %(noun)s keep what was edited since: see by whom and why.",
            kept,
        )
        found.append(sentence % _some(kept, kind))
    if blocked:
        sentence = ngettext(
            "%(n)s %(noun)s stays because something stands on it.",
            "%(n)s %(noun)s stay because something stands on them.",
            blocked,
        )
        found.append(sentence % _some(blocked, kind))
    sentence = ngettext(
        "%(n)s record is written, in one change or not at all.",
        "%(n)s records are written, in one change or not at all.",
        back["records"],
    )
    found.append(sentence % {"n": thousands(back["records"])})
    found.append(_("An undo cannot be undone. To have the rows again, send the workbook again."))
    return found


def _some(number: int, kind: ImportKind) -> dict[str, Any]:
    return {"n": thousands(number), "noun": kind.noun if number == 1 else kind.nouns}


# what the page of the batch says


def undo_action(batch: Batch, actor: Any) -> list[Action]:
    """The way to the preview, for who may undo the batch."""
    if batch.state != Batch.State.APPLIED or not may_undo(actor, batch):
        return []
    return [Action(_("Undo this batch…"), url=reverse("batch_undo", args=[batch.public_id]), icon="undo")]


def undo_at_work(batch: Batch) -> Job | None:
    """The job that is undoing the batch now."""
    job = undo_job(batch) if batch.state == Batch.State.APPLIED else None
    return job if job is not None and job.state in Job.OPEN else None


def undo_progress(batch: Batch, job: Job) -> Progress:
    """How far the undo is."""
    state = "waiting" if job.state == Job.State.WAITING else "running"
    poll, cancel = (reverse(name, args=[batch.public_id]) for name in ("batch_progress", "batch_cancel"))
    said = {"done": thousands(job.done), "total": thousands(job.total)}
    detail = _("%(done)s of %(total)s records") % said if job.total else ""
    return Progress(
        str(batch.pk), _("Taking back what the batch wrote"), state, job.done, job.total, detail, poll, cancel
    )


def undo_told(batch: Batch, actor: Any) -> dict[str, Any]:
    """What the batch's page says of an undo that was done, or that came to nothing."""
    if batch.state == Batch.State.UNDONE:
        counts = batch.undo_report
        said = {name: thousands(counts.get(name, {}).get("subjects", 0)) for name in BUCKETS}
        said |= {"nouns": all_kinds()[batch.kind].nouns}
        text = _("Taken back %(take_back)s, kept %(keep)s, blocked %(block)s (%(nouns)s).") % said
        left = any(counts.get(name, {}).get("records") for name in (KEEP, BLOCK))
        return {"undone": {"text": text, "left": left and may_undo(actor, batch)}}
    job = undo_job(batch) if batch.state == Batch.State.APPLIED else None
    if job is None or job.state != Job.State.FAILED:
        return {}
    text = _("The undo came to nothing, and nothing was taken back: %(error)s") % {"error": job.error}
    return {"undo_failed": {"tone": "red", "text": text}}
