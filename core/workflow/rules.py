"""When the system reminds of a case."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from core import workdays
from core.rules import Parameters


@dataclass(frozen=True, kw_only=True)
class Reminding(Parameters):
    """How many working days before the due day of a case the system reminds, and after how many more once it is late."""

    table: ClassVar[str] = "workflow.reminding"
    days_before: int
    again_every: int

    def __post_init__(self) -> None:
        if not 0 <= self.days_before <= MOST_DAYS:
            raise ValueError(f"days_before: {self.days_before} is not from 0 to {MOST_DAYS}")
        if not 1 <= self.again_every <= MOST_DAYS:
            raise ValueError(f"again_every: {self.again_every} is not from 1 to {MOST_DAYS}")


MOST_DAYS = 60


def is_to_be_reminded(due: date, reminded: date | None, on: date, rule: Reminding) -> bool:
    """Whether a case that is due on a day is reminded of on `on`: once before, once on the day, then again and again while it is late."""
    if on < due:
        return reminded is None and workdays.add(on, rule.days_before) >= due
    if reminded is None or reminded < due:
        return True
    return on > due and workdays.between(max(reminded, due), on) >= rule.again_every
