"""The jobs of exchange: those of an import, the exports, the daily reminders; `returning` has its own."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from core.dates import today
from core.exchange.applying import apply_batch
from core.exchange.asking.services import remind_by_itself
from core.exchange.checking import check_batch
from core.exchange.exporting import export_list
from core.exchange.filling import fill_template
from core.exchange.models import Batch
from core.exchange.returning import tasks as returning
from core.exchange.undo.services import take_back
from core.exchange.unused import forget_unused
from core.jobs.context import JobContext
from core.jobs.models import Job
from core.jobs.registered import job

# 50,000 rows take a minute or two on a slow machine.
LONGEST_CHECK: Final = 1800


def _abandon(job: Job) -> None:
    if job.state == Job.State.CANCELLED:
        given_up = Batch.objects.filter(pk=job.arguments["batch"], state=Batch.State.UPLOADED)
        given_up.update(state=Batch.State.ABANDONED)


@job("exchange.check", label=_("Check a workbook"), given_up=_abandon, longest=LONGEST_CHECK)
def check(context: JobContext, *, batch: int) -> dict[str, Any]:
    """Read and check a batch; cancelled, it is given up."""
    return check_batch(batch, context.actor, context.progress).counts


def _wait_again(job: Job) -> None:
    Batch.objects.filter(pk=job.arguments["batch"], state=Batch.State.APPLYING).update(state=Batch.State.CHECKED)


@job("exchange.apply", label=_("Accept a batch"), given_up=_wait_again)
def apply(context: JobContext, *, batch: int) -> dict[str, Any]:
    """Write a batch; cancelled or failed, nothing is written and it waits again."""
    return apply_batch(batch, context.actor, context.progress).counts


@job("exchange.fill_template", label=_("Fill in a template"))
def fill(context: JobContext, *, kind: str, unit: int, sections: list[str], reason: str) -> dict[str, Any]:
    """Write what is on file in the layout of the import."""
    return fill_template(context, kind=kind, unit=unit, sections=sections, reason=reason)


@job("exchange.undo", label=_("Undo a batch"))
def undo(context: JobContext, *, batch: int, reason: str, document: str = "") -> dict[str, Any]:
    """Take back what a batch wrote; cancelled or failed, all stays as it was."""
    done = take_back(batch, context.actor, reason=reason, document=document, progress=context.progress)
    return dict(done.undo_report)


@job("exchange.export_list", label=_("Export a list"))
def export(
    context: JobContext, *, page: str, query: str, form: str, selected: list[str] | None = None
) -> dict[str, Any]:
    """Write a list as a workbook."""
    return export_list(context, page=page, query=query, form=form, selected=selected)


@job("exchange.remind", label=_("Remind who has not sent a requested workbook"), daily=True)
def remind(_context: JobContext) -> dict[str, Any]:
    """Remind before and on the due day."""
    return {"reminded": remind_by_itself(today())}


@job("exchange.forget_unused", label=_("Erase evidence that was never sent"), daily=True)
def forget(_context: JobContext) -> dict[str, Any]:
    """Erase what was attached to forms that nobody sent."""
    return {"erased": forget_unused(today())}


__all__ = ["apply", "check", "export", "fill", "forget", "remind", "returning", "undo"]
