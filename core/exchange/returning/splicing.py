"""Small changes in XML that leave every other byte as it is: tags are found by their places, and bytes put in between."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from xml.parsers import expat

from core.exchange.reading.errors import UnreadableFile

_OPENING: Final = re.compile(rb"<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
_ATTRIBUTE: Final = re.compile(rb"\s+([\w:.\-]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
_DECLARATION: Final = re.compile(rb"<\?xml[^<>]*\?>\s*")
_ENCODING: Final = re.compile(rb"""encoding\s*=\s*["']([\w.\-]+)["']""")
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Excel reads _x000D_ in a text as a character of that number.
_ESCAPE_LIKE: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_UTF8: Final = frozenset({"utf-8", "ascii"})


@dataclass(slots=True)
class Tag:
    """An element by its places in the bytes: `start` to `inner` is its opening tag, `close` to `end` its closing one.

    `name` is without its prefix, `attributes` are as written.
    """

    name: str
    written: str
    attributes: dict[str, str]
    depth: int
    parent: Tag | None
    start: int
    inner: int = 0
    close: int = 0
    end: int = 0
    children: list[Tag] = field(default_factory=list)

    @property
    def prefix(self) -> bytes:
        """The prefix of the name with its colon, or nothing."""
        head, colon, _ = self.written.rpartition(":")
        return (head + colon).encode()

    @property
    def is_empty(self) -> bool:
        """Whether it is written as one tag."""
        return self.close == self.inner == self.end

    def child(self, name: str) -> Tag | None:
        """The first child of a name."""
        return next((one for one in self.children if one.name == name), None)

    def attribute(self, name: str) -> str | None:
        """An attribute whatever its prefix."""
        return next((value for key, value in self.attributes.items() if key.rpartition(":")[2] == name), None)

    def find(self, name: str) -> Iterator[Tag]:
        """All elements of a name inside, in order."""
        for one in self.children:
            if one.name == name:
                yield one
            yield from one.find(name)


def tree(data: bytes, part: str, *, deepest: int = 99) -> Tag:
    """The elements of an XML part in UTF-8 down to a depth. UnreadableFile "damaged" where it is none."""
    reader = _Reader(data, deepest)
    try:
        reader.parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise UnreadableFile("damaged", part=part) from error
    return reader.root.children[0]


class _Reader:
    def __init__(self, data: bytes, deepest: int) -> None:
        self._data, self._deepest = data, deepest
        self.root = self._open = Tag("", "", {}, 0, None, 0)
        self._depth = 0
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > self._deepest:
            return
        start = self.parser.CurrentByteIndex
        tag = Tag(name.rpartition(":")[2], name, attributes, self._depth, self._open, start)
        tag.inner = opening_end(self._data, start)
        self._open.children.append(tag)
        self._open = tag

    def _end(self, _name: str) -> None:
        self._depth -= 1
        if self._depth >= self._deepest:
            return
        tag = self._open
        if self._data[tag.inner - 2 : tag.inner] == b"/>":
            tag.close = tag.end = tag.inner
        else:
            tag.close = self.parser.CurrentByteIndex
            tag.end = self._data.index(b">", tag.close) + 1
        assert tag.parent is not None  # noqa: S101 - the root of all is no element
        self._open = tag.parent


def opening_end(data: bytes, start: int) -> int:
    """Where the opening tag ends that begins at `start`."""
    found = _OPENING.match(data, start)
    if found is None:
        raise ValueError("no tag")
    return found.end()


def spliced(data: bytes, changes: Iterable[tuple[int, int, bytes]]) -> bytes:
    """The bytes with stretches exchanged: (from, to, what stands there then); those at one place in the order given."""
    pieces: list[bytes] = []
    at = 0
    for start, end, new in sorted(changes, key=lambda change: change[:2]):
        pieces += (data[at:start], new)
        at = end
    return b"".join((*pieces, data[at:]))


def with_attributes(tag: bytes, **values: str | None) -> bytes:
    """An opening tag with attributes set, those of value None taken out; the others stay where they are."""
    wanted = {name.encode(): value for name, value in values.items()}
    changes = []
    for found in _ATTRIBUTE.finditer(tag):
        if found[1] in wanted:
            value = wanted.pop(found[1])
            changes.append((found.start(), found.end(), b"" if value is None else _written(found[1], value)))
    more = b"".join(_written(name, value) for name, value in wanted.items() if value is not None)
    end = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return spliced(tag, [*changes, (end, end, more)])


def _written(name: bytes, value: str) -> bytes:
    return b' %s="%s"' % (name, attribute(value))


def inside(data: bytes, tag: Tag, new: bytes) -> tuple[int, int, bytes]:
    """The change that puts bytes at the end of what an element holds, however it is written."""
    if not tag.is_empty:
        return tag.close, tag.close, new
    opening = data[tag.start : tag.inner][:-2].rstrip()
    return tag.start, tag.inner, opening + b">" + new + b"</" + tag.written.encode() + b">"


def before(data: bytes, parent: Tag, later: frozenset[str], new: bytes) -> tuple[int, int, bytes]:
    """The change that puts bytes before the first child that must come later, else at the end."""
    following = next((one for one in parent.children if one.name in later), None)
    return (following.start, following.start, new) if following else inside(data, parent, new)


def text(value: str) -> bytes:
    """Text as XML: without what XML cannot hold, and without what Excel takes for an escape."""
    plain = _ESCAPE_LIKE.sub("_x005F_", _NO_XML.sub("", value))
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode()


def attribute(value: str) -> bytes:
    """A value between quotation marks as XML."""
    plain = _NO_XML.sub("", value).replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return plain.replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;").encode()


def utf8(data: bytes, part: str) -> bytes:
    """An XML part in UTF-8, as it is where it is already."""
    return b"".join(utf8_chunks([data], part))


def utf8_chunks(chunks: Iterable[bytes], part: str) -> Iterator[bytes]:
    """A stream of XML in UTF-8 without a mark; one in another coding loses the declaration that named it."""
    decoder: Any = None
    for number, piece in enumerate(chunks):
        chunk = piece
        if number == 0:
            chunk, coding = _coding(chunk, part)
            decoder = coding and codecs.getincrementaldecoder(coding)()
            if decoder:
                yield _DECLARATION.sub(b"", _decoded(decoder, chunk, part).encode(), count=1)
                continue
        yield _decoded(decoder, chunk, part).encode() if decoder else chunk


def _coding(start: bytes, part: str) -> tuple[bytes, str]:
    """The bytes without a mark, and their coding where that is not UTF-8."""
    if start.startswith(codecs.BOM_UTF8):
        return start[len(codecs.BOM_UTF8) :], ""
    for mark, sample, coding in (
        (codecs.BOM_UTF16_LE, b"<\0", "utf-16-le"),
        (codecs.BOM_UTF16_BE, b"\0<", "utf-16-be"),
    ):
        if start.startswith(mark):
            return start[len(mark) :], coding
        if start.startswith(sample):
            return start, coding
    declared = _DECLARATION.match(start)
    named = _ENCODING.search(declared[0]) if declared else None
    try:
        coding = codecs.lookup(named[1].decode()).name if named else "utf-8"
    except LookupError as error:
        raise UnreadableFile("damaged", part=part) from error
    return start, "" if coding in _UTF8 else coding


def _decoded(decoder: Any, chunk: bytes, part: str) -> str:
    try:
        return str(decoder.decode(chunk))
    except ValueError as error:
        raise UnreadableFile("damaged", part=part) from error
