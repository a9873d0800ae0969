"""What the tables hold, read past the ORM: a live row and the versions of a record, as plain dictionaries."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection, models

HISTORY_ONLY = {"history_id", "history_date", "history_type", "change_id"}


def live_row(model: type[models.Model], pk: int) -> dict[str, Any] | None:
    """The row as it stands, by column."""
    return next(iter(_rows(f'SELECT to_jsonb(t) FROM "{model._meta.db_table}" t WHERE id = %s', pk)), None)


def versions(model: Any, pk: int) -> list[dict[str, Any]]:
    """All history rows of a record, oldest revision first."""
    table = model.history.model._meta.db_table
    return _rows(f'SELECT to_jsonb(t) FROM "{table}" t WHERE id = %s ORDER BY revision, history_id', pk)


def recorded(version: dict[str, Any]) -> dict[str, Any]:
    """The record's own columns of a history row."""
    return {name: value for name, value in version.items() if name not in HISTORY_ONLY}


def _rows(query: str, pk: int) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [pk])
        return [json.loads(row[0]) for row in cursor.fetchall()]


def column_values(instance: models.Model) -> dict[str, Any]:
    """What an INSERT of the instance would store, by column, without what the database sets by itself."""
    fields = [field for field in instance._meta.concrete_fields if not field.primary_key and not field.has_db_default()]
    return {field.column: field.get_db_prep_save(getattr(instance, field.attname), connection) for field in fields}
