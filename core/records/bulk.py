"""Set-wise writes of records inside the open change: COPY for new rows, one UPDATE … FROM for changed ones."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import connection, models
from psycopg.types.range import Range

from core.records.errors import StaleRecord, explained

COPY_BUFFER = 1 << 18
_SPECIAL = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def allocate(model: type[models.Model], count: int) -> list[int]:
    """Take `count` primary keys from the model's sequence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [model._meta.db_table, count]
        )
        return [row[0] for row in cursor.fetchall()]


def _text(value: Any) -> str:
    if value is None:
        return "\\N"
    if type(value) is str:
        return value.translate(_SPECIAL) if any(c in value for c in "\\\t\n\r") else value
    if type(value) is bytes:
        return "\\\\x" + value.hex()
    if type(value) is bool:
        return "t" if value else "f"
    if isinstance(value, Range):
        return f"[{value.lower or ''},{value.upper or ''})"
    if isinstance(value, (list, tuple)):
        quoted = ",".join('"' + str(item).replace("\\", "\\\\").replace('"', '\\"') + '"' for item in value)
        return ("{" + quoted + "}").translate(_SPECIAL)
    return str(value).translate(_SPECIAL) if not isinstance(value, (int, date, uuid.UUID)) else str(value)


def copy_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """COPY rows into the model's table; `columns` are column names, values in the same order. Returns how many.

    For records, `public_id` and `revision` are added where the columns do not name them.
    """
    record = {field.column for field in model._meta.concrete_fields}
    extra = [name for name in ("public_id", "revision") if name in record and name not in columns]
    names = ", ".join(f'"{name}"' for name in [*columns, *extra])
    count, buffer, size = 0, [], 0
    with explained(), connection.cursor() as cursor, cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as copy:
        for row in rows:
            cells = [_text(value) for value in row]
            cells += [str(uuid.uuid4()) if name == "public_id" else "1" for name in extra]
            line = "\t".join(cells)
            buffer.append(line)
            size += len(line)
            count += 1
            if size > COPY_BUFFER:
                copy.write("\n".join(buffer) + "\n")
                buffer, size = [], 0
        if buffer:
            copy.write("\n".join(buffer) + "\n")
    return count


def update_rows(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """Update rows given as (id, revision, *values of `columns`) in one statement.

    Raises `StaleRecord` when a row is gone or has another revision; nothing is written then.
    """
    if not rows:
        return 0
    types = {field.column: field.db_type(connection) for field in model._meta.concrete_fields}
    names = ["id", "revision", *columns]
    arrays = ", ".join(f"%s::{_array_type(types[name])}" for name in names)
    assigned = ", ".join(f'"{name}" = new."{name}"' for name in names[1:])
    listed = ", ".join(f'"{name}"' for name in names)
    statement = (
        f'UPDATE "{model._meta.db_table}" AS old SET {assigned} FROM unnest({arrays}) AS new ({listed}) WHERE old.id = new.id'  # noqa: S608
    )
    values = [[row[place] for row in rows] for place in range(len(names))]
    with explained(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        if cursor.rowcount != len(rows):
            msg = f"{len(rows) - cursor.rowcount} rows of {model._meta.label} are gone"
            raise StaleRecord(msg)
        return cursor.rowcount


def _array_type(column_type: str | None) -> str:
    plain = {"bigserial": "bigint", "serial": "integer"}.get(column_type or "", column_type or "text")
    return "text[]" if plain.startswith("varchar") else f"{plain}[]"
