"""Stored values as JSON: codes with their names, units with their names, protected values as masks only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models

from core.codes.values import Values
from core.dates import BEFORE_RECORDS, PartialDate
from core.org.models import Unit
from core.records.fields import CodeField


def period(valid: Any) -> dict[str, str | None] | None:
    """A half-open stretch of days: from its first day (null before all records) until the first day after it (null while it lasts)."""
    if valid is None or valid.isempty:
        return None
    return {"from": known_day(valid.lower), "until": plain(valid.upper)}


def known_day(day: date | None) -> str | None:
    """A day in ISO form; null for what held before anybody kept records."""
    return None if day is None or day == BEFORE_RECORDS else day.isoformat()


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


def value(values: Values, record: Any, name: str, *, model: Any = None, units: Mapping[int, Unit] | None = None) -> Any:
    """One field of a record; null where nothing is recorded. A protected value is `{"masked": "**************2812"}`.

    For a version of a record, `model` is the model of the record. `units` are those that foreign keys may point to, by
    primary key; without them, units must have been fetched with the record.
    """
    model = model or type(record)
    if name in getattr(model, "_protected", {}):
        masked = values.shown(model, name, record).text
        return {"masked": masked} if masked else None
    field = model._meta.get_field(name)
    stored = getattr(record, field.attname)
    if stored is None or stored == "":
        return None
    if isinstance(field, CodeField):
        return code(values, field.code_list, stored)
    if isinstance(field, DateRangeField):
        return period(stored)
    if field.related_model is Unit:
        return unit_of(values, getattr(record, name) if units is None else units.get(stored))
    if field.choices:
        return {"code": stored, "label": values.shown(model, name, record).text}
    return values.shown(model, name, record).text if isinstance(field, models.ForeignKey) else plain(stored)


def units_of(model_rows: Iterable[tuple[Any, Any]]) -> dict[int, Unit]:
    """The units that records point to, given as (model, record or version): one query."""
    wanted = {
        getattr(row, field.attname)
        for model, row in model_rows
        for field in model._meta.concrete_fields
        if field.related_model is Unit
    }
    return Unit._base_manager.in_bulk(wanted - {None})


def role_of(role: str) -> dict[str, str]:
    """A role by its name in `config/roles.py` and its name on the page."""
    known = settings.ROLES.get(role)
    return {"code": role, "label": str(known.label) if known else role}
