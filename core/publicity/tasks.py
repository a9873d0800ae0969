"""The jobs of publicity."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.dates import today
from core.jobs.context import JobContext
from core.jobs.registered import job
from core.publicity.services import forget_objectors


@job("publicity.forget", label=_("Erase who objected to old publicities"), daily=True)
def forget(_context: JobContext) -> dict[str, Any]:
    """Erase what is past its time."""
    return {"erased": forget_objectors(today())}
