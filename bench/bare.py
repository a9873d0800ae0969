"""The bare COPY that the writing of an import is measured against.

The very rows that a change wrote, live and history, go into empty tables of the same shape: the same columns, defaults, checks, indexes,
unique and exclusion constraints and foreign keys, and no trigger of ours.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import psycopg

from core.records.access import APP_ROLE
from core.records.checks import record_models
from tests.ground.databases import Database

Connection: TypeAlias = "psycopg.Connection[Any]"

SCHEMA = "bare"
# What others point to goes first.
FIRST = ("records_datakey", "personnel_teacher")
KEYS_OF = "id IN (SELECT key_id FROM personnel_historicalteacher WHERE change_id = {change})"
FOREIGN_KEYS = """
    SELECT conname, pg_get_constraintdef(oid), confrelid::regclass::text FROM pg_constraint
     WHERE conrelid = %s::regclass AND contype = 'f' ORDER BY conname"""


@dataclass(frozen=True)
class Load:
    """Rows of one table as COPY writes them."""

    table: str
    columns: str
    content: bytes
    rows: int


def seconds_to_copy(database: Database, change: int) -> float:
    """Seconds to COPY, as the application's role and in one transaction, what a change inserted."""
    with psycopg.connect(database.superuser_url) as connection:
        loads = _loads_of(connection, change)
        _make_tables(connection, [load.table for load in loads])
    with psycopg.connect(database.app_url) as connection:
        began = time.perf_counter()
        for load in loads:
            with connection.cursor().copy(f'COPY {SCHEMA}."{load.table}" ({load.columns}) FROM STDIN') as into:
                into.write(load.content)
        connection.commit()
        return time.perf_counter() - began


def _loads_of(connection: Connection, change: int) -> list[Load]:
    """The live rows and the history rows of each table, and the keys of new persons."""
    found = [_load(connection, "records_datakey", KEYS_OF, change)]
    for model in record_models():
        live, history = model._meta.db_table, model.history.model._meta.db_table
        inserted = f"SELECT id FROM \"{history}\" WHERE change_id = {{change}} AND history_type = '+'"
        found.append(_load(connection, live, f"id IN ({inserted})", change))
        found.append(_load(connection, history, "change_id = {change}", change))
    filled = [load for load in found if load.rows]
    return sorted(filled, key=lambda load: FIRST.index(load.table) if load.table in FIRST else len(FIRST))


def _load(connection: Connection, table: str, condition: str, change: int) -> Load:
    described = connection.execute(f'SELECT * FROM "{table}" LIMIT 0').description
    columns = ", ".join(f'"{column.name}"' for column in described or ())
    query = f'COPY (SELECT {columns} FROM "{table}" WHERE {condition.format(change=change)} ORDER BY 1) TO STDOUT'
    with connection.cursor() as cursor:
        with cursor.copy(query) as out:
            content = b"".join(bytes(piece) for piece in out)
        return Load(table, columns, content, cursor.rowcount)


def _make_tables(connection: Connection, tables: Sequence[str]) -> None:
    """Empty tables of the same shape in a schema of their own."""
    connection.execute(f"CREATE SCHEMA {SCHEMA}")
    connection.execute(f"GRANT USAGE ON SCHEMA {SCHEMA} TO {APP_ROLE}")
    for table in tables:
        connection.execute(f'CREATE TABLE {SCHEMA}."{table}" (LIKE public."{table}" INCLUDING ALL)')
        connection.execute(f'GRANT INSERT ON {SCHEMA}."{table}" TO {APP_ROLE}')
    for table in tables:
        for name, definition, target in connection.execute(FOREIGN_KEYS, [table]).fetchall():
            place = SCHEMA if target in tables else "public"
            pointed = definition.replace(f"REFERENCES {target}(", f"REFERENCES {place}.{target}(")
            connection.execute(f'ALTER TABLE {SCHEMA}."{table}" ADD CONSTRAINT "{name}" {pointed}')
