"""Transactions that overlap: whatever their order, the newest version of a record is the record."""

from __future__ import annotations

import random
import threading
from typing import Any

import pytest
from django.db import OperationalError, connection

from core.org.actor import Actor
from core.org.models import Unit
from core.records import change
from core.records.errors import StaleRecord
from core.records.settling import settle
from core.records.verifying import verify
from tests.core.records.rows import live_row, recorded, versions
from tests.factories.build import create
from tests.ground.databases import Database


def in_threads(work: Any, count: int) -> list[BaseException]:
    """Run `work(number)` in that many threads at once; returns what they raised."""
    errors: list[BaseException] = []

    def run(number: int) -> None:
        try:
            work(number)
        except BaseException as error:  # noqa: BLE001 - handed to the test
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


@pytest.mark.parametrize("rounds", [12, pytest.param(200, marks=pytest.mark.soak)])
def test_the_newest_version_is_the_live_row_after_overlapping_writes(
    committed_db: Database, system: Actor, rounds: int
) -> None:
    with change("test.prepare", actor=system, reason="rows that all write"):
        keys = sorted(create(Unit).pk for _ in range(6))

    def write(number: int) -> None:
        chance = random.Random(number)
        for turn in range(rounds):
            try:
                with change("test.write", actor=system, reason=f"writer {number}"):
                    _write_some(chance, keys, f"{number}-{turn}")
            except (StaleRecord, OperationalError, Unit.DoesNotExist):
                continue

    assert in_threads(write, 5) == []
    for pk in keys:
        rows = versions(Unit, pk)
        assert [row["revision"] for row in rows] == list(range(1, len(rows) + 1))
        live = live_row(Unit, pk)
        newest = rows[-1]
        assert live == (None if newest["history_type"] == "-" else recorded(newest))
    assert sum(len(versions(Unit, pk)) for pk in keys) > len(keys) + rounds
    settle()
    assert list(verify()) == []


def _write_some(chance: random.Random, keys: list[int], mark: str) -> None:
    """Two of the rows, in any order (deadlocks happen and are survived): saved, updated, the first two rarely deleted."""
    for pk in chance.sample(keys, 2):
        act = chance.random()
        if act < 0.45:
            unit = Unit.objects.get(pk=pk)
            unit.code = f"{mark}-{pk}"
            unit.save()
        elif act < 0.97 or pk > keys[1]:
            Unit.objects.filter(pk=pk).update(code=f"{mark}+{pk}")
        else:
            Unit.objects.filter(pk=pk).delete()


def test_of_two_who_save_the_same_row_at_once_one_is_told(committed_db: Database, system: Actor) -> None:
    with change("test.prepare", actor=system, reason="one row"):
        pk = create(Unit).pk
    both_have_read = threading.Barrier(2)

    def save(number: int) -> None:
        with change("test.write", actor=system, reason=f"writer {number}"):
            unit = Unit.objects.get(pk=pk)
            both_have_read.wait()
            unit.code = f"by {number}"
            unit.save()

    errors = in_threads(save, 2)
    assert [type(error) for error in errors] == [StaleRecord]
    rows = versions(Unit, pk)
    assert [row["revision"] for row in rows] == [1, 2]
    assert recorded(rows[-1]) == live_row(Unit, pk)
