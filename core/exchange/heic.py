"""Pictures of phones (HEIC, ISO/IEC 23008-12): recognised, and freed from what is noted beside the picture, without unpacking them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"hevc", b"hevx"})
# What a picture needs; other boxes at the top may tell where it was taken.
NEEDED: Final = frozenset({b"ftyp", b"meta", b"mdat", b"free", b"skip"})
NOTES: Final = frozenset({b"Exif", b"mime", b"uri "})
IN_FILE, IN_DATA = 0, 1
MOST_BOXES: Final = 100_000


class BrokenHeic(ValueError):
    """The boxes of the file do not fit into each other."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its kind, where its content begins and where it ends."""

    kind: bytes
    start: int
    end: int


def is_heic(content: bytes) -> bool:
    """Whether the first box names a picture of this kind."""
    if content[4:8] != b"ftyp":
        return False
    size = min(int.from_bytes(content[:4], "big"), 256)
    names = content[8:12] + content[16:size]
    return any(names[place : place + 4] in BRANDS for place in range(0, len(names), 4))


def without_notes(content: bytes) -> bytes:
    """The file with its notes (time, place, device) blanked where they stand; nothing moves. Raises `BrokenHeic`."""
    kept = bytearray(content)
    try:
        top = list(_boxes(content, 0, len(content)))
        meta = _only(top, b"meta")
        inner = list(_boxes(content, meta.start + 4, meta.end))
        notes = set(_notes(content, _only(inner, b"iinf")))
        data = next((box.start for box in inner if box.kind == b"idat"), None)
        for start, end in _places(content, _only(inner, b"iloc"), notes, data):
            _blank(kept, start, end)
    except (struct.error, IndexError) as error:
        raise BrokenHeic("a box ends too soon") from error
    for box in top:
        if box.kind not in NEEDED:
            _blank(kept, box.start, box.end)
    return bytes(kept)


def _boxes(content: bytes, start: int, end: int) -> Iterator[Box]:
    count = 0
    while start < end:
        size, kind = struct.unpack_from(">I4s", content, start)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", content, start + 8)
            head = 16
        elif size == 0:
            size = end - start
        count += 1
        if size < head or start + size > end or count > MOST_BOXES:
            raise BrokenHeic("a box is larger than what holds it")
        yield Box(kind, start + head, start + size)
        start += size


def _only(boxes: list[Box], kind: bytes) -> Box:
    found = [box for box in boxes if box.kind == kind]
    if len(found) != 1:
        raise BrokenHeic(f"{len(found)} boxes {kind!r}")
    return found[0]


def _notes(content: bytes, box: Box) -> Iterator[int]:
    """The numbers of the items that are no part of the picture."""
    head = 6 if content[box.start] == 0 else 8
    for entry in _boxes(content, box.start + head, box.end):
        version = content[entry.start]
        if entry.kind != b"infe" or version not in (2, 3):
            raise BrokenHeic("an item that is described in an unknown way")
        form = ">H2x4s" if version == 2 else ">I2x4s"
        number, kind = struct.unpack_from(form, content, entry.start + 4)
        if kind in NOTES:
            yield number


class _Reader:
    """Reads numbers of given sizes one after the other."""

    def __init__(self, content: bytes, place: int, end: int) -> None:
        self.content, self.place, self.end = content, place, end

    def number(self, size: int) -> int:
        piece = self.content[self.place : self.place + size]
        self.place += size
        if self.place > self.end:
            raise BrokenHeic("a list ends too soon")
        return int.from_bytes(piece, "big")


def _places(content: bytes, box: Box, notes: set[int], data: int | None) -> Iterator[tuple[int, int]]:
    """Where the noted items lie in the file."""
    version = content[box.start]
    read = _Reader(content, box.start + 4, box.end)
    sizes = read.number(2)
    offset, length, base, index = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    wide = 2 if version < 2 else 4
    for _item in range(read.number(wide)):
        number = read.number(wide)
        method = read.number(2) & 15 if version else IN_FILE
        read.number(2)
        begins = read.number(base)
        for _extent in range(read.number(2)):
            read.number(index if version else 0)
            first = begins + read.number(offset)
            size = read.number(length)
            if number in notes:
                yield _place(first, size, method, data, len(content))


def _place(first: int, size: int, method: int, data: int | None, whole: int) -> tuple[int, int]:
    if method == IN_DATA and data is not None:
        first += data
    elif method != IN_FILE:
        raise BrokenHeic("a note that lies in another item")
    if size == 0 or first + size > whole:
        raise BrokenHeic("a note that lies outside the file")
    return first, first + size


def _blank(kept: bytearray, start: int, end: int) -> None:
    kept[start:end] = bytes(end - start)
