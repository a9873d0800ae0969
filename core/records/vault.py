"""Protected values: encrypted under a key per person, found by a keyed blind index, masked unless revealed.

AES-GCM. Each `DataKey` is wrapped by the master key, which lives outside the database. The index is a keyed BLAKE2 digest, so
that equality can be searched and kept unique without the value.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

from core.records.models import DataKey

NONCE = 12
KEY = 32


class ErasedValue(LookupError):
    """The person's key was destroyed by a lawful erasure; the value is gone for ever."""


class BrokenValue(ValueError):
    """The stored value does not decrypt under its key: damaged, or moved from another person."""


def key_bytes(setting: str) -> bytes:
    """A key of the settings, given in base64, as 32 bytes. Raises ValueError for what is no key."""
    try:
        raw = base64.b64decode(setting)
    except binascii.Error:
        raw = b""
    if len(raw) != KEY:
        msg = "a key of 32 bytes in base64 is needed"
        raise ValueError(msg)
    return raw


@lru_cache(maxsize=4)
def _master(setting: str) -> tuple[str, AESGCM]:
    raw = key_bytes(setting)
    return hashlib.sha256(raw).hexdigest()[:16], AESGCM(raw)


@lru_cache(maxsize=4)
def _index_key(setting: str) -> bytes:
    return key_bytes(setting)


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    """The cipher of a key; thousands of rows of one batch are sealed with one."""
    return AESGCM(key)


def seal_bytes(key: bytes, data: bytes, label: bytes) -> bytes:
    """Encrypt bytes; `label` binds them to their place (it is authenticated, not stored)."""
    nonce = os.urandom(NONCE)
    return nonce + _cipher(key).encrypt(nonce, data, label)


def open_bytes(key: bytes, sealed: bytes, label: bytes) -> bytes:
    """Decrypt what `seal_bytes` made. Raises `BrokenValue`."""
    try:
        return _cipher(key).decrypt(bytes(sealed[:NONCE]), bytes(sealed[NONCE:]), label)
    except InvalidTag as error:
        msg = "a protected value does not fit its key"
        raise BrokenValue(msg) from error


class Sealer:
    """Encrypts bytes as they come, into the same form as `seal_bytes`: `begin`, `more` for each piece, `end`."""

    def __init__(self, key: bytes, label: bytes) -> None:
        self._nonce = os.urandom(NONCE)
        self._sealer = Cipher(algorithms.AES(key), modes.GCM(self._nonce)).encryptor()
        self._sealer.authenticate_additional_data(label)

    def begin(self) -> bytes:
        """What stands before all."""
        return self._nonce

    def more(self, piece: bytes) -> bytes:
        """The next piece."""
        return self._sealer.update(piece)

    def end(self) -> bytes:
        """What stands behind all."""
        return self._sealer.finalize() + self._sealer.tag


def fresh_key() -> tuple[bytes, bytes, str]:
    """A new data key: (the key, the key wrapped by the master key, the master key's name)."""
    name, master = _master(settings.MASTER_KEY)
    key, nonce = os.urandom(KEY), os.urandom(NONCE)
    return key, nonce + master.encrypt(nonce, key, b"data key"), name


def create_key() -> DataKey:
    """Store a new data key."""
    key, wrapped, name = fresh_key()
    stored = DataKey.objects.create(wrapped=wrapped, master=name)
    stored.plain = key
    return stored


def current_master() -> str:
    """The name of the master key in use."""
    return master_name(settings.MASTER_KEY)


def master_name(setting: str) -> str:
    """The name of a master key given in base64, as `DataKey.master` has it. Raises ValueError for what is no key."""
    return _master(setting)[0]


def unwrap(wrapped: Any) -> bytes:
    """The data key behind its wrapped form. Raises `ErasedValue` when it was destroyed, `BrokenValue` if it does not fit."""
    if wrapped is None:
        msg = "the key was destroyed"
        raise ErasedValue(msg)
    _name, master = _master(settings.MASTER_KEY)
    return _unwrap(bytes(wrapped), master)


def wrap(wrapped: Any, *, old: str) -> bytes:
    """A data key that is wrapped by the master key `old`, wrapped by the one in use. Raises `BrokenValue`."""
    _name, before = _master(old)
    _name, master = _master(settings.MASTER_KEY)
    nonce = os.urandom(NONCE)
    return nonce + master.encrypt(nonce, _opened(bytes(wrapped), before), b"data key")


@lru_cache(maxsize=4096)
def _unwrap(wrapped: bytes, master: AESGCM) -> bytes:
    return _opened(wrapped, master)


def _opened(wrapped: bytes, master: AESGCM) -> bytes:
    try:
        return master.decrypt(wrapped[:NONCE], wrapped[NONCE:], b"data key")
    except InvalidTag as error:
        msg = "a data key does not fit the master key"
        raise BrokenValue(msg) from error


def plain_key(key: DataKey) -> bytes:
    """The data key, unwrapped once per instance."""
    if key.plain is None:
        key.plain = unwrap(key.wrapped)
    return key.plain


def blind_index(kind: str, value: str) -> bytes:
    """16 bytes that are equal for equal values of one kind, and say nothing else."""
    key = _index_key(settings.INDEX_KEY)
    return hashlib.blake2b(value.encode(), key=key, digest_size=16, person=kind.encode()[:16]).digest()


class Secret:
    """A protected value of one record: shows its mask; `reveal()` decrypts."""

    __slots__ = ("_field", "_record")

    def __init__(self, record: Any, field: ProtectedText) -> None:
        self._record, self._field = record, field

    def __bool__(self) -> bool:
        return getattr(self._record, f"{self._field.name}_cipher") is not None

    def __str__(self) -> str:
        return self.masked

    @property
    def last(self) -> str:
        """The last characters that are kept apart."""
        return getattr(self._record, f"{self._field.name}_last") or ""

    @property
    def masked(self) -> str:
        """Stars and the last characters, or nothing where there is no value."""
        return mask(self.last, self._field.length) if self else ""

    def reveal(self) -> str:
        """The value in clear. The caller has checked and logged that it may be seen."""
        sealed = getattr(self._record, f"{self._field.name}_cipher")
        if sealed is None:
            return ""
        return open_bytes(self._field.key_of(self._record), sealed, self._field.label).decode()


def mask(last: str, length: int) -> str:
    """A masked value of about the true length: `**************2812`."""
    return "*" * max(length - len(last), 4) + last


class ProtectedText:
    """Declares a protected value: three columns `<name>_cipher`, `<name>_index`, `<name>_last` and a `Secret`.

    `owner` is the way from the record to the row that has the `key` (the person). Every sort of value (`kind`) has a blind index of
    its own, under an index of the database where the model says so.
    `length` is the usual length, for masks; `keep` how many last characters stay readable.
    """

    def __init__(self, *, kind: str, owner: str, length: int, keep: int = 4) -> None:
        self.kind, self.owner, self.length, self.keep = kind, owner, length, keep
        self.name = ""
        self.label = b""

    def contribute_to_class(self, cls: Any, name: str) -> None:
        """Add the columns and the descriptor to the model."""
        self.name, self.label = name, f"{cls._meta.label_lower}.{name}".encode()
        cls.add_to_class(f"{name}_cipher", models.BinaryField(null=True, editable=False))
        cls.add_to_class(f"{name}_index", models.BinaryField(null=True, editable=False))
        cls.add_to_class(f"{name}_last", models.CharField(max_length=8, blank=True, default="", editable=False))
        cls._protected = {**getattr(cls, "_protected", {}), name: self}
        setattr(cls, name, self)

    def __get__(self, record: Any, _owner: Any = None) -> Any:
        return self if record is None else Secret(record, self)

    def __set__(self, record: Any, value: str | None) -> None:
        cipher, index, last = self.columns(value, self.key_of(record)) if value else (None, None, "")
        setattr(record, f"{self.name}_cipher", cipher)
        setattr(record, f"{self.name}_index", index)
        setattr(record, f"{self.name}_last", last)

    def key_of(self, record: Any) -> bytes:
        """The data key of the person whom the record is about."""
        owner = record
        for step in filter(None, self.owner.split("__")):
            owner = getattr(owner, step)
        return plain_key(owner.key)

    def columns(self, value: str, key: bytes) -> tuple[bytes, bytes, str]:
        """The three stored columns of a value under a data key."""
        return (
            seal_bytes(key, value.encode(), self.label),
            blind_index(self.kind, value),
            value[-self.keep :] if self.keep else "",
        )

    def decrypt(self, sealed: Any, key: bytes) -> str:
        """The value in clear, from its cipher column and the data key."""
        return open_bytes(key, sealed, self.label).decode()
