"""Keys of protected values: new master key, and lawful erasure."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from core.records.changes import change
from core.records.models import Change, DataKey
from core.records.printed import hand_over
from core.records.vault import current_master, master_name, wrap

AT_ONCE = 2000


def rewrap_keys(*, old: str, actor: Any, reason: str) -> int:
    """Wrap every data key anew under the master key of the settings; `old` is the one before, in base64. Returns how many.

    Protected values themselves are not touched. The key that signs printed seals and the one before vouch for each other. Either all
    keys are rewrapped or none: raises `BrokenValue` when one does not fit `old`, ValueError when `old` is the key in use or no key.
    What was rewrapped already is left alone.
    """
    name = master_name(old)
    if name == current_master():
        msg = "the old master key is the one in use: set the new one first"
        raise ValueError(msg)
    count = 0
    with change("records.rewrap_keys", actor=actor, reason=reason, source="command"):
        while keys := list(DataKey.objects.select_for_update().filter(master=name, wrapped__isnull=False)[:AT_ONCE]):
            wrapped = [wrap(key.wrapped, old=old) for key in keys]
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE records_datakey k SET wrapped = new.wrapped, master = %s"
                    " FROM unnest(%s::bigint[], %s::bytea[]) AS new (id, wrapped) WHERE k.id = new.id",
                    [current_master(), [key.pk for key in keys], wrapped],
                )
            count += len(keys)
        if count:
            hand_over(old=old)
    return count


def destroy_key(key: DataKey, *, actor: Any, reason: str, document: str) -> Change:
    """Erase all that is protected by a key, in records and history alike, for ever. Returns the change that tells of it.

    For the erasures that law asks for: applicants who were not hired, evidence past its time. `document` is the number of the
    order; ValueError without it.
    """
    if not document.strip():
        msg = "an erasure needs the number of its order"
        raise ValueError(msg)
    with change("records.erase", actor=actor, reason=reason, document=document) as done, transaction.atomic():
        DataKey.objects.filter(pk=key.pk).update(wrapped=None)
    key.wrapped = None
    key.plain = None
    return done
