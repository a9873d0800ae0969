"""How long something is published, and what stands in the way of going on: pure, days are arguments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from core import workdays
from core.rules import Finding, Parameters

CLOCK, OBJECTIONS, STATE = "publicity.clock", "publicity.objections", "publicity.state"
OPEN, PASSED, STOPPED = "open", "passed", "stopped"
UPHELD, REJECTED = "upheld", "rejected"


@dataclass(frozen=True, kw_only=True)
class Publishing(Parameters):
    """What holds of every publicity.

    `decide` working days for an objection, at most `files` files of `megabytes` together with it; a publicity that is over stays
    readable for `shown` days, and who objected is forgotten `kept` days after it ended.
    """

    table: ClassVar[str] = "publicity.publishing"
    decide: int
    files: int
    megabytes: int
    shown: int
    kept: int

    def __post_init__(self) -> None:
        for name in ("decide", "megabytes", "shown", "kept"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: {getattr(self, name)} is not at least 1")
        if not 0 <= self.files <= 5:
            raise ValueError(f"files: {self.files} is not from 0 to 5")


@dataclass(frozen=True, slots=True)
class Counted:
    """How many working days something is published, and by which source."""

    days: int
    reference: str


def last_day(opened: date, days: int) -> date:
    """The last day, included, of a publicity of so many working days; the day of opening does not count."""
    return workdays.add(opened, days)


def provisional(opened: date, last: date) -> tuple[int, ...]:
    """The years among these days whose holidays are not announced yet, so that the last day may move."""
    return workdays.provisional_years(opened, last)


def standing(*, state: str, last: date, on: date, waiting: int, reference: str = "") -> tuple[Finding, ...]:
    """Whether one may go on from a publicity on a day: the clock has run out, nobody's objection waits, it was not stopped."""
    return (
        Finding(state != STOPPED, STATE, OPEN, state, reference=reference),
        Finding(on > last, CLOCK, last, on, reference=reference),
        Finding(waiting == 0, OBJECTIONS, 0, waiting, reference=reference),
    )


def may_go_on(findings: Sequence[Finding]) -> bool:
    """Whether nothing stands in the way."""
    return all(one.met for one in findings)
