"""Set-wise writes of records inside the open change: COPY for new rows, one UPDATE … FROM for changed ones."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from datetime import date
from functools import lru_cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from psycopg import adapters
from psycopg.adapt import Dumper

from core.dates import PartialDate
from core.records.errors import StaleRecord, explained

MOST_PERIODS = 4096
# Identifiers of one moment; at most 4096, which is what the twelve bits behind the moment count.
IDS_AT_ONCE = 1024


class PartialDateDumper(Dumper):
    """A partial date goes to the database as its ISO text."""

    oid = adapters.types["text"].oid

    def dump(self, obj: PartialDate) -> bytes:
        return str(obj).encode()


adapters.register_dumper(PartialDate, PartialDateDumper)


@lru_cache(maxsize=MOST_PERIODS)
def period_text(start: date, end: date | None = None) -> str:
    """A half-open period as COPY takes it; one text for the thousands of rows that share it."""
    return f"[{start},{end or ''})"


def public_ids() -> Iterator[str]:
    """Fresh identifiers without end, of version 7 (RFC 9562): their order is that of their making.

    The server makes the same by default, but asks the system for chance once per row: an eighth of the time of a COPY.
    """
    moment = 0
    while True:
        moment = max(moment + 1, time.time_ns() // 1_000_000)
        chance = os.urandom(IDS_AT_ONCE * 8).hex()
        for place in range(IDS_AT_ONCE):
            yield f"{moment:012x}7{place:03x}8{chance[place * 16 + 1 : place * 16 + 16]}"


def allocate(model: type[models.Model], count: int) -> list[int]:
    """Take `count` primary keys from the model's sequence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def copy_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """COPY rows into the model's table; `columns` are column names, values in the same order. Returns how many.

    Values are plain (text, number, bytes, bool, date, PartialDate, None); periods come as `period_text`. Columns left out get
    the database's default: `revision` of records need not be named, nor `public_id`, which is made here.
    """
    if "public_id" not in columns and any(field.column == "public_id" for field in model._meta.concrete_fields):
        columns = [*columns, "public_id"]
        rows = ((*row, made) for row, made in zip(rows, public_ids(), strict=False))
    names = ", ".join(f'"{name}"' for name in columns)
    statement = f'COPY "{model._meta.db_table}" ({names}) FROM STDIN'
    aside = _aside.get()
    if aside is None:
        with (
            explained(),
            connection.wrap_database_errors,
            connection.cursor() as cursor,
            cursor.copy(statement) as copy,
        ):
            return _write_each(copy, rows)
    listed = list(rows)
    aside.wait()
    with ExitStack() as ending:
        # Django translates the errors of execute(), not those of copy().
        ending.enter_context(explained())
        ending.enter_context(connection.wrap_database_errors)
        copy = ending.enter_context(ending.enter_context(connection.cursor()).copy(statement))
        count = _write_each(copy, listed)
        aside.finish(ending.pop_all())
    return count


def _write_each(copy: Any, rows: Iterable[Sequence[Any]]) -> int:
    write, count = copy.write_row, 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 - the count is what is returned
        write(row)
    return count


class _Aside:
    """Ends one COPY at a time in a thread of its own: there the server checks the rows and writes their history."""

    def __init__(self, thread: ThreadPoolExecutor) -> None:
        self.thread = thread
        self.ending: Future[None] | None = None

    def finish(self, copying: ExitStack) -> None:
        """Begin to end a COPY, all of whose rows are sent."""
        self.ending = self.thread.submit(copying.close)

    def wait(self) -> None:
        """Wait until the last COPY is done; its error is raised here."""
        ending, self.ending = self.ending, None
        if ending is not None:
            ending.result()

    def before(self, execute: Callable[..., Any], *told: Any) -> Any:
        """No other statement is sent over the connection meanwhile."""
        self.wait()
        return execute(*told)


_aside: ContextVar[_Aside | None] = ContextVar("aside", default=None)


@contextmanager
def copies_aside() -> Iterator[None]:
    """Inside, `copy_rows` returns when the rows are sent, while the server still takes them in: the next ones are made meanwhile.

    The statement that follows, or the end of the block, waits for it and raises its error. Foreign keys are looked at with the rows,
    not at the end of the transaction. Commit after the block only.
    """
    with ThreadPoolExecutor(max_workers=1) as thread:
        aside = _Aside(thread)
        token = _aside.set(aside)
        try:
            with connection.execute_wrapper(aside.before):
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                yield
                aside.wait()
        finally:
            _aside.reset(token)


def update_rows(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """Update rows given as (id, revision, *values of `columns`) in one statement.

    Raises `StaleRecord` when a row is gone or has another revision; nothing is written then.
    """
    if not rows:
        return 0
    fields = {field.column: field for field in model._meta.concrete_fields}
    names = ["id", "revision", *columns]
    arrays = ", ".join(f"%s::{_array_type(fields[name])}" for name in names)
    assigned = ", ".join(f'"{name}" = {_new_value(fields[name])}' for name in names[1:])
    listed = ", ".join(f'"{name}"' for name in names)
    statement = (
        f'UPDATE "{model._meta.db_table}" AS old SET {assigned} '  # noqa: S608 - names come from the models
        f"FROM unnest({arrays}) AS new ({listed}) WHERE old.id = new.id"
    )
    values = [_column(fields[name], [row[place] for row in rows]) for place, name in enumerate(names)]
    with explained(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        if cursor.rowcount != len(rows):
            msg = f"{len(rows) - cursor.rowcount} rows of {model._meta.label} are gone"
            raise StaleRecord(msg)
        return cursor.rowcount


def _by_text(field: Any) -> bool:
    """Arrays (unnest would take them apart) and JSON travel as text."""
    return isinstance(field, (ArrayField, models.JSONField))


def _array_type(field: Any) -> str:
    column_type = field.db_type(connection) or "text"
    plain = {"bigserial": "bigint", "serial": "integer"}.get(column_type, column_type)
    return "text[]" if plain.startswith("varchar") or _by_text(field) else f"{plain}[]"


def _new_value(field: Any) -> str:
    return f'new."{field.column}"' + (f"::{field.db_type(connection)}" if _by_text(field) else "")


def _column(field: Any, values: list[Any]) -> list[Any]:
    """One column's values as psycopg takes them."""
    if not _by_text(field):
        return values
    write = _array_literal if isinstance(field, ArrayField) else json.dumps
    return [None if value is None else write(value) for value in values]


def _array_literal(values: Sequence[Any]) -> str:
    """A list as PostgreSQL writes an array: `{"a","b",NULL}`, quotes and backslashes escaped."""
    quoted = (str(item).replace("\\", "\\\\").replace('"', '\\"') for item in values if item is not None)
    return "{" + ",".join("NULL" if item is None else f'"{next(quoted)}"' for item in values) + "}"
