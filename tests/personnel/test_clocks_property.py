"""Property: whatever is added, changed, corrected, ended and taken back, a file on two clocks is what a replay of the log says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st
from psycopg.types.range import Range

from core.org.errors import NotAllowed
from core.records.changes import change
from personnel import services
from personnel.models import Education, Employment, TeachingAssignment
from personnel.selectors.clocks import file_as_of
from personnel.selectors.file import Part
from tests.factories.people import make_teacher
from tests.ground.clock import TODAY
from tests.ground.moments import settled_on
from titles.models import TitleHeld

BEGIN = date(2026, 1, 10)
DAYS = (*(date(2026, month, 1) for month in (1, 2, 3, 4, 6, 9)), date(2027, 1, 1))
SORTS: dict[str, tuple[Any, str, tuple[str, ...]]] = {
    "titles": (TitleHeld, "rank", ("second", "first", "senior")),
    "teaching": (TeachingAssignment, "subject", ("math", "chinese", "english")),
    "employment": (Employment, "post", ("教师", "教导主任", "校长")),
    "education": (Education, "school", ("山西大学", "长治学院", "师范大学")),
}
Row = tuple[date | None, date | None, str]


@dataclass(frozen=True)
class Event:
    """One line of the log: by which day the system knew that a record had this period and value, or (None) was gone."""

    known: date
    section: str
    record: int
    row: Row | None


@dataclass
class Log:
    """What happened to one file, in plain Python."""

    events: list[Event] = field(default_factory=list)

    def rows(self, section: str, known: date) -> dict[int, Row]:
        """The records of a section as they were known by the end of a day."""
        found: dict[int, Row] = {}
        for one in self.events:
            if one.section == section and one.known <= known:
                if one.row is None:
                    del found[one.record]
                else:
                    found[one.record] = one.row
        return found

    def told(self, section: str, known: date, valid_on: date) -> tuple[list[Row], Row | None]:
        """What the file says: the records begun by then (all of them where it was not over yet), and the one that holds."""
        rows = [
            row
            for row in self.rows(section, known).values()
            if row[0] is None or valid_on >= known or row[0] <= valid_on
        ]
        holds = [row for row in rows if row[0] and row[0] <= valid_on and (row[1] is None or valid_on < row[1])]
        return sorted(rows, key=str), next(iter(holds), None)


steps = st.tuples(
    st.sampled_from(("add", "supersede", "correct", "move", "end", "remove")),
    st.sampled_from(sorted(SORTS)),
    st.integers(0, 3),
    st.integers(0, len(DAYS) - 1),
    st.integers(0, len(DAYS)),
    st.integers(0, 2),
    st.integers(0, 20),
)


class Person:
    """A file to which steps are done, and the log of them."""

    def __init__(self, actor: Any, unit: Any, superuser_sql: Any) -> None:
        self.actor, self.sql, self.day, self.log = actor, superuser_sql, BEGIN, Log()
        self.teacher = make_teacher("林婉清", unit)
        settled_on(self.sql, self.day)
        since = date(2010, 9, 1)
        self.note("employment", Employment.objects.get(teacher=self.teacher).pk, (since, None, ""))

    def note(self, section: str, record: int, row: Row | None) -> None:
        self.log.events.append(Event(self.day, section, record, row))

    def do(self, step: Any) -> None:
        """One step, some days after the one before; what the rules refuse did not happen."""
        verb, section, place, first, last, choice, later = step
        start, end = DAYS[first], DAYS[last] if last < len(DAYS) else None
        self.day += timedelta(later)
        try:
            done = list(getattr(self, verb)(section, place, start, end, SORTS[section][2][choice]))
        except NotAllowed:
            event(f"{verb} refused")
            return
        if not done:
            return
        settled_on(self.sql, self.day)
        event(verb)
        for record, row in done:
            self.note(section, record, row)

    def chosen(self, section: str, place: int) -> tuple[Any, Row] | None:
        """One of the records on file, with what the log says of it."""
        rows = self.log.rows(section, date.max)
        if not rows:
            return None
        key = sorted(rows)[place % len(rows)]
        return SORTS[section][0].objects.get(pk=key), rows[key]

    def add(self, section: str, place: int, start: date, end: date | None, value: str) -> Iterator[Any]:
        model, name, _values = SORTS[section]
        dated = model is not Education
        more = {"level": "21"} if not dated else {"stage": "junior"} if model is TeachingAssignment else {}
        period = {"since": start, "until": end} if dated else {}
        made = services.add_fact(
            actor=self.actor, teacher=self.teacher, model=model, values={name: value, **more}, reason="补录", **period
        )
        yield made.pk, (start, end, value) if dated else (None, None, value)

    def supersede(self, section: str, place: int, start: date, end: date | None, value: str) -> Iterator[Any]:
        found = self.chosen(section, place)
        if found is None or section == "education":
            return
        record, (first, last, _value) = found
        made = services.change_fact(
            actor=self.actor, record=record, on=start, values={SORTS[section][1]: value}, reason="变动"
        )
        yield record.pk, (first, start, _value)
        yield made.pk, (start, last, value)

    def correct(self, section: str, place: int, start: date, end: date | None, value: str) -> Iterator[Any]:
        if (found := self.chosen(section, place)) is None:
            return
        record, (first, last, _value) = found
        services.correct_fact(actor=self.actor, record=record, values={SORTS[section][1]: value}, reason="更正")
        yield record.pk, (first, last, value)

    def move(self, section: str, place: int, start: date, end: date | None, value: str) -> Iterator[Any]:
        found = self.chosen(section, place)
        if found is None or section in {"education", "employment"}:
            return
        record, (_first, _last, kept) = found
        services.correct_fact(actor=self.actor, record=record, values={}, valid=Range(start, end), reason="更正")
        yield record.pk, (start, end, kept)

    def end(self, section: str, place: int, start: date, end: date | None, value: str) -> Iterator[Any]:
        found = self.chosen(section, place)
        if found is None or section in {"education", "employment"}:
            return
        record, (first, _last, kept) = found
        services.end_fact(actor=self.actor, record=record, until=start, values={}, reason="终止")
        yield record.pk, (first, start, kept)

    def remove(self, section: str, place: int, start: date, end: date | None, value: str) -> Iterator[Any]:
        found = self.chosen(section, place)
        if found is None or section == "employment":
            return
        record, _row = found
        key = record.pk
        with change("test.undo", actor=self.actor, reason="撤销"):
            record.delete()
        yield key, None


def said(part: Part, on: date) -> tuple[list[Row], Row | None]:
    """A section of a file in the words of the log."""
    name = SORTS[part.section.name][1]

    def row(one: Any) -> Row:
        return (
            (one.valid.lower, one.valid.upper, getattr(one, name)) if part.dated else (None, None, getattr(one, name))
        )

    holds = part.holding(on) if part.dated else None
    return sorted(map(row, part.rows), key=str), row(holds) if holds else None


def as_the_log_says(actor: Any, unit: Any, superuser_sql: Any, story: list[Any], *, beside: bool = False) -> None:
    """The file on every pair of days on which something was known or began; with `beside`, of the days next to them as well."""
    person = Person(actor, unit, superuser_sql)
    for step in story:
        person.do(step)
    days = sorted({one.known for one in person.log.events})
    bounds = {day for one in person.log.events if one.row for day in one.row[:2] if day}
    known = {*days, TODAY} | ({day + timedelta(1) for day in days} if beside else set())
    valid = bounds | {TODAY} | ({day - timedelta(1) for day in bounds} if beside else set())
    for known_at in sorted(known):
        for valid_on in sorted(valid):
            file = file_as_of(person.teacher, valid_on=valid_on, known_at=known_at, actor=actor)
            found = {part.section.name: said(part, valid_on) for part in file.parts if part.section.name in SORTS}
            assert found == {name: person.log.told(name, min(known_at, TODAY), valid_on) for name in SORTS}, (
                valid_on, known_at,
            )  # fmt: skip
    assert file_as_of(person.teacher, valid_on=TODAY, known_at=BEGIN - timedelta(1), actor=actor).teacher is None


def often(examples: int) -> settings:
    """As many stories; each of them is looked at on every pair of its days."""
    return settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))


# Each verb once: promoted in June from March on, a title entered too early put right, a teaching post ended, a school taken back.
EVERY_VERB = [
    ("add", "titles", 0, 0, 7, 0, 0),
    ("supersede", "titles", 0, 2, 7, 1, 20),
    ("correct", "titles", 1, 0, 7, 2, 3),
    ("move", "titles", 0, 1, 2, 0, 3),
    ("add", "teaching", 0, 1, 7, 1, 0),
    ("end", "teaching", 0, 4, 7, 0, 9),
    ("add", "education", 0, 0, 7, 0, 1),
    ("remove", "education", 0, 0, 7, 0, 1),
    ("remove", "titles", 1, 0, 7, 0, 1),
]
short = given(story=st.lists(steps, min_size=1, max_size=8))
long = given(story=st.lists(steps, min_size=5, max_size=20))


@often(5)
@example(story=EVERY_VERB)
@short
def test_a_file_on_two_clocks_is_what_a_replay_of_the_log_says(
    committed_db, superuser_sql, county_clerk, school_a, story
):
    as_the_log_says(county_clerk, school_a, superuser_sql, story)


def long_stories(committed_db, superuser_sql, county_clerk, school_a, story):
    as_the_log_says(county_clerk, school_a, superuser_sql, story, beside=True)


test_long_lives_on_two_clocks = pytest.mark.soak(often(60)(long(long_stories)))
