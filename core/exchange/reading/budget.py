"""What the sheets of one workbook may take of the worker's memory, all together."""

from collections.abc import Iterable

from core.exchange.reading import limits
from core.exchange.reading.errors import UnreadableFile
from core.exchange.reading.notes import SheetNotes, column_letters
from core.exchange.reading.sheets import CellValue


class Budget:
    """Asked with the notes of each sheet before its values are read.

    Raises UnreadableFile: too_many_sheets, too_many_cells, too_much_text, too_many_faults, too_many_merges.
    """

    def __init__(self) -> None:
        self._sheets = self._cells = self._text = self._notes = self._merges = 0

    def take(self, notes: SheetNotes, sheet: str) -> None:
        notes.check_size(sheet)
        self._sheets += 1
        self._cells += notes.cells
        self._text += notes.text_bytes
        self._notes += notes.remembered
        self._merges += len(notes.merges)
        check_sheets(self._sheets)
        if self._cells > limits.MAX_CELLS:
            raise UnreadableFile("too_many_cells", limit=limits.MAX_CELLS)
        check_text(self._text)
        if self._notes > limits.MAX_NOTES:
            raise UnreadableFile("too_many_faults", limit=limits.MAX_NOTES)
        if self._merges > limits.MAX_MERGES:
            raise UnreadableFile("too_many_merges", sheet=sheet, limit=limits.MAX_MERGES)


def check_sheets(count: int) -> None:
    """Refuse a workbook of more sheets than anybody would look through."""
    if count > limits.MAX_SHEETS:
        raise UnreadableFile("too_many_sheets", limit=limits.MAX_SHEETS)


def check_text(size: int) -> None:
    """Refuse a workbook whose texts would take more bytes than all lists of a city."""
    if size > limits.MAX_TEXT_BYTES:
        raise UnreadableFile("too_much_text", limit=limits.MAX_TEXT_BYTES // limits.MEGABYTE)


def check_row(sheet: str, number: int, cells: Iterable[CellValue]) -> int:
    """The most bytes that the texts of a row take. UnreadableFile "too_long_cell" names the first cell that is too long."""
    size = 0
    for column, value in enumerate(cells):
        if isinstance(value, str):
            length = len(value)
            if length > limits.MAX_CELL_LENGTH:
                raise too_long_cell(sheet, number, column)
            size += length if value.isascii() else 4 * length
    return size


def too_long_cell(sheet: str, row: int, column: int) -> UnreadableFile:
    """The refusal of a workbook for one cell, its row counted from 1 and its column from 0."""
    return UnreadableFile(
        "too_long_cell", sheet=sheet, row=row, column=column_letters(column), limit=limits.MAX_CELL_LENGTH
    )
