"""The pure rules of the establishment (编制): how many seats the standard gives, and which employments hold one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import ClassVar, Final, Literal, TypeVar

from core.dates import add_months
from core.rules import Parameters

Rounding = Literal["floor", "half_up", "ceiling"]
ROUNDINGS: Final = {"floor": ROUND_FLOOR, "half_up": ROUND_HALF_UP, "ceiling": ROUND_CEILING}
RATIO, SMALL, ADDED, ROUNDED = "ratio", "small", "added", "rounded"
IN_QUOTA: Final = "in_quota"
# Digits behind the point with which a part is told; what is summed and rounded is exact.
TOLD: Final = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class PupilRatio:
    """How many pupils there are for one seat, in a stage and in places whose code begins with `location` ("" everywhere)."""

    stage: str
    per_seat: Decimal
    location: str = ""

    def __post_init__(self) -> None:
        if self.per_seat <= 0:
            raise ValueError("pupils for one seat are more than none")


@dataclass(frozen=True, kw_only=True)
class SmallSchools:
    """Schools with at most `most_pupils` in a stage get seats by classes: `plus` the ratio part, or whichever is `greater`."""

    stage: str
    most_pupils: int
    per_class: Decimal
    how: Literal["plus", "greater"] = "greater"
    location: str = ""
    reference: str = ""


@dataclass(frozen=True, kw_only=True)
class Addition:
    """Further seats of a stage: so many for each school, class or boarder, or a share (0.05) of the ratio part."""

    name: str
    name_en: str
    stage: str
    by: Literal["school", "class", "boarder", "share"]
    number: Decimal
    location: str = ""
    reference: str = ""


@dataclass(frozen=True, kw_only=True)
class QuotaStandard(Parameters):
    """The standard of seats: ratios by stage, rules for small schools, additions, and how a broken number becomes whole."""

    table: ClassVar[str] = "personnel.quota_standard"
    rounding: Rounding
    ratios: tuple[PupilRatio, ...]
    small: tuple[SmallSchools, ...] = ()
    additions: tuple[Addition, ...] = ()


@dataclass(frozen=True, slots=True)
class QuotaLine:
    """One part of a standard quota: `rule` (ratio, small, added, rounded), its seats unrounded, what they come from, the source."""

    rule: str
    seats: Decimal
    note: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class StandardQuota:
    """Seats by the standard with their lines. `seats` is None where the standard has no ratio for the stage: a province says it."""

    stage: str
    seats: int | None
    exact: Decimal
    lines: tuple[QuotaLine, ...] = ()
    reference: str = ""


@dataclass(frozen=True, slots=True)
class StagePart:
    """One stage of one school in a school year: pupils, classes, boarders, and the code of the place (GB/T 33782 table 5)."""

    stage: str
    pupils: int
    classes: int
    location: str = ""
    boarders: int = 0


def standard_quota(
    *, stage: str, pupils: int, classes: int, location: str, parameters: QuotaStandard, boarders: int = 0
) -> StandardQuota:  # fmt: skip
    """Seats that the standard gives for one stage of one school: pupils by the ratio, small schools by classes, additions.

    Rounded once, at the end, as the parameters say. Legal source: 中央编办发〔2014〕72号, earlier 国办发〔2001〕74号.
    Raises ValueError for numbers below nought.
    """
    if min(pupils, classes, boarders) < 0:
        raise ValueError("pupils, classes and boarders are not below nought")
    part = StagePart(stage, pupils, classes, location, boarders)
    lines = _lines(part, parameters)
    return _rounded(stage, lines, parameters)


def county_quota(*, parts: Iterable[StagePart], parameters: QuotaStandard) -> tuple[StandardQuota, ...]:
    """Seats by the standard for all schools of a county together, by stage: the ratio applies to the county's pupils of a stage.

    Each stage is rounded once, so that the total need not be the sum of the schools' rounded numbers.
    """
    found: dict[str, list[QuotaLine]] = {}
    for part in parts:
        found.setdefault(part.stage, []).extend(_lines(part, parameters))
    return tuple(_rounded(stage, _summed(lines), parameters) for stage, lines in sorted(found.items()))


def _lines(part: StagePart, parameters: QuotaStandard) -> list[QuotaLine]:
    ratio = _fitting(parameters.ratios, part)
    if ratio is None:
        return []
    by_ratio = Decimal(part.pupils) / ratio.per_seat
    lines = [QuotaLine(RATIO, by_ratio, f"{part.pupils} ÷ {ratio.per_seat}", parameters.reference)]
    small = _fitting([one for one in parameters.small if part.pupils <= one.most_pupils], part)
    if small is not None and part.classes:
        by_class = part.classes * small.per_class
        more = by_class if small.how == "plus" else max(by_class - by_ratio, Decimal(0))
        if more:
            lines.append(QuotaLine(SMALL, more, f"{part.classes} × {small.per_class}", small.reference))
    numbers = {
        "school": Decimal(1),
        "class": Decimal(part.classes),
        "boarder": Decimal(part.boarders),
        "share": by_ratio,
    }
    added = [one for one in parameters.additions if one.stage == part.stage and part.location.startswith(one.location)]
    lines += [
        QuotaLine(ADDED, numbers[one.by] * one.number, one.name, one.reference) for one in added if numbers[one.by]
    ]
    return lines


R = TypeVar("R", PupilRatio, SmallSchools)


def _fitting(rules: Sequence[R], part: StagePart) -> R | None:
    """The rule of the stage for the narrowest place that holds the school."""
    fitting = [one for one in rules if one.stage == part.stage and part.location.startswith(one.location)]
    return max(fitting, key=lambda one: len(one.location), default=None)


def _summed(lines: Iterable[QuotaLine]) -> list[QuotaLine]:
    found: dict[tuple[str, str], Decimal] = {}
    for line in lines:
        key = (line.rule, line.reference)
        found[key] = found.get(key, Decimal(0)) + line.seats
    return [QuotaLine(rule, seats, reference=reference) for (rule, reference), seats in found.items()]


def _rounded(stage: str, lines: Sequence[QuotaLine], parameters: QuotaStandard) -> StandardQuota:
    if not lines:
        return StandardQuota(stage, None, Decimal(0), reference=parameters.reference)
    exact = sum((line.seats for line in lines), Decimal(0))
    seats = exact.quantize(Decimal(1), rounding=ROUNDINGS[parameters.rounding])
    told = [QuotaLine(line.rule, line.seats.quantize(TOLD), line.note, line.reference) for line in lines]
    if seats != exact:
        told.append(QuotaLine(ROUNDED, (seats - exact).quantize(TOLD), parameters.rounding))
    return StandardQuota(stage, int(seats), exact.quantize(TOLD), tuple(told), parameters.reference)


@dataclass(frozen=True, kw_only=True)
class SeatForm:
    """A form of employment that holds a seat of a kind, from `after_years` of it on."""

    form: str
    kind: str
    after_years: int = 0


@dataclass(frozen=True, kw_only=True)
class SeatHolding(Parameters):
    """Which employments hold a seat, and of which kind.

    `quota_kind` is the kind that the approved quota of a unit counts. `keeps` are the statuses under which the seat is kept
    (on loan, studying, long sick …); under any other nobody holds one. `usable_months`: for how long an approved use of seats may be
    used, `extensions`: how often that may be put off.
    """

    table: ClassVar[str] = "personnel.seat_holding"
    quota_kind: str
    forms: tuple[SeatForm, ...]
    keeps: tuple[str, ...]
    usable_months: int
    extensions: int


def seat_kind_of(
    *, in_quota: bool | None, form: str, status: str, since: date, on: date, parameters: SeatHolding
) -> tuple[str, date | None]:  # fmt: skip
    """The kind of seat that an employment holds on a day and since when: ("", None) where it holds none.

    `since` is the first day of the employment, `status` the person's status ("" in post). Who is in quota without a form counts as
    employed in quota. Legal source: the standards file §4.2 (在编不在岗 keeps the seat; special posts before their third year end none).
    """
    if status and status not in parameters.keeps:
        return "", None
    said = IN_QUOTA if in_quota and form in ("", IN_QUOTA) else form
    if said == IN_QUOTA and in_quota is False:
        return "", None
    rule = next((one for one in parameters.forms if one.form == said), None)
    if rule is None:
        return "", None
    starts = add_months(since, 12 * rule.after_years) if rule.after_years else since
    return (rule.kind, starts) if starts <= on else ("", None)
