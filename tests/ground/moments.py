"""Moments that tests can choose. The database's own clock dates changes and seals; a superuser moves them to the day of the story."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from core.dates import SHANGHAI
from core.records.models import Seal
from core.records.settling import settle


def moment(day: date, at: time = time(10)) -> datetime:
    """A moment of a day in China, ten in the morning unless said otherwise."""
    return datetime.combine(day, at, SHANGHAI)


def settled_on(superuser_sql: Any, day: date, at: time = time(10)) -> int:
    """Settle what is open as if it had been done at a moment of `day`; returns its last position."""
    settle()
    seal = Seal.objects.latest("id")
    when = moment(day, at)
    superuser_sql.execute("SET session_replication_role = replica")
    superuser_sql.execute("UPDATE records_seal SET settled_at = %s WHERE id = %s", [when, seal.pk])
    superuser_sql.execute(
        "UPDATE records_change SET at = %s WHERE id IN (SELECT change_id FROM records_settled WHERE seal_id = %s)",
        [when, seal.pk],
    )
    return seal.last
