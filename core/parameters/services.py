"""Verbs on parameters: load what the product ships, and what a bureau sets for its own units."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.org.actor import system_actor
from core.org.errors import NotAllowed
from core.parameters import selectors
from core.parameters.files import shipped
from core.parameters.models import ParameterVersion
from core.parameters.reading import TableFile, Version
from core.parameters.schema import build, in_words
from core.records.changes import change
from core.shipped import Loaded, difference

LOCK: Final = "parameters"
SHIPPED_FIELDS: Final = ("data", "reference", "reference_en", "mark")


def load_parameters(*, on: date) -> Loaded:
    """Bring the national versions to what the files say, in one change by the system; none where nothing differs.

    A table that the files no longer name ends on the day `on`. What a bureau has set for its units stays. Raises
    `schema.InvalidParameter`.
    """
    wanted = [_row(table, version) for table in shipped().values() for version in table.versions]
    with transaction.atomic():
        _lock()
        stored = ParameterVersion.objects.filter(unit__isnull=True)
        found = difference(stored, wanted, key=lambda row: row.table, fields=SHIPPED_FIELDS, on=on)
        if any(found.counts()):
            with change("parameters.load", actor=system_actor(on), reason="Parameters as shipped", source="command"):
                found.write(ParameterVersion)
    _announce()
    return found.counts()


def set_local(
    *,
    actor: Any,
    unit: Any,
    table: str,
    data: Mapping[str, Any],
    on: date,
    reference: str,
    reason: str,
    document: str = "",
) -> ParameterVersion:
    """Let a table say something else from `on` in a unit and below it; what it said there before ends on that day.

    Raises `NotAllowed` where a bureau may not deviate from the table, the unit is not the actor's, or a later version
    is in the way, and `schema.InvalidParameter` where the data does not fit.
    """
    known = shipped().get(table)
    if known is None or not known.overridable:
        raise NotAllowed(_("Local rules cannot deviate from this table."))
    if not actor.sees_all and (actor.unit is None or not actor.unit.covers(unit)):
        raise NotAllowed(_("You may not set parameters for this unit."))
    if not reference.strip():
        raise NotAllowed(_("A local parameter needs the document that sets it."))
    build(known.schema, in_words(data, english=False), reference=reference, mark=ParameterVersion.Mark.LOCAL.value)
    with transaction.atomic():
        _lock()
        here = ParameterVersion.objects.filter(table=table, unit=unit)
        if here.filter(valid__startswith__gte=on).exists():
            raise NotAllowed(_("A version that begins on that day or later is already recorded for this unit."))
        with change("parameters.set_local", actor=actor, reason=reason, document=document, source="page"):
            for open_version in here.filter(valid__contains=on):
                open_version.valid = Range(open_version.valid.lower, on)
                open_version.save(update_fields={"valid"})
            version = ParameterVersion.objects.create(
                table=table, unit=unit, data=dict(data), reference=reference, mark=ParameterVersion.Mark.LOCAL,
                valid=Range(on, None),
            )  # fmt: skip
    _announce()
    return version


def _row(table: TableFile, version: Version) -> ParameterVersion:
    return ParameterVersion(
        table=table.table, data=dict(version.data), reference=version.reference, reference_en=version.reference_en,
        mark=version.mark,        valid=Range(version.starts, version.ends),
    )  # fmt: skip


def _lock() -> None:
    """One writer of parameters at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [LOCK])


def _announce() -> None:
    """Let this process read the tables anew, now and, for other threads, when the transaction is through."""
    selectors.forget()
    transaction.on_commit(selectors.forget)
