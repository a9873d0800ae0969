"""A workbook of any readable form as sheets of numbered rows of plain values."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple, Protocol

from core.exchange.reading.notes import CellFault, Merge, SheetNotes

# An empty cell is "". Whole numbers come as floats; a date cell is a date, with a time of day a datetime, one that
# shows only its month a text such as "1985-07".
CellValue = str | float | int | bool | date | datetime | time | timedelta | CellFault


class Row(NamedTuple):
    """One row with its number as the sheet shows it; `cells` counts columns from 0 and belongs to the receiver."""

    number: int
    cells: list[CellValue]


class ReadSheet(NamedTuple):
    """One sheet of a form that is read all at once: its notes, checked, and its rows from row 1."""

    name: str
    hidden: bool
    is_table: bool
    notes: SheetNotes
    rows: Iterable[list[CellValue]]


class SheetSource(Protocol):
    """What a form of workbook must give for one sheet."""

    def notes(self) -> SheetNotes: ...

    def rows(self) -> Iterator[list[CellValue]]: ...

    def release(self) -> None: ...


class Sheet:
    """One sheet: nothing is read before it is asked for, and then it is checked first."""

    def __init__(self, name: str, source: SheetSource, *, hidden: bool = False, is_table: bool = True) -> None:
        self.name: Final = name
        self.hidden: Final = hidden
        self.is_table: Final = is_table
        self._source = source
        self._notes: SheetNotes | None = None

    def __repr__(self) -> str:
        return f"Sheet({self.name!r})"

    @property
    def notes(self) -> SheetNotes:
        """Extent, merged cells, hidden columns, faults. UnreadableFile where the sheet is too large or damaged."""
        if self._notes is None:
            self._notes = self._source.notes()
            self._notes.check_size(self.name)
        return self._notes

    @property
    def merges(self) -> list[Merge]:
        return self.notes.merges

    def rows(self, limit: int | None = None) -> Iterator[Row]:
        """The rows from row 1 to the last one with content, at most `limit`; error cells are CellFault values."""
        fixes = self.notes.fixes
        last = self.notes.used_rows if limit is None else min(limit, self.notes.used_rows)
        number = 0
        for number, cells in enumerate(self._source.rows(), start=1):
            if number > last:
                return
            if number in fixes:
                _apply(fixes[number], cells)
            yield Row(number, cells)
        for late in range(number + 1, last + 1):  # the reader ends before rows that hold nothing but faults
            cells = []
            _apply(fixes.get(late, {}), cells)
            yield Row(late, cells)

    def shown_number(self, row: int, column: int) -> str | None:
        """The text that a number between two whole ones shows on screen, where the file says so."""
        return self.notes.decimals.get((row, column))

    def release(self) -> None:
        """Give the memory of the values back; they are read anew when asked for again."""
        self._source.release()


class Workbook:
    """A file that may be read. `form` is xlsx, xls, ods or csv, whatever the name of the file said."""

    def __init__(self, filename: str, form: str, sheets: list[Sheet]) -> None:
        self.filename: Final = filename
        self.form: Final = form
        self.sheets: Final = sheets


def _apply(fixes: dict[int, CellFault | str], cells: list[CellValue]) -> None:
    for column, value in fixes.items():
        if column >= len(cells):
            cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = value
