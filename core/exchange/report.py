"""A batch told as plain data: for the command, the API and the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from core.exchange.cells import shown
from core.exchange.content import drafts_of
from core.exchange.kinds import Column, Draft, Problem, all_kinds, columns_of
from core.exchange.messages import message
from core.exchange.models import Batch, BatchRow
from core.exchange.outcomes import OUTCOMES
from core.exchange.reading.messages import sentence_of
from core.records.vault import mask

LONGEST_MASK: Final = 18
KEPT: Final = 4


def summary(batch: Batch) -> dict[str, Any]:
    """Sheets, counts and problems of a batch as plain data."""
    return {
        "sheets": [sheet_summary(sheet) for sheet in batch.report.get("sheets", [])],
        "rows": {name: batch.counts.get(name, 0) for name in OUTCOMES},
        "problems": list(problems(batch)),
        "day": str(batch.day) if batch.day else None,
        "state": batch.state,
        "trouble": {**batch.trouble, "message": sentence_of(batch.trouble)} if batch.trouble else {},
        "applied": batch.state == Batch.State.APPLIED,
        "batch": batch.pk,
    }


def sheet_summary(sheet: dict[str, Any]) -> dict[str, Any]:
    """What one sheet was read as."""
    return {
        "name": sheet["name"],
        "kind": sheet["kind"],
        "header_rows": sheet["header_rows"],
        "columns": {header: field for _index, header, field in sheet["mapped"]},
        "unmapped": sheet["unmapped"],
        "skipped_rows": sheet["skipped_rows"],
        **({"why": sheet["why"]} if sheet.get("why") else {}),
    }


def problems(batch: Batch, *, limit: int | None = None) -> Iterator[dict[str, Any]]:
    """Problems in the order of sheets and rows, the column by its header as sent."""
    rows = BatchRow.objects.filter(batch=batch).exclude(problems=[]).order_by("sheet", "row")
    sheets = batch.report.get("sheets", [])
    for draft in drafts_of(rows[:limit] if limit else rows.iterator(chunk_size=2000), batch):
        yield from (problem_data(sheets[draft.sheet], draft, problem) for problem in draft.problems)


def header_of(sheet: dict[str, Any], field: str) -> str:
    """The header under which a field was sent; of a column that is not in the sheet, the one that people most often give it."""
    sent = next((header for _index, header, name in sheet["mapped"] if name == field), None)
    if sent is not None:
        return str(sent)
    column = columns_of(all_kinds()[sheet["kind"]]).get(field)
    return column.heading if column else field


def masked(sent: str, column: Column) -> str:
    """The cell of a protected column: a text (an address) says nothing, a number its last characters."""
    kept = sent[-KEPT:] if column.kind != "text" and len(sent) > KEPT else ""
    return mask(kept, min(len(sent), LONGEST_MASK)) if sent else ""


def problem_data(sheet: dict[str, Any], draft: Draft, problem: Problem) -> dict[str, Any]:
    """One problem as plain data."""
    index = next((place for place, _header, name in sheet["mapped"] if name == problem.column), None)
    sent = shown(draft.cells[index]) if index is not None and index < len(draft.cells) else problem.value
    return {
        "sheet": sheet["name"],
        "row": draft.row,
        "column": header_of(sheet, problem.column),
        "value": sent,
        "code": problem.code,
        "severity": problem.severity,
        "message": message(problem),
    }


def outcomes(batch: Batch) -> Iterator[dict[str, Any]]:
    """What became of each row."""
    sheets = batch.report.get("sheets", [])
    rows = BatchRow.objects.filter(batch=batch).order_by("sheet", "row").iterator(chunk_size=2000)
    outcome_of = {}

    def remembered() -> Iterator[BatchRow]:
        for row in rows:
            outcome_of[row.pk] = row
            yield row

    for draft in drafts_of(remembered(), batch):
        row = outcome_of.pop(draft.id)
        yield {
            "sheet": sheets[draft.sheet]["name"], "row": draft.row, "id": draft.values.get("identity") or draft.values.get("code") or "",
            "outcome": row.outcome, "fields": row.fields,
        }  # fmt: skip
