"""The texts of single cells, looked up where a workbook that was returned before is to be known again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from core.exchange.reading.archive import Archive
from core.exchange.reading.xml_stream import XmlStream
from core.exchange.returning.pieces import Ends, NoRows, parsed_rows
from core.exchange.returning.splicing import Tag, tree, utf8_chunks

_NO_TEXT: Final = frozenset({"rPh", "phoneticPr"})


class Texts:
    """Texts of cells, the shared ones among them, which are read as far as they are needed."""

    def __init__(self, archive: Archive, part: str | None) -> None:
        self._archive, self._part = archive, part if part is not None and part in archive else None

    def of(self, row: bytes, cell: Tag) -> str:
        """What a cell of a row says, empty for what is no text."""
        kind = cell.attribute("t") or ""
        if kind == "inlineStr":
            return _said(row, [one for one in cell.find("t") if one.parent and one.parent.name not in _NO_TEXT])
        value = next(cell.find("v"), None)
        said = _said(row, [value]) if value else ""
        if kind == "s" and said.isdecimal() and self._part:
            return self._shared(self._part, int(said))
        return said if kind == "str" else ""

    def first_of(self, chunks: Iterable[bytes], part: str) -> str:
        """What the first cell of a sheet says."""
        try:
            row = next(parsed_rows(chunks, Ends(), part), None)
        except NoRows:
            return ""
        cell = next(tree(row.data, part).find("c"), None) if row else None
        return self.of(row.data, cell) if row and cell else ""

    def _shared(self, part: str, number: int) -> str:
        return next(islice(_shared_texts(utf8_chunks(self._archive.chunks(part), part), part), number, None), "")


def _said(data: bytes, tags: Iterable[Tag]) -> str:
    return "".join(plain(data[one.inner : one.close]) for one in tags)


def plain(data: bytes) -> str:
    """What stands between two tags, as text."""
    pieces: list[str] = []
    reader = XmlStream(_Texts(pieces, frozenset()), "text")
    reader.feed_all([b"<t>", data, b"</t>"])
    return "".join(pieces)


def _shared_texts(chunks: Iterable[bytes], part: str) -> Iterator[str]:
    found: list[str] = []
    reader = XmlStream(_Items(found), part)
    for chunk in chunks:
        reader.feed(chunk)
        yield from found
        found.clear()


class _Texts:
    """Follows the parser and gathers text."""

    def __init__(self, pieces: list[str], without: frozenset[str]) -> None:
        self._pieces, self._without, self._inside = pieces, without, 0

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        if self._inside or name.rpartition(":")[2] in self._without:
            self._inside += 1

    def end(self, _name: str) -> None:
        self._inside -= bool(self._inside)

    def text(self, data: str) -> None:
        if not self._inside:
            self._pieces.append(data)


class _Items(_Texts):
    """Follows the parser and gathers each shared text."""

    def __init__(self, found: list[str]) -> None:
        self._current: list[str] = []
        super().__init__(self._current, _NO_TEXT)
        self._found = found

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "si":
            self._current.clear()
        super().start(name, _attributes)

    def end(self, name: str) -> None:
        super().end(name)
        if name.rpartition(":")[2] == "si":
            self._found.append("".join(self._current))
