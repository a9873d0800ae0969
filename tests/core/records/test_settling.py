"""Recorded time is the order of commits: what was answered once is answered so for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection

from core.org.actor import Actor
from core.org.models import Unit
from core.records import change
from core.records.models import Change, Seal, Settled
from core.records.settling import merkle, position_at, settle
from core.records.verifying import verify
from tests.factories.build import create
from tests.ground.databases import Database

Connection = psycopg.Connection[Any]


def last_position() -> int:
    return Settled.objects.order_by("-position").values_list("position", flat=True).first() or 0


def known(position: int) -> dict[int, tuple[str, int]]:
    """Every unit as it was known at a position."""
    return {row.id: (row.code, row.revision) for row in Unit.history.known_at(position)}


def rename_slowly(connection: Connection, pk: int, code: str) -> None:
    """Begin a transaction that renames a unit, and leave it open."""
    connection.execute(
        "WITH made AS (INSERT INTO records_change (public_id, kind, role, reason, document, source, actor_id)"
        " SELECT gen_random_uuid(), 'test.slow', '', 'slow', '', '', id FROM org_user WHERE username = 'system' RETURNING id)"
        " SELECT set_config('records.change', id::text, true) FROM made"
    )
    connection.execute("UPDATE org_unit SET code = %s WHERE id = %s", [code, pk])


@pytest.fixture
def units(committed_db: Database, system: Actor) -> list[Unit]:
    """Three stored units, their change settled."""
    with change("test.prepare", actor=system, reason="three units"):
        made = [create(Unit) for _ in range(3)]
    settle()
    return made


def rename(system: Actor, unit: Unit, code: str) -> Change:
    with change("test.write", actor=system, reason=f"renames to {code}") as done:
        unit.code = code
        unit.save()
    return done


def test_positions_have_no_gaps_and_each_change_has_one(units: list[Unit], system: Actor) -> None:
    for number, unit in enumerate(units):
        rename(system, unit, f"renamed {number}")
    assert settle() == 3
    assert settle() == 0
    positions = list(Settled.objects.order_by("position").values_list("position", flat=True))
    assert positions == list(range(1, len(positions) + 1))
    assert Change.objects.filter(settled__isnull=True).count() == 0
    seals = list(Seal.objects.order_by("id").values_list("first", "last"))
    assert seals[0][0] == 1
    assert [first for first, _last in seals[1:]] == [last + 1 for _first, last in seals[:-1]]


def test_more_changes_than_one_seal_holds_are_all_settled(units: list[Unit], system: Actor) -> None:
    before = Settled.objects.count()
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO records_change (public_id, kind, role, reason, document, source, actor_id)"
            " VALUES (gen_random_uuid(), 'test.many', '', 'one of many', '', '', %s)",
            [[system.user.pk]] * 1203,
        )
    assert settle() == 1203
    assert Settled.objects.count() == before + 1203


def test_a_change_that_is_still_open_keeps_no_other_waiting(
    units: list[Unit], system: Actor, app_sql: Connection
) -> None:
    rename_slowly(app_sql, units[0].pk, "slow")
    quick = rename(system, units[1], "quick")
    assert settle() == 1
    assert Settled.objects.get(change=quick).position == last_position()
    app_sql.commit()
    assert settle() == 1
    slow = Change.objects.get(kind="test.slow")
    assert slow.pk < quick.pk
    assert slow.settled.position == quick.settled.position + 1


def test_a_change_does_not_settle_itself(units: list[Unit], system: Actor) -> None:
    with change("test.write", actor=system, reason="settles while it is open") as done:
        units[0].code = "open"
        units[0].save()
        assert settle() == 0
    assert not Settled.objects.filter(change=done).exists()
    assert settle() == 1


def test_changes_of_a_restored_dump_are_settled(units: list[Unit], superuser_sql: Connection, system: Actor) -> None:
    """Their transaction numbers come from another server and may lie beyond all that this one has given out."""
    done = rename(system, units[0], "before the dump")
    superuser_sql.execute("SET session_replication_role = replica")
    superuser_sql.execute("UPDATE records_change SET xid = xid + 1000000000 WHERE id = %s", [done.pk])
    assert settle() == 1


def test_answers_do_not_change_when_a_long_transaction_commits_later(
    units: list[Unit], system: Actor, app_sql: Connection
) -> None:
    answers: dict[int, dict[int, tuple[str, int]]] = {}

    def ask_again() -> None:
        settle()
        answers.setdefault(last_position(), known(last_position()))
        for position, answer in answers.items():
            assert known(position) == answer

    rename(system, units[1], "before")
    ask_again()
    rename_slowly(app_sql, units[0].pk, "slow")
    for turn in range(3):
        rename(system, units[1], f"meanwhile {turn}")
        ask_again()
    with change("test.write", actor=system, reason="closed"):
        units[2].delete()
    ask_again()
    app_sql.commit()
    ask_again()
    rename(system, units[1], "after")
    ask_again()
    assert len(answers) == 7
    assert known(last_position()) == {units[0].pk: ("slow", 2), units[1].pk: ("after", 6)}


def test_what_was_known_leaves_out_what_was_deleted_or_not_yet_there(units: list[Unit], system: Actor) -> None:
    start = last_position()
    with change("test.write", actor=system, reason="one goes, one comes"):
        gone_pk = units[0].pk
        units[0].delete()
        new = create(Unit)
    settle()
    assert gone_pk in known(start)
    assert new.pk not in known(start)
    assert gone_pk not in known(last_position())
    assert new.pk in known(last_position())
    assert known(0) == {}


def test_a_moment_stands_for_the_last_position_settled_by_then(units: list[Unit], system: Actor) -> None:
    first = last_position()
    between = Seal.objects.latest("id").settled_at + timedelta(microseconds=1)
    rename(system, units[0], "later")
    settle()
    assert position_at(between) == first
    assert position_at(between + timedelta(hours=1)) == last_position() == first + 1
    assert position_at(datetime(2000, 1, 1, tzinfo=UTC)) == 0


def test_what_was_settled_is_not_looked_at_again(units: list[Unit], system: Actor) -> None:
    """Below the floor of the last seal nothing is left to do, and a settler does not look there."""
    rename(system, units[0], "a")
    settle()
    seal = Seal.objects.latest("id")
    assert Change.objects.filter(xid__lt=seal.floor, settled__isnull=True).count() == 0
    done = rename(system, units[0], "b")
    assert done.xid >= seal.floor
    assert settle() == 1


def test_a_long_transaction_is_settled_however_long_it_took(
    units: list[Unit], system: Actor, app_sql: Connection
) -> None:
    rename_slowly(app_sql, units[0].pk, "slow")
    for turn in range(5):
        rename(system, units[1], f"meanwhile {turn}")
        settle()
    slow = app_sql.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
    assert slow is not None
    assert Seal.objects.latest("id").floor <= slow[0]
    app_sql.commit()
    assert settle() == 1


@pytest.mark.parametrize("ahead", [5, 1_000_000_000])
def test_a_floor_of_another_server_hides_nothing(
    units: list[Unit], superuser_sql: Connection, system: Actor, ahead: int
) -> None:
    """A dump restored on a new server brings a floor that this one's transactions are still below, or pass before the next settling."""
    superuser_sql.execute("SET session_replication_role = replica")
    superuser_sql.execute("UPDATE records_seal SET server = server + 1, floor = floor + %s", [ahead])
    for turn in range(8):
        rename(system, units[0], f"after the restore {turn}")
    assert list(verify()) == []
    assert settle() == 8
    rename(system, units[0], "and again")
    assert settle() == 1


def test_two_settlers_at_once_do_not_disturb_each_other(units: list[Unit], system: Actor, app_sql: Connection) -> None:
    rename(system, units[0], "once")
    assert app_sql.execute("SELECT records_settle(500)").fetchone() == (1,)
    assert settle() == 0
    app_sql.commit()
    assert settle() == 0
    assert Change.objects.filter(settled__isnull=True).count() == 0


def test_a_settler_that_is_rolled_back_leaves_nothing(units: list[Unit], system: Actor, app_sql: Connection) -> None:
    done = rename(system, units[0], "once")
    app_sql.execute("SELECT records_settle(500)")
    app_sql.rollback()
    assert not Settled.objects.filter(change=done).exists()
    assert settle() == 1


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 8, 13])
def test_python_and_the_database_compute_the_same_root(db: None, count: int) -> None:
    leaves = [f"leaf {number}".encode() for number in range(count)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT records_merkle(%s::bytea[])", [leaves])
        assert bytes(cursor.fetchone()[0]) == merkle(leaves)
