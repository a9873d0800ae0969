"""The texts that cells of an .xlsx share: how long each is, and what all cells that refer to them take once they are read."""

import re
from array import array
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from core.exchange.reading import limits
from core.exchange.reading.archive import Archive
from core.exchange.reading.budget import check_text, too_long_cell
from core.exchange.reading.errors import UnreadableFile
from core.exchange.reading.notes import column_index
from core.exchange.reading.xml_stream import XmlStream, cut_before

# The one part that the reader takes them from, however it is written.
_PART: Final = "xl/sharedstrings.xml"
# As Excel and WPS write them; a text in several fonts and the like is parsed.
_PLAIN: Final = rb"<si><t(?: xml:space=\"preserve\")?>%s</t>(?:<phoneticPr(?: \w+=\"[^\"<>]*\")*/>)?</si>\s*"
_TEXT: Final = re.compile(_PLAIN % rb"([^<]*)")
_TEXTS: Final = re.compile(rb"(?:%s)*+(?:</sst>\s*)?" % (_PLAIN % rb"[^<]*+"))
_HEAD: Final = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?xml [^<>]*\?>)?\s*<sst(?: [\w:]+=\"[^\"<>]*\")*>\s*")
_REFERENCE: Final = re.compile(rb' t="s"><v>(\d{1,8})</v></c>')
_PLACED: Final = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^<>]* t="s"><v>(\d{1,8})</v></c>')
# Up to here the longest text stands for each one: cells of nearly all workbooks need no look each.
_COUNTED_BROADLY: Final = limits.MAX_TEXT_BYTES // 2


class SharedStrings:
    """The lengths of the shared texts in bytes. UnreadableFile: damaged, too_many_cells, too_much_text."""

    def __init__(self, archive: Archive) -> None:
        part = next((name for name in archive.parts if name.casefold() == _PART), None)
        self._lengths = _lengths(archive, part) if part is not None else array("I")
        self._longest = max(self._lengths, default=0)
        check_text(sum(self._lengths))

    def text_bytes(self, piece: bytes, sheet: str, before: int) -> int:
        """What the texts of some rows take once they are read, `before` being what the rows above take.

        A cell that refers to a text in an unusual way counts as if it held the longest one. UnreadableFile: damaged,
        too_long_cell.
        """
        marks = piece.count(b'"s"') + (piece.count(b"'s'") if b"'" in piece else 0)
        if self._longest > limits.MAX_CELL_LENGTH:
            self._refuse_long(piece, sheet)
        elif before + marks * self._longest <= _COUNTED_BROADLY:
            return marks * self._longest
        found = _REFERENCE.findall(piece)
        try:
            size = sum(map(self._lengths.__getitem__, map(int, found)))
        except IndexError as error:
            raise UnreadableFile("damaged", part=sheet) from error
        return size + (marks - len(found)) * self._longest

    def _refuse_long(self, piece: bytes, sheet: str) -> None:
        for letters, row, number in _PLACED.findall(piece):
            # Bytes of Chinese text are three for each character.
            if int(number) < len(self._lengths) and self._lengths[int(number)] > 3 * limits.MAX_CELL_LENGTH:
                raise too_long_cell(sheet, int(row), column_index(letters.decode()))


def _lengths(archive: Archive, part: str) -> "array[int]":
    try:
        return _within(_plain_lengths(archive.chunks(part)))
    except _ForeignText:
        scan = _Scan()
        XmlStream(scan, part).feed_all(archive.chunks(part))
        return scan.lengths


def _within(lengths: Iterable[int]) -> "array[int]":
    counted = array("I", islice(lengths, limits.MAX_CELLS + 1))
    if len(counted) > limits.MAX_CELLS:
        raise UnreadableFile("too_many_cells", limit=limits.MAX_CELLS)
    return counted


class _ForeignText(Exception):
    """A turn of the road, not an error: the part must be parsed."""


def _plain_lengths(chunks: Iterator[bytes]) -> Iterator[int]:
    """The length of each text, with every byte of the part accounted for."""
    for number, piece in enumerate(cut_before(chunks, b"<si>")):
        at = 0 if number else _head_end(piece)
        if not _TEXTS.fullmatch(piece, at):
            raise _ForeignText
        yield from map(len, _TEXT.findall(piece, at))


def _head_end(piece: bytes) -> int:
    head = _HEAD.match(piece)
    if head is None:
        raise _ForeignText
    return head.end()


class _Scan:
    """Follows the parser; each text counts from its first tag to its last."""

    def __init__(self) -> None:
        self.lengths = array("I")
        self._inside = False
        self._length = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "si":
            if self._inside:
                raise UnreadableFile("damaged", part="sharedStrings.xml")
            self._inside, self._length = True, 0

    def end(self, name: str) -> None:
        if name.rpartition(":")[2] == "si":
            self._inside = False
            self.lengths.append(self._length)
            if len(self.lengths) > limits.MAX_CELLS:
                raise UnreadableFile("too_many_cells", limit=limits.MAX_CELLS)

    def text(self, data: str) -> None:
        if self._inside:
            self._length += len(data.encode())
