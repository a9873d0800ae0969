"""Remembers the columns of history tables, so that seals outlive added, renamed and removed fields."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connections

from core.records.models import TableShape

CHANGES = "records_change"

COLUMNS = """
    SELECT array_agg(attnum::int ORDER BY attnum), array_agg(attname::text ORDER BY attnum) FROM pg_attribute
     WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped"""


def history_tables() -> list[str]:
    """The history tables of all records, by name."""
    return sorted(model._meta.db_table for model in apps.get_models() if hasattr(model, "instance_type"))


def sealed_tables() -> list[str]:
    """The history tables that seals cover, those of records that no longer exist included."""
    return sorted(set(TableShape.objects.exclude(table=CHANGES).values_list("table", flat=True)))


def remember(sender: Any, using: str, **_kwargs: Any) -> None:
    """After a migration, add a shape for each history table (and for changes) with new columns or new names."""
    if sender.label != "records":
        return
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass('records_tableshape')")
        if cursor.fetchone() == (None,):
            return
        for table in [*history_tables(), CHANGES]:
            _remember_table(cursor, table)


def _remember_table(cursor: Any, table: str) -> None:
    cursor.execute(COLUMNS, [table])
    numbers, names = cursor.fetchone()
    if numbers is None:
        return
    cursor.execute(
        'SELECT version, columns, names FROM records_tableshape WHERE "table" = %s ORDER BY version DESC LIMIT 1',
        [table],
    )
    last = cursor.fetchone()
    if last is None or (list(last[1]), list(last[2])) != (list(numbers), list(names)):
        cursor.execute(
            'INSERT INTO records_tableshape ("table", version, columns, names) VALUES (%s, %s, %s, %s)',
            [table, last[0] + 1 if last else 1, numbers, names],
        )
