"""Workbooks of Excel 2007 and later, of WPS, and what LibreOffice saves as such."""

from collections.abc import Iterator

from core.exchange.reading.archive import Archive
from core.exchange.reading.budget import Budget, check_sheets
from core.exchange.reading.calamine_reader import Reader
from core.exchange.reading.errors import UnreadableFile
from core.exchange.reading.notes import SheetNotes
from core.exchange.reading.sheets import CellValue, Sheet
from core.exchange.reading.xlsx_formats import shown_styles
from core.exchange.reading.xlsx_parts import sheet_parts
from core.exchange.reading.xlsx_scan import scan_sheet
from core.exchange.reading.xlsx_strings import SharedStrings


class XlsxFile:
    """The checked archive and the fast reader over the same bytes."""

    def __init__(self, data: bytes) -> None:
        self.archive = Archive(data)
        self.budget = Budget()
        self.strings = SharedStrings(self.archive)
        self.styles = shown_styles(self.archive)
        self.reader = Reader(data)

    def sheets(self) -> list[Sheet]:
        parts = sheet_parts(self.archive)
        check_sheets(len(parts))
        listed = self.reader.sheet_list()
        if len(parts) != len(listed):
            raise UnreadableFile("damaged", part="xl/workbook.xml")
        return [
            Sheet(
                part.name,
                _XlsxSheet(self, index, part.name, part.path),
                hidden=part.hidden,
                is_table=is_table and bool(part.path),
            )
            for index, (part, (_, _, is_table)) in enumerate(zip(parts, listed, strict=True))
        ]


class _XlsxSheet:
    def __init__(self, file: XlsxFile, index: int, name: str, path: str) -> None:
        self._file, self._index, self._name, self._path = file, index, name, path

    def notes(self) -> SheetNotes:
        notes = scan_sheet(
            lambda: self._file.archive.chunks(self._path), self._name, self._file.styles, self._file.strings
        )
        self._file.budget.take(notes, self._name)
        notes.merges = self._file.reader.merges(self._index)
        return notes

    def rows(self) -> Iterator[list[CellValue]]:
        return self._file.reader.rows(self._index)

    def release(self) -> None:
        self._file.reader.release(self._index)
