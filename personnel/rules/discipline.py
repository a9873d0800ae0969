"""The pure rules of sanctions (处分): kinds and periods, several together, one while another runs, what they stop.

Provisions on sanctions of public institution staff (事业单位工作人员处分规定, 2023) for ordinary staff, Law on governmental sanctions
(公职人员政务处分法, 2020) for those who manage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import ClassVar, Final, Literal

from core.dates import DAY, add_months, months_between
from core.parameters.reading import national
from core.rules import Parameters

PersonKind = Literal["ordinary", "manager"]
DISMISSAL: Final = "dismissal"
# From the lightest to the heaviest, as the laws list them; a stored table does not keep an order.
KINDS: Final = ("warning", "demerit", "major_demerit", "lower_post", "removal", DISMISSAL)


@dataclass(frozen=True, kw_only=True)
class SanctionKind:
    """One kind of sanction: its period in months (0: it has none) and what it stops while it runs.

    `grade`: of the year of the decision: `not_excellent`, `not_graded`, or empty; `later_years`: of so many more years as well. `raises`:
    what its effects stop, by code: higher_post, title_review, step, awards, other_post_class.
    """

    months: int
    grade: Literal["", "not_excellent", "not_graded"] = ""
    later_years: int = 0
    stops: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.months < 0 or self.later_years < 0:
            raise ValueError("months and years are not negative")


@dataclass(frozen=True, kw_only=True)
class Sanctions(Parameters):
    """The kinds for those who manage and for all other staff, and the longest period in months. ValueError for a kind of no such name."""

    table: ClassVar[str] = "personnel.sanctions"
    ordinary: Mapping[str, SanctionKind]
    manager: Mapping[str, SanctionKind]
    most: int

    def __post_init__(self) -> None:
        if unknown := {*self.ordinary, *self.manager} - {*KINDS}:
            raise ValueError(f"there is no sanction {', '.join(sorted(unknown))}")

    def kinds(self, person_kind: PersonKind) -> Mapping[str, SanctionKind]:
        """The kinds that exist for somebody, from the lightest to the heaviest. ValueError for another word than ordinary and manager."""
        if person_kind not in ("ordinary", "manager"):
            raise ValueError(f"{person_kind!r} is neither ordinary nor manager")
        found = self.ordinary if person_kind == "ordinary" else self.manager
        return {kind: found[kind] for kind in KINDS if kind in found}


@dataclass(frozen=True, slots=True)
class Decision:
    """A sanction as decided: its kind, its period in months, the day on which it was made, from which it runs."""

    kind: str
    months: int
    on: date


@dataclass(frozen=True, slots=True)
class Combined:
    """What several decisions make together: the kind, and between which months its period lies, from the day of the latest decision."""

    kind: str
    minimum_months: int
    maximum_months: int


def period_end(start: date, months: int) -> date:
    """The last day of a period of `months` that begins on `start`: 2026-03-15 and 6 months give 2026-09-14.

    Where the last month has no day of that number, its last day is the last one (Civil Code, article 202). ValueError for less
    than a month.
    """
    if months < 1:
        raise ValueError("a period has one month at least")
    corresponding = add_months(start, months)
    return corresponding if corresponding.day < start.day else corresponding - DAY


def extended_end(running_last: date, on: date, months: int, most: int) -> date:
    """The last day of a sanction of `months` made `on` while another runs until `running_last`: what is left of it and the new period.

    Never later than `most` months from the new decision on; the new period alone where the other one has ended.
    """
    return min(period_end(max(running_last + DAY, on), months), period_end(on, most))


def combine(decisions: Sequence[Decision], *, person_kind: PersonKind, parameters: Sanctions | None = None) -> Combined:
    """What several sanctions come to.

    Found together (made on one day): of different kinds only the heaviest; of one kind one sanction, its period between that of one and
    the sum, never over the longest. Made while another runs: what is left of it (months begun count) and the new period, under the
    heavier kind, never over the longest. One whose period is over counts no more. The order of `decisions` does not matter.

    ValueError without decisions, for a kind that does not exist for the person, and for a period that is shorter than its kind's or
    longer than the longest. Law on governmental sanctions, article 15; provisions of 2023.
    """
    told = parameters or national(Sanctions)
    kinds = told.kinds(person_kind)
    if not decisions:
        raise ValueError("there is no decision to combine")
    for one in decisions:
        must_exist(one.kind, one.months, kinds, told.most)
    order = list(kinds)
    ordered = sorted(decisions, key=lambda one: (one.on, order.index(one.kind)))
    days = [(on, _together([*together], order, told.most)) for on, together in groupby(ordered, lambda one: one.on)]
    since, running = days[0]
    for on, made in days[1:]:
        since, running = on, _while_running(running, since, made, on, order, told.most)
    return running


def must_exist(kind: str, months: int, kinds: Mapping[str, SanctionKind], most: int) -> None:
    """ValueError for a kind that is not among `kinds`, or a period in months that it cannot have."""
    found = kinds.get(kind)
    if found is None:
        raise ValueError(f"{kind!r} does not exist for this person: {', '.join(kinds)}")
    if (months and not found.months) or not found.months <= months <= most:
        raise ValueError(f"a period of {months} months is outside {found.months} to {most if found.months else 0}")


def _together(decisions: list[Decision], order: list[str], most: int) -> Combined:
    heaviest = max((one.kind for one in decisions), key=order.index)
    periods = [one.months for one in decisions if one.kind == heaviest]
    return Combined(heaviest, max(periods), min(sum(periods), most))


def _while_running(running: Combined, since: date, made: Combined, on: date, order: list[str], most: int) -> Combined:
    def left(months: int) -> int:
        last = period_end(since, months) if months else since - DAY
        return _months_begun(on, last + DAY) if last >= on else 0

    kept = left(running.maximum_months)
    if DISMISSAL in (running.kind, made.kind):
        return Combined(DISMISSAL, 0, 0)
    if not kept:
        return made
    heavier = max(running.kind, made.kind, key=order.index)
    least, longest = left(running.minimum_months) + made.minimum_months, kept + made.maximum_months
    return Combined(heavier, min(least, most), min(longest, most))


def _months_begun(start: date, end: date) -> int:
    whole = months_between(start, end)
    return whole if add_months(start, whole) >= end else whole + 1
