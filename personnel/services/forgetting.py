"""Data of people who never came on staff are forgotten when their time is over: their keys are destroyed, their files go off the disk."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

from django.db import transaction

from core.org.actor import system_actor
from core.records.changes import change
from core.records.keys import destroy_key
from core.records.models import DataKey, StoredFile
from core.records.storage import path_of

AT_ONCE: Final = 500
LONGEST: Final = 120


def forget(keys: Collection[DataKey], on: date, *, reason: str, reference: str) -> int:
    """Destroy keys in one change, with all that was sealed or stored under them; returns how many.

    `reference` is the legal source of the parameter by which their time is over.
    """
    if not keys:
        return 0
    document = reference[:LONGEST]
    files = list(StoredFile.objects.filter(key__in=[one.pk for one in keys]))
    with change("records.erase", actor=system_actor(on), reason=reason, document=document, source="command"):
        for one in keys:
            destroy_key(one, actor=system_actor(on), reason=reason, document=document)
        transaction.on_commit(lambda: _off_the_disk(files))
    return len(keys)


def _off_the_disk(files: Sequence[StoredFile]) -> None:
    for one in files:
        path_of(one).unlink(missing_ok=True)
