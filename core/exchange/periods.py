"""What a row does to a dated record: open, follow, close, put right, move its first day, or nothing, for it comes too late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from core.dates import PartialDate

Verb = Literal["same", "open", "correct", "follow", "close", "move", "stale"]


@dataclass(slots=True)
class OnFile:
    """A stored record as the comparison needs it: `stored["level"]` is a column; a dated one has its half-open period.

    `row` is as the database gave it, `places` says where in it each column stands, one mapping for all records of a section.
    """

    id: int
    revision: int
    row: tuple[Any, ...]
    places: Mapping[str, int]
    lower: date | None = None
    upper: date | None = None

    def __getitem__(self, column: str) -> Any:
        return self.row[self.places[column]]


@dataclass(frozen=True, slots=True)
class Step:
    """What is done, from which day, until which; of a stale one, `since` is the day that stands in the way."""

    verb: Verb
    begins: date = date.min
    since: date | None = None
    until: date | None = None


def step(
    stored: OnFile | None, state: Sequence[OnFile], day: date, start: PartialDate | None, *,
    opens: bool, leads: bool, corrects: bool, apart: bool, ends: bool, between: bool = False,
) -> Step:  # fmt: skip
    """The step from what is on file (`stored` of all periods in `state`) to what a row says.

    `day` is the batch's day, `start` the row's own. `opens`: something differs that changes with time; `leads`: the leading value
    does; `corrects`: anything does; `apart`: a differing first day alone counts; `ends`: the row says that there is no such record;
    `between`: a period that is over may be told, up to the one that follows.
    """
    if stored is None:
        begins = start.first_day() if start else day
        if between:
            later = [one.lower for one in state if one.lower is not None and one.lower > begins]
            return Step("open", begins, until=min(later, default=None))
        floor = max((one.upper for one in state if one.upper is not None), default=None)
        return Step("stale", begins, floor) if floor is not None and begins < floor else Step("open", begins)
    lower = stored.lower or date.min
    if opens:
        begins = start.first_day() if start and leads else day
        if begins < lower:
            return Step("stale", begins, lower)
        if begins == lower:
            return Step("correct", begins)
        return Step("close" if ends else "follow", begins)
    if start and apart and not is_known(lower, start):
        return _move(stored, state, start.first_day())
    return Step("correct" if corrects else "same", lower)


def before(stored: OnFile, state: Sequence[OnFile]) -> OnFile | None:
    """The period before a stored one."""
    earlier = [one for one in state if one.lower is not None and stored.lower is not None and one.lower < stored.lower]
    return max(earlier, key=lambda one: one.lower or date.min, default=None)


def _move(stored: OnFile, state: Sequence[OnFile], begins: date) -> Step:
    """Move the first day, unless the period before would vanish by it or this one would be over before it began."""
    earlier = before(stored, state)
    if earlier is not None and earlier.lower is not None and begins <= earlier.lower:
        return Step("stale", begins, earlier.lower)
    if stored.upper is not None and begins >= stored.upper:
        return Step("stale", begins, stored.upper)
    return Step("move", begins)


def is_known(lower: date, start: PartialDate) -> bool:
    """Whether a first day on file says the same: one that was given as a month stands as the first of it."""
    if lower.year != start.year or start.month is None:
        return lower.year == start.year
    return lower.month == start.month and (lower.day == 1 or start.day is None or lower.day == start.day)
