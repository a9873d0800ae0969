"""What is to be said in a workbook, and by which signs a workbook that was returned before is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

# These stand in the workbook, are looked for when it comes back, and are Chinese whoever asks.
AUTHOR: Final = "师档"
SAYS: Final = f"{AUTHOR}："
REASONS: Final = "问题"
LIST: Final = "问题清单"
LIST_TITLE: Final = "师档核对问题清单"
# Excel takes minutes to open a sheet with tens of thousands of comments.
MOST_COMMENTS: Final = 5_000
MOST_LISTED: Final = 100_000
LONGEST_COMMENT: Final = 1_200
LONGEST_REASON: Final = 4_000
# As many characters as Excel keeps in a cell.
LAST_COLUMN: Final = 16_383
LAST_ROW: Final = 1_048_576


@dataclass(frozen=True, slots=True)
class Mark:
    """One problem at its place: `sheet` counts the sheets of the workbook from 0, `row` from 1, `column` from 0.

    `severity` is error or warning; `heading`, `value` (as sent), `said` and `suggestion` are texts in Chinese.
    """

    sheet: int
    row: int
    column: int
    severity: str
    heading: str
    value: str
    said: str
    suggestion: str = ""

    @property
    def sentence(self) -> str:
        """What is wrong, and what would be right where that is known."""
        return f"{self.heading}：{self.said}{self.suggestion and f' 建议：{self.suggestion}'}"


class HiddenSheet(NamedTuple):
    """A sheet of texts that travels with the workbook: `state` is hidden or veryHidden."""

    name: str
    rows: Sequence[Sequence[str]]
    state: str = "veryHidden"


@dataclass(slots=True)
class CellMarks:
    """All that is said at one cell: the worst severity, the sentences in order, each once."""

    severity: str = "warning"
    sentences: dict[str, None] = field(default_factory=dict)

    def add(self, mark: Mark) -> None:
        """Say one thing more."""
        if mark.severity == "error":
            self.severity = "error"
        self.sentences[mark.sentence] = None

    @property
    def text(self) -> str:
        """The comment on the cell."""
        return shortened("\n".join(self.sentences), LONGEST_COMMENT)


@dataclass(slots=True)
class SheetMarks:
    """What is said on one sheet: by row and column, and for each row all of it."""

    cells: dict[int, dict[int, CellMarks]] = field(default_factory=dict)
    reasons: dict[int, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, marks: Iterable[Mark]) -> SheetMarks:
        """The marks of one sheet, put together."""
        found = cls()
        for mark in marks:
            found.cells.setdefault(mark.row, {}).setdefault(mark.column, CellMarks()).add(mark)
            found.reasons.setdefault(mark.row, []).append(mark.sentence)
        return found

    def moved(self, place: dict[tuple[int, int], tuple[int, int]]) -> SheetMarks:
        """The same, with what stands on covered cells of merged ones on the cell that is seen."""
        if not place:
            return self
        cells: dict[int, dict[int, CellMarks]] = {}
        for row, columns in self.cells.items():
            for column, said in columns.items():
                at_row, at_column = place.get((row, column), (row, column))
                target = cells.setdefault(at_row, {}).setdefault(at_column, CellMarks())
                target.severity = "error" if "error" in {said.severity, target.severity} else "warning"
                target.sentences |= said.sentences
        return SheetMarks(cells, self.reasons)

    def reason(self, row: int) -> str:
        """All that is said of a row, for the column of reasons."""
        return shortened("；".join(dict.fromkeys(self.reasons.get(row, ()))), LONGEST_REASON)


def shortened(text: str, most: int) -> str:
    """A text, cut where it is longer than `most` characters."""
    return text if len(text) <= most else f"{text[:most]}…"
