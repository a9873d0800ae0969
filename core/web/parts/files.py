"""What a file shows of a person: facts, where they came from, how long they hold, what changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.web.parts.words import Badge, Link

AXIS_PARTS = 4


@dataclass(frozen=True, slots=True)
class SheetCell:
    """A cell of somebody's workbook; `mark` is "" or "src" (a value came from here) or "bad" (refused)."""

    text: Any
    mark: str = ""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row with its number in the sheet."""

    number: int
    cells: Sequence[SheetCell]


@dataclass(frozen=True, slots=True)
class Sheet:
    """An excerpt of a sheet: column headings ("F" or "F 出生日期", or a `SheetCell` that may be marked) and rows."""

    columns: Sequence[Any]
    rows: Sequence[SheetRow]


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a value came from. `source` is cell, assumed, clerk, correction or computed; `lines` say it in words."""

    source: str
    heading: Any = ""
    lines: Sequence[Any] = ()
    sheet: Sheet | None = None
    reading: Any = ""
    links: Sequence[Link] = ()


@dataclass(frozen=True, slots=True)
class Reveal:
    """The question before a masked value is shown; `reasons` are (value, label)."""

    url: str
    question: Any
    reasons: Sequence[tuple[str, Any]]
    note: Any = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of validity, half-open: `end` is the first day after it, None while it lasts."""

    start: date | None
    end: date | None = None
    due: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """The one time axis of a page: from the first of January of `first`, `years` long; `day` is the day asked."""

    first: int
    years: int
    day: date

    @classmethod
    def covering(cls, spans: Iterable[Span], day: date) -> Axis:
        """The axis on which every start and the day have room, in four equal parts of whole years."""
        starts = [span.start.year for span in spans if span.start]
        first = min([*starts, day.year])
        part = -(-(day.year + 1 - first) // AXIS_PARTS) or 1
        return cls(first, part * AXIS_PARTS, day)

    @property
    def labels(self) -> list[int]:
        """The year at which each part begins."""
        return [self.first + self.years // AXIS_PARTS * part for part in range(AXIS_PARTS)]

    def place(self, day: date) -> float:
        """Where a day lies, 0 to 1, clipped."""
        whole = (date(self.first + self.years, 1, 1) - date(self.first, 1, 1)).days
        return min(1.0, max(0.0, (day - date(self.first, 1, 1)).days / whole))


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a file: label, value, where it came from, how long it holds.

    `then` is what holds today when the page looks at the past. `number` groups digits. An empty value shows as not
    recorded. `life` replaces the words that are made of the spans.
    """

    label: Any
    value: Any
    url: str = ""
    sub: Any = ""
    mark: Mark | None = None
    badges: Sequence[Badge] = ()
    spans: Sequence[Span] = ()
    life: Any = ""
    then: Any = ""
    number: bool = False
    reveal: Reveal | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """A changed field: what it was and what it is; None where there was or is nothing. `since` is the first day of what it is."""

    label: Any
    was: Any = None
    new: Any = None
    since: Any = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One change in a history, titled in words. `pending` is not yet in force."""

    heading: Any
    on: date | datetime | None
    by: Any = ""
    pairs: Sequence[Pair] = ()
    reason: Any = ""
    document: Any = ""
    source: Any = ""
    url: str = ""
    badge: Badge | None = None
    pending: bool = False
    evidence: Link | None = None
