"""The job that recomputes the seals over history, so that an auditor need not ask the operator for a terminal."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.jobs.context import JobContext
from core.jobs.registered import job
from core.records.models import Seal, Settled
from core.records.settling import settle
from core.records.verifying import verify

VERIFY: Final = "records.verify"
LOCK: Final = "records.verify"
MOST_NAMED: Final = 100


@job(VERIFY, label=_("Verify the history"), cancellable=False)
def verify_history(context: JobContext) -> dict[str, Any]:
    """Settle what can be settled and recompute everything. The result names the first faults, and up to which seal was verified."""
    settle()
    with transaction.atomic():
        faults = list(verify())
        last = Seal.objects.order_by("-id").first()
        changes = Settled.objects.count()
    named = [
        {"what": one.what, "table": one.table, "row": one.row, "change": one.change} for one in faults[:MOST_NAMED]
    ]
    return {"faults": len(faults), "named": named, "seal": last.pk if last else 0, "changes": changes}
