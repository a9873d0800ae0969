"""Long tasks, imports, checks and charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.web.parts.files import Sheet
from core.web.parts.words import Action, Badge, Link


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a way: `state` is done, current, failed or todo."""

    label: Any
    state: str = "todo"
    note: Any = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the mix bar; `key` is new, changed, same, refused or undecided."""

    key: str
    count: int


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
class CellInput:
    """A cell that may be put right on the page: the name of its field, its heading, the list of words that it may say.

    `offers` are values that one button each takes. `alike` is how many other rows say the same; the field of that name, ticked, puts
    all of them right.
    """

    key: str
    label: Any
    words: str = ""
    alike: int = 0
    offers: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """A refused cell: where, why, what to do."""

    where: str
    message: Any
    sheet: Sheet
    remedy: Any = ""
    actions: Sequence[Action] = ()
    inputs: Sequence[CellInput] = ()


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
    """A chart and the table with its numbers.

    `kind` is rows (lying bars), columns or pyramid (first series to the left).
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
