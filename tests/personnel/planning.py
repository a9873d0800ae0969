"""Schools for tests of planning: figures of years, a seat ledger, people who hold seats and teach."""

from __future__ import annotations

from datetime import date
from typing import Any

from psycopg.types.range import Range

from core.org.actor import system_actor
from core.org.models import Unit, UnitStatistics
from core.records.changes import change
from personnel.models import Teacher, TeachingDuty
from personnel.services import seats
from personnel.services.seats import Seat
from tests.factories.people import make_teacher, make_unit
from tests.ground.clock import TODAY
from tests.personnel.seats import KIND, YEAR, approved

SINCE = Range(date(2026, 9, 1), None)


def figures(unit: Unit, stage: str = "junior", **years: tuple[int, int]) -> None:
    """Pupils and classes by school year, such as y2026=(600, 12)."""
    with change("org.record_statistics", actor=system_actor(TODAY), reason="test ground"):
        UnitStatistics.objects.bulk_create(
            UnitStatistics(unit=unit, school_year=int(year[1:]), stage=stage, pupils=pupils, classes=classes)
            for year, (pupils, classes) in years.items()
        )


def staffed(actor: Any, unit: Unit, births: list[date], *, approved_seats: int) -> list[Teacher]:
    """People in post at a unit, each on a seat, born on these days."""
    people = [
        make_teacher(f"教师{place}", unit, birth=birth, sex="1", post_family="professional", pinyin=f"jiao shi {place}")
        for place, birth in enumerate(births)
    ]
    approved(actor, unit, approved_seats)
    seats.occupy_many(actor=actor, seats=[Seat(one, unit, KIND, YEAR) for one in people], reason="上编")
    return people


def teaches(teacher: Teacher, unit: Unit, subject: str, stage: str = "junior", **more: Any) -> TeachingDuty:
    """A duty since the first of September 2026."""
    with change("personnel.add_fact", actor=system_actor(TODAY), reason="test ground"):
        return TeachingDuty.objects.create(
            teacher=teacher, unit=unit, stage=stage, subject=subject, valid=more.pop("valid", SINCE), **more
        )


def many_schools(actor: Any, county: Unit, schools: int, people: int, *, begin: int = 0) -> None:
    """So many schools more with so many people each, who hold seats and teach; every tenth retires within a year."""
    for place in range(begin, begin + schools):
        unit = make_unit("school", f"第{place}中学", county)
        figures(unit, y2024=(900, 18), y2025=(950, 19), y2026=(1000, 20))
        births = [date(1966 if one % 10 == 0 else 1985, 10, 1) for one in range(people)]
        for teacher in staffed(actor, unit, births, approved_seats=people + 2):
            teaches(teacher, unit, "chinese", weekly_hours=12)
