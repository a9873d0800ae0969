"""Seals for people: a seal as one signed line that is printed and kept elsewhere, and the file of the chain that it is checked against.

All is capital letters and digits, so that a code holds it densely and a hand scanner types it right under any keyboard:

    SHIDANG-SEAL 1 12 101 112 2026-11-29T11:11:31.12+00 ROOT CHAIN KEY SIGNATURE
    SHIDANG-KEY 1 KEY BEFORE SIGNATURE-OF-BEFORE SIGNATURE-OF-KEY

A seal is signed (Ed25519) over the words before the signer's key, a new key over the words before both signatures, joined by single
spaces. `docs/seals.md` says what a county does
with it; `checker.html` and `checker.py` beside this file read it without a server.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from core.records.chain import Link, Stretch, link_before, link_of, links
from core.records.checker import VERDICTS
from core.records.models import Seal, SealKey
from core.records.vault import key_bytes

SEAL: Final = "SHIDANG-SEAL 1"
KEY: Final = "SHIDANG-KEY 1"
CHAIN: Final = "SHIDANG-CHAIN 1"
AFTER: Final = "AFTER"
PURPOSE: Final = b"shidang: the key that signs printed seals"
GROUP: Final = 4

CHECKERS: Final = {"html": "checker.html", "py": "checker.py"}
# Where the keys are filled in.
BLANKS: Final = {
    "html": re.compile(r"^const (KEYS|HANDOVERS|VERDICTS) = (?:\[\]|\{\});$", re.MULTILINE),
    "py": re.compile(r"^(KEYS|HANDOVERS): list\[str\] = \[\]$", re.MULTILINE),
}
FILLED: Final = {"html": "const {} = {};", "py": "{}: list[str] = {}"}


def signing_key(master: str | None = None) -> Ed25519PrivateKey:
    """The key that signs printed seals, derived from the master key in use, or from another one given in base64."""
    return _derived(settings.MASTER_KEY if master is None else master)


@lru_cache(maxsize=4)
def _derived(master: str) -> Ed25519PrivateKey:
    seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key_bytes(master))
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_key(master: str | None = None) -> bytes:
    """Its public half, which is printed and handed out: 32 bytes."""
    return signing_key(master).public_key().public_bytes_raw()


def digits(data: bytes) -> str:
    """Bytes as capital hexadecimal digits."""
    return data.hex().upper()


def grouped(data: bytes) -> list[str]:
    """Bytes as groups of four digits, as people read them out and type them."""
    text = digits(data)
    return [text[place : place + GROUP] for place in range(0, len(text), GROUP)]


def signature_of(seal: Seal) -> bytes:
    """The signature over the line of a seal. The same each time, so that two prints of a seal are the same."""
    return signing_key().sign(f"{SEAL} {_words(link_of(seal))}".encode())


def line_of(seal: Seal) -> str:
    """A seal as the signed line that stands in the code of its print."""
    return f"{SEAL} {_words(link_of(seal))} {digits(public_key())} {digits(signature_of(seal))}"


def _words(link: Link) -> str:
    moment = link.moment.replace(" ", "T")
    return f"{link.pk} {link.first} {link.last} {moment} {digits(link.root)} {digits(link.chain)}"


def chain_lines(start: int | None = None) -> Iterator[str]:
    """The file of the chain: roots and chain values from a seal on (None: all), the keys that followed each other, the newest seal signed.

    Nothing in it tells of a person. Run inside a transaction.
    """
    stretch = Stretch(start)
    yield CHAIN
    yield from key_lines()
    before = link_before(stretch)
    if before is not None:
        yield f"{AFTER} {digits(before.chain)}"
    for link in links(stretch):
        yield _words(link)
    newest = Seal.objects.order_by("-pk").first()
    if newest is not None:
        yield line_of(newest)


def key_lines() -> list[str]:
    """The keys that followed each other, as lines."""
    return [
        f"{KEY} {' '.join(digits(bytes(part)) for part in (one.key, one.before, one.signed_before, one.signed_after))}"
        for one in SealKey.objects.order_by("pk")
    ]


def hand_over(*, old: str) -> None:
    """Let the key of the master key before (`old`, in base64) and the one in use vouch for each other, once.

    Runs inside the change that rewraps the keys.
    """
    key, before = public_key(), public_key(old)
    if not SealKey.objects.filter(key=key).exists():
        said = f"{KEY} {digits(key)} {digits(before)}".encode()
        SealKey.objects.create(
            key=key, before=before, signed_before=signing_key(old).sign(said), signed_after=signing_key().sign(said)
        )


def checker(sort: str) -> str:
    """The program that checks prints without a server (`html` or `py`), with the key that it trusts and those before it filled in."""
    known = {"KEYS": [digits(public_key())], "HANDOVERS": key_lines(), "VERDICTS": VERDICTS}
    text = (Path(__file__).parent / CHECKERS[sort]).read_text(encoding="utf-8")
    return BLANKS[sort].sub(lambda blank: FILLED[sort].format(blank[1], _literal(known[blank[1]])), text)


def _literal(known: Any) -> str:
    """Words as both languages read them, without what would end a script."""
    return json.dumps(known, ensure_ascii=False).replace("</", "<\\/")
