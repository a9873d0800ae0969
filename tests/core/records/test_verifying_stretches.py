"""Verification of all seals or of a stretch of them, by the command, in words and as JSON; a hundred thousand changes."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from core.jobs.services import enqueue
from core.jobs.verifying import VERIFY
from core.org.actor import Actor
from core.org.models import Unit
from core.records import change
from core.records.chain import Stretch
from core.records.models import Change, Seal, Settled
from core.records.settling import settle
from core.records.verifying import verification
from tests.core.records.many_edits import A_SEAL, edit_much
from tests.factories.build import create
from tests.ground.databases import Database

Connection = psycopg.Connection[Any]

FIGURE = 100_000


@pytest.fixture
def seals(committed_db: Database, system: Actor) -> list[Seal]:
    """Four more changes, each with a seal of its own."""
    settle()
    made = []
    for _ in range(4):
        with change("test.past", actor=system, reason="the past"):
            create(Unit)
        settle()
        made.append(Seal.objects.latest("pk"))
    return made


def answer(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, Any], int]:
    """What the command answers as JSON, and how it exits."""
    code = 0
    try:
        call_command("verify_history", "--json", *arguments)
    except CommandError as error:
        code = error.returncode
    return json.loads(capsys.readouterr().out), code


def bend(connection: Connection, seal: Seal) -> int:
    """Alter the unit that was made under a seal, in its history only. Returns the key of the version."""
    connection.execute("SET session_replication_role = replica")
    rows = connection.execute(
        "UPDATE org_historicalunit h SET code = 'bent' FROM records_settled s WHERE s.change_id = h.change_id AND s.seal_id = %s"
        " RETURNING h.history_id",
        [seal.pk],
    ).fetchall()
    return int(rows[0][0])


def test_the_summary_says_how_much_was_verified(seals: list[Seal], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_history", "--from", str(seals[1].pk), "--to", str(seals[2].pk))
    assert capsys.readouterr().out == (
        f"history is as sealed: 2 changes under 2 seals; 0 wait for a seal\nlast seal: {seals[2].pk} {seals[2]}\n"
    )


def test_json_of_a_past_that_is_as_sealed(seals: list[Seal], capsys: pytest.CaptureFixture[str]) -> None:
    said, code = answer(capsys=capsys)
    last = seals[-1]
    assert code == 0
    assert said == {
        "as_sealed": True,
        "whole": True,
        "seals": Seal.objects.count(),
        "changes": Change.objects.count(),
        "waiting": 0,
        "last_seal": {
            "number": last.pk, "first": last.first, "last": last.last, "settled_at": last.settled_at.isoformat(),
            "root": bytes(last.root).hex(), "chain": bytes(last.chain).hex(),
        },
        "faults": [],
    }  # fmt: skip


def test_json_of_a_bent_past_names_the_first_fault_or_all(
    seals: list[Seal], superuser_sql: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    versions = [bend(superuser_sql, seal) for seal in seals[1:3]]
    first, code = answer(capsys=capsys)
    every, _code = answer("--all", capsys=capsys)
    named = [
        {"what": "row altered", "table": "org_historicalunit", "row": version, "change": settled.change_id}
        for version, settled in zip(versions, Settled.objects.filter(seal__in=seals[1:3]).order_by("seal"), strict=True)
    ]
    assert (code, first["as_sealed"], first["faults"]) == (1, False, named[:1])
    assert every["faults"][:2] == named


def test_a_fault_is_found_by_the_stretch_that_holds_it_and_by_no_other(
    seals: list[Seal], superuser_sql: Connection
) -> None:
    version = bend(superuser_sql, seals[1])

    def found(start: int, to: int) -> list[int | None]:
        return [fault.row for fault in verification(Stretch(seals[start].pk, seals[to].pk)).faults]

    assert [found(0, 0), found(2, 3), found(1, 1), found(0, 3)] == [[], [], [version], [version]]


def test_a_seal_that_was_taken_away_at_the_edge_of_a_stretch_is_named(
    seals: list[Seal], superuser_sql: Connection
) -> None:
    superuser_sql.execute("SET session_replication_role = replica")
    superuser_sql.execute("DELETE FROM records_seal WHERE id = %s", [seals[1].pk])
    faults = verification(Stretch(seals[1].pk, seals[3].pk)).faults
    assert str(faults[0]) == f"seal missing before: records_seal row {seals[2].pk}"


def test_days_name_the_seals_that_were_made_on_them(seals: list[Seal], superuser_sql: Connection) -> None:
    superuser_sql.execute("SET session_replication_role = replica")
    # Seven in the evening in UTC is the next day in China.
    for seal, moment in zip(seals, ("09-01 01:00", "09-01 15:59", "09-01 16:00", "09-03 01:00"), strict=True):
        superuser_sql.execute(f"UPDATE records_seal SET settled_at = '2031-{moment}+00' WHERE id = %s", [seal.pk])
    first, second, third, fourth = (seal.pk for seal in seals)
    assert Stretch.asked("2031-09-01", "2031-09-01") == Stretch(first, second)
    assert Stretch.asked("2031-09-02", "2031-09-02") == Stretch(third, third)
    assert Stretch.asked("2031-09-02", "") == Stretch(third, None)
    assert Stretch.asked(str(second), "2031-10-01") == Stretch(second, fourth)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "yesterday"], "yesterday is neither the number of a seal nor a day such as 2026-11-01."),
        (["--from", "2026-02-30"], "2026-02-30 is neither the number of a seal nor a day such as 2026-11-01."),
        (["--to", "²"], "² is neither the number of a seal nor a day such as 2026-11-01."),
        (["--to", "0"], "There is no seal 0: they go from 1 to {newest}."),
        (
            ["--from", "99999999999999999999999"],
            "There is no seal 99999999999999999999999: they go from 1 to {newest}.",
        ),
        (["--from", "{newest}", "--to", "1"], "There is no seal from {newest} to 1: name the earlier one first."),
        (["--from", "2999-01-01"], "No seal was made on 2999-01-01 or later."),
        (["--to", "1999-01-01"], "No seal was made by the end of 1999-01-01."),
    ],
)
def test_arguments_that_name_no_seals_say_what_to_do(seals: list[Seal], arguments: list[str], said: str) -> None:
    newest = str(seals[-1].pk)
    with pytest.raises(CommandError) as refused:
        call_command("verify_history", *[one.format(newest=newest) for one in arguments])
    assert refused.value.returncode == 2
    assert str(refused.value) == (
        said.format(newest=newest) + " Give --from and --to as the number of a seal or as a day."
    )


def test_the_shell_sees_how_it_went(seals: list[Seal], committed_db: Database, superuser_sql: Connection) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "verify_history", *arguments]
        return subprocess.run(command, env=committed_db.environment, capture_output=True, text=True, check=False)

    assert run("--from", str(seals[0].pk)).returncode == 0
    assert run("--to", "never").returncode == 2
    version = bend(superuser_sql, seals[1])
    bent = run()
    assert (bent.returncode, f"org_historicalunit row {version}" in bent.stderr) == (1, True)


def test_the_job_verifies_the_stretch_that_was_asked_for(
    seals: list[Seal], superuser_sql: Connection, system: Actor, run_jobs: Any
) -> None:
    version = bend(superuser_sql, seals[1])
    for start, to in ((seals[2], seals[3]), (seals[0], seals[1])):
        enqueue(VERIFY, actor=system, arguments={"start": str(start.pk), "to": str(to.pk)})
    clean, bent = (job.result for job in run_jobs())
    assert (clean["faults"], clean["seal"], clean["start"], clean["to"]) == (0, seals[3].pk, seals[2].pk, seals[3].pk)
    assert [one["row"] for one in bent["named"]] == [version]


@pytest.mark.parametrize("edits", [1_000, pytest.param(FIGURE, marks=pytest.mark.soak)])
def test_very_many_changes_verify_and_one_bent_version_among_them_is_named(
    committed_db: Database, system: Actor, superuser_sql: Connection, edits: int
) -> None:
    settle()
    before = Seal.objects.count()
    edit_much(system, edits)
    assert Seal.objects.count() - before == edits // A_SEAL + 1

    outcome = verification()
    assert (outcome.faults, outcome.changes, outcome.waiting) == ([], Change.objects.count(), 0)

    superuser_sql.execute("SET session_replication_role = replica")
    (bent,) = superuser_sql.execute(
        "UPDATE org_historicalunitstatistics SET pupils = -1 WHERE pupils = %s RETURNING history_id", [edits // 2]
    ).fetchone() or (None,)
    assert [fault.row for fault in verification().faults] == [bent]
