"""Putting a fact right, changing it from a day on, adding one: each one change with its reason and its paper."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any, Unpack

from django.db import IntegrityError
from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.org.errors import NotAllowed
from core.records.models import KEPT, EffectiveRecord, StoredFile
from core.records.storage import store
from core.records.vault import blind_index
from core.text import pinyin_keys
from personnel.choices import ADD, CHANGE, CORRECT, END
from personnel.models import Teacher
from personnel.portraits import CONTENT_TYPE, Portrait
from personnel.services.access import note_number
from personnel.services.periods import close_before, later_periods, must_be_free, must_follow_birth, real
from personnel.services.why import Why, because

NUMBER_ONCE = "identity_number_once"


def correct_fact(
    *, actor: Any, record: Any, values: Mapping[str, Any], valid: Range[date] | None = None, follow: bool = False,
    **why: Unpack[Why],
) -> Any:  # fmt: skip
    """Put right what was recorded wrongly: values and, of a dated record, the period `valid` (None: it is right).

    With `follow`, later periods that say the same wrong thing are put right with it. Raises `NotAllowed` where nothing differs, the
    period is none or overlaps another, a day lies before the birth, the reason does not fit, or another file has the same number,
    `StaleRecord` where `record.revision` is not the stored one.
    """
    changed = differing(record, values)
    moved = valid is not None and valid != record.valid
    if not changed and not moved:
        raise NotAllowed(_("Nothing differs from what is on file."))
    days = {"on": valid.lower if valid.lower != record.valid.lower else None} if valid is not None and moved else {}
    must_follow_birth(_person(record), type(record), changed, days)
    dated = isinstance(record, EffectiveRecord)
    with explained_refusal(actor, values), because("personnel.correct_fact", CORRECT, actor, why, dated=dated):
        if follow:
            _follow(wrong_too(record, changed))
        if valid is not None and moved:
            must_be_free(record, real(valid))
            record.valid = valid
        _assign(record, changed)
        record.save(update_fields=_columns(record, changed) | ({"valid"} if moved else set()))
    return record


def change_fact(
    *, actor: Any, record: Any, on: date, values: Mapping[str, Any], until: Any = KEPT, follow: bool = False,
    **why: Unpack[Why],
) -> Any:  # fmt: skip
    """Let other values hold from a day on: the present period ends there, a new one begins. Returns the new record.

    It holds up to, not including, `until` (None: without end), by default as long as the present one would. With `follow`, later
    periods take the new values too; without, they stay as they are. A day ahead needs nothing more: it takes effect by its date.
    Raises `NotAllowed` where nothing differs, the day is not inside the present period or the new one overlaps another, and
    otherwise as `correct_fact`.
    """
    changed = differing(record, values)
    if not changed:
        raise NotAllowed(_("Nothing differs from what is on file."))
    must_follow_birth(_person(record), type(record), changed, {"on": on})
    if not (record.valid.lower < on and record.period.contains(on)):
        raise NotAllowed(_("The day must lie inside the period that it divides, after its first day."), field="on")
    must_be_free(record, real(Range(on, record.valid.upper if until is KEPT else until)))
    with explained_refusal(actor, values), because("personnel.change_fact", CHANGE, actor, why):
        if follow:
            _follow(saying_otherwise(record, changed))
        return record.supersede(on=on, until=until, **changed)


def end_fact(*, actor: Any, record: Any, until: date, values: Mapping[str, Any], **why: Unpack[Why]) -> Any:
    """Let a dated record end: it holds up to, not including, `until`, and nothing follows. `values` say more of it, such as why.

    Raises `NotAllowed` where it ends by then already or would end before it began, and otherwise as `correct_fact`.
    """
    if record.valid.upper is not None and record.valid.upper <= until:
        raise NotAllowed(
            _("It ends by then already. To put its end right, choose “recorded wrongly”."), field="last_day"
        )
    changed = differing(record, values)
    must_follow_birth(_person(record), type(record), changed, {})
    with explained_refusal(actor, values), because("personnel.end_fact", END, actor, why):
        record.valid = real(Range(record.valid.lower, until))
        _assign(record, changed)
        record.save(update_fields={"valid"} | _columns(record, changed))
    return record


def add_fact(
    *, actor: Any, teacher: Teacher, model: Any, values: Mapping[str, Any], since: date | None = None,
    until: date | None = None, closing: bool = False, **why: Unpack[Why],
) -> Any:  # fmt: skip
    """Add a record to a section; a dated one holds from `since` up to, not including, `until`.

    With `closing`, the record that holds until then ends where the new one begins. Raises `NotAllowed` where a period overlaps one on
    file, the section takes one record only, a day lies before the birth, the reason does not fit, or another file has the number.
    """
    must_follow_birth(teacher, model, values, {"on": since})
    with explained_refusal(actor, values), because("personnel.add_fact", ADD, actor, why):
        hold_open(teacher)
        record = model(teacher=teacher)
        _assign(record, values)
        if since is not None:
            record.valid = real(Range(since, until))
            if closing:
                close_before(record, since)
            must_be_free(record, record.valid)
        record.save(force_insert=True)
    return record


def differing(record: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that are not what the record says."""
    return {name: value for name, value in values.items() if _differs(record, name, value)}


def saying_otherwise(record: Any, changed: Mapping[str, Any]) -> list[tuple[Any, dict[str, Any]]]:
    """The later periods that a change from a day on leaves saying something else, each with what it would take over."""
    rows = ((row, differing(row, changed)) for row in later_periods(record))
    return [(row, values) for row, values in rows if values]


def wrong_too(record: Any, changed: Mapping[str, Any]) -> list[tuple[Any, dict[str, Any]]]:
    """The later periods that say the same wrong thing, each with what would put it right."""
    said = {name: getattr(record, name) for name in changed}
    rows = (
        (row, {name: value for name, value in changed.items() if not _differs(row, name, said[name])})
        for row in later_periods(record)
    )
    return [(row, values) for row, values in rows if values]


def _follow(rows: list[tuple[Any, dict[str, Any]]]) -> None:
    for row, values in rows:
        _assign(row, values)
        row.save(update_fields=_columns(row, values))


def hold_open(*teachers: Teacher) -> None:
    """Keep files from being merged into others until this change ends; refuse where one was. One query."""
    rows = Teacher._base_manager.select_for_update(no_key=True).filter(pk__in={one.pk for one in teachers})
    if any(merged is not None for merged in rows.order_by("pk").values_list("merged_into_id", flat=True)):
        raise NotAllowed(_("This file was merged into another one meanwhile. Open that one, and add the record there."))


def _person(record: Any) -> Teacher:
    found: Teacher = record if isinstance(record, Teacher) else record.teacher
    return found


def _differs(record: Any, name: str, value: Any) -> bool:
    if isinstance(value, Portrait):
        return bool(record.file.digest != hashlib.sha256(value.content).hexdigest())
    if isinstance(value, StoredFile):
        return bool(getattr(record, name).digest != value.digest)
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
def explained_refusal(actor: Any, values: Mapping[str, Any]) -> Iterator[None]:
    """Turn what the database's constraints say into words. That a number is another's is an answer, so it is written down."""
    try:
        yield
    except IntegrityError as error:
        if NUMBER_ONCE in str(error) and "number" in values:
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
