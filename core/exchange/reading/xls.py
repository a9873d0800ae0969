"""Workbooks of Excel 95 to 2003."""

import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from core.exchange.reading import xls_child
from core.exchange.reading.compound import CompoundFile
from core.exchange.reading.errors import UnreadableFile
from core.exchange.reading.notes import SheetNotes
from core.exchange.reading.sheets import CellValue, Sheet
from core.exchange.reading.xls_scan import scan_xls

_PATIENCE_SECONDS: Final = 120


class XlsFile:
    """The records are looked through first; then a process of its own reads the values, which a broken file may end."""

    def __init__(self, data: bytes) -> None:
        container = CompoundFile(data)
        self._notes = scan_xls(container.stream("Workbook") or container.stream("Book"))
        for number, sheet in enumerate(self._notes, start=1):
            sheet.check_size(str(number))
        self._values = _values(data)

    def sheets(self) -> list[Sheet]:
        if len(self._values) != len(self._notes):
            raise UnreadableFile("damaged", part="Workbook")
        sheets = []
        for notes, (name, hidden, is_table, rows, ranges) in zip(self._notes, self._values, strict=True):
            notes.merges = [(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in ranges]
            sheets.append(Sheet(name, _XlsSheet(notes, rows), hidden=hidden, is_table=is_table))
        return sheets


class _XlsSheet:
    def __init__(self, notes: SheetNotes, rows: list[list[CellValue]]) -> None:
        self._notes, self._rows = notes, rows

    def notes(self) -> SheetNotes:
        return self._notes

    def rows(self) -> Iterator[list[CellValue]]:
        return (list(row) for row in self._rows)

    def release(self) -> None:
        """The values came all at once and stay until the workbook goes."""


def _values(data: bytes) -> list[tuple[str, bool, bool, list[list[CellValue]], list[Any]]]:
    """(name, hidden, is a table, rows, merged ranges) of each sheet."""
    command = [sys.executable, "-I", str(Path(xls_child.__file__))]
    try:
        child = subprocess.run(command, input=data, capture_output=True, check=False, timeout=_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise UnreadableFile("damaged", part="Workbook") from error
    if child.returncode == xls_child.PASSWORD:
        raise UnreadableFile("encrypted")
    if child.returncode:
        raise UnreadableFile("damaged", part="Workbook")
    return pickle.loads(child.stdout)  # noqa: S301 written by our own child from plain values
