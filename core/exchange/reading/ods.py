"""OpenDocument spreadsheets."""

from collections.abc import Iterator

from core.exchange.reading.archive import Archive
from core.exchange.reading.calamine_reader import Reader
from core.exchange.reading.errors import UnreadableFile
from core.exchange.reading.notes import SheetNotes
from core.exchange.reading.ods_scan import OdsSheet, scan_ods
from core.exchange.reading.sheets import CellValue, Sheet


class OdsFile:
    """The whole file is checked before the fast reader opens it: that one reads every sheet at once."""

    def __init__(self, data: bytes) -> None:
        archive = Archive(data)
        for part in ("META-INF/manifest.xml", "styles.xml"):
            if part in archive:
                archive.check(part)
        self.found = scan_ods(archive.chunks("content.xml"))
        for sheet in self.found:
            sheet.notes.check_size(sheet.name)
        self.reader = Reader(data)

    def sheets(self) -> list[Sheet]:
        listed = self.reader.sheet_list()
        if [name for name, _, _ in listed] != [sheet.name for sheet in self.found]:
            raise UnreadableFile("damaged", part="content.xml")
        return [
            Sheet(found.name, _OdsSheet(self.reader, index, found), hidden=found.hidden or hidden)
            for index, (found, (_, hidden, _)) in enumerate(zip(self.found, listed, strict=True))
        ]


class _OdsSheet:
    def __init__(self, reader: Reader, index: int, found: OdsSheet) -> None:
        self._reader, self._index, self._found = reader, index, found

    def notes(self) -> SheetNotes:
        return self._found.notes

    def rows(self) -> Iterator[list[CellValue]]:
        return self._reader.rows(self._index)

    def release(self) -> None:
        self._reader.release(self._index)
