"""Files kept encrypted on disk: uploads, evidence, exports. The database knows name, size, digest and key."""

from __future__ import annotations

import hashlib
import io
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings
from django.db import transaction

from core.records.models import DataKey, StoredFile
from core.records.vault import Sealer, create_key, fresh_key, open_bytes, plain_key, seal_bytes
from core.text import veiled

# Seconds after which a file that is still half written belongs to a process that is gone.
FORGOTTEN: Final = 24 * 60 * 60


def store(
    name: str, content: bytes, *, content_type: str = "application/octet-stream", key: DataKey | None = None
) -> StoredFile:
    """Keep bytes as a file under a new key; its name, which lies beside it in clear, without numbers of people.

    With the `key` of a person, the file goes with a lawful erasure of that person. A file written by a
    transaction that fails is left behind and harmless.
    """
    stored = StoredFile(
        name=veiled(Path(name).name)[:255],
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        content_type=content_type,
        key=key or create_key(),
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


class Sealing(io.RawIOBase):
    """A file that is encrypted and counted while it is written; nothing of it lies on the disk in clear.

    `stored` is what the database will know of it, saved when all is written.
    """

    def __init__(self, stored: StoredFile, target: IO[bytes]) -> None:
        self.stored, self._target = stored, target
        self._sealer = Sealer(plain_key(stored.key), _label(stored))
        self._digest = hashlib.sha256()
        target.write(self._sealer.begin())

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self._digest.update(piece)
        self._target.write(self._sealer.more(piece))
        self.stored.size += len(piece)
        return len(piece)

    def finish(self) -> None:
        """Nothing more comes."""
        self._target.write(self._sealer.end())
        self.stored.digest = self._digest.hexdigest()


@contextmanager
def storing(name: str, *, content_type: str = "application/octet-stream") -> Iterator[Sealing]:
    """Keep what is written inside the block as `store` keeps bytes, in memory that does not grow with it.

    Where the block ends by an error, nothing is kept. What a killed process left half written is removed later: nobody can read it.
    """
    key, wrapped, master = fresh_key()
    stored = StoredFile(
        name=veiled(Path(name).name)[:255], size=0, content_type=content_type,
        key=DataKey(wrapped=wrapped, master=master),
    )  # fmt: skip
    stored.key.plain = key
    half = _halves() / f"{stored.public_id.hex}.part"
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            sealing = Sealing(stored, file)
            yield sealing
            sealing.finish()
            file.flush()
            os.fsync(file.fileno())
        place = path_of(stored)
        place.parent.mkdir(parents=True, exist_ok=True)
        half.rename(place)
    except BaseException:
        half.unlink(missing_ok=True)
        raise
    with transaction.atomic():
        stored.key.save()
        stored.key_id = stored.key.pk
        stored.save()


def _halves() -> Path:
    """The folder of half written files, without those that nobody has written to for a day."""
    folder = Path(settings.UPLOAD_DIR) / "half"
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("*.part"):
        with suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > FORGOTTEN:
                left.unlink()
    return folder


def content_of(stored: StoredFile) -> bytes:
    """The bytes of a stored file. Raises `ErasedValue` when its key was destroyed, FileNotFoundError when the disk lost it."""
    return open_bytes(plain_key(stored.key), path_of(stored).read_bytes(), _label(stored))


def path_of(stored: StoredFile) -> Path:
    """Where the encrypted file lies."""
    name = stored.public_id.hex
    return Path(settings.UPLOAD_DIR) / name[:2] / name


def _label(stored: StoredFile) -> bytes:
    return b"file:" + stored.public_id.bytes
