"""One pass over content.xml of an .ods: extent with repeated rows and columns, merged cells, faults, shown dates.

The fast reader expands repetitions blindly and knows neither merged cells nor errors of .ods files.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from core.exchange.reading import limits
from core.exchange.reading.budget import check_sheets, too_long_cell
from core.exchange.reading.notes import CellFault, SheetNotes
from core.exchange.reading.xml_stream import XmlStream

_ERROR: Final = re.compile(r"#[A-Z/0!?]+[!?]?|Err:\d{3}")
_MONTH: Final = re.compile(r"(\d{4})-(\d{2})-\d{2}(?:T00:00:00)?")
_SHOWS_DAY: Final = re.compile(r"\d{1,4}\D+\d{1,2}\D+\d{1,4}|日")
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
# What the reader keeps of a cell as text besides what is shown.
_TEXTS: Final = ("office:string-value", "office:date-value", "office:time-value", "table:formula")


@dataclass(slots=True)
class OdsSheet:
    """What the pass finds of one sheet."""

    name: str
    hidden: bool = False
    notes: SheetNotes = field(default_factory=SheetNotes)


def scan_ods(chunks: Iterator[bytes]) -> list[OdsSheet]:
    """Read content.xml as a stream. Raises UnreadableFile: damaged, too_many_faults, too_long_cell."""
    scan = _Scan()
    XmlStream(scan, "content.xml").feed_all(chunks)
    return scan.sheets


class _Scan:
    """Follows the parser. Rows and columns advance by their repetitions; only cells with content count as used."""

    def __init__(self) -> None:
        self.sheets: list[OdsSheet] = []
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._row = self._row_repeat = self._column = 0
        self._cell: dict[str, str] | None = None
        self._shown: list[str] = []
        self._length = 0
        self._depth = 0  # tables inside cells are not sheets
        self._in_comment = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "style:style":
            self._style = attributes.get("style:name", "")
        elif name == "style:table-properties" and attributes.get("table:display") == "false":
            self._hidden_styles.add(self._style)
        elif name == "table:table":
            self._depth += 1
            if self._depth == 1:
                hidden = attributes.get("table:style-name") in self._hidden_styles
                self.sheets.append(OdsSheet(attributes.get("table:name", ""), hidden))
                check_sheets(len(self.sheets))
                self._row = self._row_repeat = self._column = 0
        elif self._depth == 1:
            self._start_in_sheet(name, attributes)

    def _start_in_sheet(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table-column":
            first, self._column = self._column, self._column + _repeat(attributes, "columns")
            if attributes.get("table:visibility") in ("collapse", "filter"):
                self._sheet.notes.hidden_columns.update(range(first, min(self._column, limits.MAX_COLUMNS)))
        elif name == "table:table-row":
            self._row, self._column, self._row_repeat = self._row + 1, 0, _repeat(attributes, "rows")
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._cell, self._shown = attributes, []
            self._length = sum(len(attributes[name]) for name in _TEXTS if name in attributes)
        elif name == "text:s":
            self._length += _whole(attributes.get("text:c"))
        elif name == "office:annotation":
            self._in_comment = True

    def text(self, data: str) -> None:
        if self._cell is None or self._in_comment:
            return
        self._length += len(data)
        if len(self._shown) < 64:
            self._shown.append(data)

    def end(self, name: str) -> None:
        if name == "table:table":
            self._depth -= 1
        elif self._depth == 1 and name == "table:table-row":
            self._row += self._row_repeat - 1
            notes = self._sheet.notes
            notes.last_row = max(notes.last_row, min(self._row, _LAST_ROW))
        elif self._depth == 1 and self._cell is not None and name in ("table:table-cell", "table:covered-table-cell"):
            self._end_cell(self._cell)
            self._cell = None
        elif name == "office:annotation":
            self._in_comment = False

    @property
    def _sheet(self) -> OdsSheet:
        return self.sheets[-1]

    def _end_cell(self, cell: dict[str, str]) -> None:
        repeat, shown = _repeat(cell, "columns"), "".join(self._shown).strip()
        row, column = self._row, self._column
        self._column += repeat
        notes = self._sheet.notes
        if shown or "office:value-type" in cell or "table:formula" in cell:
            notes.use(min(row + self._row_repeat - 1, _LAST_ROW), min(column + repeat - 1, _LAST_COLUMN))
            if self._length > limits.MAX_CELL_LENGTH:
                raise too_long_cell(self._sheet.name, row, column)
            notes.text_bytes += self._length * self._row_repeat * repeat
            if notes.used_columns <= limits.MAX_COLUMNS:
                self._note(cell, shown, row, range(column, column + repeat))
        down, right = _whole(cell.get("table:number-rows-spanned")), _whole(cell.get("table:number-columns-spanned"))
        if (down > 1 or right > 1) and len(notes.merges) <= limits.MAX_MERGES:
            notes.merges.append((row, column, row + down - 1, column + right - 1))

    def _note(self, cell: dict[str, str], shown: str, row: int, columns: range) -> None:
        fault = _fault(cell, shown)
        month = _MONTH.fullmatch(cell.get("office:date-value", ""))
        if fault is None and month and shown and not _SHOWS_DAY.search(shown) and shown[:4] == month[1]:
            fault = f"{month[1]}-{month[2]}"
        rows = range(row, row + min(self._row_repeat, limits.MAX_NOTES))
        if fault is not None:
            for each in rows:
                for column in columns:
                    self._sheet.notes.fix(each, column, fault)
        elif "." in cell.get("office:value", "") and cell["office:value"][:2] in ("19", "20"):
            self._sheet.notes.show(rows, columns, shown)


def _fault(cell: dict[str, str], shown: str) -> CellFault | str | None:
    formula, kind = cell.get("table:formula"), cell.get("office:value-type", "")
    if _ERROR.fullmatch(shown) and (formula is not None or cell.get("calcext:value-type") == "error"):
        return CellFault("error_cell", shown)
    if formula is not None and not kind and not shown:
        return CellFault("no_cached_value")
    return None


def _repeat(attributes: dict[str, str], what: str) -> int:
    return _whole(attributes.get(f"table:number-{what}-repeated"))


def _whole(text: str | None) -> int:
    """A count as the reader takes it, at least 1; absurd ones are cut where the grid ends."""
    digits = (text or "").removeprefix("+")
    if not digits.isascii() or not digits.isdigit():
        return 1
    return min(max(int(digits), 1), _LAST_ROW) if len(digits) < 10 else _LAST_ROW
