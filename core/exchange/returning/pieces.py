"""A sheet's XML as head, pieces of rows and tail: cut as bytes where a usual program wrote it, else by the parser."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple
from xml.parsers import expat

from core.exchange.reading import limits
from core.exchange.reading.errors import UnreadableFile
from core.exchange.reading.xml_stream import cut_before

_START: Final = b"<row "
_DATA: Final = re.compile(rb"<sheetData(?:\s[^<>]*)?>")
_END: Final = b"</sheetData"
_NUMBERS: Final = re.compile(rb'<row (?:[^<>]*? )?r="(\d{1,7})"')
# What the search as bytes would take for something else: comments and the like, and tags with a prefix.
_FOREIGN: Final = (b"<!", b"<?")
_PREFIXED: Final = (b":row", b":c ", b":c>")


class Rows(NamedTuple):
    """Some rows as they are written, from the first number to the last; of a row alone both are the same."""

    first: int
    last: int
    data: bytes


@dataclass(slots=True)
class Ends:
    """What stands before the rows and after them."""

    head: bytes = b""
    tail: bytes = b""


class NoRows(Exception):
    """The sheet has no rows at all, so there is nothing on it to be marked."""


class ForeignSheet(Exception):
    """A turn of the road, not an error: the sheet must be cut by the parser."""


def usual_rows(chunks: Iterable[bytes], ends: Ends) -> Iterator[Rows]:
    """Pieces of many rows, of a sheet as Excel, WPS and LibreOffice write it. Raises ForeignSheet for any other."""
    last, is_over = 0, False
    for number, whole in enumerate(cut_before(chunks, _START)):
        piece = whole
        if is_over:
            raise ForeignSheet
        if number == 0:
            piece = _after_head(piece, ends)
        end = piece.find(_END)
        if end >= 0:
            ends.tail, piece, is_over = piece[end:], piece[:end], True
        if any(mark in piece for mark in (*_FOREIGN, *(_PREFIXED if b":" in piece else ()))):
            raise ForeignSheet
        numbers = [int(found) for found in _NUMBERS.findall(piece)]
        if piece.count(b"<row") != len(numbers) or min(numbers, default=last + 1) <= last or not _ascend(numbers):
            raise ForeignSheet
        if numbers:
            last = numbers[-1]
            yield Rows(numbers[0], last, piece)
        elif piece.strip():
            raise ForeignSheet
    if not is_over:
        raise ForeignSheet


def _ascend(numbers: list[int]) -> bool:
    return all(before < after for before, after in pairwise(numbers))


def _after_head(piece: bytes, ends: Ends) -> bytes:
    found = _DATA.search(piece)
    if found is None or found[0].endswith(b"/>") or b"<!" in piece[: found.start()]:
        raise ForeignSheet
    ends.head = piece[: found.end()]
    return piece[found.end() :]


def each_row(piece: Rows, wanted: Collection[int]) -> Iterator[bytes | Rows]:
    """A piece cut at the wanted rows: what lies between as bytes; a wanted row that is not there is empty."""
    if piece.first == piece.last and piece.first in wanted and len(wanted) == 1:
        yield piece
        return
    places = {int(found[1]): found.start() for found in _NUMBERS.finditer(piece.data)}
    starts = sorted(places.items())
    at = 0
    for number in sorted(wanted):
        start = places.get(number)
        if start is None:
            start = next((place for known, place in starts if known > number), len(piece.data))
            yield piece.data[at:start]
            yield Rows(number, number, b"")
            at = start
            continue
        yield piece.data[at:start]
        following = piece.data.find(_START, start + 1)
        at = following if following >= 0 else len(piece.data)
        yield Rows(number, number, piece.data[start:at])
    yield piece.data[at:]


def parsed_rows(chunks: Iterable[bytes], ends: Ends, part: str) -> Iterator[Rows]:
    """Single rows, of a sheet however it is written."""
    cutter = _Cutter(part)
    for chunk in chunks:
        yield from cutter.take(chunk)
    cutter.finish(ends)


class _Cutter:
    """Follows the parser, which says at which byte each tag begins; holds no more than the row at hand."""

    def __init__(self, part: str) -> None:
        self._part, self._held, self._from = part, b"", 0
        self._depth = self._row_at = self._number = 0
        self._data_depth = self._row_depth = 0
        self._last = self._row_end = 0
        self._head = -1
        self._tail = -1
        self._spans: list[tuple[int, int, int]] = []
        self._before: bytes | None = None
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def take(self, chunk: bytes) -> Iterator[Rows]:
        self._held += chunk
        self._feed(chunk)
        if self._before is None and self._head >= 0:
            self._before = self._cut(self._head)
        at = self._from
        for number, _start, end in self._spans:
            # What stands between two rows stays before the second one.
            yield Rows(number, number, self._held[at - self._from : end - self._from])
            at = end
        self._cut(at)
        self._spans = []
        if len(self._held) > limits.MAX_ROW_BYTES:
            raise UnreadableFile("damaged", part=self._part)

    def finish(self, ends: Ends) -> None:
        self._feed(b"", last=True)
        if self._before is None or self._tail < 0:
            raise UnreadableFile("damaged", part=self._part)
        ends.head, gap = self._before, self._cut(self._tail)
        ends.tail = gap + self._held

    def _feed(self, chunk: bytes, *, last: bool = False) -> None:
        try:
            self._parser.Parse(chunk, last)
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise UnreadableFile("damaged", part=self._part) from error

    def _cut(self, end: int) -> bytes:
        size = end - self._from
        piece, self._held, self._from = self._held[:size], self._held[size:], end
        return piece

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        local = name.rpartition(":")[2]
        if local == "sheetData" and not self._data_depth:
            self._data_depth = self._depth
            self._head = self._tag_end()
            if self._is_empty():
                raise NoRows
        elif local == "row" and self._data_depth and self._depth == self._data_depth + 1 and self._tail < 0:
            self._row_at = self._parser.CurrentByteIndex
            said = attributes.get("r", "")
            self._number = int(said) if said.isdecimal() and len(said) < 8 else self._last + 1
            self._row_depth = self._depth
            self._row_end = self._tag_end() if self._is_empty() else 0

    def _end(self, _name: str) -> None:
        if self._row_depth and self._depth == self._row_depth:
            self._spans.append((self._number, self._row_at, self._row_end or self._tag_end()))
            self._last, self._row_depth = self._number, 0
        elif self._depth == self._data_depth and self._tail < 0:
            self._tail = self._parser.CurrentByteIndex
        self._depth -= 1

    def _tag_end(self) -> int:
        at, quote = self._parser.CurrentByteIndex - self._from, 0
        for place in range(at, len(self._held)):
            sign = self._held[place]
            if quote:
                quote = 0 if sign == quote else quote
            elif sign in b"\"'":
                quote = sign
            elif sign == ord(">"):
                return place + 1 + self._from
        raise ValueError("no end")

    def _is_empty(self) -> bool:
        return self._held[self._tag_end() - self._from - 2] == ord("/")
