"""One pass over the records of an .xls (BIFF 5 and 8): extents, error cells, hidden columns, what numbers show.

Records are described in [MS-XLS]; only their fixed beginnings are looked at.
"""

import struct
from collections.abc import Iterator
from typing import Final

from core.exchange.reading import limits
from core.exchange.reading.budget import check_sheets
from core.exchange.reading.errors import UnreadableFile
from core.exchange.reading.notes import CellFault, SheetNotes
from core.exchange.reading.xlsx_formats import BUILT_IN, fixed_places, month_text, shown_decimal, shows_month_only

_BOF, _EOF, _FILE_PASS, _DATE_MODE = 0x0809, 0x000A, 0x002F, 0x0022
_FORMAT, _XF, _BOUND_SHEET, _COLUMN_INFO = 0x041E, 0x00E0, 0x0085, 0x007D
_NUMBER, _RK, _MULTIPLE_RK, _BOOLEAN_OR_ERROR = 0x0203, 0x027E, 0x00BD, 0x0205
_FORMULAS: Final = frozenset({0x0006, 0x0206, 0x0406})
_NUMBERS: Final = frozenset({_NUMBER, _RK, _MULTIPLE_RK})
_CONTENT: Final = frozenset({0x00FD, 0x0204, 0x00D6, _BOOLEAN_OR_ERROR}) | _FORMULAS
_BLANKS: Final = frozenset({0x0201, 0x00BE})
_ERRORS: Final = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_FORMULA_ERROR: Final = 2
_PLACE: Final = struct.Struct("<3H")
_BIFF8: Final = 0x0600


def scan_xls(stream: bytes) -> list[SheetNotes]:
    """Read the stream "Workbook" (or "Book"); the sheets come in the order of the workbook.

    Raises UnreadableFile: encrypted, damaged, too_many_faults, too_many_sheets.
    """
    book = _Book()
    for kind, body in _records(stream, 0):
        if kind == _EOF:
            break
        book.take(kind, body)
    return [_scan_sheet(stream, offset, book) for offset in book.offsets]


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """(kind, body) of each record from a place on; the stream may simply end."""
    end = len(stream) - 4
    while at <= end:
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


class _Book:
    """The global part: formats and cell styles, where the sheets begin."""

    def __init__(self) -> None:
        self.offsets: list[int] = []
        self._codes = dict(BUILT_IN)
        self._styles: list[int] = []
        self._version = _BIFF8
        self.is_1904 = False

    def take(self, kind: int, body: bytes) -> None:
        if kind == _FILE_PASS:
            raise UnreadableFile("encrypted")
        if kind == _BOF and len(body) >= 2:
            self._version = int.from_bytes(body[:2], "little")
        elif kind == _FORMAT and len(body) >= 5:
            text = body[5:].decode("utf-16-le" if body[4] & 1 else "latin-1", "replace")
            self._codes[body[0] | body[1] << 8] = (
                text if self._version >= _BIFF8 else body[3:].decode("gb18030", "replace")
            )
        elif kind == _XF and len(body) >= 4:
            self._styles.append(body[2] | body[3] << 8)
        elif kind == _DATE_MODE and body[:1] == b"\x01":
            self.is_1904 = True
        elif kind == _BOUND_SHEET and len(body) >= 6:
            self._begin_sheet(int.from_bytes(body[:4], "little"))

    def _begin_sheet(self, offset: int) -> None:
        if offset in self.offsets:
            raise UnreadableFile("damaged", part="Workbook")
        self.offsets.append(offset)
        check_sheets(len(self.offsets))

    def month_styles(self) -> set[int]:
        """The cell styles that show a day as year and month."""
        return {style for style, number in enumerate(self._styles) if shows_month_only(self._codes.get(number, ""))}

    def decimal_styles(self) -> dict[int, int]:
        """The decimals of each cell style that shows a fixed number of them."""
        places = ((style, fixed_places(self._codes.get(number, ""))) for style, number in enumerate(self._styles))
        return {style: count for style, count in places if count is not None}


class _SheetScan:
    """Takes the records of one sheet."""

    def __init__(self, notes: SheetNotes, book: _Book) -> None:
        self._notes, self._is_1904 = notes, book.is_1904
        self._months, self._decimals = book.month_styles(), book.decimal_styles()

    def take(self, kind: int, body: bytes) -> None:
        if kind in _NUMBERS:
            for row, column, style, value in _numbers(kind, body):
                self._take_number(row, column, style, value)
        elif kind in _CONTENT:
            row, column, _ = _PLACE.unpack_from(body)
            self._notes.use(row + 1, column)
            code = _error_code(kind, body)
            if code is not None:
                self._notes.fix(row + 1, column, CellFault("error_cell", _ERRORS.get(code, "#")))
        elif kind in _BLANKS:
            self._notes.last_row = max(self._notes.last_row, int.from_bytes(body[:2], "little") + 1)
        elif kind == _COLUMN_INFO and len(body) >= 10 and body[8] & 1:
            first, last = struct.unpack_from("<2H", body)
            self._notes.hidden_columns.update(range(first, min(last + 1, limits.MAX_COLUMNS)))

    def _take_number(self, row: int, column: int, style: int, value: float) -> None:
        self._notes.use(row + 1, column)
        if style in self._months:
            self._notes.fix(row + 1, column, month_text(str(value), is_1904=self._is_1904))
        elif (
            style in self._decimals
            and value % 1
            and 1900 <= value < 2100
            and len(self._notes.decimals) < limits.MAX_NOTES
        ):
            self._notes.decimals[row + 1, column] = shown_decimal(value, self._decimals[style])


def _scan_sheet(stream: bytes, offset: int, book: _Book) -> SheetNotes:
    notes, depth = SheetNotes(), 0
    scan = _SheetScan(notes, book)
    for kind, body in _records(stream, offset):
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                break
        elif depth == 1 and len(body) >= _PLACE.size:  # deeper is a chart inside the sheet
            scan.take(kind, body)
    notes.last_row = max(notes.last_row, notes.used_rows)
    return notes


def _error_code(kind: int, body: bytes) -> int | None:
    """The number of the error that a cell holds, None for every other result."""
    if kind == _BOOLEAN_OR_ERROR and len(body) >= 8 and body[7]:
        return body[6]
    if kind in _FORMULAS and len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == _FORMULA_ERROR:
        return body[8]
    return None


def _numbers(kind: int, body: bytes) -> Iterator[tuple[int, int, int, float]]:
    """(row, column, style, value) of the numbers in one record, counted from 0."""
    row, column, style = _PLACE.unpack_from(body)
    if kind == _NUMBER and len(body) >= 14:
        yield row, column, style, struct.unpack_from("<d", body, 6)[0]
    elif kind == _RK and len(body) >= 10:
        yield row, column, style, _rk(int.from_bytes(body[6:10], "little"))
    elif kind == _MULTIPLE_RK:
        for offset, at in enumerate(range(4, len(body) - 7, 6)):
            style, packed = struct.unpack_from("<HL", body, at)
            yield row, column + offset, style, _rk(packed)


def _rk(packed: int) -> float:
    """A number packed into 30 bits: an integer or the upper part of a double, perhaps times 100."""
    if packed & 2:
        value = float((packed >> 2) - ((packed & 0x80000000) >> 1))
    else:
        value = struct.unpack("<d", (packed & 0xFFFFFFFC).to_bytes(4, "little").rjust(8, b"\0"))[0]
    return value / 100 if packed & 1 else value
