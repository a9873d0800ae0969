"""`change()`: one transaction, one reason, one actor."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, transaction

from core.org.actor import Actor
from core.org.models import Unit
from core.records import change
from core.records.changes import current_change
from core.records.errors import NoChange
from core.records.models import Change
from tests.factories.build import create
from tests.ground.databases import Database


def test_a_change_says_who_when_why_and_on_what_paper(county_clerk: Actor, school_a: Unit) -> None:
    with change(
        "org.rename", actor=county_clerk, reason="合并办学", document="青教〔2026〕12号", source="page"
    ) as done:
        school_a.closed = None
        school_a.code = "3600000001"
        school_a.save()
    stored = Change.objects.get(pk=done.pk)
    assert (stored.kind, stored.reason, stored.document, stored.source) == (
        "org.rename", "合并办学", "青教〔2026〕12号", "page"
    )  # fmt: skip
    assert (stored.actor, stored.role, stored.unit) == (county_clerk.user, "county_clerk", county_clerk.unit)
    assert stored.at is not None
    assert school_a.history.first().change == stored


@pytest.mark.parametrize("reason", ["", " ", "\n\t　"])
def test_a_change_needs_a_reason(system: Actor, reason: str) -> None:
    with pytest.raises(ValueError, match="reason"), change("test.write", actor=system, reason=reason):
        pytest.fail("the body must not run")
    assert not Change.objects.filter(kind="test.write").exists()


def test_an_inner_change_of_the_same_actor_joins_the_outer_one(system: Actor) -> None:
    with change("test.outer", actor=system, reason="outer") as outer:
        first = create(Unit)
        with change("test.inner", actor=system, reason="inner") as inner:
            second = create(Unit)
        third = create(Unit)
    assert inner == outer
    assert not Change.objects.filter(kind="test.inner").exists()
    rows = Unit.history.filter(id__in=[first.pk, second.pk, third.pk])
    assert set(rows.values_list("change", flat=True)) == {outer.pk}


def test_an_inner_change_that_fails_takes_only_its_own_rows_with_it(system: Actor) -> None:
    lost = []

    def fail() -> None:
        with change("test.inner", actor=system, reason="inner"):
            lost.append(create(Unit))
            raise KeyError

    with change("test.outer", actor=system, reason="outer"):
        kept = create(Unit)
        with pytest.raises(KeyError):
            fail()
        after = create(Unit)
    assert set(Unit.objects.filter(pk__in=[kept.pk, lost[0].pk, after.pk])) == {kept, after}


def test_an_inner_change_of_another_actor_is_an_error(system: Actor, county_clerk: Actor) -> None:
    with change("test.outer", actor=system, reason="outer") as outer:
        with pytest.raises(RuntimeError, match="cannot write in it"):
            with change("test.inner", actor=county_clerk, reason="inner"):
                pytest.fail("the body must not run")
        unit = create(Unit)
    assert unit.history.get().change == outer


def test_after_a_change_records_are_closed_again(system: Actor) -> None:
    with change("test.write", actor=system, reason="a unit"):
        unit = create(Unit)
    assert current_change() is None
    unit.code = "other"
    with pytest.raises(NoChange), transaction.atomic():
        unit.save()


def test_after_a_change_that_failed_records_are_closed_again(system: Actor) -> None:
    with change("test.prepare", actor=system, reason="a unit"):
        unit = create(Unit)
    failed = []

    def fail() -> None:
        with change("test.write", actor=system, reason="fails") as done:
            failed.append(done.pk)
            unit.code = "lost"
            unit.save()
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert current_change() is None
    assert not Change.objects.filter(pk=failed[0]).exists()
    assert Unit.objects.get(pk=unit.pk).code != "lost"
    with pytest.raises(NoChange), transaction.atomic():
        create(Unit)


def test_a_change_belongs_to_its_thread(committed_db: Database, system: Actor) -> None:
    caught: list[BaseException | None] = []

    def write_elsewhere() -> None:
        try:
            create(Unit)
            caught.append(None)
        except NoChange as error:
            caught.append(error)
        finally:
            connection.close()

    with change("test.write", actor=system, reason="in this thread only"):
        thread = threading.Thread(target=write_elsewhere)
        thread.start()
        thread.join()
        create(Unit)
    assert isinstance(caught[0], NoChange)


def test_nothing_is_kept_of_a_change_that_is_rolled_back(committed_db: Database, system: Actor) -> None:
    before = (Change.objects.count(), Unit.history.count())

    def fail() -> None:
        with change("test.write", actor=system, reason="rolled back"):
            create(Unit)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert (Change.objects.count(), Unit.history.count()) == before


def test_a_change_is_written_for_an_actor_or_a_bare_user(system: Actor) -> None:
    with change("test.write", actor=system.user, reason="the system's own work") as done:
        create(Unit)
    assert (done.actor, done.role, done.unit) == (system.user, "", None)


def test_a_change_may_name_the_file_that_proves_it(system: Actor) -> None:
    stored_file: Any = create(Change._meta.get_field("evidence").related_model)
    with change("test.write", actor=system, reason="by the scan", evidence=stored_file) as done:
        create(Unit)
    assert Change.objects.get(pk=done.pk).evidence == stored_file
