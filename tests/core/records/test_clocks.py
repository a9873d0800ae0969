"""What was known by the end of a day: a position, the same for ever; today and what is to come is what is known now."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection

from core.dates import SHANGHAI
from core.org.actor import Actor
from core.org.models import Unit
from core.records import change
from core.records.clocks import Known, NoSuchPosition, known_at, known_by, latest, records_known
from core.records.errors import StaleRecord
from core.records.models import Seal, Settled
from core.records.settling import settle
from personnel.models import FormerName
from tests.factories.build import create, every_record
from tests.factories.people import make_teacher
from tests.ground.clock import TODAY
from tests.ground.databases import Database
from tests.ground.moments import settled_on

Connection = psycopg.Connection[Any]
MAY = date(2026, 5, 1)


@pytest.fixture
def unit(committed_db: Database, system: Actor) -> Unit:
    with change("test.prepare", actor=system, reason="a unit"):
        return create(Unit)


def rename(system: Actor, unit: Unit, code: str) -> None:
    with change("test.write", actor=system, reason=f"renames to {code}"):
        unit.code = code
        unit.save()


def test_a_day_ends_at_midnight_in_china(unit: Unit, system: Actor, superuser_sql: Connection) -> None:
    first = settled_on(superuser_sql, date(2026, 4, 30), time(23, 59, 59))
    rename(system, unit, "after midnight")
    second = settled_on(superuser_sql, MAY, time(0, 0, 0))
    rename(system, unit, "late")
    third = settled_on(superuser_sql, MAY, time(23, 59, 59))

    days = [MAY - timedelta(2), MAY - timedelta(1), MAY, MAY + timedelta(1)]
    assert [known_by(day, today=TODAY) for day in days] == [
        Known(days[0], 0), Known(days[1], first), Known(days[2], third), Known(days[3], third),
    ]  # fmt: skip
    assert first < second < third


@pytest.mark.parametrize("ahead", [0, 1, 30_000])
def test_today_and_the_days_to_come_are_what_is_known_now(db: None, ahead: int) -> None:
    known = known_by(TODAY + timedelta(ahead), today=TODAY)

    assert (known, known.now) == (Known(TODAY, None), True)


def test_a_day_before_everything_knows_nothing(unit: Unit, superuser_sql: Connection) -> None:
    settled_on(superuser_sql, MAY)

    assert known_by(date(1, 1, 1), today=TODAY) == Known(date(1, 1, 1), 0)
    assert records_known(Unit, "id", unit.pk, 0) == []


def test_a_position_is_of_the_day_on_which_it_was_settled(unit: Unit, superuser_sql: Connection) -> None:
    last = settled_on(superuser_sql, MAY, time(0, 30))

    assert known_at(last) == Known(MAY, last)
    for missing in (0, last + 1, 10**30):
        with pytest.raises(NoSuchPosition):
            known_at(missing)


def test_the_latest_position_holds_all_that_is_committed(unit: Unit, system: Actor) -> None:
    rename(system, unit, "just now")

    position = latest()

    assert [one.code for one in records_known(Unit, "id", unit.pk, position)] == ["just now"]
    assert position == Settled.objects.order_by("-position")[0].position


def test_a_day_that_is_over_waits_for_the_seal_in_the_making(
    unit: Unit, system: Actor, app_sql: Connection, other_thread: Callable[..., Any]
) -> None:
    """Its moment lies before midnight though it is not committed yet: an answer without it would change a moment later."""
    settle()
    rename(system, unit, "in the making")
    day = Seal.objects.latest("id").settled_at.astimezone(SHANGHAI).date()
    app_sql.execute("SELECT records_settle(500)")
    asking, answers = other_thread(lambda: known_by(day, today=day + timedelta(1)))
    asking.join(0.5)
    waited = asking.is_alive()
    app_sql.commit()
    asking.join()

    assert waited
    assert answers == [known_by(day, today=day + timedelta(1))]
    assert [one.code for one in records_known(Unit, "id", unit.pk, answers[0].position)] == ["in the making"]


@pytest.fixture
def other_thread(committed_db: Database) -> Callable[..., Any]:
    """`other_thread(ask)`: asks on a connection of its own; gives the thread and the list in which its answer will be."""

    def begun(ask: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
        answers: list[Any] = []

        def work() -> None:
            try:
                answers.append(ask())
            finally:
                connection.close()

        thread = threading.Thread(target=work)
        thread.start()
        return thread, answers

    return begun


def test_what_was_known_reads_like_the_record_and_is_never_saved_over_a_newer_one(unit: Unit, system: Actor) -> None:
    before = latest()
    rename(system, unit, "second")
    (old,) = records_known(Unit, "id", unit.pk, before)

    assert (type(old), old.pk, old.public_id, old.revision) == (Unit, unit.pk, unit.public_id, 1)
    assert old.code != "second"
    with pytest.raises(StaleRecord), change("test.write", actor=system, reason="by mistake"):
        old.save()


def test_what_was_deleted_since_is_there_and_what_came_later_is_not(unit: Unit, system: Actor) -> None:
    before = latest()
    with change("test.write", actor=system, reason="one goes, one comes"):
        gone = unit.pk
        unit.delete()
        new = create(Unit)
    after = latest()

    assert [one.pk for one in records_known(Unit, "id", gone, before)] == [gone]
    assert records_known(Unit, "id", gone, after) == records_known(Unit, "id", new.pk, before) == []
    assert [one.pk for one in records_known(Unit, "id", new.pk, after)] == [new.pk]


def test_each_record_comes_as_it_is_where_nothing_happened_since(committed_db: Database, system: Actor) -> None:
    """Every column of every record, through its history and back."""
    with change("test.prepare", actor=system, reason="one of each"):
        made = [(model, create(model)) for model in every_record()]
    position = latest()

    for model, record in made:
        live = model._base_manager.get(pk=record.pk)
        (known,) = records_known(model, "id", record.pk, position)
        columns = [field.attname for field in model._meta.concrete_fields]
        assert {name: getattr(known, name) for name in columns} == {name: getattr(live, name) for name in columns}


def test_a_record_belongs_to_whom_it_belonged_then(committed_db: Database, system: Actor, school_a: Unit) -> None:
    one, other = make_teacher("甲", school_a), make_teacher("乙", school_a)
    with change("test.write", actor=system, reason="one name"):
        name = FormerName.objects.create(teacher=one, name="丙")
    before = latest()
    with change("test.write", actor=system, reason="it was the other's"):
        name.teacher = other
        name.save()
    after = latest()

    def owners(position: int) -> list[str]:
        return [who.name for who in (one, other) if records_known(FormerName, "teacher_id", who.pk, position)]

    assert owners(after) == ["乙"]
    assert records_known(FormerName, "teacher_id", other.pk, before) == []


def test_who_looks_on_another_day_sees_no_more_than_today(county_clerk: Actor) -> None:
    looking = county_clerk.looking_on(MAY).looking_on(date(2024, 9, 1))

    assert (looking.on, looking.today) == (date(2024, 9, 1), TODAY)
    assert looking.permissions == county_clerk.permissions
    assert county_clerk.looking_on(TODAY) is county_clerk
