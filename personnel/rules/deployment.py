"""The pure rules of deployment: teachers of subjects beside the hours of the classes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import ClassVar, Final

from core.rules import Parameters

WHOLE: Final = Decimal(1)
NONE: Final = Decimal(0)
TENTH: Final = Decimal("0.1")


@dataclass(frozen=True, kw_only=True)
class SubjectHours:
    """Hours a week that a class of a stage has in a subject, on the average of its grades."""

    stage: str
    subject: str
    hours: Decimal

    def __post_init__(self) -> None:
        if self.hours <= 0:
            raise ValueError("hours a week are more than none")


@dataclass(frozen=True, kw_only=True)
class TeachingHours(Parameters):
    """Hours a week by subject and stage, hours of a full teacher by stage (`loads`), and subjects that count as another (`alike`)."""

    table: ClassVar[str] = "personnel.teaching_hours"
    loads: Mapping[str, Decimal]
    hours: tuple[SubjectHours, ...]
    alike: Mapping[str, str]

    def __post_init__(self) -> None:
        if any(load <= 0 for load in self.loads.values()):
            raise ValueError("a full teacher teaches more than no hours")
        bare = {one.stage for one in self.hours} - self.loads.keys()
        if bare:
            raise ValueError(f"no hours of a full teacher for: {', '.join(sorted(bare))}")


@dataclass(frozen=True, slots=True)
class Taught:
    """What one person teaches in a stage: hours a week where known, else a whole teacher in the main subject and none beside it."""

    stage: str
    subject: str
    hours: Decimal | None = None
    main: bool = True
    retiring: bool = False


@dataclass(frozen=True, slots=True)
class SubjectGap:
    """Teachers of a subject in a stage, counted as full ones: needed for the classes, there, of them retiring by the planned year."""

    stage: str
    subject: str
    classes: int
    hours: Decimal
    needed: Decimal
    there: Decimal
    retiring: Decimal

    @property
    def gap(self) -> Decimal:
        """How many full teachers lack by then; below nought: more than needed."""
        return self.needed - (self.there - self.retiring)


def subject_gaps(
    *, classes: Mapping[str, int], taught: Iterable[Taught], parameters: TeachingHours
) -> tuple[SubjectGap, ...]:
    """Teachers of each subject by stage beside what the classes need: classes × hours a week ÷ hours of a full teacher.

    `classes` by stage. Told to tenths of a teacher. Subjects that have teachers but no hours in the parameters need none. The curricula
    (2022, 2017/2020) give shares and totals; hours and loads are local.
    """
    there: dict[tuple[str, str], Decimal] = {}
    going: dict[tuple[str, str], Decimal] = {}
    for one in taught:
        key = (one.stage, parameters.alike.get(one.subject, one.subject))
        share = _share(one, parameters)
        there[key] = there.get(key, NONE) + share
        if one.retiring:
            going[key] = going.get(key, NONE) + share
    hours = {(one.stage, one.subject): one.hours for one in parameters.hours if classes.get(one.stage)}
    order = {(one.stage, one.subject): place for place, one in enumerate(parameters.hours)}
    keys = sorted({*hours, *there}, key=lambda key: (order.get(key, len(order)), key))
    return tuple(_subject(key, classes.get(key[0], 0), hours.get(key, NONE), there, going, parameters) for key in keys)


def _subject(
    key: tuple[str, str], classes: int, hours: Decimal, there: Mapping[tuple[str, str], Decimal], going: Mapping[tuple[str, str], Decimal],
    parameters: TeachingHours,
) -> SubjectGap:  # fmt: skip
    needed = classes * hours / parameters.loads[key[0]] if hours else NONE
    tenths = [
        number.quantize(TENTH, rounding=ROUND_HALF_UP)
        for number in (needed, there.get(key, NONE), going.get(key, NONE))
    ]
    return SubjectGap(key[0], key[1], classes, classes * hours, *tenths)


def _share(one: Taught, parameters: TeachingHours) -> Decimal:
    load = parameters.loads.get(one.stage)
    if one.hours is None or load is None:
        return WHOLE if one.main else NONE
    return one.hours / load
