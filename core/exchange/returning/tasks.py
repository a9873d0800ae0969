"""The job that makes a workbook with the reasons."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.exchange.collector import collector_at_rest
from core.exchange.exporting import TYPES
from core.exchange.filling import keeping
from core.exchange.models import Batch
from core.exchange.outcomes import OUTCOMES
from core.exchange.returning.building import returned
from core.exchange.returning.marks import HiddenSheet
from core.exchange.returning.services import RETURN, has_problems
from core.exchange.selectors import batches
from core.exchange.stamp import RETURNED, Stamp
from core.jobs.context import JobContext
from core.jobs.registered import job
from core.jobs.services import JobError
from core.records.storage import store

STAGE = "return"


@job(RETURN, label=gettext_lazy("Workbook with the reasons"))
def return_workbook(context: JobContext, *, batch: int) -> dict[str, Any]:
    """Mark the problems of a batch in its workbook and keep the file; until then nothing of it is kept."""
    found = batches(context.actor).filter(pk=batch).select_related("file__key", "unit").first()
    if found is None or not has_problems(found):
        raise JobError(_("There is nothing to mark in this workbook any more."))
    total = sum(found.counts.get(name, 0) for name in OUTCOMES)

    def tell(row: int) -> None:
        context.progress(min(row, total - 1), total, STAGE)

    context.progress(0, total, STAGE)
    with keeping():
        with collector_at_rest():
            name, content = returned(found, tell, _stamp(found))
        context.progress(total, total, STAGE)
        stored = store(name, content, content_type=TYPES["xlsx"])
    return {"file": str(stored.public_id), "name": name, "rows": found.counts.get("refused", 0)}


def _stamp(batch: Batch) -> list[HiddenSheet]:
    """By it the fixed workbook is known as the next generation; batches checked by an earlier version have none."""
    checked = batch.report.get("checked")
    return [HiddenSheet(RETURNED, Stamp(**checked).rows())] if checked else []
