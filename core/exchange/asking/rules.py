"""What a request for a workbook begins with, where nobody says otherwise."""

from dataclasses import dataclass
from typing import ClassVar

from core.rules import Parameters


@dataclass(frozen=True, kw_only=True)
class Reminding(Parameters):
    """How many working days before the due day of a request the system reminds those who have not sent."""

    table: ClassVar[str] = "exchange.reminding"
    days_before: int

    def __post_init__(self) -> None:
        if not 0 <= self.days_before <= MOST_DAYS:
            raise ValueError(f"days_before: {self.days_before} is not from 0 to {MOST_DAYS}")


MOST_DAYS = 60
