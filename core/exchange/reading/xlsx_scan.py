"""One pass over the XML of a sheet before the fast reader sees it: how large it is, and what the reader would drop.

Sheets as Excel, WPS and LibreOffice write them are searched as bytes, which costs little; anything else is first
rewritten into that form.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from heapq import merge
from typing import Final

from core.exchange.reading import limits
from core.exchange.reading.budget import check_text
from core.exchange.reading.errors import UnreadableFile
from core.exchange.reading.notes import CellFault, SheetNotes, column_index
from core.exchange.reading.xlsx_formats import ShownStyles, shown_decimal
from core.exchange.reading.xlsx_rewrite import rewritten
from core.exchange.reading.xlsx_strings import SharedStrings
from core.exchange.reading.xml_stream import cut_before

_ROW: Final = re.compile(rb'<row r="(\d{1,7})"')
# Every cell but those of the usual form in the first 26 columns and 99,999 rows, which need no look each.
_UNUSUAL: Final = re.compile(rb'<c(?! r="[A-Z]\d{1,5}")(?![A-Za-z])([^<>]*)(>?)')
_PLACE: Final = re.compile(rb' r="([A-Z]{1,3})(\d{1,7})"')
_NEAR_COLUMNS: Final = 26
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_COLUMN: Final = re.compile(rb"<col [^<>]*>")
_NUMBER: Final = re.compile(rb'\b(min|max)="(\d{1,7})"')
_MARKS: Final = (b"</f>", b"<f ", b"<f/>", b'="e"')
_CELL: Final = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"([^<>]*)>')
_VALUE: Final = re.compile(rb"<v(?: [^<>]*)?>([^<]*)</v>")
_ROW_START: Final = b"<row "
# Tags with a prefix hide from the search.
_PREFIXED: Final = (b":c", b":row")
# What the tags of a cell and of a row have at most as Excel writes them; what is longer counts as text.
_CELL_TAGS, _ROW_TAGS = 96, 160


def scan_sheet(
    chunks: Callable[[], Iterator[bytes]], sheet: str, styles: ShownStyles, strings: SharedStrings
) -> SheetNotes:
    """Read the XML of one sheet; `chunks` starts it from the beginning.

    Raises UnreadableFile: damaged, too_many_columns, too_many_rows, too_many_merges, too_many_faults, too_long_cell,
    too_much_text.
    """
    scan = partial(_Scan, sheet, styles, strings)
    try:
        notes = scan(is_usual=True).run(cut_before(chunks(), _ROW_START))
    except _ForeignXml:
        notes = _scan_foreign(scan(is_usual=False), rewritten(chunks(), sheet), sheet)
    notes.check_size(sheet)
    return notes


def _scan_foreign(scan: "_Scan", chunks: Iterator[bytes], sheet: str) -> SheetNotes:
    try:
        return scan.run(cut_before(chunks, _ROW_START))
    except _ForeignXml as error:
        raise UnreadableFile("damaged", part=sheet) from error


class _ForeignXml(Exception):
    """A turn of the road, not an error: the sheet must be rewritten first."""


class _Scan:
    def __init__(self, sheet: str, styles: ShownStyles, strings: SharedStrings, *, is_usual: bool) -> None:
        self._notes = SheetNotes()
        self._sheet = sheet
        self._styles, self._strings = styles, strings
        self._is_usual = is_usual
        self._shown = _shown_pattern(styles)
        self._merges = 0

    def run(self, pieces: Iterator[bytes]) -> SheetNotes:
        for number, piece in enumerate(pieces):
            begin = 0 if number else piece.find(b"<sheetData")
            if begin < 0:
                raise _ForeignXml
            if begin:
                self._columns(piece[:begin])
            end = piece.find(b"</sheetData", begin)
            self._take_rows(piece[begin : end if end >= 0 else len(piece)])
            self._merges += piece.count(b"<mergeCell ", end) if end >= 0 else 0
            if self._merges > limits.MAX_MERGES:
                raise UnreadableFile("too_many_merges", sheet=self._sheet, limit=limits.MAX_MERGES)
        return self._notes

    def _columns(self, piece: bytes) -> None:
        for found in _COLUMN.finditer(piece):
            if b'hidden="1"' in found[0] or b'hidden="true"' in found[0]:
                ends = {name: int(value) for name, value in _NUMBER.findall(found[0])}
                self._notes.hidden_columns.update(
                    range(ends.get(b"min", 1) - 1, min(ends.get(b"max", 1), limits.MAX_COLUMNS))
                )

    def _take_rows(self, piece: bytes) -> None:
        rows = _ROW.findall(piece)
        cells = piece.count(b"<c ")
        if piece.count(b"<row") != len(rows) or (cells and not rows):
            raise _ForeignXml
        if self._is_usual and b":" in piece and any(mark in piece for mark in _PREFIXED):
            raise _ForeignXml
        if rows:
            self._extent(piece, rows)
            self._far_cells(piece)
            self._text(piece, _CELL_TAGS * cells + _ROW_TAGS * len(rows))
            self._faults(piece)
            self._show(piece)

    def _text(self, piece: bytes, tags: int) -> None:
        notes = self._notes
        notes.text_bytes += self._strings.text_bytes(piece, self._sheet, notes.text_bytes) + max(len(piece) - tags, 0)
        check_text(notes.text_bytes)

    def _extent(self, piece: bytes, rows: list[bytes]) -> None:
        self._notes.last_row = max(self._notes.last_row, *map(int, rows))
        filled_to = max(piece.rfind(b"</v>"), piece.rfind(b"</is>"))
        if filled_to >= 0:
            filled = rows if filled_to > piece.rfind(b"<row ") else _ROW.findall(piece, 0, filled_to)
            self._notes.use(max(map(int, filled), default=0), _NEAR_COLUMNS - 1)

    def _far_cells(self, piece: bytes) -> None:
        """Cells outside of the usual corner count where they stand; blank ones do not count."""
        for attributes, closed in _UNUSUAL.findall(piece):
            if closed and attributes.endswith(b"/"):
                continue
            place = _PLACE.match(attributes) if closed else None
            if place is None:
                raise _ForeignXml
            row, column = int(place[2]), column_index(place[1].decode())
            if row > _LAST_ROW or column >= _LAST_COLUMN:
                raise UnreadableFile("damaged", part=self._sheet)
            self._notes.use(row, column)

    def _faults(self, piece: bytes) -> None:
        """Formula and error cells: found by their marks, then read backwards to the cell that holds them.

        Nothing is looked at twice, however the marks stand.
        """
        passed = 0
        for at in merge(*(_places(piece, mark) for mark in _MARKS)):
            if at < passed:
                continue
            start, passed = piece.rfind(b"<c ", passed, at), at
            if start < 0:
                continue
            passed = piece.find(b"</c>", at)
            if passed < 0:
                return
            cell = _CELL.match(piece, start)
            if cell is not None:
                self._fault(cell, piece[cell.end() : passed])

    def _fault(self, cell: re.Match[bytes], body: bytes) -> None:
        value = _VALUE.search(body)
        column, row = column_index(cell[1].decode()), int(cell[2])
        if b't="e"' in cell[3]:
            shown = value[1].decode("utf-8", "replace")[:20] if value else "#"
            self._notes.fix(row, column, CellFault("error_cell", shown))
        elif b"<f" in body and (b"<v" not in body or (not (value and value[1]) and b't="str"' not in cell[3])):
            self._notes.fix(row, column, CellFault("no_cached_value"))
        else:
            return
        self._notes.use(row, column)

    def _show(self, piece: bytes) -> None:
        if self._shown is None:
            return
        for letters, row, month, day_number, decimal, number in self._shown.findall(piece):
            place = int(row), column_index(letters.decode())
            if month:
                shown = self._styles.months[int(month)](day_number.decode())
                if shown:
                    self._notes.fix(*place, shown)
            elif len(self._notes.decimals) < limits.MAX_NOTES:
                self._notes.decimals[place] = shown_decimal(number.decode(), self._styles.decimals[int(decimal)])


def _shown_pattern(styles: ShownStyles) -> re.Pattern[bytes] | None:
    """Cells that show something else than they hold: a day as its month, a year and month as a decimal."""
    if not styles.months and not styles.decimals:
        return None
    months, decimals = (("|".join(map(str, each)) or "(?!)").encode() for each in (styles.months, styles.decimals))
    number = rb'"(?: t="n")?><v>'
    return re.compile(
        rb'<c r="([A-Z]{1,3})(\d{1,7})" s="(?:(' + months + rb")" + number + rb"([^<]+)"
        rb"|(" + decimals + rb")" + number + rb"((?:19|20)\d\d\.\d+))</v>"
    )


def _places(piece: bytes, mark: bytes) -> Iterator[int]:
    at = piece.find(mark)
    while at >= 0:
        yield at
        at = piece.find(mark, at + 1)
