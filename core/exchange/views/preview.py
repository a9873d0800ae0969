"""What the batch page shows of its rows: tables of new and same rows, differences, refused cells in the sender's own sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.codes.selectors import label as code_label
from core.exchange.content import drafts_of
from core.exchange.kinds import Column, Draft, all_kinds, columns_of
from core.exchange.messages import message
from core.exchange.models import Batch, BatchRow
from core.exchange.provenance import letter
from core.records.vault import mask
from core.web.parts import Cell, Pair, Problem, Row, Sheet, SheetCell, SheetRow, Table
from core.web.parts import Column as TableColumn

PAGE = 40
SHOWN_COLUMNS = 8
NEIGHBOURS = 5


def rows_of(batch: Batch, outcome: str, after: int) -> tuple[list[BatchRow], int | None]:
    """One page of rows with an outcome after a row key, and the key to go on from."""
    rows = list(BatchRow.objects.filter(batch=batch, outcome=outcome, pk__gt=after).order_by("pk")[: PAGE + 1])
    return rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None


def problem_rows(batch: Batch, after: int) -> tuple[list[BatchRow], int | None]:
    """Refused rows, one page."""
    return rows_of(batch, "refused", after)


def cell_text(draft: Draft, index: int, column: Column | None, *, clear: bool = False) -> str:
    """A cell as sent; identity numbers, phones and addresses masked unless they are what is wrong."""
    sent = draft.cells[index] if index < len(draft.cells) else ""
    if column is not None and column.protected and sent and not clear:
        return mask(sent[-4:] if column.kind != "text" else "", min(len(sent), 18))
    return sent


def table(batch: Batch, rows: Sequence[BatchRow]) -> Table:
    """Rows as the sender wrote them, the first columns of the sheet."""
    columns = columns_of(all_kinds()[batch.kind])
    sheet = batch.report["sheets"][rows[0].sheet] if rows else {"mapped": []}
    mapped = [entry for entry in sheet["mapped"] if (column := columns.get(entry[2])) and column.kind != "serial"][:SHOWN_COLUMNS]
    heads = [TableColumn("row", _("Row"), number=True), *(TableColumn(name, header) for _index, header, name in mapped)]
    lines = [
        Row([Cell(str(draft.row)), *(Cell(cell_text(draft, index, columns.get(name))) for index, _header, name in mapped)])
        for draft in drafts_of(rows, batch)
    ]
    return Table(_("Rows of the workbook"), heads, lines)


def differences(batch: Batch, rows: Sequence[BatchRow]) -> list[dict[str, Any]]:
    """Changed rows: who, which row, and each field as it is on file and in the workbook."""
    columns = columns_of(all_kinds()[batch.kind])
    return [
        {
            "name": draft.values.get("name") or draft.values.get("unit_title") or draft.values.get("code") or "",
            "unit": draft.values.get("unit_name") or "",
            "row": draft.row,
            "pairs": [pair for found in draft.differences.values() for name, sides in found.items() for pair in _pairs(name, sides, columns)],
        }
        for draft in drafts_of(rows, batch)
    ]


def _pairs(name: str, sides: list[str], columns: dict[str, Column]) -> list[Pair]:
    of_field = [column for column in columns.values() if column.field == name]
    column = next((one for one in of_field if one.name == name), of_field[0] if of_field else None)
    old, new = sides[0], sides[-1] if len(sides) == 2 else sides[1]
    label = column.label if column else name
    extra = f" ({sides[2]})" if len(sides) > 2 and sides[2] != new else ""
    return [Pair(label, _said(column, old) or None, _said(column, new) + extra)]


def _said(column: Column | None, value: str) -> str:
    if column is None or not value:
        return value
    if column.code_list:
        return code_label(column.code_list, value)
    if column.kind == "yes_no":
        return {"yes": _("yes"), "no": _("no")}.get(value, value)
    if column.protected and not value.startswith("*"):
        return mask(value[-4:] if column.kind != "text" else "", min(len(value), 18))
    return value


def problems(batch: Batch, rows: Sequence[BatchRow]) -> list[Problem]:
    """Refused rows in the sender's own sheet, the wrong cell marked."""
    columns = columns_of(all_kinds()[batch.kind])
    sheets = batch.report["sheets"]
    return [_problem(sheets[draft.sheet], draft, columns) for draft in drafts_of(rows, batch)]


def _problem(sheet: dict[str, Any], draft: Draft, columns: dict[str, Column]) -> Problem:
    wrong = [problem for problem in draft.problems if problem.severity == "error"] or draft.problems
    place = {name: (index, header) for index, header, name in sheet["mapped"]}
    bad = {place[problem.column][0] for problem in wrong if problem.column in place}
    shown = _around(sheet, bad, place)
    cells = [
        SheetCell(cell_text(draft, index, columns.get(name), clear=index in bad), "bad" if index in bad else "") for index, _header, name in shown
    ]
    first = wrong[0]
    where = f"{letter(place[first.column][0])}{draft.row}" if first.column in place else str(draft.row)
    said = " ".join(f"{place[problem.column][1] if problem.column in place else ''}: {message(problem)}".lstrip(": ") for problem in wrong)
    heads = [SheetCell(f"{letter(index)} {header}", "bad" if index in bad else "") for index, header, _name in shown]
    return Problem(where, said, Sheet(heads, [SheetRow(draft.row, cells)]))


def _around(sheet: dict[str, Any], bad: set[int], place: dict[str, tuple[int, str]]) -> list[list[Any]]:
    """The name and the columns around the wrong cell."""
    mapped = sheet["mapped"]
    wanted = set(bad)
    for name in ("name", "unit_title", "unit_name", "sex", "identity", "code"):
        if name in place and len(wanted) < NEIGHBOURS:
            wanted.add(place[name][0])
    for entry in mapped:
        if len(wanted) >= NEIGHBOURS:
            break
        wanted.add(entry[0])
    return [entry for entry in mapped if entry[0] in wanted]
