"""Choices of headings as they count for a sender, and as a batch tells of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils import timezone

from core.exchange.mapping.models import HeadingChoice
from core.exchange.recognition import Column, HeadingKey, SheetReading, WorkbookReading
from core.text import veiled

MOST_SHEETS: Final = 20
Choices = Mapping[str, Mapping[HeadingKey, HeadingChoice]]


def remembered(unit: Any) -> Choices:
    """What headings mean in workbooks of a unit, by kind: its own choices, else those of the nearest unit above that made one."""
    rows = HeadingChoice.objects.filter(unit__path__ancestors=unit.path).select_related("unit").order_by("pk")
    found: dict[str, dict[HeadingKey, HeadingChoice]] = {}
    for row in sorted(rows, key=lambda row: row.unit.path.count(".")):
        found.setdefault(row.kind, {})[HeadingKey(row.parent, row.label, row.nth)] = row
    return found


def headings_found(reading: WorkbookReading, unit: Any) -> list[dict[str, Any]]:
    """The headings of each table of a workbook, what they were read as, and by whose choice: what the batch's report keeps.

    `read` says whether the sheet could be read. No number of a person stands in it.
    """
    said = remembered(unit)
    tables = [
        _table(sheet.name, sheet.kind.name, sheet.header_rows, sheet.columns, said, _doubles(sheet))
        for sheet in reading.sheets
    ]
    tables += [
        _table(left.name, left.kind, left.header_rows, left.columns, said, {}) | {"read": False}
        for left in reading.left_out
        if left.columns
    ]
    return tables[:MOST_SHEETS]


def _doubles(sheet: SheetReading) -> dict[str, str]:
    """The columns, by their letters, that claim the field of another one."""
    fields = {column.letters: column.field.name for column in sheet.columns if column.field is not None}
    return {
        letters: next((fields[one] for one in double.columns if one in fields), "")
        for double in sheet.duplicates
        for letters in double.columns
    }


def _table(
    name: str, kind: str, rows: Iterable[int], columns: Iterable[Column], said: Choices, doubles: Mapping[str, str]
) -> dict[str, Any]:
    told = [_column(column, said.get(kind, {}), doubles) for column in columns]
    return {"name": veiled(name), "kind": kind, "header_rows": list(rows), "columns": told, "read": True}


def _column(column: Column, said: Mapping[HeadingKey, HeadingChoice], doubles: Mapping[str, str]) -> dict[str, Any]:
    field = column.field.name if column.field is not None else doubles.get(column.letters, "")
    choice = said.get(column.key) if column.key is not None and column.chosen else None
    by = [timezone.localtime(choice.at).date().isoformat(), choice.user_id, choice.unit_id] if choice else []
    return {
        "index": column.index, "letters": column.letters, "header": veiled(column.header), "field": field,
        "key": list(column.key) if column.key is not None else [], "chosen": by, "twice": column.letters in doubles,
    }  # fmt: skip
