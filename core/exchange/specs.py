"""What the recogniser must know of the kinds that modules registered, and what a recognised sheet says of its subjects."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from core.codes.selectors import entries, lookup
from core.dates import today
from core.exchange.kinds import Column, ImportKind, all_kinds, columns_of, sections_of
from core.exchange.mapping.selectors import remembered
from core.exchange.models import Batch
from core.exchange.recognition import FieldSpec, HeadingKey, KindSpec, SheetReading
from core.exchange.repeats import SheetColumns

FIXED_KINDS = {"serial"}


def kind_specs(batch: Batch) -> list[KindSpec]:
    """The kinds that the batch may be of."""
    day = batch.day or today()
    said = remembered(batch.unit)
    return [
        _spec(kind, day, batch.unit, said.get(name, {}))
        for name, kind in all_kinds().items()
        if (batch.kind == name or (not batch.kind and not kind.apart)) and not kind.endings
    ]


def _spec(kind: ImportKind, day: date, unit: Any, said: Mapping[HeadingKey, Any]) -> KindSpec:
    fields = tuple(_field(column, day, unit) for column in columns_of(kind).values())
    idle = {*kind.key_columns, *kind.naming_columns, *(one.name for one in columns_of(kind).values() if one.elsewhere)}
    facts = tuple(field.name for field in fields if field.kind != "serial" and field.name not in idle)
    keys = (*kind.key_columns, *kind.naming_columns)
    names = {"", *(field.name for field in fields)}
    chosen = {key: choice.column for key, choice in said.items() if choice.column in names}
    return KindSpec(
        kind.name, fields, (kind.key_columns, *(kind.needed_columns or (facts,))), keys, at_least=2, chosen=chosen
    )


def _field(column: Column, day: date, unit: Any) -> FieldSpec:
    codes = lookup(column.code_list, day, unit) if column.code_list else {}
    names = {entry.code: entry.name_zh for entry in entries(column.code_list, day, unit)} if column.code_list else {}
    return FieldSpec(
        column.name, column.headers, column.kind, max_length=column.limit if column.kind in {"text", "name"} else None,
        codes=codes, code_names=names, empty_words=frozenset(column.empty_words),
        group=column.group,
    )  # fmt: skip


def columns_said(sheet: SheetReading) -> SheetColumns:
    """What a sheet says of each subject.

    It may have several rows for one subject when all that it says goes to sections of which a subject may have several.
    """
    kind = all_kinds()[sheet.kind.name]
    said = {name for name, column in sheet.fields.items() if column.field and column.field.kind not in FIXED_KINDS}
    sections = [section for section in sections_of(kind.name) if section.has_several(said)]
    several = {column.name for section in sections for column in section.columns}
    fixed = {*kind.key_columns, *kind.naming_columns, *kind.placing_columns}
    facts = said - fixed - {column.name for column in kind.subject_columns}
    one_row_each = not facts or bool(facts - several)
    return SheetColumns(
        sheet.name, frozenset(said - {*kind.key_columns, *kind.placing_columns}), frozenset(several), one_row_each
    )
