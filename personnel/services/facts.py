"""Putting a fact right, changing it from a day on, adding one: each one change with its reason and its paper."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.exchange.storage import store
from core.org.errors import NotAllowed
from core.records.changes import change
from core.records.vault import blind_index
from core.text import pinyin_keys
from personnel.models import Teacher
from personnel.portraits import CONTENT_TYPE, Portrait

SOURCE = "page"


def correct_fact(*, actor: Any, record: Any, values: Mapping[str, Any], reason: str, document: str = "") -> Any:
    """Put right what was recorded wrongly, for the same period.

    Raises `NotAllowed` where nothing differs or another file has the same number, `StaleRecord` where `record.revision` is not
    the stored one.
    """
    changed = {name: value for name, value in values.items() if _differs(record, name, value)}
    if not changed:
        raise NotAllowed(_("Nothing differs from what is on file."))
    with _explained(), change("personnel.correct_fact", actor=actor, reason=reason, document=document, source=SOURCE):
        _assign(record, changed)
        record.save(update_fields=_columns(record, changed))
    return record


def change_fact(
    *, actor: Any, record: Any, on: date, values: Mapping[str, Any], reason: str, document: str = ""
) -> Any:
    """Let other values hold from a day on: the present period ends there, a new one begins. Returns the new record.

    Raises `NotAllowed` where nothing differs or the day is not inside the present period, `StaleRecord` as `correct_fact`.
    """
    changed = {name: value for name, value in values.items() if _differs(record, name, value)}
    if not changed:
        raise NotAllowed(_("Nothing differs from what is on file."))
    if not (record.valid.lower < on and record.period.contains(on)):
        raise NotAllowed(_("The day must lie inside the period that it divides, after its first day."))
    with change("personnel.change_fact", actor=actor, reason=reason, document=document, source=SOURCE):
        return record.supersede(on=on, **changed)


def add_fact(
    *, actor: Any, teacher: Teacher, model: Any, values: Mapping[str, Any], reason: str, document: str = "",
    since: date | None = None, until: date | None = None,
) -> Any:  # fmt: skip
    """Add a record to a section; a dated one holds from `since` up to, not including, `until`.

    Raises `NotAllowed` where a period overlaps one on file, the section takes one record only, or another file has the number.
    """
    with _explained(), change("personnel.add_fact", actor=actor, reason=reason, document=document, source=SOURCE):
        record = model(teacher=teacher)
        if since is not None:
            record.valid = Range(since, until)
        _assign(record, values)
        record.save(force_insert=True)
    return record


def _differs(record: Any, name: str, value: Any) -> bool:
    if isinstance(value, Portrait):
        return bool(record.file.digest != hashlib.sha256(value.content).hexdigest())
    protected = getattr(record, "_protected", {}).get(name)
    if protected is None:
        return bool(getattr(record, name) != value)
    index = getattr(record, f"{name}_index")
    return (bytes(index) if index is not None else None) != (blind_index(protected.kind, value) if value else None)


def _assign(record: Any, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        kept = store(value.name, value.content, content_type=CONTENT_TYPE) if isinstance(value, Portrait) else value
        setattr(record, name, kept)
    if isinstance(record, Teacher) and "name" in values:
        keys = pinyin_keys(record.name)
        record.pinyin, record.initials = keys.spaced, keys.initials


def _columns(record: Any, changed: Mapping[str, Any]) -> set[str]:
    """The columns that hold the changed fields: three for a protected value, the search keys with a name."""
    protected = getattr(record, "_protected", {})
    plain = {name for name in changed if name not in protected}
    sealed = {f"{name}_{part}" for name in changed if name in protected for part in ("cipher", "index", "last")}
    keys = {"pinyin", "initials"} if isinstance(record, Teacher) and "name" in changed else set()
    return plain | sealed | keys


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what the database's constraints say into words."""
    try:
        yield
    except IntegrityError as error:
        raise NotAllowed(_reason(str(error))) from error


def _reason(said: str) -> str:
    if "identity_number_once" in said:
        return _("Another file has this number. Look for the person by the number before you open or change a file.")
    if "exclusion" in said:
        return _(
            "Another record of this section holds on some of these days. End that one first, or choose other days."
        )
    if "unique" in said:
        return _("This section takes one record, which is there already. Change that one.")
    return _("The values contradict each other or the records on file.")
