"""The stretches of time by which workbooks are looked at: months, and school years as imports count them."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.utils.translation import gettext_lazy as _

from core.dates import add_months
from core.exchange.units import NEW_SCHOOL_YEAR

PERIODS: Final = (
    ("year", _("this school year")), ("last_year", _("last school year")), ("month", _("this month")),
    ("last_month", _("last month")),
)  # fmt: skip


def span(name: str, on: date) -> tuple[date, date]:
    """The first day of a named period as of a day, and the first day after it."""
    if name in {"month", "last_month"}:
        first = add_months(on.replace(day=1), -1 if name == "last_month" else 0)
        return first, add_months(first, 1)
    year = on.year - (on.month < NEW_SCHOOL_YEAR) - (name == "last_year")
    return date(year, NEW_SCHOOL_YEAR, 1), date(year + 1, NEW_SCHOOL_YEAR, 1)
