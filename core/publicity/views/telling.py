"""A publicity in words."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from core.publicity.models import Publicity
from core.web.due import days_words
from core.web.parts import Badge


def clock_badge(one: Publicity, on: date) -> Badge:
    """Where a publicity stands on a day."""
    if one.state == Publicity.State.PASSED:
        return Badge(one.get_state_display(), "green", "check")
    if one.state == Publicity.State.STOPPED:
        return Badge(one.get_state_display(), "red", "no")
    if on > one.last_day:
        return Badge(_("time is over"), "amber", "clock")
    return Badge(days_words(one.last_day, on), "", "clock")


def waiting_badge(one: Any) -> Badge | None:
    """How many objections wait, of a publicity with `waiting` and `objected`."""
    if one.waiting:
        return Badge(_("%(n)s open") % {"n": one.waiting}, "red", "alert")
    return Badge(_("%(n)s answered") % {"n": one.objected}, "") if one.objected else None
