"""The pure rules of publicly funded normal students (公费师范生): what was served, what is still owed; and of placing graduates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar, Final

from core.dates import add_months
from core.money import round_half_up
from core.rules import Amount, Line, Parameters

MONTHS_OF_A_YEAR: Final = 12
DAYS_OF_A_MONTH: Final = 30
HUNDRED: Final = 100
SERVED, REFUND, PENALTY = (f"personnel.service_agreements.{name}" for name in ("served", "refund", "penalty"))


@dataclass(frozen=True, kw_only=True)
class ServiceTerms(Parameters):
    """What agreements say: years of service, of them in rural schools; what a breach costs.

    Whoever does not serve pays back the fees enjoyed and `penalty` per cent of what is paid back; `proportional`: only for the months that
    are not served. `pauses`: statuses of the list `person_status` in which nothing is served.
    """

    table: ClassVar[str] = "personnel.service_agreements"
    years: int
    rural_years: int
    penalty: int
    proportional: bool
    pauses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.years < 1 or not 0 <= self.rural_years <= self.years:
            raise ValueError("rural years lie within the years of service")
        if self.penalty < 0:
            raise ValueError("a penalty is not negative")


@dataclass(frozen=True, kw_only=True)
class Placing(Parameters):
    """How graduates are placed: days to report, how often that is put off and for how long at most, how many wishes they have.

    `kept`: days for which what is known of those who never reported is kept after the year of their list, and after the last day on which
    they might have reported. `ending`: days ahead in which the end of special posts is told; `special_form`: their code in the list
    `employment_form`.
    """

    table: ClassVar[str] = "personnel.placing"
    report: int
    deferrals: int
    longest_deferral: int
    wishes: int
    ending: int
    special_form: str
    kept: int

    def __post_init__(self) -> None:
        if min(self.report, self.deferrals, self.longest_deferral, self.wishes, self.ending, self.kept) < 0:
            raise ValueError("days and numbers are not negative")


@dataclass(frozen=True, slots=True)
class Days:
    """Half-open days; without an end, still."""

    starts: date
    ends: date | None


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed: service from a day on, for so many years, and the fees enjoyed, in yuan."""

    starts: date
    years: int
    fees: Decimal

    @property
    def months(self) -> int:
        """The months of service."""
        return self.years * MONTHS_OF_A_YEAR


@dataclass(frozen=True, slots=True)
class Owed:
    """What a breach on a day would cost, in yuan: what is paid back and the penalty, with how they come about."""

    refund: Decimal
    penalty: Decimal
    lines: tuple[Line, ...] = ()
    reference: str = ""

    @property
    def total(self) -> Decimal:
        """Both together."""
        return self.refund + self.penalty


def served_months(agreed: Agreed, employed: Iterable[Days], paused: Iterable[Days], on: date) -> Amount:
    """Full months served by the end of the day before `on`, at most those agreed. Pauses are taken off.

    Each stay counts by itself in full months; days that are left over of several stays are added up, and thirty of them make a month.
    """
    away = _merged(_within(paused, agreed.starts, on))
    lines, months, rests = [], 0, []
    for one in [piece for stay in _merged(_within(employed, agreed.starts, on)) for piece in _without(stay, away)]:
        full = _full_months(one)
        months += full
        rest = (one.ends - add_months(one.starts, full)).days if one.ends is not None else 0
        rests += [rest] if rest else []
        lines.append(Line(SERVED, full, "month", one.starts, one.ends))
    if len(rests) > 1:
        months += sum(rests) // DAYS_OF_A_MONTH
    return Amount(min(months, agreed.months), "month", SERVED, tuple(lines))


def owed(agreed: Agreed, served: int, terms: ServiceTerms) -> Owed:
    """What is owed by who breaks the agreement after so many months of service, each part rounded to the fen.

    Legal source: 国办发〔2018〕75号, before 国办发〔2007〕34号. Nothing once all months were served.
    """
    left = max(agreed.months - served, 0)
    if not left:
        return Owed(Decimal(0), Decimal(0), (), terms.reference)
    share = Decimal(left) / Decimal(agreed.months) if terms.proportional else Decimal(1)
    refund = round_half_up(agreed.fees * share)
    penalty = round_half_up(refund * terms.penalty / HUNDRED)
    lines = (
        Line(
            REFUND,
            _fen(refund),
            "fen",
            note=f"{agreed.fees} × {left} ÷ {agreed.months}" if terms.proportional else str(agreed.fees),
        ),
        Line(PENALTY, _fen(penalty), "fen", note=f"{refund} × {terms.penalty}%"),
    )
    return Owed(refund, penalty, lines, terms.reference)


def _fen(amount: Decimal) -> int:
    return int(amount * HUNDRED)


def _within(stays: Iterable[Days], first: date, on: date) -> list[Days]:
    found = [Days(max(one.starts, first), min(one.ends or on, on)) for one in stays]
    return [one for one in found if one.ends is not None and one.starts < one.ends]


def _merged(stays: Iterable[Days]) -> list[Days]:
    found: list[Days] = []
    for one in sorted(stays, key=lambda stay: stay.starts):
        before = found[-1] if found else None
        if before is not None and before.ends is not None and one.starts <= before.ends:
            found[-1] = Days(before.starts, max(before.ends, one.ends or before.ends))
        else:
            found.append(one)
    return found


def _without(stay: Days, away: Iterable[Days]) -> list[Days]:
    """A stay without the pauses in it."""
    found, first = [], stay.starts
    for one in away:
        if one.ends is None or stay.ends is None or one.ends <= first or one.starts >= stay.ends:
            continue
        if one.starts > first:
            found.append(Days(first, one.starts))
        first = one.ends
    return [*found, Days(first, stay.ends)] if stay.ends is not None and first < stay.ends else found


def _full_months(one: Days) -> int:
    """Full months between two days."""
    assert one.ends is not None  # noqa: S101 - both are cut at a day
    months = (one.ends.year - one.starts.year) * MONTHS_OF_A_YEAR + one.ends.month - one.starts.month
    return months if add_months(one.starts, months) <= one.ends else months - 1


def term_end(started: date, years: int) -> date:
    """The first day after a term of so many years."""
    return add_months(started, years * MONTHS_OF_A_YEAR)


@dataclass(frozen=True, slots=True)
class Placed:
    """A graduate with wishes (keys of units, the first one first), and what is suggested: a unit, which wish it is (from 1)."""

    key: int
    wishes: tuple[int, ...] = ()
    stage: str = ""
    unit: int | None = None
    wish: int | None = None


def suggest(people: Iterable[Placed], free: Mapping[int, int], stages: Mapping[int, Sequence[str]]) -> list[Placed]:
    """Give each in turn the first wish that has a seat free, else the school of their stage with the most, else none.

    A school fits where it teaches the stage, or one of both is not known. Of schools with equally many seats the one with the lower key.
    """
    left = dict(free)
    found = []
    for one in people:
        fitting = [unit for unit, number in left.items() if number > 0 and _fits(one.stage, stages.get(unit, ()))]
        wish = next((place for place, unit in enumerate(one.wishes, start=1) if unit in fitting), None)
        unit = one.wishes[wish - 1] if wish else max(fitting, key=lambda key: (left[key], -key), default=None)
        if unit is not None:
            left[unit] -= 1
        found.append(Placed(one.key, one.wishes, one.stage, unit, wish))
    return found


def _fits(stage: str, taught: Sequence[str]) -> bool:
    return not stage or not taught or stage in taught
