"""What is left until a day, in working days and in words."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import workdays


def days_left(due: date, on: date) -> int:
    """How many working days remain, the due day included; negative by how many working days it is over."""
    if on > due:
        return -workdays.between(due, on)
    return workdays.between(on, due) + workdays.is_workday(due)


def days_words(due: date, on: date) -> str:
    """The time that is left, in working days."""
    if due == on:
        return _("due today")
    left = days_left(due, on)
    if due < on:
        over = max(-left, 1)
        return ngettext("%(n)s working day late", "%(n)s working days late", over) % {"n": over}
    return ngettext("%(n)s working day left", "%(n)s working days left", left) % {"n": left}
