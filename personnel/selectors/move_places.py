"""The seats and posts of moves that are placed as one set: all leave, then all come, and the sum is what counts on every day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db.models import Q, Sum

from core.dates import DAY
from core.org.models import Unit
from personnel.models import PostAppointment, PostSetting, Reservation, SeatAccount, SeatEntry
from personnel.models.vacancies import OVER, SPECIAL
from personnel.selectors.seat_holding import expected_holders
from personnel.selectors.seats import Held, seats_of, usable_of

# Seats that were approved for people who come from elsewhere.
PURPOSE: Final = "transfer_in"
SEAT: Final = "seat"
POST: Final = "post"
Key = tuple[str, int, Any]
"""What is counted: a sort of place, the unit, the kind of seat or the post."""


@dataclass(slots=True)
class Placed:
    """Where one of a set finds a place: `lacks` names the sorts of places that it does not find (`SEAT`, `POST`).

    `kind` is the kind of seat that is held there ("": none), `held` the seat that is given up, `approved` the reservation from which it is
    taken. `seats` and `posts` are free for it once all others of the set are placed, None where none is asked; `keep` says that a
    vacant seat can be kept from today on until the day.
    """

    kind: str = ""
    held: Held | None = None
    approved: Reservation | None = None
    lacks: set[str] = field(default_factory=set)
    seats: int | None = None
    posts: int | None = None
    keep: bool = False


class Steps:
    """How many places of each sort are free over time: what comes and goes on which day."""

    def __init__(self) -> None:
        self._nets: dict[Key, dict[date, int]] = defaultdict(lambda: defaultdict(int))

    def add(self, key: Key, day: date, number: int) -> None:
        """So many more (or fewer) are free from a day on."""
        self._nets[key][day] += number

    def copied(self) -> Steps:
        """The same, to reckon on with."""
        made = Steps()
        for key, nets in self._nets.items():
            made._nets[key] = defaultdict(int, nets)
        return made

    def over_time(self, key: Key, since: date, until: date | None = None) -> list[tuple[date, int]]:
        """What is free on a day, and on each day after it on which that changes, up to and with `until`."""
        nets = self._nets[key]
        running = sum(net for day, net in nets.items() if day <= since)
        found = [(since, running)]
        for day in sorted(day for day in nets if day > since and (until is None or day <= until)):
            running += nets[day]
            found.append((day, running))
        return found

    def least(self, key: Key, since: date, until: date | None = None) -> int:
        """The fewest that are free on any of these days."""
        return min(number for _day, number in self.over_time(key, since, until))


class Places:
    """The seats and posts at the units of some moves for good, read at once: a fixed number of queries for each first day among them."""

    def __init__(self, asked: Sequence[Any]) -> None:
        self.going = [one for one in asked if one.employment]
        self._kinds = dict(zip(map(id, self.going), seats_wanted(self.going), strict=True))
        self._held = self._read_held()
        self._posts_left = self._read_appointments()
        self._free = Steps()
        self._read_seats()
        self._read_posts()
        self._approved = self._read_approved()

    def place(self, asked: Iterable[Any], today: date | None = None) -> dict[int, Placed]:
        """Place moves as one set, by the identity of each; those that come first go before the later ones where not all fit.

        Whoever does not fit stays where they are, so that nobody counts on their place. With `today` it is said for whom a vacant
        seat can be kept from that day on.
        """
        some = [one for one in asked if one.employment]
        lacks: dict[int, set[str]] = {}
        while True:
            kept = [one for one in some if id(one) not in lacks]
            approved = self._given_out(kept)
            free = self._reckoned(kept, approved)
            out = self._too_many(kept, approved, free)
            if not out:
                break
            lacks |= out
        found = {id(one): self._told(one, approved.get(id(one)), lacks.get(id(one), set()), free) for one in some}
        if today is not None:
            self._keep([one for one in kept if found[id(one)].kind], found, free, today)
        return found

    def _told(self, one: Any, approved: Reservation | None, lacks: set[str], free: Steps) -> Placed:
        made = Placed(self._kinds[id(one)], self._held.get((one.teacher.pk, one.starts)), approved, lacks)
        own = 0 if lacks else 1
        if seat := self._seat(one):
            made.seats = max(free.least(seat, one.starts) + own, own)
            made.seats = 0 if SEAT in lacks else made.seats
        if post := self._post(one):
            made.posts = max(free.least(post, one.starts) + own, own)
            made.posts = 0 if POST in lacks else made.posts
        return made

    def _too_many(self, kept: Sequence[Any], approved: Mapping[int, Reservation], free: Steps) -> dict[int, set[str]]:
        """Those who find no place, the latest first, for the first day on which a sort of place is short; a post is asked after a seat."""
        for of in (self._seat, self._post):
            comers: dict[Key, list[tuple[Any, date]]] = defaultdict(list)
            for one in kept:
                if key := of(one):
                    comers[key].append((one, self._takes_from(one, key, approved)))
            found: dict[int, set[str]] = {}
            for key, those in comers.items():
                told = free.over_time(key, min(day for _one, day in those))
                short = next(((day, number) for day, number in told if number < 0), None)
                if short is not None:
                    in_it = [one for one, day in those if day <= short[0]]
                    found |= {id(one): {key[0]} for one in in_it[short[1] :]}
            if found:
                return found
        return {}

    def _reckoned(self, kept: Iterable[Any], approved: Mapping[int, Reservation]) -> Steps:
        free = self._free.copied()
        for one in kept:
            if (held := self._held.get((one.teacher.pk, one.starts))) is not None:
                free.add((SEAT, held.unit, held.kind), one.starts, 1)
            for level, special in self._posts_left.get((one.teacher.pk, one.from_unit.pk, one.starts), ()):
                free.add((POST, one.from_unit.pk, (level, special)), one.starts, 1)
            for key in (self._seat(one), self._post(one)):
                if key:
                    free.add(key, self._takes_from(one, key, approved), -1)
        return free

    def _takes_from(self, one: Any, key: Key, approved: Mapping[int, Reservation]) -> date:
        """From which day on a place is one fewer: a seat that was approved for who comes is not vacant before its end anyway."""
        kept = approved.get(id(one)) if key[0] == SEAT else None
        day: date = max(kept.until, one.starts) if kept is not None else one.starts
        return day

    def _given_out(self, kept: Iterable[Any]) -> dict[int, Reservation]:
        """The seats approved for people who come, given to those of the set who are first."""
        left = {row.pk: number for rows in self._approved.values() for row, number in rows}
        found: dict[int, Reservation] = {}
        for one in kept:
            place = (one.to_unit.pk, self._kinds[id(one)], one.starts) if one.to_unit is not None else None
            for row, _number in self._approved.get(place, ()) if place is not None else ():
                if left[row.pk] > 0:
                    found[id(one)] = row
                    left[row.pk] -= 1
                    break
        return found

    def _keep(self, kept: Iterable[Any], found: Mapping[int, Placed], free: Steps, today: date) -> None:
        """Say for whom a seat that is vacant from today on is kept: of those who come, the earliest first."""
        before = self._free.copied()
        for one in sorted(kept, key=lambda one: one.starts):
            key = self._seat(one)
            if key is None or found[id(one)].approved is not None or one.starts <= today:
                continue
            last = one.starts - DAY
            if before.least(key, today) > 0 and free.least(key, today, last) > 0:
                found[id(one)].keep = True
                for steps, until in ((before, one.starts + DAY), (free, one.starts)):
                    steps.add(key, today, -1)
                    steps.add(key, until, 1)

    def _seat(self, one: Any) -> Key | None:
        kind = self._kinds[id(one)]
        return (SEAT, one.to_unit.pk, kind) if kind else None

    def _post(self, one: Any) -> Key | None:
        return (POST, one.to_unit.pk, (one.level, False)) if one.level else None

    # reading

    def _read_held(self) -> dict[tuple[int, date], Held]:
        found: dict[tuple[int, date], Held] = {}
        for day in {one.starts for one in self.going}:
            held = seats_of([one.teacher.pk for one in self.going if one.starts == day], day)
            found |= {(key, day): seat for key, seat in held.items()}
        return found

    def _read_appointments(self) -> dict[tuple[int, int, date], list[tuple[str, bool]]]:
        """The posts that people give up, by person, sender and day."""
        rows = PostAppointment._base_manager.filter(teacher__in=[one.teacher.pk for one in self.going])
        held = list(rows.exclude(place=OVER).values_list("teacher", "unit", "level", "place", "valid"))
        found: dict[tuple[int, int, date], list[tuple[str, bool]]] = defaultdict(list)
        days = {(one.teacher.pk, one.from_unit.pk, one.starts) for one in self.going}
        by_person: dict[tuple[int, int], list[Any]] = defaultdict(list)
        for person, unit, level, place, valid in held:
            by_person[person, unit].append((level, place == SPECIAL, valid))
        for person, unit, day in days:
            for level, special, valid in by_person[person, unit]:
                # One that begins on the day or later stands in the way of the move; it is not given up.
                if valid.lower < day and (valid.upper is None or valid.upper > day):
                    found[person, unit, day].append((level, special))
        return found

    def _read_seats(self) -> None:
        receivers = {(one.to_unit.pk, self._kinds[id(one)]) for one in self.going if self._kinds[id(one)]}
        if not receivers:
            return
        rows = SeatEntry._base_manager.filter(
            bucket=SeatEntry.Bucket.VACANT, account__unit__in={unit for unit, _kind in receivers}
        )
        told = rows.values("account__unit", "account__kind", "on").annotate(n=Sum("count")).order_by()
        for unit, kind, day, number in told.values_list("account__unit", "account__kind", "on", "n"):
            self._free.add((SEAT, unit, kind), day, number)

    def _read_posts(self) -> None:
        units = {one.to_unit.pk for one in self.going if one.level}
        if not units:
            return
        for unit, level, special, valid, number in PostSetting._base_manager.filter(unit__in=units).values_list(
            "unit", "level", "special", "valid", "number"
        ):
            self._span((POST, unit, (level, special)), valid, number)
        taken = PostAppointment._base_manager.filter(unit__in=units).exclude(place=OVER)
        for unit, level, place, valid in taken.values_list("unit", "level", "place", "valid"):
            self._span((POST, unit, (level, place == SPECIAL)), valid, -1)

    def _span(self, key: Key, valid: Any, number: int) -> None:
        self._free.add(key, valid.lower, number)
        if valid.upper is not None:
            self._free.add(key, valid.upper, -number)

    def _read_approved(self) -> dict[tuple[int, str, date], list[tuple[Reservation, int]]]:
        found: dict[tuple[int, str, date], list[tuple[Reservation, int]]] = {}
        asked: dict[tuple[str, date], set[int]] = defaultdict(set)
        for one in self.going:
            if kind := self._kinds[id(one)]:
                asked[kind, one.starts].add(one.to_unit.pk)
        for (kind, day), units in asked.items():
            for unit, rows in usable_of(units, kind, day).items():
                found[unit, kind, day] = [
                    row for row in rows if row[0].use is not None and row[0].use.purpose == PURPOSE
                ]
        return found


def seats_wanted(asked: Sequence[Any]) -> list[str]:
    """The kind of seat that each person is to hold at the receiver; "" where they hold none, or the receiver has no account of it.

    It is the one that they hold by the ledger, else the one that their file says. Five queries at most for each first day.
    """
    kinds: dict[tuple[int, date], str] = {}
    for starts in {one.starts for one in asked}:
        people = {one.teacher.pk for one in asked if one.starts == starts}
        held = {key: seat.kind for key, seat in seats_of(people, starts - DAY).items()}
        if unsaid := people - held.keys():
            units = Unit._base_manager.filter(
                employments__teacher__in=unsaid, employments__valid__contains=starts - DAY
            )
            told = expected_holders(units.distinct(), starts - DAY)
            held |= {key: told[key].kind for key in unsaid & told.keys()}
        kinds |= {(key, starts): kind for key, kind in held.items()}
    there = [one.to_unit.pk if one.to_unit is not None else None for one in asked]
    accounts = SeatAccount._base_manager.filter(unit__in={unit for unit in there if unit is not None})
    kept = set(accounts.values_list("unit", "kind"))
    found = [kinds.get((one.teacher.pk, one.starts), "") for one in asked]
    return [kind if (unit, kind) in kept else "" for unit, kind in zip(there, found, strict=True)]


def accounts_of(units: Collection[int]) -> Any:
    """The accounts of units, in the order in which they are locked."""
    return SeatAccount._base_manager.filter(Q(unit__in=list(units))).order_by("pk")
