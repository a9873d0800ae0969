"""The jobs of cases."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.jobs.context import JobContext
from core.jobs.registered import job
from core.workflow.reminding import remind_by_itself


@job("workflow.remind", label=_("Remind of cases that are due"), daily=True)
def remind(_context: JobContext) -> dict[str, Any]:
    """Remind of what is due soon, today, or late."""
    return {"reminded": remind_by_itself()}
