"""Portrait photos: what is sent is told by its content, read as a picture and written anew, so that nothing of the sender's bytes stays."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from personnel.rules import PortraitSize

CONTENT_TYPE: Final = "image/jpeg"
MOST_BYTES: Final = 10 * 1024 * 1024
# Pixels that a phone of today takes, with room; more are not unpacked.
MOST_PIXELS: Final = 100_000_000
# The longer edge of what is kept, in pixels: enough to print the photo larger than any form asks.
EDGE: Final = 1200
QUALITY: Final = 88
NAME: Final = 80


class NotAPortrait(ValueError):
    """The file is no photo that can be kept; `.code` is too_large, no_picture, too_many_pixels or too_small, `.size` its pixels."""

    def __init__(self, code: str, size: tuple[int, int] = (0, 0)) -> None:
        super().__init__(code)
        self.code, self.size = code, size


@dataclass(frozen=True, slots=True)
class Portrait:
    """A photo as it is kept: JPEG without anything but the picture, and the name of the file that was sent."""

    name: str
    content: bytes


def read_portrait(name: str, content: bytes, least: PortraitSize) -> Portrait:
    """The photo in a JPEG or PNG file, upright and no larger than is useful. Raises `NotAPortrait`."""
    if len(content) > MOST_BYTES:
        raise NotAPortrait("too_large")
    try:
        picture = _picture(content)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        if isinstance(error, NotAPortrait):
            raise
        raise NotAPortrait("no_picture") from error
    if picture.width < least.width or picture.height < least.height:
        raise NotAPortrait("too_small", picture.size)
    picture.thumbnail((EDGE, EDGE))
    kept = BytesIO()
    picture.save(kept, "JPEG", quality=QUALITY, optimize=True)
    return Portrait(PurePath(name).stem[:NAME] + ".jpg", kept.getvalue())


def _picture(content: bytes) -> Image.Image:
    """The picture in a file; its size is known before it is unpacked."""
    with Image.open(BytesIO(content), formats=("JPEG", "PNG")) as sent:
        if sent.width * sent.height > MOST_PIXELS:
            raise NotAPortrait("too_many_pixels", sent.size)
        return _upright(sent)


def _upright(sent: Image.Image) -> Image.Image:
    """The picture alone, turned as the camera was held, on white where it lets through."""
    turned = ImageOps.exif_transpose(sent)
    if turned.has_transparency_data:
        through = turned.convert("RGBA")
        ground = Image.new("RGBA", through.size, "white")
        ground.alpha_composite(through)
        turned = ground
    plain = Image.new("RGB", turned.size)
    plain.paste(turned.convert("RGB"))
    return plain
