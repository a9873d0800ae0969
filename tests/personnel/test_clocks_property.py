"""Property: whatever is added, changed, corrected, ended, taken back, merged and parted, files on two clocks are a replay of the log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
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
from personnel.services.merging import HERE, THERE, plan_merge
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
Rows = dict[int, Row]
State = dict[tuple[int, str], Rows]


@dataclass(frozen=True)
class Event:
    """One line of the log: by which day the system knew that a record of a file had this period and value, or (None) was gone."""

    known: date
    owner: int
    section: str
    record: int
    row: Row | None


@dataclass
class Log:
    """What happened to the files, in plain Python."""

    events: list[Event] = field(default_factory=list)

    def rows(self, owner: int, section: str, known: date) -> dict[int, Row]:
        """The records of a section as they were known by the end of a day."""
        found: dict[int, Row] = {}
        for one in self.events:
            if (one.owner, one.section) == (owner, section) and one.known <= known:
                if one.row is None:
                    del found[one.record]
                else:
                    found[one.record] = one.row
        return found

    def told(self, owner: int, section: str, known: date, valid_on: date) -> tuple[list[Row], Row | None]:
        """What the file says: the records begun by then (all of them where it was not over yet), and the one that holds."""
        rows = [
            row
            for row in self.rows(owner, section, known).values()
            if row[0] is None or valid_on >= known or row[0] <= valid_on
        ]
        holds = [row for row in rows if row[0] and row[0] <= valid_on and (row[1] is None or valid_on < row[1])]
        return sorted(rows, key=str), next(iter(holds), None)


steps = st.tuples(
    st.sampled_from(("add", "supersede", "correct", "move", "end", "remove", "merge", "separate")),
    st.sampled_from(sorted(SORTS)),
    st.integers(0, 3),
    st.integers(0, len(DAYS) - 1),
    st.integers(0, len(DAYS)),
    st.integers(0, 2),
    st.integers(0, 20),
    st.booleans(),
)


class Person:
    """Two files of one person, to which steps are done, and the log of them."""

    def __init__(self, actor: Any, unit: Any, superuser_sql: Any) -> None:
        self.actor, self.sql, self.day, self.log = actor, superuser_sql, BEGIN, Log()
        self.first, self.second = make_teacher("林婉清", unit), make_teacher("林婉清", unit)
        self.teacher = self.first
        self.merge_change: Any = None
        self.before: State = {}
        self.touched = False
        settled_on(self.sql, self.day)
        since = date(2010, 9, 1)
        for owner in (self.first, self.second):
            job = Employment.objects.get(teacher=owner).pk
            self.log.events.append(Event(self.day, owner.pk, "employment", job, (since, None, "")))

    def note(self, section: str, record: int, row: Row | None) -> None:
        self.log.events.append(Event(self.day, self.teacher.pk, section, record, row))

    def do(self, step: Any) -> None:
        """One step, some days after the one before; what the rules refuse did not happen."""
        verb, section, place, first, last, choice, later, second = step
        start, end = DAYS[first], DAYS[last] if last < len(DAYS) else None
        self.day += timedelta(later)
        self.teacher = self.second if second and self.merge_change is None else self.first
        if verb == "merge":
            self.merge_both(place)
            return
        if verb == "separate":
            self.separate_both()
            return
        try:
            done = list(getattr(self, verb)(section, place, start, end, SORTS[section][2][choice]))
        except NotAllowed:
            event(f"{verb} refused")
            return
        if not done:
            return
        self.touched = True
        settled_on(self.sql, self.day)
        event(verb)
        for record, row in done:
            self.note(section, record, row)

    # two files become one, and two again

    def merge_both(self, place: int) -> None:
        """The second file goes into the first; where both say something of the same days, one or the other counts."""
        if self.merge_change is not None:
            return
        self.first.refresh_from_db()
        self.second.refresh_from_db()
        made = plan_merge(self.first, self.second)
        chosen = {key: (HERE, THERE)[(place >> number) % 2] for number, key in enumerate(made.questions)}
        self.before = self.state()
        self.merge_change = services.merge_files(
            actor=self.actor, stays=self.first, goes=self.second, chosen=chosen, reason="重复建档"
        )
        self.touched = False
        settled_on(self.sql, self.day)
        event("merge")
        self.become(self.merged(chosen))

    def separate_both(self) -> None:
        """The merge is taken back, unless something happened to the file since."""
        if self.merge_change is None:
            return
        if self.touched:
            with pytest.raises(NotAllowed):
                services.separate_files(actor=self.actor, change=self.merge_change, reason="撤销")
            event("separate refused")
            return
        services.separate_files(actor=self.actor, change=self.merge_change, reason="撤销")
        self.merge_change = None
        settled_on(self.sql, self.day)
        event("separate")
        self.become(self.before)

    def state(self) -> State:
        """The records of both files as the log has them now."""
        files = [(owner.pk, section) for owner in (self.first, self.second) for section in SORTS]
        return {key: self.log.rows(*key, date.max) for key in files}

    def become(self, wanted: State) -> None:
        """Write into the log what makes its state another one."""
        present = self.state()
        for key, rows in wanted.items():
            gone: dict[int, Row | None] = dict.fromkeys(present[key].keys() - rows.keys())
            said = {record: row for record, row in rows.items() if present[key].get(record) != row}
            for record, row in {**gone, **said}.items():
                self.log.events.append(Event(self.day, *key, record, row))

    def merged(self, chosen: dict[str, str]) -> State:
        """What both files hold after the merge, told in plain Python."""
        found: State = {}
        for section, (model, _name, _values) in SORTS.items():
            mine, theirs = self.before[self.first.pk, section], self.before[self.second.pk, section]
            values = {row[2] for row in mine.values()}
            left = {key: row for key, row in theirs.items() if model is Education and row[2] in values}
            found[self.second.pk, section] = left
            over = {key: row for key, row in theirs.items() if key not in left}
            found[self.first.pk, section] = (
                mine | over if model is Education else self.joined(model, mine, over, chosen)
            )
        return found

    def joined(self, model: Any, mine: Rows, theirs: Rows, chosen: dict[str, str]) -> Rows:
        """Of days of which both speak, in one stretch, one of them counts; the other keeps what lies outside."""
        told: Rows = {}
        contested = 0
        for stretch in stretches({**mine, **theirs}):
            if not stretch.keys() & mine.keys() or not stretch.keys() & theirs.keys():
                told |= stretch
                continue
            counting = mine if chosen.get(f"{model._meta.model_name}_{contested}", HERE) == HERE else theirs
            contested += 1
            counts = {key: row for key, row in stretch.items() if key in counting}
            told |= counts
            for key in stretch.keys() - counts.keys():
                told |= self.outside(model, key, stretch[key], [*counts.values()])
        return told

    def outside(self, model: Any, key: int, row: Row, others: list[Row]) -> Rows:
        """The days of a record on which none of the others holds: its own first, further ones as records of their own."""
        bounds = sorted({day or date.max for one in [row, *others] for day in one[:2]})
        parts: list[tuple[date, date]] = []
        for begin, finish in pairwise(bounds):
            taken = any(covers(one, begin, finish) for one in others)
            if taken or not covers(row, begin, finish):
                continue
            joined = bool(parts) and parts[-1][1] == begin
            parts[-1:] = [(parts[-1][0], finish)] if joined else [*parts[-1:], (begin, finish)]
        found: Rows = {}
        for number, (begin, finish) in enumerate(parts):
            record = key if not number else model.objects.get(teacher=self.first, valid__startswith=begin).pk
            found[record] = (begin, None if finish == date.max else finish, row[2])
        return found

    def chosen(self, section: str, place: int) -> tuple[Any, Row] | None:
        """One of the records on file, with what the log says of it."""
        rows = self.log.rows(self.teacher.pk, section, date.max)
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


def covers(row: Row, begin: date, finish: date) -> bool:
    """Whether a record holds on all days from `begin` up to `finish`."""
    return (row[0] or date.min) <= begin and finish <= (row[1] or date.max)


def stretches(rows: Rows) -> Iterator[Rows]:
    """Records in groups, each of which holds without a gap that no record bridges."""
    group: Rows = {}
    for key, row in sorted(rows.items(), key=lambda one: (one[1][0], one[0])):
        if group and all(one[1] is not None and one[1] <= row[0] for one in group.values()):
            yield group
            group = {}
        group[key] = row
    if group:
        yield group


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
            for owner in (person.first, person.second):
                if owner is person.second and person.merge_change is not None and known_at >= TODAY:
                    continue  # a closed file has a past and no present
                file = file_as_of(owner, valid_on=valid_on, known_at=known_at, actor=actor)
                found = {part.section.name: said(part, valid_on) for part in file.parts if part.section.name in SORTS}
                told = {name: person.log.told(owner.pk, name, min(known_at, TODAY), valid_on) for name in SORTS}
                assert found == told, (owner.pk, valid_on, known_at)
    assert file_as_of(person.first, valid_on=TODAY, known_at=BEGIN - timedelta(1), actor=actor).teacher is None


def often(examples: int) -> settings:
    """As many stories; each of them is looked at on every pair of its days."""
    return settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))


# Each verb once: promoted in June from March on, a title entered too early put right, a teaching post ended, a school taken back.
EVERY_VERB = [
    ("add", "titles", 0, 0, 7, 0, 0, False),
    ("supersede", "titles", 0, 2, 7, 1, 20, False),
    ("correct", "titles", 1, 0, 7, 2, 3, False),
    ("move", "titles", 0, 1, 2, 0, 3, False),
    ("add", "teaching", 0, 1, 7, 1, 0, False),
    ("end", "teaching", 0, 4, 7, 0, 9, False),
    ("add", "education", 0, 0, 7, 0, 1, False),
    ("remove", "education", 0, 0, 7, 0, 1, False),
    ("remove", "titles", 1, 0, 7, 0, 1, False),
    ("add", "titles", 0, 1, 4, 1, 1, True),
    ("add", "education", 0, 0, 7, 1, 1, True),
    ("merge", "titles", 1, 0, 0, 0, 2, False),
    ("separate", "titles", 0, 0, 0, 0, 1, False),
    ("add", "titles", 0, 0, 7, 2, 1, False),
    ("merge", "titles", 0, 0, 0, 0, 2, False),
    ("correct", "titles", 0, 0, 0, 0, 1, False),
    ("separate", "titles", 0, 0, 0, 0, 1, False),
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
