"""Property: whatever eight connections book at once, nothing stands below zero on any day, and ledger and files agree."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import nullcontext
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.db import IntegrityError, connection
from psycopg.types.range import Range

from core.org.errors import NotAllowed
from core.records.changes import change
from core.records.errors import StaleRecord
from core.records.models import Seal
from core.records.settling import settle
from personnel.models import Employment, Reservation, SeatEntry, SeatMovement, Teacher
from personnel.selectors.seat_holding import differences
from personnel.selectors.seats import balances
from personnel.services import seats
from tests.factories.people import make_actor, make_teacher, make_unit
from tests.personnel.seats import KIND, YEAR, adjusted, approved, wrong_days

pytestmark = pytest.mark.usefixtures("committed_db")

CONNECTIONS = 8
DAYS = [YEAR + timedelta(days=30 * step) for step in range(14)]
REFUSED = (NotAllowed, StaleRecord, IntegrityError)


class Ground:
    """A county with three schools, one of them over its quota, and people of whom some are employed."""

    def __init__(self, actor: Any, county: Any) -> None:
        self.actor, self.county = actor, county
        self.approver = make_actor("county_approver", county)
        self.schools = [make_unit("school", f"第{number}小学", county) for number in range(3)]
        self.people = [
            make_teacher(f"师{number}", self.schools[number % 3] if number < 9 else None, since=YEAR)
            for number in range(16)
        ]
        seats.open_ledger(actor=actor, unit=county, on=YEAR)
        for school in self.schools[1:]:
            approved(actor, school, 6)
        self.done: Counter[str] = Counter()

    def act(self, chance: Random) -> None:
        """One act at random; the file of the person goes with it, in the same change."""
        name = chance.choice(
            ["approve", "adjust", "reserve", "cancel", "extend", "hire", "hire", "use", "retire", "move", "counter"]
        )
        day, unit = chance.choice(DAYS), chance.choice(self.schools)
        try:
            alone = name != "adjust"  # that takes two people, each in a change of their own
            with change("test.act", actor=self.actor, reason="随机") if alone else nullcontext():
                getattr(self, f"_{name}")(chance, day, unit)
        except REFUSED as error:
            self.done[f"{name}: {type(error).__name__}"] += 1
        else:
            self.done[name] += 1

    def _approve(self, chance: Random, day: date, unit: Any) -> None:
        approved(self.actor, unit, chance.choice([-3, -1, 1, 2]), day)

    def _adjust(self, chance: Random, day: date, unit: Any) -> None:
        adjusted(self.actor, self.approver, unit, chance.choice(self.schools), chance.randint(1, 3), day)

    def _reserve(self, chance: Random, day: date, unit: Any) -> None:
        until = day + timedelta(days=chance.randint(1, 200))
        seats.reserve(actor=self.actor, unit=unit, kind=KIND, count=chance.randint(1, 3), on=day, until=until)

    def _reservation(self, chance: Random) -> Reservation:
        rows = list(Reservation.objects.select_related("account__unit").order_by("pk"))
        if not rows:
            raise NotAllowed("none")
        found: Reservation = chance.choice(rows)
        return found

    def _cancel(self, chance: Random, day: date, _unit: Any) -> None:
        seats.cancel_reservation(actor=self.actor, reservation=self._reservation(chance), on=day)

    def _extend(self, chance: Random, day: date, _unit: Any) -> None:
        held = self._reservation(chance)
        until = held.until + timedelta(days=chance.randint(1, 90))
        seats.extend_reservation(actor=self.actor, reservation=held, until=until, on=day)

    def _hire(self, chance: Random, day: date, unit: Any, reservation: Reservation | None = None) -> None:
        person = chance.choice(self.people)
        seats.occupy(actor=self.actor, teacher=person, unit=unit, kind=KIND, on=day, reservation=reservation)
        Employment.objects.create(teacher=person, unit=unit, in_quota=True, valid=Range(day, None))

    def _use(self, chance: Random, day: date, _unit: Any) -> None:
        held = self._reservation(chance)
        self._hire(chance, day, held.account.unit, held)

    def _employed(self, chance: Random, day: date) -> tuple[Teacher, Employment]:
        person = chance.choice(self.people)
        row = Employment.objects.filter(teacher=person, valid__contains=day).first()
        if row is None or row.valid.lower >= day or row.valid.upper is not None:
            raise NotAllowed("not employed")
        return person, row

    def _retire(self, chance: Random, day: date, _unit: Any) -> None:
        person, row = self._employed(chance, day)
        row.valid = Range(row.valid.lower, day)
        row.save(update_fields={"valid"})
        seats.release(actor=self.actor, teacher=person, on=day)

    def _move(self, chance: Random, day: date, unit: Any) -> None:
        person, row = self._employed(chance, day)
        row.supersede(on=day, unit=unit)
        seats.move(actor=self.actor, teacher=person, to_unit=unit, on=day)

    def _counter(self, chance: Random, _day: date, _unit: Any) -> None:
        rows = SeatMovement.objects.filter(kind__in=["approve", "reserve"]).order_by("pk")
        movement = chance.choice(list(rows) or [None])
        if movement is None:
            raise NotAllowed("none")
        seats.counter(actor=self.actor, movement=movement, reason="记错")


def work(ground: Ground, seed: int, acts: int) -> list[BaseException]:
    """Eight connections act at random at once; what they did not expect."""
    start, wrong = threading.Barrier(CONNECTIONS), []

    def run(number: int) -> None:
        chance = Random(seed * CONNECTIONS + number)
        try:
            start.wait()
            for _ in range(acts):
                ground.act(chance)
        except BaseException as error:  # noqa: BLE001 - told by the test
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def keeps(ground: Ground, seed: int, acts: int) -> None:
    """Let them work, then look at every day."""
    settle()
    position = Seal.objects.latest("id").last
    keys = [one.pk for one in ground.schools]
    before = {day: balances(keys, KIND, day) for day in DAYS}

    assert work(ground, seed, acts) == []

    assert wrong_days() == []
    for day in DAYS:
        assert differences(ground.schools, day) == [], day
        assert balances(keys, KIND, day, position=position) == before[day]


def test_nothing_is_overdrawn_and_ledger_and_files_agree(county_clerk, county_a):
    ground = Ground(county_clerk, county_a)

    for seed in range(2):
        keeps(ground, seed, 8)

    assert {"hire", "retire", "reserve", "approve"} <= ground.done.keys()
    assert any(name.startswith("hire: ") for name in ground.done)


@pytest.mark.soak
def test_nothing_is_overdrawn_at_length(county_clerk, county_a):
    ground = Ground(county_clerk, county_a)
    for seed in range(20):
        keeps(ground, seed, 60)


def test_of_eight_who_want_the_last_seat_one_gets_it(county_clerk, county_a):
    school = make_unit("school", "第八小学", county_a)
    approved(county_clerk, school, 1)
    people = [make_teacher(f"师{number}") for number in range(CONNECTIONS)]
    start, got = threading.Barrier(CONNECTIONS), []

    def run(person: Teacher) -> None:
        try:
            start.wait()
            got.append(seats.occupy(actor=county_clerk, teacher=person, unit=school, kind=KIND, on=YEAR))
        except NotAllowed as error:
            got.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(type(one).__name__ for one in got) == ["SeatMovement", *["SeatsRefused"] * 7]
    assert SeatEntry.objects.filter(bucket="occupied").count() == 1
