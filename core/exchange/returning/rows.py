"""One row of a sheet, changed in its marked cells only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from core.exchange.reading.notes import column_index, column_letters
from core.exchange.returning.marks import CellMarks
from core.exchange.returning.splicing import Tag, inside, spliced, text, tree, with_attributes
from core.exchange.returning.styles import Styles

Cells = list[tuple[int, Tag]]
_PLACE: Final = re.compile(r"([A-Za-z]{1,3})(\d{1,7})", re.ASCII)
_SPANS: Final = re.compile(r"(\d+):(\d+)", re.ASCII)


@dataclass(slots=True)
class RowWork:
    """What is done to the rows of a sheet: how cells look where there are none, which column takes the reasons (None: none).

    `earlier` are the styles of cells that were marked before, with those that they had. `replaces` says that the column of
    reasons is one of before, whose cells go.
    """

    styles: Styles
    column_style: Callable[[int], int]
    reason_column: int | None
    replaces: bool = False
    earlier: Mapping[int, int] = field(default_factory=dict)

    def changed(self, row: bytes, number: int, marks: Mapping[int, CellMarks], reason: str, *, head: str = "") -> bytes:
        """The row with its marks, and with its reason; `head` is what the column of reasons is headed in this row."""
        tag = tree(row, "row", deepest=2)
        cells = list(placed(tag))
        changes = [*self._cells(row, tag, cells, number, marks)]
        new = self._reason(number, reason, head, tag.prefix)
        changes += self._at_reason(row, tag, cells, new)
        return spliced(row, _joined(row, tag, changes, self._last(number, marks, new)))

    def made(self, number: int, marks: Mapping[int, CellMarks], reason: str, prefix: bytes) -> bytes:
        """A row that is not in the sheet."""
        name = prefix + b"row"
        return self.changed(b'<%s r="%d"></%s>' % (name, number, name), number, marks, reason)

    def _cells(
        self, row: bytes, tag: Tag, cells: Cells, number: int, marks: Mapping[int, CellMarks]
    ) -> Iterator[tuple[int, int, bytes]]:
        left = dict(marks)
        row_style = _whole(tag.attribute("s"))
        for column, cell in cells:
            for missing in sorted(place for place in left if place < column):
                yield cell.start, cell.start, self._blank(number, missing, left.pop(missing), row_style, tag.prefix)
            mark, style = left.pop(column, None), _whole(cell.attribute("s")) or 0
            base = self.earlier.get(style, style)
            wanted = self.styles.marked(base, mark.severity) if mark else base
            if wanted != style and not (self.replaces and column == self.reason_column):
                opening = row[cell.start : cell.inner]
                yield cell.start, cell.inner, with_attributes(opening, s=str(wanted))
        last = max((place for place, _cell in cells), default=-1)
        blanks = b"".join(
            self._blank(number, column, mark, row_style, tag.prefix)
            for column, mark in sorted(left.items())
            if column > last
        )
        if blanks:
            yield inside(row, tag, blanks)

    def _blank(self, number: int, column: int, mark: CellMarks, row_style: int | None, prefix: bytes) -> bytes:
        style = self.styles.marked(self.column_style(column) if row_style is None else row_style, mark.severity)
        return b'<%sc r="%s%d" s="%d"/>' % (prefix, column_letters(column).encode(), number, style)

    def _reason(self, number: int, reason: str, head: str, prefix: bytes) -> bytes:
        if self.reason_column is None or not (reason or head):
            return b""
        style = self.styles.text("heading", font="bold") if head else self.styles.text("reason")
        return text_cell(number, self.reason_column, head or reason, style, prefix)

    def _at_reason(self, row: bytes, tag: Tag, cells: Cells, new: bytes) -> list[tuple[int, int, bytes]]:
        if self.reason_column is None:
            return []
        after = None
        for column, cell in cells:
            if column == self.reason_column:
                return [(cell.start, cell.end, new)] if self.replaces or new else []
            if column > self.reason_column:
                after = cell
                break
        if not new:
            return []
        return [(after.start, after.start, new)] if after else [inside(row, tag, new)]

    def _last(self, number: int, marks: Mapping[int, CellMarks], new: bytes) -> int:
        return max([*marks, *([self.reason_column] if new and self.reason_column is not None else [])], default=-1)


def _joined(row: bytes, tag: Tag, changes: list[tuple[int, int, bytes]], last: int) -> list[tuple[int, int, bytes]]:
    """Changes of a row with those at its end as one, and with its span as wide as it has become."""
    spans = _SPANS.fullmatch(tag.attributes.get("spans", ""))
    opening = row[tag.start : tag.inner]
    if spans and last + 1 > int(spans[2]):
        opening = with_attributes(opening, spans=f"{spans[1]}:{last + 1}")
    if not tag.is_empty:
        return [(tag.start, tag.inner, opening), *changes]
    name = b"</" + tag.written.encode() + b">"
    new = b"".join(change[2][change[2].index(b">") + 1 : -len(name)] for change in changes)
    return [(tag.start, tag.inner, opening[:-2].rstrip() + b">" + new + name)] if changes else []


def placed(tag: Tag) -> Iterator[tuple[int, Tag]]:
    """The cells of a row with their columns; a cell that does not name its place follows the one before."""
    column = 0
    for cell in tag.children:
        if cell.name == "c":
            named = _PLACE.fullmatch(cell.attributes.get("r", ""))
            column = column_index(named[1].upper()) if named else column
            yield column, cell
            column += 1


def text_cell(number: int, column: int, said: str, style: int, prefix: bytes = b"") -> bytes:
    """A cell that holds a text, and never a formula."""
    return b'<%sc r="%s%d" s="%d" t="inlineStr"><%sis><%st xml:space="preserve">%s</%st></%sis></%sc>' % (
        prefix, column_letters(column).encode(), number, style, prefix, prefix, text(said), prefix, prefix, prefix,
    )  # fmt: skip


def _whole(said: str | None) -> int | None:
    return int(said) if said and said.isdecimal() and len(said) < 6 else None
