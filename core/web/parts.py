"""The values that the component templates show: plain, frozen, without models, so that every component is testable.

A template tag of `sd` takes one of these, or a mapping with the same keys. Labels are shown as they come: translated
by the caller. `tone` is "" (neutral), "red" (blocked, overdue, refused), "amber" (due, undecided) or "green" (settled).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

AXIS_PARTS = 4


@dataclass(frozen=True, slots=True)
class Link:
    """A word that leads somewhere."""

    label: Any
    url: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """A button: a link by `url`, a form of its own when `post`, else a submit button with `name` and `value`.

    `why_not` disables it and says the reason. One primary button a page.
    """

    label: Any
    url: str = ""
    icon: str = ""
    primary: bool = False
    quiet: bool = False
    danger: bool = False
    post: bool = False
    name: str = ""
    value: str = ""
    form: str = ""
    why_not: Any = ""
    icon_only: bool = False


@dataclass(frozen=True, slots=True)
class Badge:
    """A word of state."""

    label: Any
    tone: str = ""
    icon: str = ""


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
    """An excerpt of a sheet: column headings ("F" or "F 出生日期") and rows."""

    columns: Sequence[Any]
    rows: Sequence[SheetRow]


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a value came from. `source` is cell, clerk, correction or computed; `lines` say it in words."""

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
    """A changed field: what it was and what it is; None where there was or is nothing."""

    label: Any
    was: Any = None
    new: Any = None


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


@dataclass(frozen=True, slots=True)
class Stat:
    """A number that leads to its list."""

    label: Any
    value: Any
    url: str = ""
    sub: Any = ""
    tone: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a way: `state` is done, current or todo."""

    label: Any
    state: str = "todo"
    note: Any = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab; `key` colours it like its part of the mix bar."""

    label: Any
    url: str
    current: bool = False
    count: Any = None
    tone: str = ""
    key: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the mix bar; `key` is new, changed, same, refused or undecided."""

    key: str
    count: int


@dataclass(frozen=True, slots=True)
class Meter:
    """How much of what is asked for is there; `due` turns it amber."""

    value: float
    maximum: float
    due: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a list. `heading` names the row."""

    text: Any = ""
    url: str = ""
    sub: Any = ""
    tone: str = ""
    icon: str = ""
    badge: Badge | None = None
    meter: Meter | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list; the first is the row's heading. `sorted` is "", "ascending" or "descending"."""

    key: str
    label: Any
    number: bool = False
    nowrap: bool = False
    sort_url: str = ""
    sorted: str = ""
    sub: Any = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list, cells in the order of the columns."""

    cells: Sequence[Any]
    key: str = ""
    label: Any = ""
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A list. `selectable` adds a box to each row whose name is `select_name`, in the form with the id `form`."""

    caption: Any
    columns: Sequence[Column]
    rows: Sequence[Row]
    selectable: bool = False
    form: str = ""
    select_name: str = "selected"


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition in force; `url` is the same list without it."""

    label: Any
    value: Any
    url: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice in a column chooser or a page-size list."""

    value: str
    label: Any
    chosen: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Pager:
    """Keyset paging: there is a way back and a way on, no page numbers."""

    summary: Any = ""
    previous_url: str = ""
    next_url: str = ""
    sizes: Sequence[Choice] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """A long task as a page shows it. `state` is waiting, running, done, failed or cancelled.

    While it is waiting or running, `poll_url` gives the next state of the partial.
    """

    key: str
    heading: Any
    state: str
    done: int = 0
    total: int = 0
    detail: Any = ""
    poll_url: str = ""
    cancel_url: str = ""
    result: Action | None = None

    @property
    def active(self) -> bool:
        """Whether it will still change by itself."""
        return self.state in {"waiting", "running"}

    @property
    def tenth(self) -> int:
        """Percent done, down to the ten below: what is said aloud, so that it is not said too often."""
        return 100 * self.done // self.total // 10 * 10 if self.total else 0


@dataclass(frozen=True, slots=True)
class Problem:
    """A refused cell: where, why, what to do."""

    where: str
    message: Any
    sheet: Sheet
    remedy: Any = ""
    actions: Sequence[Action] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found, or what a change will cause: worst first."""

    heading: Any
    text: Any
    tone: str = ""
    icon: str = ""
    reference: Any = ""
    reference_url: str = ""
    badge: Badge | None = None
    aside: Any = ""
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One of the values between which a person decides."""

    label: Any
    value: Any
    note: Any = ""
    option: str = ""
    option_label: Any = ""
    picked: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a chart; `tone` is accent, soft, red, amber, green or ink. `shape` is bar, line or tick."""

    name: Any
    data: Sequence[float | None]
    tone: str = "accent"
    shape: str = "bar"
    stack: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart and the table with its numbers. `kind` is rows (lying bars), columns or pyramid (first series to the left).

    `aside` are texts at the right end of each row: (heading, texts), those in `alarms` are red.
    """

    key: str
    heading: Any
    categories: Sequence[Any]
    series: Sequence[Series]
    kind: str = "columns"
    note: Any = ""
    unit: Any = ""
    aside: Sequence[tuple[Any, Sequence[Any]]] = ()
    alarms: Sequence[int] = ()
    head: Sequence[Any] = ()
    rows: Sequence[Sequence[Any]] = ()
    size: str = ""
    links: Sequence[Action] = ()
