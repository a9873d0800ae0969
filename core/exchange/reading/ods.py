"""OpenDocument spreadsheets."""

from collections.abc import Iterator

from core.exchange.reading.archive import Archive
from core.exchange.reading.budget import Budget
from core.exchange.reading.calamine_reader import Reader
from core.exchange.reading.errors import UnreadableFile
from core.exchange.reading.ods_scan import scan_ods
from core.exchange.reading.sheets import ReadSheet


def read_ods(data: bytes) -> Iterator[ReadSheet]:
    """The sheets of a file that is checked as a whole before the fast reader opens it: that one reads every sheet at once."""
    archive = Archive(data)
    for part in ("META-INF/manifest.xml", "styles.xml"):
        if part in archive:
            archive.check(part)
    found = scan_ods(archive.chunks("content.xml"))
    budget = Budget()
    for sheet in found:
        budget.take(sheet.notes, sheet.name)
    reader = Reader(data)
    listed = reader.sheet_list()
    if [name for name, _, _ in listed] != [sheet.name for sheet in found]:
        raise UnreadableFile("damaged", part="content.xml")
    for index, (sheet, (name, hidden, is_table)) in enumerate(zip(found, listed, strict=True)):
        yield ReadSheet(name, sheet.hidden or hidden, is_table, sheet.notes, reader.rows(index))
        reader.release(index)
