"""One sheet of a workbook with what is said on it: looked through once, then written anew as a stream."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from core.exchange.reading.notes import column_index, column_letters
from core.exchange.returning.frame import Frame, covered, widest
from core.exchange.returning.marks import LAST_COLUMN, REASONS, SheetMarks
from core.exchange.returning.pieces import Ends, ForeignSheet, Rows, each_row, parsed_rows, usual_rows
from core.exchange.returning.rows import RowWork, placed
from core.exchange.returning.splicing import Tag, tree
from core.exchange.returning.styles import Styles

Chunks = Callable[[], Iterator[bytes]]
_FILLED: Final = re.compile(rb'<c r="([A-Z]{1,3})\d{1,7}"(?:[^<>]*[^/<>])?>')


class MarkedSheet:
    """A sheet to be returned. `text_of(row, cell)` gives the text of a cell, for the heading of an earlier column of reasons."""

    def __init__(
        self,
        chunks: Chunks,
        part: str,
        said: SheetMarks,
        header_row: int,
        styles: Styles,
        text_of: Callable[[bytes, Tag], str],
    ) -> None:
        self._chunks, self._part, self._styles = chunks, part, styles
        self._header_row = header_row
        self._ends, self._header, self._last_column, self._last_row = Ends(), b"", -1, 0
        self.is_usual = self._look_through()
        self.frame = Frame(self._ends, part)
        merges = self.frame.merges()
        self.said = said.moved(covered(merges, {row: list(columns) for row, columns in said.cells.items()}))
        earlier = self._earlier_reasons(text_of)
        work = RowWork(styles, self.frame.column_style, earlier, replaces=earlier is not None, earlier=styles.earlier())
        if earlier is None and header_row:
            rows = {*self.said.cells, *self.said.reasons, header_row}
            last = max(self._last_column, widest(merges, rows), *(max(row) for row in self.said.cells.values()), 0)
            work.reason_column = last + 1 if last < LAST_COLUMN else None
        self._work = work

    @property
    def reason_column(self) -> int | None:
        """Which column takes the reasons; None where there is no room."""
        return self._work.reason_column

    def comments(self) -> dict[tuple[int, int], str]:
        """What is said at each cell (row from 1, column from 0), in order."""
        return {
            (row, column): marks.text
            for row, columns in sorted(self.said.cells.items())
            for column, marks in sorted(columns.items())
        }

    def _look_through(self) -> bool:
        try:
            self._take(usual_rows(self._chunks(), self._ends), by_bytes=True)
        except ForeignSheet:
            self._ends, self._last_column, self._last_row, self._header = Ends(), -1, 0, b""
            self._take(parsed_rows(self._chunks(), self._ends, self._part), by_bytes=False)
            return False
        return True

    def _take(self, pieces: Iterator[Rows], *, by_bytes: bool) -> None:
        """How far the sheet reaches to the right, and its header row."""
        for piece in pieces:
            if by_bytes:
                letters = set(_FILLED.findall(piece.data))
                columns = [column_index(one.decode()) for one in letters]
            else:
                columns = [
                    place for place, cell in placed(tree(piece.data, self._part, deepest=2)) if not cell.is_empty
                ]
            self._last_column = max(self._last_column, *columns, -1)
            self._last_row = max(self._last_row, piece.last)
            if piece.first <= self._header_row <= piece.last:
                rows = each_row(piece, [self._header_row])
                self._header = next((one.data for one in rows if isinstance(one, Rows)), b"")

    def _earlier_reasons(self, text_of: Callable[[bytes, Tag], str]) -> int | None:
        headings = self._styles.headings()
        if not self._header or not headings:
            return None
        for column, cell in placed(tree(self._header, self._part, deepest=2)):
            style = cell.attribute("s") or ""
            if style.isdecimal() and int(style) in headings:
                full = next(one for place, one in placed(tree(self._header, self._part)) if place == column)
                if text_of(self._header, full).strip() == REASONS:
                    return column
        return None

    def written(self, relation: str | None, progress: Callable[[int], None]) -> Iterator[bytes]:
        """The sheet's XML; `relation` names a new drawing of comments."""
        wanted = sorted({*self.said.cells, *self.said.reasons, *([self._header_row] if self._header_row else [])})
        last_row = max(self._last_row, *wanted, 0)
        yield self.frame.written_head(self.reason_column, last_row)
        numbers_of = self._in_order(wanted) if self.is_usual else self._by_number(wanted)
        pieces = usual_rows if self.is_usual else partial(parsed_rows, part=self._part)
        for piece in pieces(self._chunks(), Ends()):
            yield from self._rows(piece, numbers_of(piece))
            progress(piece.last)
        yield from (self._made(number) for number in wanted if number > self._last_row)
        yield self.frame.written_tail(relation)

    def _in_order(self, wanted: list[int]) -> Callable[[Rows], set[int]]:
        """Which rows of a piece are changed, rows that are not there among them."""
        place, stale = 0, self._stale_pattern()

        def numbers(piece: Rows) -> set[int]:
            nonlocal place
            before, place = place, bisect_right(wanted, piece.last)
            return {*wanted[before:place], *(map(int, stale.findall(piece.data)) if stale else ())}

        return numbers

    def _by_number(self, wanted: list[int]) -> Callable[[Rows], set[int]]:
        """The same for rows that come one by one, in any order."""
        known, every = set(wanted), self._stale_pattern() is not None
        return lambda piece: {piece.first} if every or piece.first in known else set()

    def _rows(self, piece: Rows, numbers: set[int]) -> Iterator[bytes]:
        if not numbers:
            yield piece.data
            return
        for one in each_row(piece, numbers):
            if isinstance(one, bytes):
                yield one
            elif not one.data:
                yield self._made(one.first)
            else:
                head = REASONS if one.first == self._header_row else ""
                marks, reason = self.said.cells.get(one.first, {}), self.said.reason(one.first)
                yield self._work.changed(one.data, one.first, marks, reason, head=head)

    def _made(self, number: int) -> bytes:
        return self._work.made(number, self.said.cells.get(number, {}), self.said.reason(number), self.frame.prefix)

    def _stale_pattern(self) -> re.Pattern[bytes] | None:
        """Cells that speak of an earlier return: coloured ones, and those of its column of reasons. None where there is none."""
        work = self._work
        styles = "|".join(map(str, work.earlier)) or "(?!)"
        letters = column_letters(work.reason_column) if work.replaces and work.reason_column is not None else "(?!)"
        if not work.earlier and not work.replaces:
            return None
        return re.compile(
            f'<c r="(?:{letters}(?=\\d)|[A-Z]{{1,3}}(?=\\d+"[^<>]* s="(?:{styles})"))(\\d{{1,7}})"'.encode()
        )
