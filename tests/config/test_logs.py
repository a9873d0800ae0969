"""A log tells what went wrong, and nothing of people."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from config.logs import Discreet
from core.org.actor import Actor
from core.org.models import UnitStatistics
from core.records import change
from tests.factories.people import make_unit


def logged(formatter: logging.Formatter, work: Callable[[], object]) -> str:
    """What a log says of the error of some work."""
    try:
        work()
    except (IntegrityError, ValueError):
        return formatter.format(
            logging.LogRecord("shidang", logging.ERROR, __file__, 1, "job failed", None, sys.exc_info())
        )
    return ""


@pytest.mark.django_db
def test_a_database_error_is_told_without_the_row_that_it_quotes(system: Actor) -> None:
    unit, year = make_unit("school", "青石小学"), int("4711")

    def work() -> None:
        with transaction.atomic(), change("test.write", actor=system, reason="a year twice"):
            UnitStatistics.objects.bulk_create([UnitStatistics(unit=unit, school_year=year) for _ in range(2)])

    plain, discreet = logged(logging.Formatter(), work), logged(Discreet(), work)

    assert "4711" in plain
    assert "4711" not in discreet
    assert "unit_statistics_once" in discreet
    assert "Traceback" in discreet


def test_other_errors_are_told_whole() -> None:
    assert "second" in logged(Discreet(), lambda: int("first\nsecond"))
