"""The same subject in several rows of one workbook: more of it, the same once more, or a contradiction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.dates import PartialDate
from core.exchange.kinds import Draft


@dataclass(frozen=True, slots=True)
class SheetColumns:
    """What one sheet says: its name, its columns, those of which a subject may have several, and whether it has one row for each."""

    name: str
    said: frozenset[str]
    several: frozenset[str]
    one_row_each: bool

    @property
    def single(self) -> frozenset[str]:
        """The columns that can say one thing only of a subject."""
        return self.said - self.several


@dataclass(frozen=True, slots=True)
class _Said:
    sheet: int
    row: int
    values: Mapping[str, Any]
    refused: bool


class Repeats:
    """Remembers the rows of a workbook by subject."""

    def __init__(self, sheets: Mapping[int, SheetColumns]) -> None:
        self._sheets = sheets
        self._rows: dict[Any, int] = {}
        self._said: dict[bytes | None, list[_Said]] = {}

    def check(self, row: Draft, column: str) -> None:
        """Refuse a row that repeats an earlier one, or says otherwise; of two rows the first counts. `column` is the key's."""
        sheet = self._sheets[row.sheet]
        mark: Any = (row.sheet, row.key)
        if not sheet.one_row_each:
            mark = (*mark, *(str(row.values.get(name)) for name in sorted(sheet.said & sheet.several)))
        first = self._rows.setdefault(mark, row.row)
        if first != row.row:
            row.refuse(column, "duplicate_in_file", row.values.get(column, ""), row=first)
        elif len(self._sheets) > 1 or not sheet.one_row_each:
            self._compare(row, sheet, column)

    def _compare(self, row: Draft, sheet: SheetColumns, column: str) -> None:
        earlier = self._said.setdefault(row.key, [])
        for said in earlier:
            other = self._sheets[said.sheet]
            if said.sheet != row.sheet and sheet.one_row_each and other.said == sheet.said:
                row.refuse(column, "duplicate_in_file", row.values.get(column, ""), row=said.row, sheet=other.name)
                return
            if not said.refused and (name := _contradiction(said.values, row.values, sheet)):
                row.refuse(name, "contradicts_row", row.values[name], row=said.row, sheet=other.name)
                return
        values = {name: row.values[name] for name in (*sheet.single, "unit") if name in row.values}
        before = [said for said in earlier if said.sheet == row.sheet]
        # Many rows of one subject are remembered by the few that say something for the first time.
        if not before or (not row.refused and not values.keys() <= _names_said(before)):
            earlier.append(_Said(row.sheet, row.row, values, row.refused))

    def earlier(self, row: Draft) -> tuple[str, int] | None:
        """The first row for the same subject in another sheet: sheet and row."""
        said = next((said for said in self._said.get(row.key, ()) if said.sheet != row.sheet), None)
        return (self._sheets[said.sheet].name, said.row) if said else None


def _names_said(rows: Iterable[_Said]) -> set[str]:
    return {name for said in rows if not said.refused for name in said.values}


def _contradiction(before: Mapping[str, Any], now: Mapping[str, Any], sheet: SheetColumns) -> str:
    """The first column in which two rows say different things."""
    for name in sorted(sheet.single):
        old, new = before.get(name), now.get(name)
        if old is None or new is None:
            continue
        if not (old.agrees(new) if isinstance(old, PartialDate) else old == new):
            return name
    if now.get("unit") is not None and before.get("unit") not in (None, now["unit"]):
        return "unit_name" if "unit_name" in now else "unit_code"
    return ""
