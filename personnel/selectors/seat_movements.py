"""What moved in the accounts of one unit, with the running balance; who came and went in a month."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Q

from core.dates import month_period
from core.records.models import Change
from personnel.models import Reservation, SeatAdjustment, SeatEntry, SeatMovement, Teacher
from personnel.selectors.seats import Balance, Bucket, Held, holders, remaining

MOST: Final = 300
PARTS: Final = (Bucket.GRANTED, Bucket.OCCUPIED, Bucket.RESERVED, Bucket.VACANT)


@dataclass(frozen=True, slots=True)
class Moved:
    """A movement on one of its days, as one account sees it: what it changed there, the balance after it, whose seat, who booked it."""

    movement: SeatMovement
    on: date
    approved: int
    occupied: int
    reserved: int
    free: int
    after: Balance
    people: tuple[str, ...]
    by: str


def asked_adjustments(actor: Any, unit: Any, kind: str) -> list[SeatAdjustment]:
    """Seats of a unit that wait to be moved from or to it, the oldest first. One query."""
    rows = SeatAdjustment.objects.visible_to(actor).filter(Q(unit=unit) | Q(to_unit=unit), kind=kind)
    return list(rows.exclude(case__desk="").select_related("case").order_by("pk"))


def movements(unit: Any, kind: str) -> list[Moved]:
    """All that moved in one account, the newest day first, at most `MOST`. Three queries."""
    rows = SeatEntry._base_manager.filter(account__unit=unit, account__kind=kind)
    entries = list(rows.select_related("movement", "teacher").order_by("on", "movement", "pk"))
    who = booked_by({entry.movement_id for entry in entries})
    totals = dict.fromkeys(PARTS, 0)
    found: list[Moved] = []
    for (day, _key), group in _grouped(entries):
        net = dict.fromkeys(PARTS, 0)
        for entry in group:
            net[Bucket(entry.bucket)] += entry.count
            totals[Bucket(entry.bucket)] += entry.count
        after = Balance(
            -totals[Bucket.GRANTED], totals[Bucket.OCCUPIED], totals[Bucket.RESERVED], totals[Bucket.VACANT], True
        )
        people = tuple(dict.fromkeys(entry.teacher.name for entry in group if entry.teacher is not None))
        movement = group[0].movement
        found.append(
            Moved(
                movement,
                day,
                -net[Bucket.GRANTED],
                net[Bucket.OCCUPIED],
                net[Bucket.RESERVED],
                net[Bucket.VACANT],
                after,
                people,
                who.get(movement.pk, ""),
            )
        )
    return found[::-1][:MOST]


def _grouped(entries: Iterable[SeatEntry]) -> list[tuple[tuple[date, int], list[SeatEntry]]]:
    found: dict[tuple[date, int], list[SeatEntry]] = {}
    for entry in entries:
        found.setdefault((entry.on, entry.movement_id), []).append(entry)
    return list(found.items())


def booked_by(movements_: Collection[int]) -> dict[int, str]:
    """Who booked each movement, by its key, from the history of its row. Two queries."""
    rows = SeatMovement.history.filter(id__in=movements_, history_type="+").order_by().values_list("id", "change")
    changes = dict(rows)
    names = {
        one.pk: str(one.actor) for one in Change.objects.filter(pk__in=set(changes.values())).select_related("actor")
    }
    return {key: names.get(change, "") for key, change in changes.items()}


def reservations(unit: Any, kind: str, on: date) -> list[tuple[Reservation, int]]:
    """The reservations of a unit (of one kind of seat, or "" of all) that have not run out on a day, with what is left of each."""
    rows = Reservation._base_manager.filter(account__unit=unit, until__gt=on)
    rows = rows.filter(account__kind=kind) if kind else rows
    found = list(rows.select_related("use__case", "account").order_by("until", "pk"))
    left = remaining([one.pk for one in found], on)
    return [(one, left.get(one.pk, 0)) for one in found]


@dataclass(frozen=True, slots=True)
class Month:
    """A person's seat in a month: where at its end (or until they left it), and the days on which they came and went within it."""

    teacher: int
    name: str
    staff_number: str
    unit: int
    kind: str
    came: date | None
    went: date | None


def month_list(unit: Any, year: int, month: int) -> list[Month]:
    """Who held a seat of a unit or below it on some day of a month, with those who came and went. Three queries.

    A person who moved stands there once for each seat. In the order of units and names.
    """
    period = month_period(year, month)
    last = date.fromordinal((period.end or period.start).toordinal() - 1)
    eve = date.fromordinal(period.start.toordinal() - 1)
    inside = Q(account__unit__path__descendants=unit.path)
    seats: dict[tuple[int, int], Held | None] = {}
    for key, held in holders(eve, inside).items():
        seats[key, held.account] = held
    days: dict[tuple[int, int], dict[str, date]] = {}
    rows = SeatEntry._base_manager.filter(inside, bucket=Bucket.OCCUPIED, on__gte=period.start, on__lte=last)
    where: dict[int, tuple[int, str]] = {held.account: (held.unit, held.kind) for held in seats.values() if held}
    moved: dict[tuple[int, int, date], int] = {}
    for teacher, account, place, kind, day, count in rows.values_list(
        "teacher", "account", "account__unit", "account__kind", "on", "count"
    ):
        where[account] = (place, kind)
        moved[teacher, account, day] = moved.get((teacher, account, day), 0) + count
    for (teacher, account, day), count in sorted(moved.items(), key=lambda one: one[0][2]):
        if count:
            seats.setdefault((teacher, account), None)
            days.setdefault((teacher, account), {})["came" if count > 0 else "went"] = day
    people = Teacher._base_manager.in_bulk({teacher for teacher, _account in seats})
    found = [
        Month(
            teacher, people[teacher].name, people[teacher].staff_number, *where[account], days.get((teacher, account), {}).get("came"),
            days.get((teacher, account), {}).get("went"),
        )
        for teacher, account in seats
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.unit, people[one.teacher].pinyin, one.teacher))
