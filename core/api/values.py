"""Stored values as JSON: codes with their names, units with their names, protected values as masks only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models

from core.codes.values import Values
from core.dates import PartialDate
from core.org.models import Unit
from core.records.fields import CodeField


def period(valid: Any) -> dict[str, str | None] | None:
    """A half-open stretch of days: `from` is the first day, `until` the first day after it, null while it lasts."""
    if valid is None or valid.isempty:
        return None
    return {"from": plain(valid.lower), "until": plain(valid.upper)}


def plain(value: Any) -> Any:
    """A value without a field: days and moments in ISO form, dates as exact as they are known."""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (PartialDate, Decimal)):
        return str(value)
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value


def unit_of(values: Values, unit: Unit | None) -> dict[str, Any] | None:
    """A unit by its address and code, with its name on the day."""
    return {"id": str(unit.public_id), "code": unit.code, "name": values.unit(unit.pk)} if unit is not None else None


def code(values: Values, list_name: str, stored: str) -> dict[str, str] | None:
    """An entry of a code list with its name; null where nothing is recorded."""
    return {"code": stored, "label": values.code(list_name, stored)} if stored else None


def value(values: Values, record: Any, name: str) -> Any:
    """One field of a record; null where nothing is recorded. A protected value is `{"masked": "**************2812"}`.

    Foreign keys to units must have been fetched with the record.
    """
    if name in getattr(record, "_protected", {}):
        masked = values.shown(type(record), name, record).text
        return {"masked": masked} if masked else None
    field = record._meta.get_field(name)
    stored = getattr(record, field.attname)
    if stored is None or stored == "":
        return None
    if isinstance(field, CodeField):
        return code(values, field.code_list, stored)
    if isinstance(field, models.ForeignKey):
        if field.related_model is Unit:
            return unit_of(values, getattr(record, name))
        return values.shown(type(record), name, record).text
    if field.choices:
        return {"code": stored, "label": values.shown(type(record), name, record).text}
    return plain(stored)


def values_of_record(values: Values, record: Any, names: Iterable[str]) -> dict[str, Any]:
    """Several fields of a record by name."""
    return {name: value(values, record, name) for name in names}


def role_of(role: str) -> dict[str, str]:
    """A role by its name in `config/roles.py` and its name on the page."""
    known = settings.ROLES.get(role)
    return {"code": role, "label": str(known.label) if known else role}
