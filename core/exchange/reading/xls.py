"""Workbooks of Excel 95 to 2003."""

from collections.abc import Iterator

from core.exchange.reading.calamine_reader import Reader
from core.exchange.reading.compound import CompoundFile
from core.exchange.reading.errors import UnreadableFile
from core.exchange.reading.notes import SheetNotes
from core.exchange.reading.sheets import CellValue, Sheet
from core.exchange.reading.xls_scan import XlsSheet, scan_xls


class XlsFile:
    """The records are looked through before the fast reader opens the file: that one reads every sheet at once."""

    def __init__(self, data: bytes) -> None:
        container = CompoundFile(data)
        self.found = scan_xls(container.stream("Workbook") or container.stream("Book"))
        for number, sheet in enumerate(self.found, start=1):
            sheet.notes.check_size(str(number))
        self.reader = Reader(data)

    def sheets(self) -> list[Sheet]:
        listed = self.reader.sheet_list()
        if len(listed) != len(self.found):
            raise UnreadableFile("damaged", part="Workbook")
        return [
            Sheet(name, _XlsSheet(self.reader, index, found), hidden=hidden, is_table=is_table)
            for index, (found, (name, hidden, is_table)) in enumerate(zip(self.found, listed, strict=True))
        ]


class _XlsSheet:
    def __init__(self, reader: Reader, index: int, found: XlsSheet) -> None:
        self._reader, self._index, self._found = reader, index, found

    def notes(self) -> SheetNotes:
        self._found.notes.merges = self._reader.merges(self._index)
        return self._found.notes

    def rows(self) -> Iterator[list[CellValue]]:
        return self._reader.rows(self._index)

    def release(self) -> None:
        self._reader.release(self._index)
