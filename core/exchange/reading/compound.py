"""OLE compound files (.xls, the wrapper of encrypted .xlsx): directory and single streams, every chain bounded."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from core.exchange.reading import limits
from core.exchange.reading.errors import UnreadableFile

SIGNATURE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_END_OF_CHAIN: Final = 0xFFFFFFFA  # this and everything above are marks, not sectors
_HEADER_SECTORS: Final = 109
_ENTRY: Final = 128
_STREAM: Final = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """One stream or storage; `kind` 1 is a storage, 2 a stream, 5 the root."""

    name: str
    kind: int
    start: int
    size: int


class CompoundFile:
    """The entries of a compound file.

    Chains that leave the file or come back to a sector are UnreadableFile "damaged"; so nothing grows larger than the file.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) < 512 or not data.startswith(SIGNATURE):
            raise UnreadableFile("damaged", part="ole")
        self._data = data
        self._shift, self._mini_shift = struct.unpack_from("<2H", data, 30)
        if self._shift not in (9, 12) or self._mini_shift != 6:
            raise UnreadableFile("damaged", part="ole")
        self._count = len(data) >> self._shift
        directory, self._cutoff, mini_table = struct.unpack_from("<L4xLL", data, 48)
        self._table = self._read_table()
        self.entries = list(islice(_entries(self._sectors(directory)), limits.MAX_ENTRIES + 1))
        if len(self.entries) > limits.MAX_ENTRIES:
            raise UnreadableFile("too_many_entries", entries=len(self.entries), limit=limits.MAX_ENTRIES)
        root = next((entry for entry in self.entries if entry.kind == 5), None)
        self._mini_stream = self._sectors(root.start)[: root.size] if root is not None and root.size else b""
        self._mini_table = self._read_mini_table(mini_table)

    def names(self) -> set[str]:
        return {entry.name for entry in self.entries}

    def stream(self, name: str) -> bytes:
        """The bytes of the stream of this name, empty where there is none."""
        for entry in self.entries:
            if entry.name.casefold() == name.casefold() and entry.kind == _STREAM:
                if entry.size >= self._cutoff:
                    return self._sectors(entry.start)[: entry.size]
                pieces = (self._mini_stream[at << 6 : (at + 1) << 6] for at in _chain(entry.start, self._mini_table))
                return b"".join(pieces)[: entry.size]
        return b""

    def _sector(self, number: int) -> bytes:
        start = (number + 1) << self._shift
        return self._data[start : start + (1 << self._shift)]

    def _sectors(self, start: int) -> bytes:
        return b"".join(self._sector(number) for number in _chain(start, self._table))

    def _read_mini_table(self, start: int) -> list[int]:
        most = len(self._mini_stream) >> self._mini_shift
        return _numbers(self._sectors(start)[: 4 * (most + 1)]) if start < _END_OF_CHAIN else []

    def _read_table(self) -> list[int]:
        """The sector allocation table, as much of it as the file has sectors."""
        needed = -(-4 * self._count >> self._shift)
        listed = list(islice(self._table_sectors(), needed))
        if len(set(listed)) < len(listed):
            raise UnreadableFile("damaged", part="ole")
        return _numbers(b"".join(map(self._sector, listed)))[: self._count]

    def _table_sectors(self) -> Iterator[int]:
        """The sectors of the table: listed in the header and, for large files, in a chain of lists."""
        listed = struct.unpack_from(f"<{_HEADER_SECTORS}L", self._data, 76)
        following, count = struct.unpack_from("<2L", self._data, 68)
        yield from (number for number in listed if number < _END_OF_CHAIN)
        for _ in range(min(count, self._count)):
            if following >= _END_OF_CHAIN:
                return
            *more, following = _numbers(self._sector(following)) or [_END_OF_CHAIN]
            yield from (number for number in more if number < _END_OF_CHAIN)


def _numbers(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}L", data[: len(data) // 4 * 4]))


def _chain(start: int, table: list[int]) -> Iterator[int]:
    passed = bytearray(len(table))
    while start < _END_OF_CHAIN:
        if start >= len(table) or passed[start]:
            raise UnreadableFile("damaged", part="ole")
        passed[start] = 1
        yield start
        start = table[start]


def _entries(directory: bytes) -> Iterator[Entry]:
    for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        length, kind = struct.unpack_from("<HB", directory, at + 64)
        if kind and 2 <= length <= 64:
            start, size = struct.unpack_from("<LL", directory, at + 116)
            yield Entry(directory[at : at + length - 2].decode("utf-16-le", "replace"), kind, start, size)
