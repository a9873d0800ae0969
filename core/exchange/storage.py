"""Files kept encrypted on disk: uploads, evidence, exports. The database knows name, size, digest and key."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from django.conf import settings

from core.records.models import StoredFile
from core.records.vault import create_key, open_bytes, plain_key, seal_bytes
from core.text import veiled


def store(name: str, content: bytes, *, content_type: str = "application/octet-stream") -> StoredFile:
    """Keep bytes as a file under a new key; its name, which lies beside it in clear, without numbers of people.

    A file written by a transaction that fails is left behind and harmless.
    """
    stored = StoredFile(
        name=veiled(Path(name).name)[:255],
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        content_type=content_type,
        key=create_key(),
    )
    place = path_of(stored)
    place.parent.mkdir(parents=True, exist_ok=True)
    half = place.with_suffix(".part")
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(seal_bytes(plain_key(stored.key), content, _label(stored)))
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        half.unlink(missing_ok=True)
        raise
    half.rename(place)
    stored.save()
    return stored


def content_of(stored: StoredFile) -> bytes:
    """The bytes of a stored file. Raises `ErasedValue` when its key was destroyed, FileNotFoundError when the disk lost it."""
    return open_bytes(plain_key(stored.key), path_of(stored).read_bytes(), _label(stored))


def path_of(stored: StoredFile) -> Path:
    """Where the encrypted file lies."""
    name = stored.public_id.hex
    return Path(settings.UPLOAD_DIR) / name[:2] / name


def _label(stored: StoredFile) -> bytes:
    return b"file:" + stored.public_id.bytes
