"""What every rule of the product speaks: findings, amounts with their lines, and the parameters that a rule reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found about one person or thing.

    `met` is None where a paper is still needed to tell. `rule` is the rule's name (`personnel.minimum_age`); `expected`
    and `actual` are plain values, put in words by the page; `evidence` names the facts looked at, with what they said;
    `reference` is the legal source.
    """

    met: bool | None
    rule: str
    expected: Any
    actual: Any
    evidence: tuple[tuple[str, str], ...] = ()
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One part of an amount: what counted (or was taken off, below nought), for which days, and by which source.

    `rule` names the reason (`personnel.teaching_years.break`), `note` the fact behind it as it stands in the file.
    """

    rule: str
    amount: int
    unit: str
    starts: date | None = None
    ends: date | None = None
    note: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Amount:
    """A computed number with the lines that lead to it; `rule` says how the lines become the value."""

    value: int
    unit: str
    rule: str
    lines: tuple[Line, ...] = ()
    reference: str = ""


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """What a parameter table says in one of its versions. Tables are frozen dataclasses below this one.

    `table` is the name of the table; `reference` and `mark` (verified, memory, local) come from the version itself.
    """

    table: ClassVar[str] = ""
    reference: str = ""
    mark: str = ""
