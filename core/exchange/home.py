"""What imports say on the first page: batches that wait for a decision, and the button that begins one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.exchange.exporting import page_named
from core.exchange.kinds import all_kinds
from core.exchange.models import Batch
from core.exchange.returning.services import RETURN
from core.exchange.selectors import batches
from core.exchange.services import may_accept
from core.jobs.models import Job
from core.registry import HomePart, Waiting
from core.web.parts import Action

MOST: Final = 50


def waiting(actor: Any) -> list[Waiting]:
    """Checked batches of the actor's units, the oldest first."""
    rows = batches(actor).filter(state=Batch.State.CHECKED, checked_at__isnull=False).order_by("checked_at")[:MOST]
    return [
        Waiting(
            what=_("Batch %(number)s") % {"number": batch.pk},
            do=_to_do(batch, actor),
            since=batch.checked_at,
            url=reverse("batch", args=[batch.public_id]),
            sub=batch.file.name,
            unit=batch.unit_label,
        )
        for batch in rows
        if may_accept(actor, batch) or batch.counts.get("refused")
    ]


def _to_do(batch: Batch, actor: Any) -> str:
    good = batch.counts.get("new", 0) + batch.counts.get("changed", 0)
    if not good or not may_accept(actor, batch):
        return _("look at the refused rows")
    return ngettext("accept %(n)s row", "accept %(n)s rows", good) % {"n": f"{good:,}"}


def actions(_actor: Any) -> list[Action]:
    """Send a workbook."""
    return [Action(_("Import a workbook"), reverse("import_new"), "upload", primary=True)]


HOME: Final = (
    HomePart(permission="exchange.approve", waiting=waiting, order=10),
    HomePart(permission="exchange.import", actions=actions, order=10),
)


def batch_of(job: Job, actor: Any) -> Action | None:
    """Where the batch of a check, an acceptance or an undo is, for those who may look at it."""
    batch = batches(actor).filter(pk=job.arguments.get("batch")).first() if actor.may("exchange.import") else None
    return Action(_("The batch"), reverse("batch", args=[batch.public_id]), "sheet", primary=True) if batch else None


def batches_of(jobs: Sequence[Job], actor: Any) -> dict[int, str]:
    """The number of each job's batch, and the name of its file for those who may look at the batch."""
    numbers = {job.pk: job.arguments["batch"] for job in jobs}
    may_look = actor.may("exchange.import") or actor.may("exchange.approve")
    seen = batches(actor).filter(pk__in=numbers.values()) if may_look else Batch.objects.none()
    files = dict(seen.values_list("pk", "file__name"))
    return {
        job: _("batch %(number)s: %(file)s") % {"number": batch, "file": files[batch]}
        if batch in files
        else _("batch %(number)s") % {"number": batch}
        for job, batch in numbers.items()
    }


def lists_of(jobs: Sequence[Job], _actor: Any) -> dict[int, str]:
    """The title of the list that each job exports, and in which form."""
    pages = {job.pk: page_named(job.arguments["page"]) for job in jobs}
    return {
        job.pk: _("%(list)s (%(format)s)") % {"list": page.title, "format": job.arguments["form"]}
        for job in jobs
        if (page := pages[job.pk])
    }


def export_of(job: Job, actor: Any) -> Action | None:
    """The file that an export made, for who asked for it."""
    mine = job.user_id == actor.user.pk and job.assignment == actor.assignment
    if job.state != Job.State.DONE or not mine:
        return None
    label = ngettext("Download, %(n)s row", "Download, %(n)s rows", job.result["rows"]) % {
        "n": f"{job.result['rows']:,}"
    }
    return Action(label, reverse("job_file", args=[job.public_id]), "download", primary=True)


def templates_of(jobs: Sequence[Job], _actor: Any) -> dict[int, str]:
    """What each job fills in."""
    kinds = all_kinds()
    return {job.pk: str(kinds[name].label) for job in jobs if (name := job.arguments["kind"]) in kinds}


def returned_of(job: Job, actor: Any) -> Action | None:
    """The workbook with the reasons, for who asked for it; until it is there, the way back to the batch."""
    mine = job.user_id == actor.user.pk and job.assignment == actor.assignment
    if job.state != Job.State.DONE or not mine or not actor.may("exchange.import"):
        return batch_of(job, actor)
    return Action(_("Download the workbook"), reverse("job_file", args=[job.public_id]), "download", primary=True)


OF_BATCHES: Final = ("exchange.check", "exchange.apply", "exchange.undo")
JOB_SUBJECTS: Final = {
    **dict.fromkeys((*OF_BATCHES, RETURN), batches_of), "exchange.export_list": lists_of, "exchange.fill_template": templates_of,
}  # fmt: skip
JOB_RESULTS: Final = {
    **dict.fromkeys(OF_BATCHES, batch_of), "exchange.export_list": export_of, "exchange.fill_template": export_of,
    RETURN: returned_of,
}  # fmt: skip
