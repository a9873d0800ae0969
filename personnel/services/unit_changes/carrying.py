"""Dated records that go from one unit to another on a day: each is divided there, or its unit changes. Two statements for each model."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

from psycopg.types.range import Range


def rows_from(model: Any, units: Collection[int], on: date, people: Collection[int] | None = None) -> list[Any]:
    """The records at units that hold on a day or later, of some people or of all; locked."""
    rows = model._base_manager.select_for_update().filter(unit__in=units, valid__overlap=Range(on, None))
    return list(rows.filter(teacher__in=people).order_by("pk") if people is not None else rows.order_by("pk"))


def carry(
    rows: Collection[Any], unit: int, on: date, *, left: Mapping[str, Any] | None = None, came: Mapping[str, Any] | None = None,
    goes: Callable[[Any], bool] = bool, fitting: Callable[[Any], None] | None = None, fits: Collection[str] = (),
) -> None:  # fmt: skip
    """Let records of one model go on at a unit from a day on: what held before stays where it was.

    `left` is said of what ends there, `came` of what begins there. `fitting(row)` changes the fields `fits` of what goes on. Records of
    which `goes` says no end on the day.
    """
    if not rows:
        return
    model = type(next(iter(rows)))
    divided = [one for one in rows if one.valid.lower < on]
    later = [one for one in rows if one.valid.lower >= on and goes(one)]
    fresh = [_following(one, unit, on, came or {}) for one in divided if goes(one)]
    for one in divided:
        one.valid = Range(one.valid.lower, on)
        _say(one, left or {})
    for one in later:
        one.unit_id = unit
    if fitting is not None:
        for one in (*fresh, *later):
            fitting(one)
    model.objects.bulk_update(divided, {"valid", *(left or {})})
    model.objects.bulk_update(later, {"unit", *fits})
    model.objects.bulk_create(fresh)


def _following(row: Any, unit: int, on: date, said: Mapping[str, Any]) -> Any:
    """What goes on of a record from a day to its end, at a unit."""
    made = type(row)(**{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields})
    made.pk, made.public_id, made.revision, made.source_row = None, uuid.uuid4(), 1, None
    made._state.adding = True
    made.valid, made.unit_id = Range(on, row.valid.upper), unit
    _say(made, said)
    return made


def _say(row: Any, said: Mapping[str, Any]) -> None:
    for name, value in said.items():
        setattr(row, name, value)
