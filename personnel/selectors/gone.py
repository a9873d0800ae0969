"""Who no longer works for their unit on a day."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from personnel.choices import ENDED
from personnel.models import PersonStatus


def gone(on: date) -> QuerySet[PersonStatus]:
    """The statuses of those who have retired, left or died by a day: filtered by person, and asked within other queries."""
    return PersonStatus._base_manager.filter(status__in=ENDED, valid__contains=on)
