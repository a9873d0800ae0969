"""From a record's source row back to the cell of the workbook that it came from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.exchange.content import unpack
from core.exchange.models import BatchRow
from core.exchange.reading.notes import column_letters
from core.records.vault import ErasedValue, plain_key


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row of a workbook: the batch, the file, the sheet, the row number, and per field (column letter, header, text as sent)."""

    batch: int
    batch_public_id: str
    file_name: str
    sheet: str
    row: int
    cells: dict[str, tuple[str, str, str]]
    neighbours: dict[str, list[tuple[str, str]]]


def cells(row_ids: Iterable[int]) -> dict[int, SourceRow]:
    """The source rows behind `source_row` values, in one query. Rows whose batch was erased are left out."""
    rows = BatchRow.objects.filter(pk__in=set(row_ids)).select_related("batch__file__key")
    found = {}
    for row in rows:
        try:
            found[row.pk] = _source(row)
        except ErasedValue:
            continue
    return found


def _source(row: Any) -> SourceRow:
    draft = unpack(row, plain_key(row.batch.file.key))
    sheet = row.batch.report["sheets"][row.sheet]
    named, near = {}, {}
    for index, header, field in sheet["mapped"]:
        named[field] = (column_letters(index), header, draft.sent(index))
        around = range(max(index - 1, 0), min(index + 2, len(draft.cells)))
        near[field] = [(column_letters(place), draft.cells[place]) for place in around]
    return SourceRow(row.batch_id, str(row.batch.public_id), row.batch.file.name, sheet["name"], row.row, named, near)
