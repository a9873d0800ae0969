"""Beginning: the ledger is opened from the approved quotas and the files, so that a bureau need not enter it by hand."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from core.org.errors import NotAllowed
from core.org.models import ApprovedQuota, Unit
from core.parameters.selectors import at
from core.records.changes import change
from personnel.models import SeatEntry, Teacher
from personnel.rules import SeatHolding
from personnel.selectors.seat_holding import Expected, expected_holders
from personnel.selectors.seats import KEEP, seats_of
from personnel.services.seats.booking import Booking, Bucket, Kind, Line, accounts, book, moved, must_keep, refusals
from personnel.services.seats.quotas_told import tell_quotas


@dataclass(frozen=True, slots=True)
class Opened:
    """What an opening booked: units, approved seats, people who hold one, and those of them over the quota."""

    units: int
    approved: int
    occupied: int
    over: int


def open_ledger(
    *, actor: Any, unit: Unit, on: date, document: str = "", reason: str = "", source: str = "page"
) -> Opened:  # fmt: skip
    """Open the accounts of a unit and all below it on a day, where none were opened before.

    Approved quotas count as they are recorded, everybody holds a seat whose file says so, over the quota where there are more of them.
    Raises `NotAllowed` without the right, for a day ahead, and where there is nothing to open. A fixed number of queries.
    """
    must_keep(actor, KEEP)
    if on > actor.on:
        raise NotAllowed(_("The ledger is opened today or on a day before."), field="on")
    began = SeatEntry._base_manager.filter(account__unit__path__descendants=unit.path).values("account__unit")
    units = list(Unit.objects.filter(path__descendants=unit.path).exclude(pk__in=began).open_on(on).order_by("pk"))
    approved = dict(ApprovedQuota._base_manager.filter(unit__in=units, valid__contains=on).values_list("unit", "seats"))
    people = _by_account(expected_holders(units, on), on)
    kinds = {one.pk: at(SeatHolding, on, unit=one).quota_kind for one in units}
    later = _later(units, kinds, approved, on)
    wanted = {*people, *((key, kinds[key]) for key in approved), *((one.pk, kind) for one, kind, _day, _seats in later)}
    if not wanted:
        raise NotAllowed(
            _("There is nothing to open: the ledger is kept already, or nobody is in quota and nothing approved.")
        )
    places = {one.pk: one for one in units}
    said = reason or _("Ledger of seats opened from the files")
    with refusals(), change("personnel.seats_opening", actor=actor, reason=said, document=document, source=source):
        known = accounts([(places[key], kind) for key, kind in wanted], actor=actor, on=on)
        bookings, over = [], 0
        for key, kind in sorted(wanted):
            seats = approved.get(key, 0) if kind == kinds[key] else 0
            held = people.get((key, kind), [])
            lines: list[Line] = moved(known[key, kind], Bucket.GRANTED, Bucket.VACANT, on, seats) if seats else []
            for teacher in held:
                lines += moved(known[key, kind], Bucket.VACANT, Bucket.OCCUPIED, on, teacher=teacher)
            if lines:
                bookings.append(Booking(Kind.OPENING, places[key], on, lines))
            over += max(len(held) - seats, 0)
        book(bookings, actor=actor, document=document, reason=said)
        ahead = [
            Booking(Kind.APPROVE, one, day, moved(known[one.pk, kind], Bucket.GRANTED, Bucket.VACANT, day, seats))
            for one, kind, day, seats in later
        ]
        book(ahead, actor=actor, document=document, reason=said)
        tell_quotas([known[key, kind] for key, kind in wanted if kind == kinds[key]], since=on)
    return Opened(len(bookings), sum(approved.values()), sum(map(len, people.values())), over)


def _by_account(expected: dict[int, Expected], on: date) -> dict[tuple[int, str], list[Teacher]]:
    """The people of each account; who holds a seat elsewhere keeps that one, and is a difference."""
    people = Teacher._base_manager.in_bulk(list(expected))
    held = seats_of(list(expected), on)
    found: dict[tuple[int, str], list[Teacher]] = defaultdict(list)
    for key, one in sorted(expected.items()):
        if key not in held:
            found[one.unit, one.kind].append(people[key])
    return found


def _later(
    units: list[Unit], kinds: dict[int, str], approved: dict[int, int], on: date
) -> list[tuple[Unit, str, date, int]]:
    """What was recorded as approved from later days on, as what is added or taken back then."""
    places, last, found = {one.pk: one for one in units}, dict(approved), []
    rows = ApprovedQuota._base_manager.filter(unit__in=units, valid__startswith__gt=on).order_by("valid")
    for key, seats, valid in rows.values_list("unit", "seats", "valid"):
        if seats != last.get(key, 0):
            found.append((places[key], kinds[key], valid.lower, seats - last.get(key, 0)))
        last[key] = seats
    return found
