"""The keys by which a person is found by name."""

from __future__ import annotations

from typing import Any

from core.text import pinyin_keys
from personnel.models import Teacher

_META: Any = Teacher._meta
LONGEST_PINYIN, MOST_INITIALS = (_META.get_field(name).max_length for name in ("pinyin", "initials"))


def search_keys(name: str) -> tuple[str, str]:
    """Pinyin and initials of a name, as long as the file has room: the beginning of a very long name is enough to find it."""
    keys = pinyin_keys(name)
    return keys.spaced[:LONGEST_PINYIN], keys.initials[:MOST_INITIALS]
