"""Evidence files: told by their content, of a limited size, pictures without the place where they were taken."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from threading import Lock
from typing import Any, ClassVar, Final

from django.core import signing
from PIL import ExifTags, Image, UnidentifiedImageError

from core.exchange import heic
from core.records.models import StoredFile
from core.records.storage import store
from core.rules import Parameters

MEGABYTE: Final = 1024 * 1024
MILLION: Final = 1_000_000
NAME: Final = 80
HEAD, TAIL = 1024, 64 * 1024
ENDINGS: Final = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "image/heic": ".heic"}
ACCEPT: Final = ",".join([*ENDINGS, ".heic", ".heif"])
SALT: Final = "evidence"
QUALITY: Final = 95
# One picture at a time is unpacked in each process, however many are sent.
_unpacking = Lock()


@dataclass(frozen=True, kw_only=True)
class EvidenceLimits(Parameters):
    """How large a file may be in megabytes, and a picture in millions of pixels."""

    table: ClassVar[str] = "exchange.evidence"
    megabytes: int
    megapixels: int


class NotEvidence(ValueError):
    """The file is none that can be kept; `.code` is empty, too_large, unknown, damaged or too_many_pixels."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file as it is kept: its name with the ending of what it is, its content without places, its type."""

    name: str
    content: bytes
    content_type: str


def read_evidence(name: str, content: bytes, limits: EvidenceLimits) -> Evidence:
    """What a file is, by its content, whatever its name says; of a picture all but the picture goes. Raises `NotEvidence`."""
    if not content:
        raise NotEvidence("empty")
    if len(content) > limits.megabytes * MEGABYTE:
        raise NotEvidence("too_large")
    content_type = _type_of(content)
    if content_type == "application/pdf":
        kept = _whole_pdf(content)
    elif content_type == "image/heic":
        kept = _bare_heic(content)
    else:
        kept = _bare_picture(content, content_type, limits.megapixels * MILLION)
    return Evidence(PurePath(name).stem[:NAME] + ENDINGS[content_type], kept, content_type)


def keep_evidence(evidence: Evidence) -> StoredFile:
    """Keep a file sealed under a key of its own."""
    return store(evidence.name, evidence.content, content_type=evidence.content_type)


def token_of(stored: StoredFile, actor: Any) -> str:
    """What stands for a kept file between two steps of a form; it counts for this user only."""
    return signing.dumps([stored.pk, actor.user.pk], salt=SALT)


def kept_file(token: str, actor: Any) -> StoredFile | None:
    """The file of a token, None where the token is not one of ours or another user's, or its content was erased."""
    try:
        key, user = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return StoredFile.objects.filter(pk=key, key__wrapped__isnull=False).first() if user == actor.user.pk else None


def _type_of(content: bytes) -> str:
    if b"%PDF-" in content[:HEAD]:
        return "application/pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if heic.is_heic(content):
        return "image/heic"
    raise NotEvidence("unknown")


def _whole_pdf(content: bytes) -> bytes:
    if b"%%EOF" not in content[-TAIL:]:
        raise NotEvidence("damaged")
    return content


def _bare_heic(content: bytes) -> bytes:
    try:
        return heic.without_notes(content)
    except heic.BrokenHeic as error:
        raise NotEvidence("damaged") from error


def _bare_picture(content: bytes, content_type: str, most: int) -> bytes:
    """The picture written anew: place, time, device and comments are gone, how the camera was held stays."""
    form = "JPEG" if content_type == "image/jpeg" else "PNG"
    try:
        with _unpacking, Image.open(BytesIO(content), formats=(form,)) as sent:
            if sent.width * sent.height > most:
                raise NotEvidence("too_many_pixels")
            return _anew(sent, form)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        if isinstance(error, NotEvidence):
            raise
        raise NotEvidence("damaged") from error


def _anew(sent: Image.Image, form: str) -> bytes:
    kept, held = Image.Exif(), sent.getexif().get(ExifTags.Base.Orientation)
    if held:
        kept[ExifTags.Base.Orientation] = held
    options: dict[str, Any] = {"exif": kept} if held else {}
    if form == "JPEG":
        # "keep" takes the tables of the picture as it was sent, so that next to nothing is lost.
        options |= {"quality": "keep" if sent.format == "JPEG" else QUALITY, "comment": b"", "xmp": b""}
    written = BytesIO()
    sent.load()
    sent.save(written, form, **options)
    return written.getvalue()
