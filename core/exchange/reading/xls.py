"""Workbooks of Excel 95 to 2003."""

from collections.abc import Iterator

from core.exchange.reading.budget import Budget
from core.exchange.reading.calamine_reader import Reader
from core.exchange.reading.compound import CompoundFile
from core.exchange.reading.errors import UnreadableFile
from core.exchange.reading.sheets import ReadSheet
from core.exchange.reading.xls_scan import scan_xls


def read_xls(data: bytes) -> Iterator[ReadSheet]:
    """The sheets of a file whose records are looked through before the fast reader opens it."""
    container = CompoundFile(data)
    found = scan_xls(container.stream("Workbook") or container.stream("Book"))
    budget = Budget()
    for number, notes in enumerate(found, start=1):
        budget.take(notes, str(number))
    reader = Reader(data)
    listed = reader.sheet_list()
    if len(listed) != len(found):
        raise UnreadableFile("damaged", part="Workbook")
    for index, (notes, (name, hidden, is_table)) in enumerate(zip(found, listed, strict=True)):
        if is_table:
            notes.merges = reader.merges(index)
        yield ReadSheet(name, hidden, is_table, notes, reader.rows(index) if is_table else ())
        reader.release(index)
