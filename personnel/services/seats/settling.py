"""Booking what the files say, where the ledger says otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from core.org.errors import NotAllowed
from core.org.models import Unit
from core.records.changes import change
from personnel.models import Teacher
from personnel.selectors.seat_holding import MISSING, QUOTA, SURPLUS, Difference, open_days
from personnel.selectors.seats import KEEP
from personnel.services.seats.booking import must_keep, refusals
from personnel.services.seats.people import Seat, move_many, occupy_many, release_many


def book_differences(
    *, actor: Any, found: Sequence[Difference], on: date, reason: str = "", source: str = "page"
) -> int:  # fmt: skip
    """Let the ledger follow the files in these differences, each from the day that the file names, but not before the ledger began.

    All or none; returns how many. Approved quotas are not booked so: they need a paper. Raises `NotAllowed` without the right and for
    none, `SeatsRefused` where no seat is vacant.
    """
    must_keep(actor, KEEP)
    people = [one for one in found if one.what != QUOTA]
    if not people:
        raise NotAllowed(_("Tick what is to be booked. An approved quota is booked as an approval, with its paper."))
    teachers = Teacher._base_manager.in_bulk([one.teacher for one in people])
    units = Unit.objects.in_bulk({one.unit for one in people} | {one.file.unit for one in people if one.file})
    began = open_days(list(units))
    with (
        refusals(),
        change("personnel.seats_settle", actor=actor, reason=reason or _("Booked as the files say"), source=source),
    ):
        leaving: dict[date, list[Teacher]] = defaultdict(list)
        coming: list[Seat] = []
        moving: list[Seat] = []
        for one in people:
            first = max(
                filter(None, [one.day, began.get(one.unit), one.ledger.since if one.ledger else None]), default=on
            )
            person = teachers[one.teacher or 0]
            if one.what == SURPLUS or one.file is None:
                leaving[first].append(person)
            else:
                seat = Seat(person, units[one.file.unit], one.file.kind, first)
                (coming if one.what == MISSING else moving).append(seat)
        for day, group in sorted(leaving.items()):
            release_many(actor=actor, teachers=group, on=day, reason=reason)
        if moving:
            move_many(actor=actor, seats=moving, reason=reason)
        if coming:
            occupy_many(actor=actor, seats=coming, reason=reason)
    return len(people)
