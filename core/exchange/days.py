"""Which days a batch may hold from."""

from __future__ import annotations

from datetime import date, timedelta

from core.dates import BEFORE_RECORDS, today

AHEAD = timedelta(days=366)


def last_day() -> date:
    """The last day from which the changes of a workbook may hold: a list for the next school year comes a year ahead at most."""
    return today() + AHEAD


def may_hold_from(day: date) -> bool:
    """Whether the changes of a workbook may hold from a day."""
    return BEFORE_RECORDS < day <= last_day()
