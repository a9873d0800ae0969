"""Text files of separated values, as Excel and WPS save them on Chinese machines: GB18030, UTF-8 or UTF-16."""

import csv
import re
from collections.abc import Iterator
from io import StringIO
from itertools import islice
from typing import Final

from core.exchange.reading import limits
from core.exchange.reading.errors import UnreadableFile
from core.exchange.reading.notes import SheetNotes
from core.exchange.reading.sheets import CellValue, Sheet

_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DELIMITERS: Final = ",\t;，"
_SAMPLE_LINES: Final = 40
# No text has these; a binary file without a known signature does.
_BINARY: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MARKUP: Final = re.compile(r"\s*<(?:!doctype|html|\?xml|table|head|meta|\?mso)", re.IGNORECASE)
_FORCED_TEXT: Final = re.compile(r'="([^"]*)"')


def csv_sheet(data: bytes, filename: str) -> Sheet:
    """The one table of a text file. UnreadableFile: not_a_workbook, unsupported_format (a web page named .xls)."""
    text = _decoded(data)
    if _BINARY.search(text, 0, limits.MEGABYTE):
        raise UnreadableFile("not_a_workbook", form="")
    if _MARKUP.match(text):
        raise UnreadableFile("unsupported_format", form="HTML/XML")
    name = filename.rpartition("/")[2].rpartition("\\")[2]
    return Sheet(name.rpartition(".")[0] or name or "csv", _CsvSheet(text, name))


def _decoded(data: bytes) -> str:
    """Text in the first coding that fits without a fault."""
    for mark, coding in _MARKS:
        if data.startswith(mark):
            return _strict(data, coding)
    sample = data[:2000]
    if 0 in sample:  # no other coding writes this byte into text
        return _strict(data, "utf-16-le" if sample[1::2].count(0) >= sample[::2].count(0) else "utf-16-be")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _strict(data, "gb18030")


def _strict(data: bytes, coding: str) -> str:
    try:
        return data.decode(coding)
    except UnicodeDecodeError as error:
        raise UnreadableFile("not_a_workbook", form="") from error


class _CsvSheet:
    def __init__(self, text: str, name: str) -> None:
        self._text, self._name = text, name
        self._delimiter = _delimiter(text)

    def notes(self) -> SheetNotes:
        notes = SheetNotes()
        number = 0
        for number, cells in enumerate(self.rows(), start=1):
            if any(cells):
                notes.use(number, len(cells) - 1)
        notes.last_row = number
        return notes

    def rows(self) -> Iterator[list[CellValue]]:
        """Records as rows: a spreadsheet shows a record with line breaks in a cell as one row."""
        limit = csv.field_size_limit(limits.MAX_CSV_FIELD)
        try:
            forced = '="' in self._text
            for record in csv.reader(StringIO(self._text, newline=""), delimiter=self._delimiter):
                yield [_FORCED_TEXT.sub(r"\1", cell) for cell in record] if forced else list(record)
        except csv.Error as error:
            raise UnreadableFile("broken_quotes", sheet=self._name) from error
        finally:
            csv.field_size_limit(limit)

    def release(self) -> None:
        pass


def _delimiter(text: str) -> str:
    """The sign that splits most of the first lines, and into the same number of cells most often."""
    lines = [line for line in islice(StringIO(text), _SAMPLE_LINES) if line.strip()]

    def rank(sign: str) -> tuple[int, int]:
        counts = [line.count(sign) for line in lines]
        usual = max(set(counts), key=counts.count, default=0)
        return sum(count > 0 for count in counts), usual

    return max(_DELIMITERS, key=rank)
