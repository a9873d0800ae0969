"""One pass over the XML of a sheet before the fast reader sees it: how large it is, and what the reader would drop.

Sheets as Excel, WPS and LibreOffice write them are searched as bytes, which costs little; anything else is first
rewritten into that form.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final
from xml.parsers import expat

from core.exchange.reading import limits
from core.exchange.reading.errors import UnreadableFile
from core.exchange.reading.notes import CellFault, SheetNotes, column_index, column_letters
from core.exchange.reading.xlsx_formats import shown_decimal

_ROW: Final = re.compile(rb'<row r="(\d{1,7})"')
# A filled cell far to the right or far down; nearer ones need no look each.
_FAR: Final = re.compile(rb'<c r="([A-Za-z]{2,}(?=\d)|[A-Za-z](?=\d{6}))(\d+)"[^/>]*>')
_NEAR_COLUMNS: Final = 26
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_COLUMN: Final = re.compile(rb"<col [^>]*>")
_NUMBER: Final = re.compile(rb'\b(min|max)="(\d+)"')
_CELL: Final = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"([^>]*)>')
_VALUE: Final = re.compile(rb"<v(?: [^>]*)?>([^<]*)</v>")
Dated = Callable[[str], str]


def scan_sheet(
    chunks: Callable[[], Iterator[bytes]], sheet: str, month_styles: dict[int, Dated] | None = None
) -> SheetNotes:
    """Read the XML of one sheet; `chunks` starts it from the beginning. `month_styles` show a date cell as a month.

    Raises UnreadableFile: damaged, too_many_columns, too_many_rows, too_many_merges, too_many_faults.
    """
    try:
        notes = _Scan(sheet, month_styles or {}).run(_rows(chunks(), plain=False))
    except _ForeignXml:
        notes = _Scan(sheet, month_styles or {}).run(_rows(_rewritten(chunks(), sheet), plain=True))
    notes.check_size(sheet)
    return notes


class _ForeignXml(Exception):
    """A turn of the road, not an error: the sheet must be rewritten first."""


class _Scan:
    def __init__(self, sheet: str, month_styles: dict[int, Dated]) -> None:
        self._notes = SheetNotes()
        self._sheet = sheet
        self._months = month_styles
        styles = "|".join(map(str, month_styles)).encode()
        self._month = (
            re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})" s="(' + styles + rb')"(?: t="n")?><v>([^<]+)</v>')
            if styles
            else None
        )
        self._merges = 0

    def run(self, pieces: Iterator[bytes]) -> SheetNotes:
        for number, piece in enumerate(pieces):
            if not number or b"<cols>" in piece:
                self._columns(piece)
            self._extent(piece)
            if b"<f" in piece or b't="e"' in piece:
                self._faults(piece)
            self._dates(piece)
            self._merges += piece.count(b"<mergeCell ")
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

    def _extent(self, piece: bytes) -> None:
        rows = _ROW.findall(piece)
        if not rows:
            return
        notes = self._notes
        notes.last_row = max(notes.last_row, *map(int, rows))
        filled_to = max(piece.rfind(b"</v>"), piece.rfind(b"</is>"))
        if filled_to >= 0:
            filled = rows if filled_to > piece.rfind(b"<row ") else _ROW.findall(piece, 0, filled_to)
            notes.use(max(map(int, filled), default=0), _NEAR_COLUMNS - 1)
        far = _FAR.findall(piece)
        if far:
            columns = [
                column_index(letters.decode().upper())
                for letters in {letters for letters, _ in far}
                if len(letters) < 4
            ]
            row, column = max(int(row) for _, row in far), max(columns, default=_LAST_COLUMN)
            if row > _LAST_ROW or column >= _LAST_COLUMN:
                raise UnreadableFile("damaged", part=self._sheet)
            notes.use(row, column)

    def _faults(self, piece: bytes) -> None:
        """Formula and error cells: found by their marks, then read backwards to the cell that holds them."""
        for mark in (b"<f", b't="e"'):
            at = piece.find(mark)
            while at >= 0:
                start, end = piece.rfind(b"<c ", 0, at), piece.find(b"</c>", at)
                cell = _CELL.match(piece, start) if start >= 0 <= end else None
                if cell is not None:
                    self._fault(cell, piece[cell.end() : end])
                at = piece.find(mark, max(end, at + 1))

    def _fault(self, cell: re.Match[bytes], body: bytes) -> None:
        value = _VALUE.search(body)
        column, row = column_index(cell[1].decode()), int(cell[2])
        if b't="e"' in cell[3]:
            self._notes.fix(
                row, column, CellFault("error_cell", value[1].decode("utf-8", "replace")[:20] if value else "#")
            )
        elif b"<f" in body and (value is None or not value[1]) and b't="str"' not in cell[3]:
            self._notes.fix(row, column, CellFault("no_cached_value"))
        else:
            return
        self._notes.use(row, column)

    def _dates(self, piece: bytes) -> None:
        for found in self._month.finditer(piece) if self._month is not None else ():
            shown = self._months[int(found[3])](found[4].decode())
            if shown:
                self._notes.fix(int(found[2]), column_index(found[1].decode()), shown)


def _rows(chunks: Iterator[bytes], *, plain: bool) -> Iterator[bytes]:
    """The stream cut only between rows, so that no cell is torn apart; _ForeignXml where it is not the plain form."""
    rest, first = b"", True
    for chunk in chunks:
        rest += chunk
        cut = rest.rfind(b"<row ")
        if cut > 0:
            piece, rest = rest[:cut], rest[cut:]
            _check_plain(piece, plain=plain, first=first)
            first = False
            yield piece
        elif len(rest) > limits.MAX_ROW_BYTES:
            raise UnreadableFile("damaged", part="row")
    _check_plain(rest, plain=plain, first=first)
    yield rest


def _check_plain(piece: bytes, *, plain: bool, first: bool) -> None:
    """Cells and rows are all written the usual way, with their place first, and nothing hides tags from a search."""
    if plain:
        return
    begin = piece.find(b"<sheetData") if first else 0
    end = piece.find(b"</sheetData", max(begin, 0))
    span = (max(begin, 0), end if end >= 0 else len(piece))
    if (
        begin < 0
        or piece.count(b"<c", *span) != piece.count(b'<c r="', *span)
        or piece.count(b"<r", *span) != piece.count(b'<row r="', *span)
        or b"<!" in piece
    ):
        raise _ForeignXml


def _rewritten(chunks: Iterator[bytes], sheet: str) -> Iterator[bytes]:
    """Any sheet XML in the plain form: no prefixes, `r` always there and first, only what the search looks at."""
    writer = _Writer()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = (
        writer.start,
        writer.end,
        writer.text,
    )
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
            yield writer.taken()
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise UnreadableFile("damaged", part=sheet) from error
    yield writer.taken()


class _Writer:
    """Takes parser events, gives bytes; counts where cells do not name themselves, leaves blank cells out."""

    _CONTENT: Final = frozenset({"v", "f", "is"})

    def __init__(self) -> None:
        self._out: list[str] = []
        self._row = self._column = 0
        self._waiting = self._open = ""
        self._in_value = False

    def taken(self) -> bytes:
        text, self._out = "".join(self._out), []
        return text.encode()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "row":
            self._row, self._column = _whole(attributes.get("r"), self._row + 1), 0
            self._out.append(f'<row r="{self._row}">')
        elif tag == "c":
            self._waiting = self._cell(attributes)
        elif tag == "col":
            hidden = ' hidden="1"' if attributes.get("hidden") in ("1", "true") else ""
            self._out.append(
                f'<col min="{_whole(attributes.get("min"), 1)}" max="{_whole(attributes.get("max"), 1)}"{hidden}/>'
            )
        elif tag == "mergeCell":
            self._out.append("<mergeCell />")
        elif tag in self._CONTENT:
            self._in_value = tag == "v"
            self._out += (self._waiting, f"<{tag}>")
            self._open, self._waiting = self._open or self._waiting, ""

    def _cell(self, attributes: dict[str, str]) -> str:
        named = re.fullmatch(r"([A-Za-z]{1,3})(\d{1,7})", attributes.get("r", ""), re.ASCII)
        row, column = (int(named[2]), column_index(named[1].upper())) if named else (self._row, self._column)
        self._column = column + 1
        style, kind = (f' {key}="{attributes[key]}"' if attributes.get(key, "").isalnum() else "" for key in ("s", "t"))
        return f'<c r="{column_letters(column)}{row}"{style}{kind}>'

    def end(self, name: str) -> None:
        tag = name.rpartition(":")[2]
        if tag in self._CONTENT:
            self._in_value = False
            self._out.append(f"</{tag}>")
        elif tag == "c":
            if self._open:
                self._out.append("</c>")
            self._open = self._waiting = ""

    def text(self, data: str) -> None:
        if self._in_value:
            self._out.append(data.replace("&", "&amp;").replace("<", "&lt;"))


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else otherwise


def scan_decimals(chunks: Iterator[bytes], styles: dict[int, int]) -> dict[tuple[int, int], str]:
    """What cells show that hold a number between two whole ones and a style with fixed decimals, by (row, column).

    Only numbers that could be a year and month (1985.1) are kept; a sheet in foreign XML gives none.
    """
    shown: dict[tuple[int, int], str] = {}
    names = "|".join(map(str, styles)).encode()
    if not names:
        return shown
    cells = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})" s="(' + names + rb')"(?: t="n")?><v>((?:19|20)\d\d\.\d+)</v>')
    for piece in _rows(chunks, plain=True):
        for letters, row, style, number in cells.findall(piece):
            if len(shown) < limits.MAX_NOTES:
                shown[int(row), column_index(letters.decode())] = shown_decimal(number.decode(), styles[int(style)])
    return shown
