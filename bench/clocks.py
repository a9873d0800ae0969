"""`python -m bench.clocks`: the file of a working life on two clocks against the plain one, a history of 5,000 versions against 50."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import psycopg
from django.test import Client
from psycopg.types.range import Range

from bench.figures import Figure, Report
from bench.ground import Ground, ground
from bench.importing import login
from core.dates import PartialDate
from core.org.actor import Actor
from core.records.changes import change
from core.records.clocks import known_at, latest
from personnel.models import (
    Achievement,
    Certificate,
    Contact,
    Education,
    Employment,
    FamilyMember,
    PersonStatus,
    Teacher,
    TeachingAssignment,
    WorkExperience,
)
from personnel.selectors.clocks import file_as_of
from personnel.selectors.file import parts_of
from personnel.selectors.versions import sections_for
from tests.factories.people import make_teacher
from tests.ground.moments import settled_on
from titles.models import TitleHeld

TODAY = date(2026, 11, 22)
# The day on which the career was known, before the last change of it.
KNOWN = date(2026, 5, 1)
FIRST_YEAR, YEARS = 1986, 40
ROUNDS = 60
SHORT, LONG = 50, 5_000
LIMIT = 2.0
AS_FAST = 1.5


def main() -> int:
    """Measure, tell, and say by the exit code whether every limit was met."""
    report = Report("clocks")
    with ground() as place:
        teacher, position = _career(place)
        place.settle()
        _measure_file(report, place, teacher, position)
        _measure_pages(report, place, teacher)
    with ground() as place:
        _measure_history(report, place)
    return 0 if report.met else 1


def _career(place: Ground) -> tuple[Teacher, int]:
    """Forty years in one file: a new teaching post every year, titles, studies, papers, and a correction of each year's hours."""
    teacher = make_teacher("林婉清", place.county, birth=date(1964, 5, 1), work_start=PartialDate(FIRST_YEAR, 8))
    held: dict[Any, Any] = {}
    for number in range(YEARS):
        day = date(FIRST_YEAR + number, 9, 1)
        with change("bench.write", actor=place.clerk, reason="bench"):
            _follow(
                held, TeachingAssignment, teacher, day, stage="junior", subject="math", weekly_hours=number % 12 + 1
            )
            if number % 8 == 0:
                _follow(
                    held,
                    TitleHeld,
                    teacher,
                    day,
                    rank=("third", "second", "first", "senior", "senior_full")[number // 8],
                )
                _follow(held, PersonStatus, teacher, day, status="in_post")
            if number % 10 == 5:
                Education.objects.create(
                    teacher=teacher, level="21", school=f"学院{number}", ends=PartialDate(day.year, 7)
                )
                Certificate.objects.create(teacher=teacher, name=f"证书{number}", issued=PartialDate(day.year, 6))
                WorkExperience.objects.create(
                    teacher=teacher, workplace=f"学校{number}", starts=PartialDate(day.year, 9)
                )
            Achievement.objects.create(teacher=teacher, title=f"论文{number}", on=PartialDate(day.year, 3))
            if number < 6:
                FamilyMember.objects.create(teacher=teacher, relation="father", name=f"亲属{number}")
        with change("bench.write", actor=place.clerk, reason="bench"):
            taught = held[TeachingAssignment]
            taught.correct(weekly_hours=taught.weekly_hours + 1)
    with psycopg.connect(place.database.superuser_url, autocommit=True) as superuser:
        position = settled_on(superuser, KNOWN)
    with change("bench.write", actor=place.clerk, reason="bench"):
        Education.objects.filter(teacher=teacher).first().delete()
        teacher.native_place = "太原"
        teacher.save()
    latest()
    return teacher, position


def _follow(held: dict[Any, Any], model: Any, teacher: Teacher, day: date, **values: Any) -> None:
    before = held.get(model)
    made = (
        before.supersede(on=day, **values)
        if before is not None
        else model.objects.create(teacher=teacher, valid=Range(day, None), **values)
    )
    held[model] = made


def _measure_file(report: Report, place: Ground, teacher: Teacher, position: int) -> None:
    """The plain reading of a file and the two of `file_as_of`, in turns."""
    actor: Actor = place.clerk
    past, day = known_at(position), date(2010, 4, 1)
    plain, live, then = _in_turns(
        lambda: parts_of(sections_for(actor), teacher, actor),
        lambda: file_as_of(teacher, valid_on=day, known_at=TODAY, actor=actor),
        lambda: file_as_of(teacher, valid_on=day, known_at=past, actor=actor),
    )
    rows = sum(len(part.rows) for part in parts_of(sections_for(actor), teacher, actor))
    report.tell(
        Figure(f"file of {YEARS} years: records", rows),
        Figure("plain reading of the file, p95", plain * 1000, "ms"),
        Figure("file_as_of of a past day as known today, p95", live * 1000, "ms"),
        Figure("file_as_of of a past day as known then, p95", then * 1000, "ms"),
        Figure("file_as_of (known today) ÷ plain reading", live / plain, "×", "at most", LIMIT),
        Figure("file_as_of (known then) ÷ plain reading", then / plain, "×", "at most", LIMIT),
    )


def _measure_pages(report: Report, place: Ground, teacher: Teacher) -> None:
    browser = login(place)
    here = f"/teachers/{teacher.public_id}/"
    plain, then = _in_turns(
        lambda: _look(browser, here), lambda: _look(browser, f"{here}?valid_on=2010-04-01&known_at={KNOWN}")
    )
    report.tell(
        Figure("overview page of that file, p95", plain * 1000, "ms"),
        Figure("overview page on two clocks, p95", then * 1000, "ms"),
        Figure("overview page on two clocks ÷ plain page", then / plain, "×", "at most", LIMIT),
    )


def _measure_history(report: Report, place: Ground) -> None:
    """The first page of a history, whichever record has the versions."""
    people = {versions: _with_versions(place, versions) for versions in (SHORT, LONG)}
    latest()
    place.settle()
    browser = login(place)
    short, long = _in_turns(
        *(lambda one=one: _look(browser, f"/teachers/{one.public_id}/history/") for one in people.values()),
        measure=statistics.median,
    )
    report.tell(
        Figure(f"history page of {SHORT} versions", short * 1000, "ms"),
        Figure(f"history page of {LONG:,} versions", long * 1000, "ms"),
        Figure(f"history page, {LONG:,} ÷ {SHORT} versions", long / short, "×", "at most", AS_FAST),
    )


def _with_versions(place: Ground, versions: int) -> Teacher:
    """A file of so many versions: of its contact, its teaching and the person in turn."""
    teacher = make_teacher(f"林{versions}", place.county)
    with change("bench.write", actor=place.clerk, reason="bench"):
        contact = Contact.objects.create(teacher=teacher, email="a@b.cn")
        taught = TeachingAssignment.objects.create(
            teacher=teacher, stage="junior", subject="math", valid=Range(date(2010, 9, 1), None)
        )
    job = Employment.objects.get(teacher=teacher)
    for number in range(versions - 4):
        with change("bench.write", actor=place.clerk, reason="bench"):
            record, name = ((contact, "email"), (taught, "subject"), (job, "post"))[number % 3]
            setattr(record, name, f"{number}@b.cn" if name == "email" else str(number))
            record.save()
    return teacher


def _look(browser: Client, address: str) -> None:
    response = browser.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answers {response.status_code}")


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


def _in_turns(*works: Callable[[], Any], measure: Callable[[list[float]], float] = _p95) -> list[float]:
    """The seconds of each work, done in turns so that the machine's moods meet all of them."""
    seconds: list[list[float]] = [[] for _work in works]
    for work in works:
        work()
    for _round in range(ROUNDS):
        for place, work in enumerate(works):
            began = time.perf_counter()
            work()
            seconds[place].append(time.perf_counter() - began)
    return [measure(one) for one in seconds]


if __name__ == "__main__":
    sys.exit(main())
