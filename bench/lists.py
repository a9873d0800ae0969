"""`python -m bench.lists`: pages over 3,000 and over 30,000 people: as many queries, none that counts a whole table.

The daily search for files that look alike is measured beside them: its time grows with the people, not with their pairs.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import counties
from bench.figures import Figure, Report
from bench.ground import ground
from bench.importing import import_file, login
from bench.plans import most_rows_aggregated
from core.web.counting import CAP
from personnel.models import Teacher
from personnel.services.likeness import find_likenesses

FEW, MANY = 3_000, 30_000
REPEATS = 5
# Its numbers are those of every unit below the reader's; it is told, not limited.
HOME = "home"


@dataclass(frozen=True)
class Looked:
    """What one page took: queries, seconds (the middle of several), the most rows that one query counted."""

    queries: int
    seconds: float
    counted: int


def main() -> int:
    """Measure, tell, and say by the exit code whether every limit was met."""
    report = Report("lists")
    with tempfile.TemporaryDirectory() as folder:
        (few, searched), (many, searched_many) = (_look_at(Path(folder), people) for people in (FEW, MANY))
    report.tell(
        Figure(f"search for files that look alike, {FEW:,} people", searched, "s"),
        Figure(f"search for files that look alike, {MANY:,} people", searched_many, "s"),
        Figure(
            "search for files that look alike: per person, times",
            searched_many * FEW / (searched * MANY),
            "x",
            "at most",
            2,
        ),
    )
    for name, looked in few.items():
        report.tell(
            Figure(f"{name}, {FEW:,} people", looked.seconds * 1000, "ms"),
            Figure(f"{name}, {MANY:,} people", many[name].seconds * 1000, "ms"),
            Figure(f"{name}: queries", looked.queries),
        )
        if name == HOME:
            continue
        report.tell(
            Figure(f"{name}: more queries at {MANY:,}", many[name].queries - looked.queries, "", "at most", 0),
            Figure(f"{name}: rows counted by one query at {MANY:,}", many[name].counted, "", "at most", CAP + 1),
        )
    return 0 if report.met else 1


def _look_at(folder: Path, people: int) -> tuple[dict[str, Looked], float]:
    """What each page took in a county of so many people, and the seconds of the search for files that look alike."""
    files = counties.write(folder / str(people), counties.county_of(people))
    with ground() as place:
        for path in (files.units, files.roster):
            import_file(place, path)
        place.settle()
        browser = login(place)
        looked = {name: _look(browser, address) for name, address in _pages()}
        began = time.perf_counter()
        find_likenesses()
        return looked, time.perf_counter() - began


def _pages() -> Iterator[tuple[str, str]]:
    person = Teacher.objects.order_by("pk")[10]
    yield "list of teachers", "/teachers/"
    yield "list of teachers, next page", f"/teachers/?after={person.public_id}"
    yield "list found by name", f"/teachers/?q={person.name}"
    yield "list found by pinyin", f"/teachers/?q={person.pinyin.replace(' ', '')}"
    yield "list found by initials", f"/teachers/?q={person.initials}"
    yield "search over everything", f"/search/?q={person.name}"
    yield "teacher", f"/teachers/{person.public_id}/"
    yield "history of a teacher", f"/teachers/{person.public_id}/history/"
    yield HOME, "/"


def _look(browser: Client, address: str) -> Looked:
    seconds = []
    browser.get(address)
    for _ in range(REPEATS):
        began = time.perf_counter()
        response = browser.get(address)
        seconds.append(time.perf_counter() - began)
        if response.status_code != 200:
            raise RuntimeError(f"{address} answers {response.status_code}")
    with CaptureQueriesContext(connection) as captured:
        browser.get(address)
    # EXPLAIN asks the planner for its estimate and reads no row; it is asked where a list is too long to be counted.
    statements = [query["sql"] for query in captured.captured_queries if not query["sql"].startswith("EXPLAIN")]
    return Looked(len(statements), statistics.median(seconds), max(map(most_rows_aggregated, statements), default=0))


if __name__ == "__main__":
    sys.exit(main())
