"""Rotation of a year (交流轮岗): who was due, who rotated, how many key teachers among them. A fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.org.models import Unit
from personnel import rules
from personnel.models import Employment, Move, MoveKind, Teacher
from personnel.selectors.moves import DECIDED, rotation_rules
from personnel.selectors.teachers import employed


@dataclass(frozen=True, slots=True)
class Person:
    """One person of a year's rotation: at which school they were on its first day, since when; whether due, rotated, key teacher."""

    teacher: Any
    unit: int
    since: date | None
    due: bool
    rotated: bool
    key: bool


@dataclass(frozen=True, slots=True)
class Year:
    """A year's rotation of a unit and all below it. `shares` is None where there were no rules yet."""

    year: int
    asked: rules.RotationRules | None
    shares: rules.Shares | None
    people: Sequence[Person]


def rotation_year(actor: Any, unit: Unit, year: int) -> Year:
    """Who was due in a calendar year among the actor's people of a unit and all below it, and who of all rotated from there.

    Due is who belongs to a school on 1 January, of a family that rotates, and will have been there for the years of the rules by their
    day, and does not retire, leave or die before the year. Five queries.
    """
    parameters = rotation_rules(unit, date(year, 12, 31))
    first = date(year, 1, 1)
    if parameters is None:
        return Year(year, None, None, ())
    places = list(Unit.objects.visible_to(actor).under(unit).values_list("pk", flat=True))
    stays = _stays(places, first)
    people = {one.pk: one for one in employed(_rotating(parameters, stays), first)}
    rotated = _rotated(places, year)
    people |= Teacher._base_manager.in_bulk([key for key in rotated if key not in people])
    latest = parameters.latest_start(year)
    found = [_person(one, stays.get(key), rotated.get(key), latest, parameters) for key, one in people.items()]
    shares = rules.shares_of(
        frozenset(one.teacher.pk for one in found if one.due), frozenset(rotated),
        frozenset(key for key, move in rotated.items() if move.key_teacher), parameters,
    )  # fmt: skip
    told = [one for one in found if one.due or one.rotated]
    return Year(year, parameters, shares, sorted(told, key=lambda one: (one.since or first, one.teacher.pinyin)))


def _rotating(parameters: rules.RotationRules, stays: dict[int, tuple[int, date]]) -> Any:
    return Teacher._base_manager.filter(pk__in=list(stays), post_family__in=parameters.families, merged_into=None)


def _person(
    teacher: Any, stay: tuple[int, date] | None, move: Move | None, latest: date, parameters: rules.RotationRules
) -> Person:
    unit, since = stay if stay is not None else (move.from_unit_id if move is not None else 0, None)
    due = since is not None and since <= latest and teacher.post_family in parameters.families
    return Person(teacher, unit, since, due, move is not None, move is not None and move.key_teacher)


def _stays(places: Sequence[int], on: date) -> dict[int, tuple[int, date]]:
    """Where people belong on a day, and since when without a gap: person → (unit, first day)."""
    here = Employment._base_manager.filter(unit__in=places, valid__contains=on)
    found: dict[int, tuple[int, date]] = {
        key: (unit, valid.lower) for key, unit, valid in here.values_list("teacher", "unit", "valid")
    }
    earlier: dict[int, list[tuple[int, Any]]] = defaultdict(list)
    before = Employment._base_manager.filter(teacher__in=here.values("teacher"), valid__endswith__lte=on).order_by(
        "-valid"
    )
    for key, unit, valid in before.values_list("teacher", "unit", "valid"):
        earlier[key].append((unit, valid))
    for key, rows in earlier.items():
        unit, since = found[key]
        for place, valid in rows:
            if place != unit or valid.upper != since:
                break
            since = valid.lower
        found[key] = (unit, since)
    return found


def _rotated(places: Sequence[int], year: int) -> dict[int, Move]:
    """The decided rotations that begin in a year from some units, by the person."""
    rows = Move._base_manager.filter(
        kind=MoveKind.ROTATION, case__state__in=DECIDED, starts__year=year, from_unit__in=places
    ).order_by("starts")
    return {one.teacher_id: one for one in rows}
