"""OLE compound files (.xls, the wrapper of encrypted .xlsx): directory and single streams, every chain bounded."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

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
    """The entries of a compound file. Chains that leave the file or run in circles are UnreadableFile "damaged"."""

    def __init__(self, data: bytes) -> None:
        if len(data) < 512 or not data.startswith(SIGNATURE):
            raise UnreadableFile("damaged", part="ole")
        self._data = data
        self._shift, self._mini_shift = struct.unpack_from("<2H", data, 30)
        if self._shift not in (9, 12) or self._mini_shift != 6:
            raise UnreadableFile("damaged", part="ole")
        directory, self._cutoff, mini_table = struct.unpack_from("<L4xLL", data, 48)
        self._table = self._read_table()
        self.entries = list(_entries(self._sectors(directory)))
        root = next((entry for entry in self.entries if entry.kind == 5), None)
        self._mini_stream = self._sectors(root.start)[: root.size] if root is not None and root.size else b""
        self._mini_table = _numbers(self._sectors(mini_table)) if mini_table < _END_OF_CHAIN else []

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

    def _read_table(self) -> list[int]:
        """The sector allocation table; its own sectors are listed in the header and, for large files, in a chain."""
        listed = list(struct.unpack_from(f"<{_HEADER_SECTORS}L", self._data, 76))
        following, count = struct.unpack_from("<2L", self._data, 68)
        for _ in range(min(count, len(self._data) >> self._shift)):
            if following >= _END_OF_CHAIN:
                break
            *more, following = _numbers(self._sector(following)) or [_END_OF_CHAIN]
            listed += more
        return _numbers(b"".join(self._sector(number) for number in listed if number < _END_OF_CHAIN))


def _numbers(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}L", data[: len(data) // 4 * 4]))


def _chain(start: int, table: list[int]) -> Iterator[int]:
    seen = 0
    while start < _END_OF_CHAIN:
        if start >= len(table) or seen > len(table):
            raise UnreadableFile("damaged", part="ole")
        yield start
        start, seen = table[start], seen + 1


def _entries(directory: bytes) -> Iterator[Entry]:
    for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        length, kind = struct.unpack_from("<HB", directory, at + 64)
        if kind and 2 <= length <= 64:
            start, size = struct.unpack_from("<LL", directory, at + 116)
            yield Entry(directory[at : at + length - 2].decode("utf-16-le", "replace"), kind, start, size)
