"""From the bytes of an uploaded file to sheets of rows; see `open_workbook`."""

from pathlib import Path

from core.exchange.reading import limits
from core.exchange.reading.apart import read_apart
from core.exchange.reading.csv_text import csv_sheet
from core.exchange.reading.errors import UnreadableFile
from core.exchange.reading.notes import CellFault
from core.exchange.reading.safety import form_of
from core.exchange.reading.sheets import CellValue, Row, Sheet, Workbook
from core.exchange.reading.xlsx import XlsxFile

__all__ = ["CellFault", "CellValue", "Row", "Sheet", "UnreadableFile", "Workbook", "open_workbook"]


def open_workbook(source: str | Path | bytes, filename: str = "") -> Workbook:
    """Open a file as what its content says it is, once it is known to be harmless; its sheets are read when asked for.

    `filename` is only shown. Raises UnreadableFile; the words for each code are in `messages`.
    """
    data = source if isinstance(source, bytes) else _read(Path(source))
    name = filename or ("" if isinstance(source, bytes) else Path(source).name)
    form = form_of(data)
    if form == "csv":
        return Workbook(name, form, [csv_sheet(data, name)])
    return Workbook(name, form, XlsxFile(data).sheets() if form == "xlsx" else read_apart(form, data))


def _read(path: Path) -> bytes:
    size = path.stat().st_size
    if size > limits.MAX_FILE_BYTES:
        raise UnreadableFile("too_large", size=size // limits.MEGABYTE, limit=limits.MAX_FILE_BYTES // limits.MEGABYTE)
    return path.read_bytes()
