"""Somebody with all rights bends history with the triggers off: `verify_history` names what they touched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from core.org.actor import Actor
from core.org.models import Unit, UnitStatistics
from core.records import change
from core.records.models import Change, Seal, SealedRows, Settled
from core.records.settling import settle
from core.records.verifying import verify
from tests.factories.build import create
from tests.ground.databases import Database

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Past:
    """A sealed past: four changes, one seal each; in the third, a unit is renamed and statistics are added."""

    unit: Unit
    changes: list[Change]
    seals: list[Seal]

    @property
    def version(self) -> int:
        """The history row of the renaming."""
        return int(Unit.history.get(id=self.unit.pk, revision=2).pk)


@pytest.fixture
def past(committed_db: Database, system: Actor, superuser_sql: Connection) -> Past:
    """Sealed history, with every trigger and foreign key switched off in the superuser's session."""
    settle()
    changes, seals = [], []

    def act(work: Callable[[], Any]) -> Any:
        with change("test.past", actor=system, reason="the past") as done:
            made = work()
        assert settle() == 1
        changes.append(done)
        seals.append(Seal.objects.latest("id"))
        return made

    unit = act(lambda: create(Unit, code="before"))
    act(lambda: create(Unit))

    def rename() -> None:
        unit.code = "after"
        unit.save()
        for year in (2024, 2025):
            create(UnitStatistics, unit=unit, school_year=year)

    act(rename)
    act(lambda: create(Unit))
    superuser_sql.execute("SET session_replication_role = replica")
    return Past(unit, changes, seals)


def faults() -> list[str]:
    with transaction.atomic():
        return [str(fault) for fault in verify()]


def test_an_unbent_past_verifies(past: Past, capsys: pytest.CaptureFixture[str]) -> None:
    assert faults() == []
    call_command("verify_history")
    total = Change.objects.count()
    said = capsys.readouterr().out
    sealed = f"history is as sealed: {total} changes under {Seal.objects.count()} seals; 0 wait for a seal\n"
    assert said.startswith(sealed)
    assert said.endswith(f"last seal: {past.seals[-1].pk} {past.seals[-1]}\n")


def test_the_command_fails_and_names_the_first_or_all(past: Past, superuser_sql: Connection) -> None:
    superuser_sql.execute("UPDATE org_historicalunitstatistics SET pupils = 999 WHERE school_year IN (2024, 2025)")
    with pytest.raises(CommandError) as first:
        call_command("verify_history")
    with pytest.raises(CommandError) as every:
        call_command("verify_history", "--all")
    rows = sorted(UnitStatistics.history.filter(id__gt=0, pupils=999).values_list("pk", flat=True))
    change_id = past.changes[2].pk
    lines = [f"row altered: org_historicalunitstatistics row {row} (change {change_id})" for row in rows]
    assert str(first.value) == lines[0]
    assert str(every.value).splitlines()[:2] == lines


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("code", "bent"),
        ("history_type", "+"),
        ("revision", 7),
        ("history_date", "2001-01-01"),
        ("opened", "2001-01-01"),
    ],
)
def test_an_altered_version_is_named(past: Past, superuser_sql: Connection, column: str, value: Any) -> None:
    version = past.version
    superuser_sql.execute(f"UPDATE org_historicalunit SET {column} = %s WHERE history_id = %s", [value, version])
    assert faults()[0] == f"row altered: org_historicalunit row {version} (change {past.changes[2].pk})"


def test_a_deleted_version_is_named(past: Past, superuser_sql: Connection) -> None:
    version = past.version
    superuser_sql.execute("DELETE FROM org_historicalunit WHERE history_id = %s", [version])
    assert faults()[0] == f"row missing: org_historicalunit row {version} (change {past.changes[2].pk})"


def test_an_inserted_version_is_named(past: Past, superuser_sql: Connection) -> None:
    ((added,),) = superuser_sql.execute(
        'INSERT INTO org_historicalunit SELECT (jsonb_populate_record(h, \'{"revision": 3, "history_id": 990}\')).*'
        " FROM org_historicalunit h WHERE history_id = %s RETURNING history_id",
        [past.version],
    ).fetchall()
    assert faults()[0] == f"row added: org_historicalunit row {added} (change {past.changes[2].pk})"


def test_a_version_inserted_under_a_change_that_wrote_nothing_there_is_named(
    past: Past, superuser_sql: Connection
) -> None:
    superuser_sql.execute(
        "INSERT INTO org_historicalunitstatistics SELECT (jsonb_populate_record(h, jsonb_build_object("
        "'history_id', 990, 'id', 990, 'change_id', %s::bigint))).* FROM org_historicalunitstatistics h LIMIT 1",
        [past.changes[3].pk],
    )
    assert faults()[0] == f"row added: org_historicalunitstatistics row 990 (change {past.changes[3].pk})"


def test_a_version_under_no_change_at_all_is_named(past: Past, superuser_sql: Connection) -> None:
    superuser_sql.execute(
        "INSERT INTO org_historicalunit SELECT (jsonb_populate_record(h,"
        ' \'{"revision": 3, "history_id": 990, "change_id": 123456}\')).* FROM org_historicalunit h'
        " WHERE history_id = %s",
        [past.version],
    )
    assert faults()[0] == "row without a change: org_historicalunit row 990 (change 123456)"


def test_a_version_moved_to_another_change_is_named_twice(past: Past, superuser_sql: Connection) -> None:
    version = past.version
    superuser_sql.execute(
        "UPDATE org_historicalunit SET change_id = %s WHERE history_id = %s", [past.changes[0].pk, version]
    )
    assert faults() == [
        f"row added: org_historicalunit row {version} (change {past.changes[0].pk})",
        f"row missing: org_historicalunit row {version} (change {past.changes[2].pk})",
    ]


@pytest.mark.parametrize(
    ("column", "value"), [("reason", "bent"), ("at", "2001-01-01"), ("document", "x"), ("role", "x"), ("xid", 5)]
)
def test_an_altered_change_is_named(past: Past, superuser_sql: Connection, column: str, value: Any) -> None:
    pk = past.changes[1].pk
    superuser_sql.execute(f"UPDATE records_change SET {column} = %s WHERE id = %s", [value, pk])
    assert faults() == [f"row altered: records_change row {pk} (change {pk})"]


def test_a_deleted_change_is_named(past: Past, superuser_sql: Connection) -> None:
    pk = past.changes[1].pk
    superuser_sql.execute("DELETE FROM records_change WHERE id = %s", [pk])
    assert faults() == [f"row missing: records_change row {pk} (change {pk})"]


def test_a_deleted_change_that_was_not_sealed_is_named_by_its_rows(
    past: Past, superuser_sql: Connection, system: Actor
) -> None:
    with change("test.write", actor=system, reason="not yet sealed") as done:
        unit = create(Unit)
    superuser_sql.execute("DELETE FROM records_change WHERE id = %s", [done.pk])
    row = unit.history.get().pk
    assert faults() == [f"row without a change: org_historicalunit row {row} (change {done.pk})"]


def test_a_change_slipped_into_the_sealed_past_is_named(past: Past, superuser_sql: Connection) -> None:
    """Inserted with the triggers off and given a position: no seal covers it."""
    ((pk,),) = superuser_sql.execute(
        "INSERT INTO records_change SELECT (jsonb_populate_record(c, jsonb_build_object('id', 990,"
        " 'public_id', gen_random_uuid()))).* FROM records_change c WHERE id = %s RETURNING id",
        [past.changes[0].pk],
    ).fetchall()
    superuser_sql.execute(
        "INSERT INTO records_settled (change_id, position, seal_id) SELECT %s, max(position) + 1, max(seal_id)"
        " FROM records_settled", [pk],
    )  # fmt: skip
    assert faults()[0] == f"position without a seal: records_settled row {pk} (change {pk})"


def test_a_change_that_claims_to_be_older_than_what_is_sealed_is_named(past: Past, superuser_sql: Connection) -> None:
    """Its transaction lies below the floor of the last seal, where no settler looks any more."""
    ((pk,),) = superuser_sql.execute(
        "INSERT INTO records_change SELECT (jsonb_populate_record(c, jsonb_build_object('id', 990, 'public_id', gen_random_uuid(),"
        " 'xid', (SELECT floor - 1 FROM records_seal ORDER BY id DESC LIMIT 1)))).* FROM records_change c WHERE id = %s RETURNING id",
        [past.changes[0].pk],
    ).fetchall()
    assert settle() == 0
    assert faults() == [f"row added: records_change row {pk} (change {pk})"]


@pytest.mark.parametrize(
    ("column", "value"),
    [("root", b"x" * 32), ("chain", b"x" * 32), ("settled_at", "2001-01-01"), ("first", -5), ("last", 900_000_000)],
)
@pytest.mark.parametrize("place", [0, 2, 3])
def test_an_altered_seal_is_named(past: Past, superuser_sql: Connection, column: str, value: Any, place: int) -> None:
    pk = past.seals[place].pk
    superuser_sql.execute(f"UPDATE records_seal SET {column} = %s WHERE id = %s", [value, pk])
    assert faults()[0] == f"seal altered: records_seal row {pk}"
    assert len([fault for fault in faults() if "records_seal row" in fault]) == 1


def test_a_deleted_seal_is_named(past: Past, superuser_sql: Connection) -> None:
    superuser_sql.execute("DELETE FROM records_seal WHERE id = %s", [past.seals[1].pk])
    assert faults()[0] == f"seal missing before: records_seal row {past.seals[2].pk}"


def test_a_deleted_last_seal_is_named_by_its_positions(past: Past, superuser_sql: Connection) -> None:
    superuser_sql.execute("DELETE FROM records_seal WHERE id = %s", [past.seals[3].pk])
    pk = past.changes[3].pk
    assert faults()[0] == f"position without a seal: records_settled row {pk} (change {pk})"


def test_an_inserted_seal_is_named(past: Past, superuser_sql: Connection) -> None:
    superuser_sql.execute(
        "INSERT INTO records_seal SELECT (jsonb_populate_record(s, '{\"id\": 990}')).* FROM records_seal s"
        " WHERE id = %s",
        [past.seals[0].pk],
    )
    assert faults() == ["seal added: records_seal row 990"]


def test_a_deleted_position_is_named(past: Past, superuser_sql: Connection) -> None:
    place = Settled.objects.get(change=past.changes[1])
    superuser_sql.execute("DELETE FROM records_settled WHERE change_id = %s", [past.changes[1].pk])
    assert faults()[0] == f"position {place.position} missing: records_settled"


def test_positions_that_were_exchanged_are_named(past: Past, superuser_sql: Connection) -> None:
    first, second = (Settled.objects.get(change=past.changes[place]) for place in (1, 2))
    superuser_sql.execute("UPDATE records_settled SET position = -1 WHERE change_id = %s", [first.change_id])
    for one, other in ((second, first), (first, second)):
        superuser_sql.execute(
            "UPDATE records_settled SET position = %s WHERE change_id = %s", [other.position, one.change_id]
        )
    found = faults()
    for place in (first, second):
        assert f"position altered: records_settled row {place.change_id} (change {place.change_id})" in found


def test_altered_digests_are_told_from_altered_rows(past: Past, superuser_sql: Connection) -> None:
    kept = SealedRows.objects.get(change=past.changes[2], shape__table="org_historicalunit")
    superuser_sql.execute("UPDATE records_sealedrows SET leaves = %s WHERE id = %s", [b"x" * 16, kept.pk])
    assert faults() == [
        f"digests of org_historicalunit altered: records_sealedrows row {kept.pk} (change {past.changes[2].pk})"
    ]


def test_deleted_digests_are_named(past: Past, superuser_sql: Connection) -> None:
    kept = SealedRows.objects.get(change=past.changes[2], shape__table="org_historicalunit")
    superuser_sql.execute("DELETE FROM records_sealedrows WHERE id = %s", [kept.pk])
    assert faults() == [f"digests of org_historicalunit missing: records_sealedrows (change {past.changes[2].pk})"]


def test_a_record_altered_behind_its_history_is_named(past: Past, superuser_sql: Connection) -> None:
    superuser_sql.execute("UPDATE org_unit SET code = 'bent' WHERE id = %s", [past.unit.pk])
    assert faults() == [f"record differs from its newest version: org_unit row {past.unit.pk}"]


def test_a_record_removed_behind_its_history_is_named(past: Past, superuser_sql: Connection) -> None:
    superuser_sql.execute("DELETE FROM org_unit WHERE id = %s", [past.unit.pk])
    assert faults() == [f"record missing: org_unit row {past.unit.pk}"]


def test_a_record_added_behind_its_history_is_named(past: Past, superuser_sql: Connection) -> None:
    superuser_sql.execute(
        'INSERT INTO org_unit SELECT (jsonb_populate_record(u, \'{"id": 990, "code": "x",'
        ' "public_id": "0b6bd9a5-5a5f-4a63-9d1c-5c5f0f6f3a10"}\')).* FROM org_unit u WHERE id = %s',
        [past.unit.pk],
    )
    assert faults() == ["record without a version: org_unit row 990"]


def test_versions_removed_before_they_were_sealed_leave_a_gap(
    past: Past, superuser_sql: Connection, system: Actor
) -> None:
    with change("test.write", actor=system, reason="two more"):
        for code in ("third", "fourth"):
            past.unit.code = code
            past.unit.save()
    superuser_sql.execute("DELETE FROM org_historicalunit WHERE id = %s AND revision = 3", [past.unit.pk])
    assert faults() == [f"version missing: org_historicalunit row {past.unit.pk}"]
