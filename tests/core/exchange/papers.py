"""Files that people send as evidence, made by hand."""

from __future__ import annotations

import struct
from io import BytesIO

from PIL import ExifTags, Image

PLACE = b"N31.2304E121.4737"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def photo(form: str = "JPEG", size: tuple[int, int] = (64, 48), *, held: int = 6) -> bytes:
    """A picture with the place where it was taken, a comment, and how the camera was held."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = held
    exif[ExifTags.Base.Make] = "camera"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSMapDatum] = PLACE.decode()
    written = BytesIO()
    options = {"comment": PLACE, "quality": 80} if form == "JPEG" else {}
    Image.effect_noise(size, 40).convert("RGB").save(written, form, exif=exif, **options)
    return written.getvalue()


def blank(size: tuple[int, int]) -> bytes:
    """An empty picture: many pixels, few bytes."""
    written = BytesIO()
    Image.new("L", size).save(written, "PNG")
    return written.getvalue()


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def phone_picture(note: bytes = PLACE, picture: bytes = b"PICTURE") -> bytes:
    """A HEIC file with two items, the picture and a note beside it, and a box that tells the place once more."""
    head = _box(b"ftyp", b"heic\0\0\0\0mif1heic")
    items = b"".join(
        _box(b"infe", b"\2\0\0\0" + struct.pack(">HH4s", number, 0, kind) + b"\0")
        for number, kind in ((1, b"hvc1"), (2, b"Exif"))
    )
    info = _box(b"iinf", b"\0\0\0\0" + struct.pack(">H", 2) + items)

    def meta(first: int) -> bytes:
        places = b"".join(
            struct.pack(">HHHHII", number, 0, 0, 1, start, size)
            for number, start, size in ((1, first, len(picture)), (2, first + len(picture), len(note)))
        )
        located = _box(b"iloc", b"\1\0\0\0" + b"\x44\x00" + struct.pack(">H", 2) + places)
        return _box(b"meta", b"\0\0\0\0" + info + located)

    first = len(head) + len(meta(0)) + 8
    return head + meta(first) + _box(b"mdat", picture + note) + _box(b"udta", PLACE)
