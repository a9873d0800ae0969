"""The day on which all tests are played."""

from datetime import date, datetime, tzinfo
from typing import Self

TODAY = date(2026, 11, 22)


class FixedClock(datetime):
    """A clock that stands at ten in the morning of `TODAY`."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls(TODAY.year, TODAY.month, TODAY.day, 10, 0, tzinfo=tz)
