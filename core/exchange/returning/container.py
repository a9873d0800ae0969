"""The zip around a workbook, written anew: what is not touched keeps its packed bytes."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterable
from io import BytesIO
from typing import Final

from core.exchange.reading.archive import Archive

_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
_UTF8_NAME: Final = 0x800
_DEFLATED: Final = 8
# 1980-01-01, the first day that a zip can name: a file says nothing of when it was made.
_DATE: Final = 0x21
_LEVEL: Final = 6


class Container:
    """Takes parts one after the other and gives the bytes of the zip. `names` are the parts written so far."""

    def __init__(self) -> None:
        self._out = BytesIO()
        self._entries: list[bytes] = []

    def copy(self, archive: Archive, name: str) -> None:
        """A part with the packed bytes that it has."""
        info = archive.parts[name]
        packed = archive.packed(name)
        place = self._begin(info.orig_filename, info.compress_type, info.flag_bits & _UTF8_NAME, _moment(info))
        self._out.write(packed)
        self._end(place, info.CRC, info.compress_size, info.file_size, info.external_attr)

    def write(self, name: str, chunks: Iterable[bytes]) -> None:
        """A part that is new or changed, packed as it comes."""
        flags = 0 if name.isascii() else _UTF8_NAME
        place = self._begin(name, _DEFLATED, flags, (0, _DATE))
        engine, checksum, size, packed = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS), 0, 0, 0
        for chunk in chunks:
            checksum, size = zlib.crc32(chunk, checksum), size + len(chunk)
            packed += self._out.write(engine.compress(chunk))
        packed += self._out.write(engine.flush())
        self._end(place, checksum, packed, size, 0)

    def _begin(
        self, name: str, method: int, flags: int, moment: tuple[int, int]
    ) -> tuple[int, bytes, int, int, tuple[int, int]]:
        written = name.encode("utf-8" if flags else "cp437")
        at = self._out.tell()
        self._out.write(_LOCAL.pack(b"PK\3\4", 20, flags, method, *moment, 0, 0, 0, len(written), 0) + written)
        return at, written, method, flags, moment

    def _end(
        self, place: tuple[int, bytes, int, int, tuple[int, int]], checksum: int, packed: int, size: int, mode: int
    ) -> None:
        at, name, method, flags, moment = place
        sizes = (checksum, packed, size)
        self._out.seek(at)
        self._out.write(_LOCAL.pack(b"PK\3\4", 20, flags, method, *moment, *sizes, len(name), 0))
        self._out.seek(0, 2)
        self._entries.append(
            _CENTRAL.pack(b"PK\1\2", 20, 20, flags, method, *moment, *sizes, len(name), 0, 0, 0, 0, mode, at) + name
        )

    def finished(self) -> bytes:
        """The whole file."""
        at, directory = self._out.tell(), b"".join(self._entries)
        count = len(self._entries)
        self._out.write(directory + _END.pack(b"PK\5\6", 0, 0, count, count, len(directory), at, 0))
        return self._out.getvalue()


def _moment(info: zipfile.ZipInfo) -> tuple[int, int]:
    """Time and day of a part as a zip writes them."""
    year, month, day, hour, minute, second = info.date_time
    return hour << 11 | minute << 5 | second // 2, max(year - 1980, 0) << 9 | month << 5 | day
