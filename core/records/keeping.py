"""Columns of history are kept for ever: what a migration may not do to them, and what `makemigrations` does instead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.checks import Error
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from simple_history.models import HistoricalChanges

TEXT = re.compile(r"varchar\((\d+)\)")
FORBIDDEN_SQL = re.compile(r"\b(drop|truncate|alter\s+column|rename\s+to)\b", re.IGNORECASE)


@dataclass(slots=True)
class HistoryTable:
    """The columns that a history model has in the database so far: name → (type, may be empty)."""

    table: str
    columns: dict[str, tuple[str, bool]] = field(default_factory=dict)


Tables = dict[tuple[str, str], HistoryTable]


def history_is_kept(app_configs: Any = None, **_kwargs: Any) -> list[Error]:
    """A system check: no migration drops, narrows, retypes or fills a column of history."""
    labels = {config.label for config in app_configs or apps.get_app_configs()}
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return [
        Error(f"{name[0]}.{name[1]}: {text}", id="records.E010")
        for name, text in faults_of(in_order(loader))
        if name[0] in labels
    ]


def in_order(loader: MigrationLoader) -> Iterator[migrations.Migration]:
    """All migrations on disk, each after those that it depends on."""
    seen: set[tuple[str, str]] = set()
    for leaf in sorted(loader.graph.leaf_nodes()):
        for key in loader.graph.forwards_plan(leaf):
            if key not in seen:
                seen.add(key)
                yield loader.graph.nodes[key]


def faults_of(plan: Iterable[migrations.Migration]) -> Iterator[tuple[tuple[str, str], str]]:
    """What migrations, in their order, do to history that they may not: ((app, migration name), sentence)."""
    tables: Tables = {}
    for migration in plan:
        for operation in _on_database(migration.operations):
            for text in _faults(tables, migration.app_label, operation, young=bool(migration.initial)):
                yield (migration.app_label, migration.name), text


def _on_database(operations: Iterable[Any]) -> Iterator[Any]:
    """The operations that reach the database, taken out of what separates them from the state."""
    for operation in operations:
        if isinstance(operation, migrations.SeparateDatabaseAndState):
            yield from _on_database(operation.database_operations)
        else:
            yield operation


def _faults(tables: Tables, app: str, operation: Any, *, young: bool) -> Iterator[str]:
    """What one operation does that it may not. `young`: the tables are being made, no row is older than a column."""
    if isinstance(operation, migrations.CreateModel) and HistoricalChanges in (operation.bases or ()):
        table = operation.options.get("db_table", f"{app}_{operation.name.lower()}")
        columns = {name: _column(one) for name, one in operation.fields}
        tables[app, operation.name.lower()] = HistoryTable(table, columns)
    elif isinstance(operation, migrations.RunSQL):
        yield from _sql_faults(tables, operation)
    else:
        renamed = getattr(operation, "old_name_lower", None) if isinstance(operation, migrations.RenameModel) else None
        name = str(renamed or "") or str(
            getattr(operation, "model_name_lower", "") or getattr(operation, "name_lower", "")
        )
        known = tables.get((app, name))
        if known is not None:
            yield from _table_faults(known, operation, young=young)


def _table_faults(known: HistoryTable, operation: Any, *, young: bool) -> Iterator[str]:
    if isinstance(operation, (migrations.DeleteModel, migrations.RenameModel, migrations.AlterModelTable)):
        yield f"{known.table} is the name that seals know: a history table is neither dropped nor renamed"
    elif isinstance(operation, migrations.RemoveField):
        yield f"{known.table}.{operation.name} would be dropped: remove it from the state only (makemigrations does)"
    elif isinstance(operation, migrations.RenameField):
        known.columns[operation.new_name] = known.columns.pop(operation.old_name)
    elif isinstance(operation, migrations.AddField):
        yield from _added(known, operation, young=young)
    elif isinstance(operation, migrations.AlterField):
        yield from _altered(known, operation)


def _added(known: HistoryTable, operation: Any, *, young: bool) -> Iterator[str]:
    if operation.name in known.columns:
        yield f"{known.table}.{operation.name} is still there from before: choose another name"
    elif not young and not _starts_empty(operation.field):
        yield f"{known.table}.{operation.name} must be empty in older rows: it is nullable and has no default"
    known.columns[operation.name] = _column(operation.field)


def _starts_empty(one: Any) -> bool:
    return one.null and not one.has_default() and not one.has_db_default()


def _altered(known: HistoryTable, operation: Any) -> Iterator[str]:
    was, was_null = known.columns[operation.name]
    now, now_null = _column(operation.field)
    if not _holds(now, was):
        yield f"{known.table}.{operation.name} would turn from {was} into {now}: add a field of another name instead"
    elif was_null and not now_null:
        yield f"{known.table}.{operation.name} must stay nullable: older rows may have no value"
    else:
        known.columns[operation.name] = (now, now_null)


def _sql_faults(tables: Tables, operation: Any) -> Iterator[str]:
    statements = operation.sql if isinstance(operation.sql, (list, tuple)) else [operation.sql]
    for statement in (str(one[0] if isinstance(one, (list, tuple)) else one) for one in statements):
        for known in tables.values():
            if re.search(rf"\b{known.table}\b", statement) and FORBIDDEN_SQL.search(statement):
                yield f"SQL drops or alters columns of {known.table}"


def _column(one: Any) -> tuple[str, bool]:
    if isinstance(one, models.ForeignKey):
        return f"key of {str(getattr(one.remote_field.model, '_meta', one.remote_field.model)).lower()}", one.null
    return one.db_type(connection) or "", one.null


def _holds(wide: str, narrow: str) -> bool:
    """Whether a column of type `wide` takes all values of `narrow` and shows them as the same text."""
    if wide == narrow or (wide == "text" and narrow.startswith("varchar")):
        return True
    new, old = TEXT.fullmatch(wide), TEXT.fullmatch(narrow)
    return bool(new and old and int(new[1]) >= int(old[1]))


def keep_columns(plan: Iterable[migrations.Migration], new: migrations.Migration) -> list[Any]:
    """The operations of a new migration, with all that would take something from history moved to the state only.

    `plan` are the migrations on disk. Removed models, removed columns and shortened columns stay in the database.
    """
    tables: Tables = {}
    for migration in plan:
        for operation in _on_database(migration.operations):
            list(_faults(tables, migration.app_label, operation, young=False))
    gone = {one.name_lower for one in new.operations if isinstance(one, migrations.DeleteModel)}
    return [
        migrations.SeparateDatabaseAndState(state_operations=[operation])
        if _takes_away(tables, new.app_label, operation, gone)
        else operation
        for operation in new.operations
    ]


def _takes_away(tables: Tables, app: str, operation: Any, gone: set[str]) -> bool:
    name = str(getattr(operation, "model_name_lower", "") or getattr(operation, "name_lower", ""))
    known = tables.get((app, name))
    if known is None:
        return False
    if isinstance(operation, migrations.AlterField):
        was, now = known.columns[operation.name][0], _column(operation.field)[0]
        return _holds(was, now) and not _holds(now, was)
    return isinstance(operation, (migrations.RemoveField, migrations.DeleteModel)) or name in gone
