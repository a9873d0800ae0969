"""What the values alone do not say about a sheet: faults, hidden columns, merged cells, blank rows at the foot."""

from dataclasses import dataclass, field
from itertools import islice, product
from typing import Final, Literal

from core.exchange.reading import limits
from core.exchange.reading.errors import UnreadableFile

FaultCode = Literal["error_cell", "no_cached_value"]
# First row, first column, last row, last column: rows as the sheet numbers them, columns from 0.
Merge = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class CellFault:
    """Stands where the sheet has no value to give: an error such as #REF!, a formula that was never calculated."""

    code: FaultCode
    shown: str = ""

    def __str__(self) -> str:
        return self.shown


@dataclass(slots=True)
class SheetNotes:
    """What the pass over a sheet found. Rows are numbered from 1 as in the sheet, columns from 0.

    `fixes` replace what the reader returns for a cell; `decimals` are the shown texts of numbers that may be a year and
    month (1985.10), by (row, column). `text_bytes` is what the texts of all cells take once they are read.
    """

    used_rows: int = 0
    used_columns: int = 0
    last_row: int = 0
    text_bytes: int = 0
    merges: list[Merge] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    fixes: dict[int, dict[int, CellFault | str]] = field(default_factory=dict)
    decimals: dict[tuple[int, int], str] = field(default_factory=dict)
    _count: int = 0

    def fix(self, row: int, column: int, value: CellFault | str) -> None:
        self._count += 1
        if self._count > limits.MAX_NOTES:
            raise UnreadableFile("too_many_faults", limit=limits.MAX_NOTES)
        self.fixes.setdefault(row, {})[column] = value

    def show(self, rows: range, columns: range, shown: str) -> None:
        """Remember what repeated cells show; of very many only the first, for the rest is read as it is stored."""
        for place in islice(product(rows, columns), max(limits.MAX_NOTES - len(self.decimals), 0)):
            self.decimals[place] = shown

    @property
    def cells(self) -> int:
        """The rectangle that the reader will hold."""
        return self.used_rows * self.used_columns

    @property
    def remembered(self) -> int:
        """How many notes the cells of the sheet made necessary."""
        return self._count + len(self.decimals)

    def use(self, row: int, column: int) -> None:
        """Count a cell as used: the reader will hold the rectangle that ends here."""
        self.used_rows = max(self.used_rows, row)
        self.used_columns = max(self.used_columns, column + 1)

    def check_size(self, sheet: str) -> None:
        """Refuse a sheet whose used rectangle would not fit.

        Raises UnreadableFile: too_many_columns, too_many_rows, too_many_merges.
        """
        if self.used_columns > limits.MAX_COLUMNS:
            raise UnreadableFile("too_many_columns", sheet=sheet, columns=self.used_columns, limit=limits.MAX_COLUMNS)
        if self.cells > limits.MAX_CELLS:
            most = limits.MAX_CELLS // self.used_columns
            raise UnreadableFile("too_many_rows", sheet=sheet, rows=self.used_rows, limit=most)
        if len(self.merges) > limits.MAX_MERGES:
            raise UnreadableFile("too_many_merges", sheet=sheet, limit=limits.MAX_MERGES)


_LETTER: Final = 26


def column_index(letters: str) -> int:
    """0 for "A", 25 for "Z", 26 for "AA"."""
    number = 0
    for letter in letters:
        number = number * _LETTER + ord(letter) - ord("A") + 1
    return number - 1


def column_letters(index: int) -> str:
    """The letters of a column counted from 0: 0 is "A", 26 is "AA"."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, _LETTER)
        letters = chr(ord("A") + rest) + letters
    return letters
