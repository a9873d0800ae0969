"""What stands around the rows of a sheet: its extent, its columns, its merged cells, and where its drawings are named."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator
from typing import Final

from core.exchange.reading.notes import column_index, column_letters
from core.exchange.returning.marks import LAST_COLUMN
from core.exchange.returning.pieces import Ends
from core.exchange.returning.splicing import Tag, before, inside, spliced, tree, with_attributes

Merge = tuple[int, int, int, int]
_ROOT: Final = re.compile(rb"<([A-Za-z_][\w:.\-]*)")
_MERGE: Final = re.compile(rb"""ref\s*=\s*["']\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})["']""")
_EXTENT: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?", re.ASCII)
_AFTER_LEGACY: Final = frozenset(
    "AlternateContent legacyDrawingHF drawingHF picture oleObjects controls webPublishItems tableParts extLst".split()
)
_REASONS_WIDTH: Final = "60"
STRICT: Final = "http://purl.oclc.org/ooxml"


class Frame:
    """Head and tail of a sheet, to be read and to be written anew."""

    def __init__(self, ends: Ends, part: str) -> None:
        name = _ROOT.search(ends.head)
        data = ends.head[ends.head.rindex(b"<") :]
        self._names = name[1] if name else b"", (_ROOT.match(data) or [b"", b""])[1]
        root, rows = self._names
        self._head_end = len(ends.head)
        self._head = ends.head + b"</" + rows + b"></" + root + b">"
        self._opening = b"<" + root + b"><" + rows + b">"
        self._tail = self._opening + ends.tail
        self.head, self.tail = tree(self._head, part, deepest=3), tree(self._tail, part, deepest=2)

    @property
    def prefix(self) -> bytes:
        """The prefix of the sheet's own tags."""
        return self.head.prefix

    def merges(self) -> list[Merge]:
        """First row, first column, last row, last column; rows from 1, columns from 0."""
        tag = self.tail.child("mergeCells")
        found = _MERGE.finditer(self._tail, tag.inner, tag.close) if tag else iter(())
        return [
            (int(one[2]), column_index(one[1].decode()), int(one[4]), column_index(one[3].decode())) for one in found
        ]

    def column_style(self, column: int) -> int:
        """The style of cells of a column that are not there."""
        for first, last, tag in self._columns():
            if first <= column + 1 <= last:
                said = tag.attribute("style") or "0"
                return int(said) if said.isdecimal() else 0
        return 0

    def _columns(self) -> Iterator[tuple[int, int, Tag]]:
        cols = self.head.child("cols")
        for tag in cols.children if cols else ():
            ends = [tag.attribute(name) or "" for name in ("min", "max")]
            if all(end.isdecimal() for end in ends):
                yield int(ends[0]), int(ends[1]), tag

    def written_head(self, reason_column: int | None, last_row: int) -> bytes:
        """The head with room for the column of reasons."""
        if reason_column is None:
            return self._head[: self._head_end]
        changes = [*self._extent(reason_column, last_row), *self._width(reason_column + 1)]
        return spliced(self._head[: self._head_end], changes)

    def _extent(self, column: int, last_row: int) -> Iterator[tuple[int, int, bytes]]:
        tag = self.head.child("dimension")
        found = _EXTENT.fullmatch(tag.attribute("ref") or "") if tag else None
        if tag and found:
            right = max(column_index(found[3] or found[1]), column)
            bottom = max(int(found[4] or found[2]), last_row)
            opening = self._head[tag.start : tag.inner]
            yield (
                tag.start,
                tag.inner,
                with_attributes(opening, ref=f"{found[1]}{found[2]}:{column_letters(right)}{bottom}"),
            )

    def _width(self, number: int) -> Iterator[tuple[int, int, bytes]]:
        """A width for one column, out of the stretch of columns that holds it."""
        name = self.prefix + b"col"
        wide = b'<%s min="%d" max="%d" width="%s" customWidth="1"/>' % (name, number, number, _REASONS_WIDTH.encode())
        cols = self.head.child("cols")
        if cols is None:
            rows = self.head.child("sheetData")
            at = rows.start if rows else self._head_end
            yield at, at, b"<" + name + b"s>" + wide + b"</" + name + b"s>"
            return
        for first, last, tag in self._columns():
            if first <= number <= last:
                opening = self._head[tag.start : tag.inner]
                parts = [((first, number - 1), opening), ((number + 1, last), opening)]
                left, right = (
                    with_attributes(one, min=str(ends[0]), max=str(ends[1])) if ends[0] <= ends[1] else b""
                    for ends, one in parts
                )
                yield tag.start, tag.end, left + wide + right
                return
            if first > number:
                yield tag.start, tag.start, wide
                return
        yield inside(self._head, cols, wide)

    def legacy_drawing(self) -> str | None:
        """The relation that names the drawing of comments and form controls."""
        tag = self.tail.child("legacyDrawing")
        return tag.attribute("id") if tag else None

    def written_tail(self, relation: str | None) -> bytes:
        """The tail, naming a drawing of comments where it named none."""
        if relation is None:
            return self._tail[len(self._opening) :]
        names = "officeDocument/relationships"
        strict = any(value.startswith(STRICT) for value in self.head.attributes.values())
        space = f"{STRICT}/{names}" if strict else f"http://schemas.openxmlformats.org/{names.replace('/', '/2006/')}"
        tag = b'<%slegacyDrawing xmlns:r="%s" r:id="%s"/>' % (self.prefix, space.encode(), relation.encode())
        changed = spliced(self._tail, [before(self._tail, self.tail, _AFTER_LEGACY, tag)])
        return changed[len(self._opening) :]


def covered(merges: list[Merge], cells: dict[int, Collection[int]]) -> dict[tuple[int, int], tuple[int, int]]:
    """Which of the cells (row → columns) lie hidden under merged ones, each with the cell that is seen."""
    rows, found = sorted(cells), {}
    for top, left, bottom, right in merges:
        for row in rows[bisect_left(rows, top) : bisect_right(rows, bottom)]:
            for column in cells[row]:
                if left <= column <= right and (row, column) != (top, left):
                    found[row, column] = (top, left)
    return found


def widest(merges: list[Merge], rows: Collection[int]) -> int:
    """The last column that merged cells take in any of the rows."""
    ordered = sorted(rows)
    ends = (
        right
        for top, _left, bottom, right in merges
        if right < LAST_COLUMN and bisect_left(ordered, top) < bisect_right(ordered, bottom)
    )
    return max(ends, default=-1)


def place_of(ref: str) -> tuple[int, int] | None:
    """The row (from 1) and column (from 0) of a cell by its name, None where it names none."""
    found = _EXTENT.fullmatch(ref.replace("$", ""))
    return (int(found[2]), column_index(found[1])) if found else None
