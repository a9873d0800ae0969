"""Portrait photos: what is sent is told by its content, read as a picture and written anew, so that nothing of the sender's bytes stays."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from threading import Lock
from typing import Final

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from personnel.rules import PortraitSize

CONTENT_TYPE: Final = "image/jpeg"
MOST_BYTES: Final = 10 * 1024 * 1024
# Twenty times what is kept; a picture of more takes more memory than one request may have.
MOST_PIXELS: Final = 25_000_000
# The longer edge of what is kept, in pixels: enough to print the photo larger than any form asks.
EDGE: Final = 1200
QUALITY: Final = 88
NAME: Final = 80
# The EXIF orientations of a camera that was held on its side.
ON_ITS_SIDE: Final = frozenset({5, 6, 7, 8})
# One picture at a time is unpacked in each process, however many are sent.
_unpacking = Lock()


class NotAPortrait(ValueError):
    """The file is no photo that can be kept; `.code` is too_large, no_picture, too_many_pixels or too_small, `.size` its pixels."""

    def __init__(self, code: str, size: tuple[int, int] = (0, 0)) -> None:
        super().__init__(code)
        self.code, self.size = code, size


@dataclass(frozen=True, slots=True)
class Portrait:
    """A photo as it is kept: JPEG without anything but the picture, its size in pixels, and the name of the file that was sent."""

    name: str
    content: bytes
    width: int
    height: int


def read_portrait(name: str, content: bytes, least: PortraitSize) -> Portrait:
    """The photo in a JPEG or PNG file, upright and no larger than is useful. Raises `NotAPortrait`."""
    if len(content) > MOST_BYTES:
        raise NotAPortrait("too_large")
    try:
        with _unpacking:
            picture = _picture(content, least)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        if isinstance(error, NotAPortrait):
            raise
        raise NotAPortrait("no_picture") from error
    kept = BytesIO()
    picture.save(kept, "JPEG", quality=QUALITY, optimize=True)
    return Portrait(PurePath(name).stem[:NAME] + ".jpg", kept.getvalue(), picture.width, picture.height)


def _picture(content: bytes, least: PortraitSize) -> Image.Image:
    """The picture in a file, as it is kept; its size is known before it is unpacked."""
    with Image.open(BytesIO(content), formats=("JPEG", "PNG")) as sent:
        if sent.width * sent.height > MOST_PIXELS:
            raise NotAPortrait("too_many_pixels", sent.size)
        seen = _seen_size(sent)
        if seen[0] < least.width or seen[1] < least.height:
            raise NotAPortrait("too_small", seen)
        return _upright(_smaller(sent))


def _seen_size(sent: Image.Image) -> tuple[int, int]:
    """Width and height as the picture is looked at."""
    turned = sent.getexif().get(ExifTags.Base.Orientation) in ON_ITS_SIDE
    return (sent.height, sent.width) if turned else sent.size


def _smaller(sent: Image.Image) -> Image.Image:
    """The picture in the size that is kept; a JPEG is never unpacked in full."""
    if sent.mode in {"1", "P"} or "transparency" in sent.info:
        sent = sent.convert("RGBA")
    sent.thumbnail((EDGE, EDGE))
    return sent


def _upright(small: Image.Image) -> Image.Image:
    """The picture alone, turned as the camera was held, on white where it lets through."""
    turned = ImageOps.exif_transpose(small)
    if turned.has_transparency_data:
        through = turned.convert("RGBA")
        ground = Image.new("RGBA", through.size, "white")
        ground.alpha_composite(through)
        turned = ground
    plain = Image.new("RGB", turned.size)
    plain.paste(turned.convert("RGB"))
    return plain


def shrunk(content: bytes, edge: int) -> bytes:
    """A kept photo with a longer edge of so many pixels at most, as JPEG; empty for what is no picture or too large to be unpacked."""
    if not content or len(content) > MOST_BYTES:
        return b""
    try:
        with _unpacking, Image.open(BytesIO(content), formats=("JPEG", "PNG")) as kept:
            if kept.width * kept.height > MOST_PIXELS:
                return b""
            kept.thumbnail((edge, edge))
            plain = _upright(kept)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return b""
    made = BytesIO()
    plain.save(made, "JPEG", quality=QUALITY, optimize=True)
    return made.getvalue()
