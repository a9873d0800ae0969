"""The pure rules of planning: pupils of years ahead, and what a school lacks by then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import ClassVar, Final, Literal

from core.rules import Parameters

Method = Literal["cohort", "growth"]
BASE, LEFT, CAME, CHANGED, ENTERED, ROUNDED = "base", "left", "came", "changed", "entered", "rounded"
WHOLE: Final = Decimal(1)
TOLD: Final = Decimal("0.01")
HUNDRED: Final = Decimal(100)
NONE: Final = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class StageFlow:
    """How pupils go through a stage: its years, and the stage whose leavers come in (`feeder`, "" none) with which share of them."""

    stage: str
    years: int
    feeder: str = ""
    share: Decimal = WHOLE

    def __post_init__(self) -> None:
        if self.years < 1 or self.share < 0:
            raise ValueError("a stage lasts a year at least, and no share is below nought")


@dataclass(frozen=True, kw_only=True)
class PupilProjection(Parameters):
    """How pupils of years ahead are projected.

    `intake_years`: of how many years the intake is averaged where no stage feeds it; `most_years`: how far ahead one may plan;
    `method` and `change` (yearly, in per cent) are what a plan begins with.
    """

    table: ClassVar[str] = "personnel.pupil_projection"
    method: Method
    change: Decimal
    intake_years: int
    most_years: int
    flows: tuple[StageFlow, ...]

    def __post_init__(self) -> None:
        if self.intake_years < 1 or self.most_years < 1:
            raise ValueError("years are counted from one on")
        if not -HUNDRED < self.change <= HUNDRED:
            raise ValueError("the change a year lies between -100 and 100 per cent")
        if len({one.stage for one in self.flows}) != len(self.flows):
            raise ValueError("a stage has one flow")

    def flow(self, stage: str) -> StageFlow | None:
        """The flow of a stage; None where pupils are not taken through it year by year."""
        return next((one for one in self.flows if one.stage == stage), None)


@dataclass(frozen=True, slots=True)
class Counted:
    """Pupils, classes and boarders of a stage of a school in a school year. `area` is the county whose leavers feed its schools."""

    unit: int
    area: int
    stage: str
    year: int
    pupils: int
    classes: int
    boarders: int = 0


@dataclass(frozen=True, slots=True)
class PupilLine:
    """A part of a projected number: `rule` (base, left, came, changed, entered, rounded) and how many."""

    rule: str
    pupils: Decimal


@dataclass(frozen=True, slots=True)
class Projected:
    """One stage of one school in a planned year, with the lines that lead from the figures of `base_year` to it."""

    unit: int
    stage: str
    year: int
    pupils: int
    classes: int
    boarders: int
    base_year: int
    lines: tuple[PupilLine, ...] = ()
    entered: bool = False


@dataclass(slots=True)
class _Running:
    """A stage of a school on its way through the years."""

    base: Counted
    flow: StageFlow | None
    usual: Decimal
    now: Decimal
    sums: dict[str, Decimal] = field(default_factory=dict)

    def take(self, rule: str, number: Decimal) -> None:
        self.now += number
        self.sums[rule] = self.sums.get(rule, NONE) + number


def project_pupils(
    *, counts: Iterable[Counted], year: int, parameters: PupilProjection, entered: Mapping[tuple[int, str], tuple[int, int]] | None = None
) -> tuple[Projected, ...]:  # fmt: skip
    """Pupils by school and stage in the school year `year`, from the figures of the years before.

    By `cohort`, a stage of n years loses each year an n-th of its pupils. Who comes is, where a stage feeds it, the leavers of that stage
    in the area by their share, divided among its schools as their pupils are; else the average of the years on record, changed each
    year by `change` per cent. By `growth`, all pupils change each year by `change` per cent. Classes keep their size, boarders their share.
    `entered` numbers (pupils, classes) of a school and stage stand as they are. No law says how: the bureau answers for the method.

    Raises ValueError for numbers below nought.
    """
    history = _by_school(counts)
    entered = entered or {}
    if any(min(numbers) < 0 for numbers in entered.values()):
        raise ValueError("pupils and classes are not below nought")
    areas: dict[int, list[_Running]] = {}
    for rows in history.values():
        areas.setdefault(rows[-1].area, []).append(_begin(rows, parameters))
    for running in areas.values():
        base = max(one.base.year for one in running)
        for step in range(1, year - base + 1):
            _one_year(running, step, parameters)
    every = (one for running in areas.values() for one in running)
    found = [_told(one, year, entered.get((one.base.unit, one.base.stage))) for one in every]
    return (*found, *(_new(key, numbers, year) for key, numbers in entered.items() if key not in history))


def _by_school(counts: Iterable[Counted]) -> dict[tuple[int, str], list[Counted]]:
    found: dict[tuple[int, str], list[Counted]] = {}
    for one in sorted(counts, key=lambda one: (one.unit, one.stage, one.year)):
        if min(one.pupils, one.classes, one.boarders) < 0:
            raise ValueError("pupils, classes and boarders are not below nought")
        found.setdefault((one.unit, one.stage), []).append(one)
    return found


def _begin(rows: Sequence[Counted], parameters: PupilProjection) -> _Running:
    base, flow = rows[-1], parameters.flow(rows[-1].stage)
    usual = _usual_intake(rows, flow, parameters.intake_years) if flow else NONE
    return _Running(base, flow, usual, Decimal(base.pupils), {BASE: Decimal(base.pupils)})


def _usual_intake(rows: Sequence[Counted], flow: StageFlow, years: int) -> Decimal:
    """Who came on average in the last years on record: what is there beyond those who stayed. With one year only: as many as leave."""
    known = {one.year: Decimal(one.pupils) for one in rows}
    stay = WHOLE - WHOLE / flow.years
    pairs = [year for year in sorted(known) if year - 1 in known][-years:]
    came = [max(known[year] - known[year - 1] * stay, NONE) for year in pairs]
    return sum(came, NONE) / len(came) if came else Decimal(rows[-1].pupils) / flow.years


def _one_year(running: Sequence[_Running], step: int, parameters: PupilProjection) -> None:
    factor = WHOLE + parameters.change / HUNDRED
    if parameters.method == "growth":
        for one in running:
            one.take(CHANGED, one.now * (factor - WHOLE))
        return
    leavers, bases = _leavers(running)
    for one in running:
        if one.flow is None:
            continue
        pool, together = leavers.get(one.flow.feeder), bases[one.base.stage]
        came = one.usual * factor**step
        if pool is not None and together:
            came = pool * one.flow.share * one.base.pupils / together
        one.take(LEFT, -one.now / one.flow.years)
        one.take(CAME, came)


def _leavers(running: Iterable[_Running]) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """By stage of an area: who leaves at the end of the year, and the pupils at the beginning of the projection."""
    leavers: dict[str, Decimal] = {}
    bases: dict[str, Decimal] = {}
    for one in running:
        key = one.base.stage
        bases[key] = bases.get(key, NONE) + one.base.pupils
        if one.flow is not None:
            leavers[key] = leavers.get(key, NONE) + one.now / one.flow.years
    return leavers, bases


def _told(one: _Running, year: int, entered: tuple[int, int] | None) -> Projected:
    base = one.base
    if entered is not None:
        pupils, classes = entered
        lines: tuple[PupilLine, ...] = (PupilLine(ENTERED, Decimal(pupils)),)
    else:
        pupils = int(max(one.now, NONE).quantize(WHOLE, rounding=ROUND_HALF_UP))
        classes = _kept_size(pupils, base)
        told = [PupilLine(rule, number.quantize(TOLD, rounding=ROUND_HALF_UP)) for rule, number in one.sums.items()]
        rest = pupils - sum((line.pupils for line in told), NONE)
        lines = (*told, PupilLine(ROUNDED, rest)) if rest else tuple(told)
    share = Decimal(base.boarders) / base.pupils if base.pupils else NONE
    boarders = int((pupils * share).quantize(WHOLE, rounding=ROUND_HALF_UP))
    return Projected(base.unit, base.stage, year, pupils, classes, boarders, base.year, lines, entered is not None)


def _new(key: tuple[int, str], numbers: tuple[int, int], year: int) -> Projected:
    """A stage that no figures are on record of, as it was entered."""
    line = PupilLine(ENTERED, Decimal(numbers[0]))
    return Projected(*key, year, *numbers, 0, year, (line,), entered=True)


def _kept_size(pupils: int, base: Counted) -> int:
    """Classes of the size that they have now: begun ones count."""
    if not base.pupils:
        return base.classes if pupils else 0
    return int((Decimal(pupils) * base.classes / base.pupils).quantize(WHOLE, rounding=ROUND_CEILING))


@dataclass(frozen=True, slots=True)
class StaffGap:
    """One school by a planned year, in seats. `standard` is None where the standard says nothing of its stages.

    `lacking` people to the standard, below nought: more than it gives; `free` approved seats that nobody holds by then and nobody was
    promised, below nought: over the quota; `hire`: for how many there is both need and a seat; `seats_short`: need without a seat.
    """

    standard: int | None
    approved: int
    occupied: int
    reserved: int
    retiring: int

    @property
    def staying(self) -> int:
        """Who is still there by then."""
        return self.occupied - self.retiring

    @property
    def lacking(self) -> int | None:
        """People to the standard."""
        return None if self.standard is None else self.standard - self.staying

    @property
    def free(self) -> int:
        """Seats that can be filled or given away by then."""
        return self.approved - self.reserved - self.staying

    @property
    def hire(self) -> int:
        """For how many there is both need and a seat."""
        return max(min(self.lacking or 0, self.free), 0)

    @property
    def seats_short(self) -> int:
        """Need for which there is no seat."""
        return max((self.lacking or 0) - max(self.free, 0), 0)
