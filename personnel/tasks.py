"""The jobs of people's files."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.jobs.context import JobContext
from core.jobs.registered import job
from personnel.services.likeness import FOUND, find_likenesses


@job(FOUND, label=_("Look for two files of one person"), daily=True)
def find(_context: JobContext) -> dict[str, Any]:
    """Lay all files beside each other. The answer names no number: whoever started it may not see all of them."""
    find_likenesses()
    return {}
