"""A workbook of another form written as an .xlsx: what was read of it, with columns as wide as what they hold."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from math import isfinite
from typing import Any, Final
from unicodedata import east_asian_width

import xlsxwriter

from core.exchange.reading import CellFault, CellValue, Sheet, Workbook
from core.exchange.sheetnames import sheet_name

_WIDEST, _NARROWEST, _MARGIN = 40, 8, 2
# The first rows tell how wide a column is.
_MEASURED: Final = 300
_FORMATS: Final = {date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm:ss", time: "hh:mm:ss", timedelta: "[h]:mm:ss"}


def written_anew(workbook: Workbook, progress: Callable[[int], None]) -> bytes:
    """An .xlsx with the sheets of the workbook in their order and the values of their cells; texts are never formulas."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(
        buffer, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        formats = {kind: book.add_format({"num_format": code}) for kind, code in _FORMATS.items()}
        for name, sheet in zip(_names(workbook), workbook.sheets, strict=True):
            target = book.add_worksheet(name)
            if sheet.hidden:
                target.hide()
            if sheet.is_table:
                _copy(sheet, target, formats, progress)
        shown = next((place for place, sheet in enumerate(workbook.sheets) if not sheet.hidden), 0)
        book.worksheets()[shown].activate()
        book.worksheets()[shown].set_first_sheet()
    return buffer.getvalue()


def _copy(sheet: Sheet, target: Any, formats: dict[type, Any], progress: Callable[[int], None]) -> None:
    widths: dict[int, int] = {}
    for number, cells in sheet.rows():
        for column, value in enumerate(cells):
            _write(target, number - 1, column, value, formats)
            if number <= _MEASURED:
                widths[column] = max(widths.get(column, _NARROWEST), min(_width(value), _WIDEST))
        progress(number)
    hidden = sheet.notes.hidden_columns
    for column, width in widths.items():
        target.set_column(column, column, width + _MARGIN, None, {"hidden": column in hidden})


def _write(target: Any, row: int, column: int, value: CellValue, formats: dict[type, Any]) -> None:
    if value == "":
        return
    if isinstance(value, bool):
        target.write_boolean(row, column, value)
    elif isinstance(value, int | float) and isfinite(value):
        target.write_number(row, column, value)
    elif type(value) in formats and not _before_excel(value):
        target.write_datetime(row, column, value, formats[type(value)])
    else:
        target.write_string(row, column, value.shown if isinstance(value, CellFault) else str(value))


def _before_excel(value: CellValue) -> bool:
    """Days before 1900 have no number in a spreadsheet."""
    return isinstance(value, date) and value.year < 1900


def _width(value: CellValue) -> int:
    return sum(1 + (east_asian_width(sign) in "WF") for sign in str(value))


def _names(workbook: Workbook) -> Iterator[str]:
    """The names of the sheets as Excel takes them, each once."""
    taken: set[str] = set()
    for number, sheet in enumerate(workbook.sheets, start=1):
        name = sheet_name(sheet.name)
        if not name or name.casefold() in taken or name.casefold() == "history":
            name = f"{name[:24]}({number})"
        taken.add(name.casefold())
        yield name
