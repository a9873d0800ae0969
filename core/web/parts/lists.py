"""Lists: columns, rows, conditions, paging, and the numbers that lead to lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.web.parts.words import Badge, Choice


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
class Pager:
    """Keyset paging: there is a way back and a way on, no page numbers."""

    summary: Any = ""
    previous_url: str = ""
    next_url: str = ""
    sizes: Sequence[Choice] = ()


@dataclass(frozen=True, slots=True)
class Stat:
    """A number that leads to its list."""

    label: Any
    value: Any
    url: str = ""
    sub: Any = ""
    tone: str = ""
    icon: str = ""
