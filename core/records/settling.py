"""Positions and seals: the order in which changes became known."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import QuerySet

from core.records.models import Change, Seal

BATCH = 500
# Settling runs every few seconds; a change that has waited longer than this waits for somebody to look.
PATIENCE: Final = timedelta(minutes=1)
RECENT: Final = 1000


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


def unsettled() -> QuerySet[Change]:
    """Changes without a position among the newest ones: older ones cannot be without."""
    newest = Change.objects.order_by("-pk").values("pk")[:RECENT]
    return Change.objects.filter(pk__in=newest, settled__isnull=True)


def stands_still_since(now: datetime) -> datetime | None:
    """When the oldest change was made that waits too long for its seal; None while settling keeps up.

    Settling stops in silence where nobody starts it, and where a session of the database holds its lock.
    """
    return unsettled().filter(at__lt=now - PATIENCE).order_by("at").values_list("at", flat=True).first()


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
