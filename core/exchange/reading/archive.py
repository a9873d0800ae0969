"""Zip containers (.xlsx, .ods) opened with suspicion: nothing is unpacked before the directory has been checked."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from core.exchange.reading import limits
from core.exchange.reading.errors import UnreadableFile
from core.text import clean

CHUNK: Final = 1024 * 1024
_SLICE: Final = 128 * 1024
_LOCAL_HEADER: Final = struct.Struct("<4s5H3L2H")
_ENCRYPTED: Final = 0x1
_UTF8: Final = 0x800
_DOCTYPE: Final = {coding: "<!DOCTYPE".encode(coding) for coding in ("ascii", "utf-16-le", "utf-16-be")}
_KEPT: Final = 18


class Archive:
    """The parts of a checked zip file by name.

    Raises UnreadableFile: damaged, encrypted, zip_bomb, unpacked_too_large, too_many_entries, unsafe_names, and while
    reading also xml_entities.
    """

    def __init__(self, data: bytes) -> None:
        self.data: Final = data
        self.parts: Final = {info.filename: info for info in _directory(data)}
        self.names: Final = {part: name_of(info) for part, info in self.parts.items()}

    def __contains__(self, name: str) -> bool:
        return name in self.parts

    def chunks(self, name: str) -> Iterator[bytes]:
        """The unpacked bytes of an XML part, a piece at a time.

        A part that is larger than it says, or that declares a DOCTYPE, is refused.
        """
        info = self.parts[name]
        unpacked, tail, mark = 0, b"", _DOCTYPE["ascii"]
        for chunk in _inflate(self.data, info):
            unpacked += len(chunk)
            if unpacked > info.file_size:
                raise UnreadableFile("zip_bomb", part=name, limit=limits.MAX_UNPACKED_BYTES // limits.MEGABYTE)
            if not tail:
                mark = _DOCTYPE[_coding(chunk)]
            if mark in chunk or mark in tail + chunk[:_KEPT]:
                raise UnreadableFile("xml_entities", part=name)
            tail = chunk[-_KEPT:]
            yield chunk
        if unpacked != info.file_size:
            raise UnreadableFile("damaged", part=name)

    def read(self, name: str) -> bytes:
        """A whole small part, such as the list of sheets or the styles."""
        if self.parts[name].file_size > limits.MAX_SMALL_PART_BYTES:
            raise UnreadableFile("zip_bomb", part=name, limit=limits.MAX_SMALL_PART_BYTES // limits.MEGABYTE)
        return b"".join(self.chunks(name))

    def whole(self, name: str) -> bytes:
        """A part that is no XML, such as a picture; no longer than the directory says."""
        info, kept = self.parts[name], bytearray()
        for chunk in _inflate(self.data, info):
            kept += chunk
            if len(kept) > info.file_size:
                raise UnreadableFile("zip_bomb", part=self.names[name], limit=info.file_size // limits.MEGABYTE)
        if len(kept) != info.file_size:
            raise UnreadableFile("damaged", part=self.names[name])
        return bytes(kept)

    def packed(self, name: str) -> memoryview:
        """The bytes of a part as they lie in the file, for a copy that does not unpack them."""
        return _packed(self.data, self.parts[name])

    def check(self, name: str) -> None:
        """Unpack a part without keeping it, so that its size and its XML are known to be harmless."""
        for _ in self.chunks(name):
            pass


def _directory(data: bytes) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(BytesIO(data)) as container:
            entries = container.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, OSError) as error:
        raise UnreadableFile("damaged", part="zip") from error
    if len(entries) > limits.MAX_ENTRIES:
        raise UnreadableFile("too_many_entries", entries=len(entries), limit=limits.MAX_ENTRIES)
    _check_names(entries)
    _check_sizes(entries)
    return entries


def name_of(info: zipfile.ZipInfo) -> str:
    """The name as it was meant: UTF-8 where the entry says so, else UTF-8 or GB 18030 by its bytes, as Chinese Windows writes it."""
    if info.flag_bits & _UTF8:
        return info.orig_filename
    try:
        sent = info.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return info.orig_filename
    for coding in ("utf-8", "gb18030"):
        try:
            return sent.decode(coding)
        except UnicodeDecodeError:
            continue
    return info.orig_filename


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    """No part may point outside the file or carry the name of another: readers would disagree on which one counts."""
    seen: set[str] = set()
    for info in entries:
        name = name_of(info)
        pieces = name.split("/")
        if (
            name.startswith("/")
            or ".." in pieces
            or "\\" in name
            or "\0" in name
            or ":" in pieces[0]
            or name.casefold() in seen
        ):
            raise UnreadableFile("unsafe_names", part=clean(name)[:100])
        seen.add(name.casefold())


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    limit = limits.MAX_UNPACKED_BYTES // limits.MEGABYTE
    total = sum(info.file_size for info in entries)
    if total > limits.MAX_UNPACKED_BYTES:
        raise UnreadableFile("unpacked_too_large", size=total // limits.MEGABYTE, limit=limit)
    end = 0
    for info in sorted(entries, key=lambda info: info.header_offset):
        if info.flag_bits & _ENCRYPTED:
            raise UnreadableFile("encrypted")
        # Overlapping parts: one packed block would be counted many times.
        packed_too_well = info.file_size > max(limits.RATIO_FREE_BYTES, limits.MAX_RATIO * info.compress_size)
        if info.header_offset < end or packed_too_well:
            raise UnreadableFile("zip_bomb", part=info.filename, limit=limit)
        end = info.header_offset + _LOCAL_HEADER.size + info.compress_size


def _coding(start: bytes) -> str:
    """How an XML part that begins so writes its tags."""
    if start.startswith((b"\xff\xfe", b"<\0")):
        return "utf-16-le"
    return "utf-16-be" if start.startswith((b"\xfe\xff", b"\0<")) else "ascii"


def _inflate(data: bytes, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unpack by the packed bytes, not by the size that the directory claims: the reader that follows does so too."""
    packed = _packed(data, info)
    if info.compress_type == zipfile.ZIP_STORED:
        yield from (bytes(packed[at : at + CHUNK]) for at in range(0, len(packed), CHUNK))
    elif info.compress_type == zipfile.ZIP_DEFLATED:
        yield from _deflated(packed, info.filename)
    else:
        raise UnreadableFile("damaged", part=info.filename)


def _packed(data: bytes, info: zipfile.ZipInfo) -> memoryview:
    try:
        header = _LOCAL_HEADER.unpack_from(data, info.header_offset)
    except struct.error as error:
        raise UnreadableFile("damaged", part=info.filename) from error
    start = info.header_offset + _LOCAL_HEADER.size + header[9] + header[10]
    packed = memoryview(data)[start : start + info.compress_size]
    if header[0] != b"PK\x03\x04" or len(packed) != info.compress_size:
        raise UnreadableFile("damaged", part=info.filename)
    return packed


def _deflated(packed: memoryview, part: str) -> Iterator[bytes]:
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for at in range(0, len(packed), _SLICE):
            rest: bytes | memoryview = packed[at : at + _SLICE]
            while rest and not engine.eof:
                chunk = engine.decompress(rest, CHUNK)
                rest = engine.unconsumed_tail
                if chunk:
                    yield chunk
        chunk = engine.flush()
    except zlib.error as error:
        raise UnreadableFile("damaged", part=part) from error
    if chunk:
        yield chunk
    if not engine.eof:
        raise UnreadableFile("damaged", part=part)
