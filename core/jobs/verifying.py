"""The job that recomputes the seals over history, so that an auditor need not ask the operator for a terminal."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from core.jobs.context import JobContext
from core.jobs.registered import job
from core.records.chain import Stretch
from core.records.verifying import verification

VERIFY: Final = "records.verify"
LOCK: Final = "records.verify"
MOST_NAMED: Final = 100


@job(VERIFY, label=_("Verify the history"), cancellable=False)
def verify_history(context: JobContext, start: str = "", to: str = "") -> dict[str, Any]:
    """Settle what can be settled and recompute a stretch of seals, or all. The result names the first faults, and what was verified.

    `start` and `to` are numbers of seals or days, as `core.records.chain.Stretch.asked` reads them.
    """
    outcome = verification(Stretch.asked(start, to))
    named = [asdict(fault) for fault in outcome.faults[:MOST_NAMED]]
    return {
        "faults": len(outcome.faults), "named": named, "seal": outcome.last.pk if outcome.last else 0, "changes": outcome.changes,
        "start": outcome.stretch.start, "to": outcome.stretch.to,
    }  # fmt: skip
