"""A minimal legal instance of any model, made from its fields, so that a new record is tested without a new factory."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from psycopg.types.range import Range

from core.dates import PartialDate
from core.org.fields import LtreeField
from core.org.models import User
from core.records import vault
from core.records.checks import record_models
from core.records.fields import PartialDateField
from core.records.models import DataKey, Record

FIRST_DAY = date(2001, 9, 1)
_numbers = count(1)


def build(model: type[models.Model], **given: Any) -> Any:
    """An instance that the database would take, not yet stored; what it points to is stored in the open change."""
    values = {
        field.name: _value(field) for field in _needed(model) if field.name not in given and field.attname not in given
    }
    asked = {name: value for name, value in LEGAL.get(model._meta.label, {}).items() if name not in given}
    said = {name: _value(model._meta.get_field(name)) if value is ... else value for name, value in asked.items()}
    return model(**{**values, **said, **given})


def create(model: type[models.Model], **given: Any) -> Any:
    """A stored minimal instance. Records need an open change."""
    if model is DataKey:
        return vault.create_key()
    if model is User:
        return User.objects.create_user(f"built{next(_numbers)}", name="造出来的人")
    instance = build(model, **given)
    instance.save(force_insert=True)
    return instance


# What a field must say besides its kind, whatever fits where `...` stands: a transfer within the system moves the employment to a unit, a
# merger names two units, a part of a split says seats or posts.
LEGAL: dict[str, dict[str, Any]] = {
    "personnel.Move": {"employment": True, "to_unit": ..., "outside": "", "place": "", "letter": ""},
    "personnel.UnitChange": {"kind": "merge", "subject": ..., "receiver": ...},
    "personnel.SplitPart": {"level": "", "special": False},
}
# Valid only beside others: tests/personnel/test_seats.py and test_cadres.py try the roads to them.
NEVER_ALONE = frozenset({"personnel.SeatEntry", "personnel.Headship"})


def every_record() -> list[type[Record]]:
    """All records of the product that may stand by themselves, those of tests included."""
    return [model for model in record_models() if model._meta.label not in NEVER_ALONE]


def other_value(instance: Any) -> tuple[str, Any]:
    """A field of the record that may be changed freely, and a legal value that it does not have now."""
    for field in instance._meta.concrete_fields:
        if _free(field):
            return field.name, _different(field, getattr(instance, field.attname))
    return "source_row", (instance.source_row or 0) + 1


def _free(field: Any) -> bool:
    fixed = field.primary_key or field.unique or field.remote_field or field.choices
    kept = {"revision", "source_row", "valid", "path", *LEGAL.get(field.model._meta.label, ())}
    return not fixed and field.name not in kept and not _is_protected(field)


def _is_protected(field: Any) -> bool:
    return isinstance(field, models.BinaryField) or any(
        field.name.startswith(f"{name}_") for name in getattr(field.model, "_protected", {})
    )


def _different(field: Any, value: Any) -> Any:
    if isinstance(field, models.BooleanField):
        return not value
    fresh = _value(field)
    if isinstance(fresh, list | dict) or fresh == value:
        return _changed(field)
    return fresh


def _changed(field: Any) -> Any:
    if isinstance(field, ArrayField):
        return [_value(field.base_field), _value(field.base_field)]
    if isinstance(field, models.JSONField):
        return {"n": next(_numbers), "text": 'a "quoted"\tvalue\\'}
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField) and not field.null:
        return FIRST_DAY + timedelta(days=1 + next(_numbers) % 300)
    if isinstance(field, models.IntegerField | models.DecimalField):
        return _value(field)  # the next number is never the same one
    return PartialDate(1980 + next(_numbers) % 50) if isinstance(field, PartialDateField) else None


def _needed(model: type[models.Model]) -> list[Any]:
    """The fields that have no default and may not be empty, and the unique ones."""
    return [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key
        and not field.null
        and (not field.has_default() or _empty_text(field))
        and not field.has_db_default()
    ]


def _empty_text(field: Any) -> bool:
    return isinstance(field, models.CharField) and field.default == "" and not _is_protected(field)


def _value(field: Any) -> Any:
    if field.remote_field:
        return create(field.related_model)
    if field.choices:
        return field.choices[0][0]
    for kind, make in MAKERS:
        if isinstance(field, kind):
            return make(field, next(_numbers))
    message = f"no test value for {field.model._meta.label}.{field.name} ({type(field).__name__})"
    raise TypeError(message)


def _text(field: Any, number: int) -> str:
    return f"v{number}"[-(field.max_length or 60) :]


MAKERS: list[tuple[type, Any]] = [
    (PartialDateField, lambda _field, number: PartialDate(1950 + number % 70, 1 + number % 12)),
    (LtreeField, lambda _field, number: f"t{number}"),
    (DateRangeField, lambda _field, number: Range(FIRST_DAY, None)),
    (ArrayField, lambda _field, number: []),
    (models.JSONField, lambda _field, number: {"n": number}),
    (models.UUIDField, lambda _field, number: uuid.uuid4()),
    (models.BooleanField, lambda _field, number: False),
    (
        models.DecimalField,
        lambda field, number: Decimal(1 + number % (10 ** (field.max_digits - field.decimal_places) - 1)),
    ),
    (models.PositiveSmallIntegerField, lambda _field, number: 1 + number % 99),
    (models.IntegerField, lambda _field, number: number),
    (models.DateTimeField, lambda _field, number: datetime.combine(FIRST_DAY, time(8), UTC)),
    (models.DateField, lambda _field, number: FIRST_DAY),
    (models.BinaryField, lambda _field, number: f"bytes {number}".encode()),
    (models.EmailField, lambda _field, number: f"a{number}@example.com"),
    (models.CharField, _text),
    (models.TextField, _text),
]
