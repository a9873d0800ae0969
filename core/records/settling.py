"""Positions and seals: the order in which changes became known."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import connection

from core.records.models import Seal

BATCH = 500


def settle() -> int:
    """Give every committed change its position and seal. Returns how many changes were settled.

    A change that commits later gets a later position, so no answer at a position changes. Another settler at work is no
    error: it returns 0.
    """
    total = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT records_settle(%s)", [BATCH])
            (count,) = cursor.fetchone()
        total += count
        if count < BATCH:
            return total


def position_at(moment: datetime) -> int:
    """The last position that was settled at a moment (0 when none). What `known_at` stands on."""
    last = Seal.objects.filter(settled_at__lte=moment).order_by("-id").values_list("last", flat=True).first()
    return last or 0


def merkle(leaves: list[bytes]) -> bytes:
    """The root of a binary hash tree; a lone node is carried up. Empty input has the digest of nothing."""
    level = leaves or [hashlib.sha256(b"").digest()]
    while len(level) > 1:
        pairs = [level[place : place + 2] for place in range(0, len(level), 2)]
        level = [hashlib.sha256(b"".join(pair)).digest() if len(pair) > 1 else pair[0] for pair in pairs]
    return level[0]
