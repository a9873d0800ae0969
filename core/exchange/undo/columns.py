"""The columns of a record as undo compares them: in groups that say one thing, three versions side by side.

`b` is the version before the batch, `t` what the batch left, `l` the record as it is now. Each group is a bit of a mask.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.db import models

# What identifies a version is not compared; where the values came from goes back with them.
APART: Final = frozenset({"id", "public_id", "revision", "source_row"})
PERIOD: Final = "valid"


@dataclass(frozen=True, slots=True)
class Group:
    """Columns that go back together: the fields they are told as, the columns that are compared, the columns that are written."""

    bit: int
    names: tuple[str, ...]
    compared: tuple[str, ...]
    columns: tuple[str, ...]


@cache
def groups(model: Any) -> tuple[Group, ...]:
    """The groups of a model. A protected value is one: compared by its index, since each encryption of it differs."""
    left = {field.name: field for field in model._meta.concrete_fields if field.name not in APART}
    found: list[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = []
    for name in getattr(model, "_protected", {}):
        parts = tuple(f"{name}_{part}" for part in ("cipher", "index", "last"))
        for part in parts:
            del left[part]
        found.append(((name,), parts[1:2], parts))
    for names in model.together:
        columns = tuple(left.pop(name).column for name in names)
        found.append((names, columns, columns))
    found += [((name,), (field.column,), (field.column,)) for name, field in left.items()]
    return tuple(Group(1 << place, *parts) for place, parts in enumerate(found))


def source_bit(model: Any) -> int:
    """The bit of `source_row`, which is told by no field."""
    return 1 << len(groups(model))


def period_bit(model: Any) -> int:
    """The bit of the period; 0 where records of the model have none."""
    return next((group.bit for group in groups(model) if PERIOD in group.names), 0)


def fields_in(model: Any, mask: int) -> list[str]:
    """The fields that the bits of a mask stand for."""
    return [name for group in groups(model) if group.bit & mask for name in group.names]


def _differ(columns: tuple[str, ...], one: str, other: str) -> str:
    return "(" + " OR ".join(f'{one}."{name}" IS DISTINCT FROM {other}."{name}"' for name in columns) + ")"


def _to_be_had(model: Any, group: Group) -> str:
    """That the version before can be put back: what may not be empty was there, and what it points to still is."""
    fields = {field.column: field for field in model._meta.concrete_fields}
    needed = []
    for name in group.columns:
        field = fields[name]
        if not field.null:
            needed.append(f'b."{name}" IS NOT NULL')
        if isinstance(field, models.ForeignKey):
            target = field.related_model._meta
            exists = f'EXISTS (SELECT 1 FROM "{target.db_table}" x WHERE x."{target.pk.column}" = b."{name}")'  # noqa: S608
            needed.append(f'(b."{name}" IS NULL OR {exists})')
    return " AND ".join(needed) or "true"


def back_mask(model: Any) -> str:
    """SQL: the groups that the batch changed, that nobody changed since, and that can be put back."""
    terms = [
        f"CASE WHEN {_differ(group.compared, 't', 'b')} AND NOT {_differ(group.compared, 'l', 't')}"
        f" AND {_to_be_had(model, group)} THEN {group.bit}::bigint ELSE 0 END"
        for group in groups(model)
    ]
    source = ("source_row",)
    terms.append(
        f"CASE WHEN {_differ(source, 't', 'b')} AND NOT {_differ(source, 'l', 't')}"
        f" THEN {source_bit(model)}::bigint ELSE 0 END"
    )
    return " + ".join(terms)


def kept_mask(model: Any) -> str:
    """SQL: the groups that the batch changed and that say something else now, or whose old value cannot be put back."""
    terms = [
        f"CASE WHEN {_differ(group.compared, 't', 'b')} AND {_differ(group.compared, 'l', 'b')}"
        f" AND ({_differ(group.compared, 'l', 't')} OR NOT ({_to_be_had(model, group)})) THEN {group.bit}::bigint ELSE 0 END"
        for group in groups(model)
    ]
    return " + ".join(terms)


def edited_mask(model: Any) -> str:
    """SQL: the groups that say something else now than the batch left in a record that it made.

    A column that came later than that version is empty there, whatever its default: that is no edit.
    """
    later = {field.column for field in model._meta.concrete_fields if not field.null}
    terms = [
        f"CASE WHEN {_differ(group.compared, 'l', 't')}"
        + "".join(f' AND t."{name}" IS NOT NULL' for name in group.compared if name in later)
        + f" THEN {group.bit}::bigint ELSE 0 END"
        for group in groups(model)
    ]
    return " + ".join(terms)
