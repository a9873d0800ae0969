"""What the rules ask of moves, read for many at once: a fixed number of queries for each first day, however many people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from core.dates import DAY, Period
from core.org.models import Unit
from personnel import rules
from personnel.choices import ENDED
from personnel.models import Dispatch, Employment, Move, PersonStatus, Teacher
from personnel.selectors.move_places import Placed, Places
from personnel.selectors.retirement import retirement_plans

OPEN_STATES: Final = ("sender", "returned", "receiver", "bureau")


@dataclass(frozen=True, slots=True)
class Asked:
    """A move as somebody asks for it, before anything is written. `ends` is the first day back, None for good."""

    teacher: Teacher
    kind: str
    employment: bool
    from_unit: Unit
    to_unit: Unit | None
    starts: date
    ends: date | None
    ground: str
    level: str = ""
    exception: str = ""
    besides: Collection[int] = field(default_factory=tuple)

    @classmethod
    def of(cls, move: Move) -> Asked:
        """The same, of one that was asked for."""
        return cls(
            move.teacher, move.kind, move.employment, move.from_unit, move.to_unit, move.starts, move.ends, move.ground, move.level,
            move.exception, (move.pk,),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Job:
    """An employment: the unit with its path, its days."""

    unit: int
    path: str
    starts: date
    ends: date | None

    def holds(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.starts <= day and (self.ends is None or day < self.ends)


def jobs_of(teachers: Collection[int]) -> dict[int, list[Job]]:
    """The employments of people by their keys, the earliest first. One query."""
    found: dict[int, list[Job]] = defaultdict(list)
    rows = Employment._base_manager.filter(teacher__in=list(teachers)).order_by("valid")
    for teacher, unit, path, valid in rows.values_list("teacher_id", "unit_id", "unit__path", "valid"):
        found[teacher].append(Job(unit, str(path), valid.lower, valid.upper))
    return found


def bureaus_of(units: Iterable[Unit]) -> dict[int, Unit]:
    """The nearest bureau of each unit, itself where it is one or none is above it. One query."""
    every = {one.pk: one for one in units}
    steps = {int(step) for one in every.values() for step in str(one.path).split(".")}
    above = Unit._base_manager.in_bulk(steps)
    return {
        key: next((above[int(step)] for step in reversed(str(one.path).split(".")) if above[int(step)].is_bureau), one)
        for key, one in every.items()
    }


class MoveFacts:
    """What is on file of the people and receivers of some moves. `place` reckons on with moves that are decided as one set."""

    def __init__(self, asked: Sequence[Asked]) -> None:
        self.asked = asked
        people = {one.teacher.pk for one in asked}
        self.jobs = jobs_of(people)
        self.bureaus = bureaus_of([unit for one in asked for unit in (one.from_unit, one.to_unit) if unit is not None])
        self.plans = retirement_plans([(one.teacher, one.from_unit, one.starts) for one in asked])
        self._ended = _periods(PersonStatus._base_manager.filter(teacher__in=people, status__in=ENDED), "pk")
        self._away = _periods(Dispatch._base_manager.filter(teacher__in=people), "move_id")
        self._waiting: dict[int, list[tuple[int, Period]]] = defaultdict(list)
        for key, move, starts, ends in Move._base_manager.filter(
            teacher__in=people, case__state__in=OPEN_STATES
        ).values_list("teacher_id", "pk", "starts", "ends"):
            self._waiting[key].append((move, Period(starts, ends)))
        self.places = Places(asked)
        self._placed: dict[int, Placed] = {}

    def across(self, one: Asked) -> bool:
        """Whether a move leaves the reach of the sender's bureau."""
        return one.to_unit is None or self.bureaus[one.from_unit.pk].pk != self.bureaus[one.to_unit.pk].pk

    def circumstances(self, one: Asked) -> rules.Circumstances:
        """What is on file of the person and the receiver of a move."""
        jobs, key = self.jobs[one.teacher.pk], one.teacher.pk
        plan, there = self.plans.get((key, one.from_unit.pk, one.starts)), one.to_unit
        bureau, place = f"{self.bureaus[one.from_unit.pk].path}.", self._place_of(one)
        return rules.Circumstances(
            elsewhere=there is None or one.from_unit.pk != there.pk, employed=employed_through(one, jobs),
            opened=there.opened if there is not None else None, until=there.closed if there is not None else None,
            ended=any(period.contains(one.starts) for _of, period in self._ended[key]),
            retires=plan.month if plan is not None else None, others=self._other_times(one), seats=place.seats, posts=place.posts,
            school_since=since_when([job for job in jobs if job.starts < one.starts], one.starts, lambda job: job.unit == one.from_unit.pk),
            county_since=since_when(
                [job for job in jobs if job.starts < one.starts], one.starts, lambda job: f"{job.path}.".startswith(bureau)
            ),
        )  # fmt: skip

    def place(self, together: Sequence[Asked]) -> None:
        """Reckon on with moves that are placed as one set; what is asked of the others is asked of each alone."""
        self._placed = self.places.place(together)

    def _place_of(self, one: Asked) -> Placed:
        found = self._placed.get(id(one)) or self.places.place([one]).get(id(one))
        return found or Placed()

    def _other_times(self, one: Asked) -> list[Period]:
        """Other times of the person away, on file or decided, and moves that wait for a decision."""
        key = one.teacher.pk
        found = [*self._away[key], *self._waiting[key]]
        return sorted((period for move, period in found if move not in one.besides), key=lambda period: period.start)


def _periods(rows: Any, of: str) -> dict[int, list[tuple[int, Period]]]:
    """The periods of dated records by person, each with a key beside it."""
    found: dict[int, list[tuple[int, Period]]] = defaultdict(list)
    for teacher, key, valid in rows.values_list("teacher_id", of, "valid"):
        found[teacher].append((key, Period(valid.lower, valid.upper)))
    return found


def employed_through(asked: Asked, jobs: Sequence[Job]) -> bool:
    """Whether the person belongs to the sender on the day before, and on every day of the move that is not for good.

    Of a move for good what follows is looked at when it is written.
    """
    day, last = asked.starts - DAY if asked.employment else asked.starts, asked.ends or asked.starts + DAY
    for job in jobs:
        if job.unit == asked.from_unit.pk and job.holds(day):
            if job.ends is None or job.ends >= last:
                return True
            day = job.ends
    return False


def since_when(jobs: Sequence[Job], on: date, there: Any) -> date | None:
    """Since which day a person is in places (by a condition on jobs) without a gap, as of the day before `on`; None where they are not."""
    since: date | None = None
    for job in reversed(jobs):
        gap = job.ends is not None and job.ends < (since or on)
        if not there(job) or gap:
            break
        since = job.starts
    return since
