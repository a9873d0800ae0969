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

from core.codes.values import period_words
from core.org.errors import NotAllowed
from core.records.changes import change
from core.records.models import KEPT
from core.records.storage import store
from core.records.vault import blind_index
from core.text import pinyin_keys
from personnel.models import Teacher
from personnel.portraits import CONTENT_TYPE, Portrait
from personnel.services.access import note_number

SOURCE = "page"
NUMBER_ONCE = "identity_number_once"


def correct_fact(
    *, actor: Any, record: Any, values: Mapping[str, Any], reason: str, document: str = "", valid: Range[date] | None = None
) -> Any:  # fmt: skip
    """Put right what was recorded wrongly: values and, of a dated record, the period `valid` (None: it is right).

    Raises `NotAllowed` where nothing differs, the period is none or overlaps another, or another file has the same number,
    `StaleRecord` where `record.revision` is not the stored one.
    """
    changed = {name: value for name, value in values.items() if _differs(record, name, value)}
    moved = valid is not None and valid != record.valid
    if not changed and not moved:
        raise NotAllowed(_("Nothing differs from what is on file."))
    with (
        _explained(actor, values),
        change("personnel.correct_fact", actor=actor, reason=reason, document=document, source=SOURCE),
    ):
        if valid is not None and moved:
            _must_be_free(record, _real(valid))
            record.valid = valid
        _assign(record, changed)
        record.save(update_fields=_columns(record, changed) | ({"valid"} if moved else set()))
    return record


def change_fact(
    *, actor: Any, record: Any, on: date, values: Mapping[str, Any], reason: str, document: str = "", until: Any = KEPT
) -> Any:
    """Let other values hold from a day on: the present period ends there, a new one begins. Returns the new record.

    It holds up to, not including, `until` (None: without end), by default as long as the present one would. Raises `NotAllowed` where
    nothing differs, the day is not inside the present period or the new one overlaps another, `StaleRecord` as `correct_fact`.
    """
    changed = {name: value for name, value in values.items() if _differs(record, name, value)}
    if not changed:
        raise NotAllowed(_("Nothing differs from what is on file."))
    if not (record.valid.lower < on and record.period.contains(on)):
        raise NotAllowed(_("The day must lie inside the period that it divides, after its first day."))
    _must_be_free(record, _real(Range(on, record.valid.upper if until is KEPT else until)))
    with (
        _explained(actor, values),
        change("personnel.change_fact", actor=actor, reason=reason, document=document, source=SOURCE),
    ):
        return record.supersede(on=on, until=until, **changed)


def end_fact(
    *, actor: Any, record: Any, until: date, values: Mapping[str, Any], reason: str, document: str = ""
) -> Any:
    """Let a dated record end: it holds up to, not including, `until`, and nothing follows. `values` say more of it, such as why.

    Raises `NotAllowed` where it ends by then already or would end before it began, `StaleRecord` as `correct_fact`.
    """
    if record.valid.upper is not None and record.valid.upper <= until:
        raise NotAllowed(_("It ends by then already. To put its end right, choose “recorded wrongly”."))
    changed = {name: value for name, value in values.items() if _differs(record, name, value)}
    with (
        _explained(actor, values),
        change("personnel.end_fact", actor=actor, reason=reason, document=document, source=SOURCE),
    ):
        record.valid = _real(Range(record.valid.lower, until))
        _assign(record, changed)
        record.save(update_fields={"valid"} | _columns(record, changed))
    return record


def add_fact(
    *, actor: Any, teacher: Teacher, model: Any, values: Mapping[str, Any], reason: str, document: str = "",
    since: date | None = None, until: date | None = None, closing: bool = False,
) -> Any:  # fmt: skip
    """Add a record to a section; a dated one holds from `since` up to, not including, `until`.

    With `closing`, the record that holds until then ends where the new one begins. Raises `NotAllowed` where a period overlaps one on
    file, the section takes one record only, or another file has the number.
    """
    with (
        _explained(actor, values),
        change("personnel.add_fact", actor=actor, reason=reason, document=document, source=SOURCE),
    ):
        record = model(teacher=teacher)
        _assign(record, values)
        if since is not None:
            record.valid = _real(Range(since, until))
            if closing:
                _close(record, since)
            _must_be_free(record, record.valid)
        record.save(force_insert=True)
    return record


def _beside(record: Any) -> Any:
    """The other records of which only one holds on any day."""
    alike = {name: getattr(record, name) for name in record.natural}
    return type(record)._base_manager.filter(**alike).exclude(pk=record.pk)


def _close(record: Any, since: date) -> None:
    for before in _beside(record).filter(valid__contains=since, valid__startswith__lt=since):
        before.valid = Range(before.valid.lower, since)
        before.save(update_fields={"valid"})


def _real(valid: Range[date]) -> Range[date]:
    if valid.lower is not None and valid.upper is not None and valid.upper <= valid.lower:
        raise NotAllowed(_("The last day lies before the first one."))
    return valid


def _must_be_free(record: Any, valid: Range[date]) -> None:
    """Refuse a period in which another record of the section holds, saying when that one does."""
    other = _beside(record).filter(valid__overlap=valid).order_by("valid").first()
    if other is not None:
        said = {"period": period_words(other.valid)}
        raise NotAllowed(
            _("Another record of this section holds %(period)s. End that one first, or choose other days.") % said
        )


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
def _explained(actor: Any, values: Mapping[str, Any]) -> Iterator[None]:
    """Turn what the database's constraints say into words. That a number is another's is an answer, so it is written down."""
    try:
        yield
    except IntegrityError as error:
        if NUMBER_ONCE in str(error):
            note_number(actor=actor, index=blind_index("identity", values["number"]))
        raise NotAllowed(_reason(str(error))) from error


def _reason(said: str) -> str:
    if NUMBER_ONCE in said:
        return _("Another file has this number. Look for the person by the number before you open or change a file.")
    if "exclusion" in said:
        return _(
            "Another record of this section holds on some of these days. End that one first, or choose other days."
        )
    if "unique" in said:
        return _("This section takes one record, which is there already. Change that one.")
    return _("The values contradict each other or the records on file.")
