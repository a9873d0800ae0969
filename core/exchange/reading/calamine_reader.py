"""The fast reader, held so that its failures are refusals and a broken file cannot end the worker."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, Final, TypeVar, cast

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from core.exchange.reading.errors import UnreadableFile
from core.exchange.reading.notes import Merge
from core.exchange.reading.sheets import CellValue

_T = TypeVar("_T")


class Reader:
    """The values of a checked workbook (.xlsx, .xls, .ods), sheet by sheet."""

    def __init__(self, data: bytes) -> None:
        self._book: Final = guarded(lambda: CalamineWorkbook.from_filelike(BytesIO(data)), "workbook")
        self._open: Final[dict[int, CalamineSheet]] = {}

    def sheet_list(self) -> list[tuple[str, bool, bool]]:
        """(name, hidden, is a table of cells) of each sheet."""
        return [
            (each.name, each.visible != SheetVisibleEnum.Visible, each.typ == SheetTypeEnum.WorkSheet)
            for each in self._book.sheets_metadata
        ]

    def sheet(self, index: int) -> CalamineSheet:
        """One sheet, in memory until it is released: its values and its merged cells cost one reading."""
        if index not in self._open:
            self._open[index] = guarded(lambda: self._book.get_sheet_by_index(index), self._book.sheet_names[index])
        return self._open[index]

    def release(self, index: int) -> None:
        self._open.pop(index, None)

    def rows(self, index: int) -> Iterator[list[CellValue]]:
        """The rows of a sheet from row 1."""
        sheet = self.sheet(index)
        if sheet.start is not None:
            yield from cast("Iterator[list[CellValue]]", sheet.iter_rows())

    def merges(self, index: int) -> list[Merge]:
        ranges = self.sheet(index).merged_cell_ranges or []
        return [(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in ranges]


def guarded(action: Callable[[], _T], part: str) -> _T:
    """Do one thing with the reader; what it cannot do is UnreadableFile "encrypted" or "damaged"."""
    try:
        return action()
    except PasswordError as error:
        raise UnreadableFile("encrypted") from error
    except (CalamineError, OSError, ValueError) as error:
        raise UnreadableFile("damaged", part=part) from error
    except BaseException as error:
        if _is_panic(error):
            raise UnreadableFile("damaged", part=part) from error
        raise


def _is_panic(error: Any) -> bool:
    # The reader is written in Rust; its panics are no Exception, and their class has no importable home.
    return type(error).__name__ == "PanicException"
