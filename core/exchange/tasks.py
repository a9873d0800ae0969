"""The jobs of exchange: the two of an import, and the export of lists."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.exchange.applying import apply_batch
from core.exchange.checking import check_batch
from core.exchange.exporting import export_list
from core.exchange.models import Batch
from core.jobs.context import Cancelled, JobContext
from core.jobs.registered import job


@job("exchange.check", label=_("Check a workbook"))
def check(context: JobContext, *, batch: int) -> dict[str, Any]:
    """Read and check a batch; cancelled, it is given up."""
    try:
        return check_batch(batch, context.actor, context.progress).counts
    except Cancelled:
        Batch.objects.filter(pk=batch, state=Batch.State.UPLOADED).update(state=Batch.State.ABANDONED)
        raise


@job("exchange.apply", label=_("Accept a batch"))
def apply(context: JobContext, *, batch: int) -> dict[str, Any]:
    """Write a batch; cancelled, nothing is written and it waits again."""
    try:
        return apply_batch(batch, context.actor, context.progress).counts
    except Exception:
        Batch.objects.filter(pk=batch, state=Batch.State.APPLYING).update(state=Batch.State.CHECKED)
        raise


@job("exchange.export_list", label=_("Export a list"))
def export(context: JobContext, *, page: str, query: str, form: str, selected: list[str] | None = None) -> dict[str, Any]:
    """Write a list as a workbook."""
    return export_list(context, page=page, query=query, form=form, selected=selected)
