"""Rows that would place somebody at a unit beyond the day on which it is closed: refused in the check, as the database refuses them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from core.exchange.kinds import Draft, Problem, Setting, Suggestion
from core.exchange.periods import OnFile
from personnel.selectors.unit_changes import Closing, closings, hold_open

CODE: Final = "unit_closed"
CLOSINGS: Final = "closings"
COLUMNS: Final = ("unit_name", "unit_code")
# The columns that name a unit by its name.
NAMING: Final = ("unit_name", "move_to")


@dataclass(frozen=True, slots=True)
class Stay:
    """Days at a unit that a row would write, from `starts` up to, not including, `ends` (None: on and on)."""

    unit: int
    starts: date
    ends: date | None


Stays = Iterator[tuple[Draft, Stay]]


def closings_of(setting: Setting) -> Mapping[int, Closing]:
    """The closings that a batch stands on: read once for a check, and anew for each chunk that is written."""
    if setting.writing:
        return closings(setting.day)
    if CLOSINGS not in setting.shared:
        setting.shared[CLOSINGS] = closings(setting.day)
    found: Mapping[int, Closing] = setting.shared[CLOSINGS]
    return found


def refuse_closed(row: Draft, column: str, end: Closing) -> None:
    """Refuse a row at a closed unit: which unit, since when, and into which one it went."""
    row.refuse(column, CODE, row.values.get(column) or "", unit=end.unit, day=str(end.day), successor=end.successor)


def successor(problem: Problem) -> Sequence[Suggestion]:
    """The unit into which a closed one went, for the cell that names the closed one."""
    name = problem.params.get("successor") if problem.code == CODE and problem.column in NAMING else ""
    words = _("%(unit)s went into it") % problem.params if name else ""
    return (Suggestion(str(name), certain=False, words=words),) if name else ()


class AtOpenUnits:
    """For sections whose records place somebody at a unit: refuses stays beyond the day on which the unit is closed.

    `stays` of a section tells what its rows would write. Where rows are written, the units that they name are held open first.
    """

    columns: Sequence[Any]

    def stays(self, rows: Sequence[Draft], states: Mapping[int, list[OnFile]], setting: Setting) -> Stays:
        """What rows would write, where its unit or its days are other ones than on file."""
        raise NotImplementedError

    def admit(self, rows: Sequence[Draft], states: Mapping[int, list[OnFile]], setting: Setting) -> None:
        """Refuse rows that the database would refuse since the unit is closed by then."""
        if setting.writing:
            hold_open({row.values["unit"] for row in rows if row.values.get("unit") is not None})
        closed = closings_of(setting)
        for row, stay in self.stays(rows, states, setting) if closed else ():
            end = closed.get(stay.unit)
            if end is not None and (stay.ends is None or stay.ends > end.day) and not row.refused:
                refuse_closed(row, self._named(row), end)

    def _named(self, row: Draft) -> str:
        """The column of the row that names the unit, else the first one of the section in which it says something."""
        own = (column.name for column in self.columns)
        return next((name for name in (*COLUMNS, *own) if row.values.get(name) is not None), COLUMNS[0])
