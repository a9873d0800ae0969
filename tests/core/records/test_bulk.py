"""Rows that the server takes in while the next ones are made."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from django.db import IntegrityError, transaction

from core.org.actor import Actor
from core.org.models import Unit, UnitStatistics
from core.records import change
from core.records.bulk import copies_aside, copy_rows
from tests.factories.people import make_unit

COLUMNS = ["unit_id", "school_year", "stage"]


def years(unit: Unit, *numbers: int) -> list[list[object]]:
    return [[unit.pk, number, ""] for number in numbers]


@pytest.mark.django_db
def test_the_statement_that_follows_sees_the_rows(system: Actor) -> None:
    unit = make_unit("school", "青石小学")

    with change("test.write", actor=system, reason="years"), copies_aside():
        assert copy_rows(UnitStatistics, COLUMNS, years(unit, 2020, 2021)) == 2
        assert copy_rows(UnitStatistics, COLUMNS, years(unit, 2022)) == 1
        assert UnitStatistics.objects.filter(unit=unit).count() == 3

    assert UnitStatistics.history.filter(unit=unit).count() == 3


def _ask() -> None:
    UnitStatistics.objects.exists()
    pytest.fail("a statement was answered after the error")


def _copy_more() -> None:
    copy_rows(UnitStatistics, COLUMNS, [])
    pytest.fail("rows were sent after the error")


def _write(actor: Actor, rows: Iterable[list[object]], afterwards: Callable[[], None] | None = None) -> None:
    with transaction.atomic(), change("test.write", actor=actor, reason="years"), copies_aside():
        copy_rows(UnitStatistics, COLUMNS, rows)
        if afterwards:
            afterwards()


@pytest.mark.django_db
@pytest.mark.parametrize("afterwards", [_ask, _copy_more, None])
def test_an_error_of_the_rows_is_raised_by_what_follows(system: Actor, afterwards: Callable[[], None] | None) -> None:
    unit = make_unit("school", "青石小学")

    with pytest.raises(IntegrityError, match="unit_statistics_once"):
        _write(system, years(unit, 2020, 2020), afterwards)

    assert not UnitStatistics.objects.filter(unit=unit).exists()


@pytest.mark.django_db
def test_a_row_that_points_to_nothing_is_refused_at_once(system: Actor) -> None:
    with pytest.raises(IntegrityError, match="fk_org_unit"):
        _write(system, [[2**60, 2020, ""]], _ask)


@pytest.mark.django_db
def test_an_error_between_copies_leaves_nothing_behind(system: Actor) -> None:
    unit = make_unit("school", "青石小学")

    def break_off() -> None:
        copy_rows(UnitStatistics, COLUMNS, (list[object](1 // n for n in [0]) for _ in range(1)))

    with pytest.raises(ZeroDivisionError):
        _write(system, years(unit, 2021), break_off)

    assert not UnitStatistics.objects.filter(unit=unit).exists()
