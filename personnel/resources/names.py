"""The keys by which a person is found by name."""

from __future__ import annotations

from core.text import pinyin_keys
from personnel.models import Teacher


def search_keys(name: str) -> tuple[str, str]:
    """Pinyin and initials of a name, as long as the file has room: the beginning of a very long name is enough to find it."""
    keys = pinyin_keys(name)
    pinyin, initials = Teacher._meta.get_field("pinyin"), Teacher._meta.get_field("initials")
    return keys.spaced[: pinyin.max_length], keys.initials[: initials.max_length]
