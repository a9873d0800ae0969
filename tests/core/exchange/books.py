"""Small workbooks for the tests of the whole import, and one call from their bytes to the batch."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import xlsxwriter

from core.exchange.applying import apply_batch
from core.exchange.checking import check_batch
from core.exchange.models import Batch
from core.exchange.report import outcomes, summary
from core.exchange.services import create_batch
from tests.workbooks.people import identity_number

Rows = Iterable[Iterable[object]]
HEAD = ("姓名", "身份证号", "工作单位")
# Invented people: born 1985-07-13 (a woman), 1978-03-02 (a man), 1990-11-30 (a woman).
WANG = ("王小梅", identity_number("140702", date(1985, 7, 13), 122))
LI = ("李建国", identity_number("140702", date(1978, 3, 2), 51))
CHEN = ("陈雪", identity_number("140702", date(1990, 11, 30), 204))
SCHOOL = "青石县第一初级中学"
OTHER_SCHOOL = "青石县实验小学"


def book(**sheets: Rows) -> bytes:
    """An .xlsx with these sheets in this order."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False}) as file:
        for name, rows in sheets.items():
            sheet = file.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return buffer.getvalue()


def roster(head: Iterable[str], *rows: Iterable[object]) -> bytes:
    """An .xlsx with one sheet: name, identity number and unit, then these columns."""
    return book(花名册=[[*HEAD, *head], *rows])


def line(person: tuple[str, str], *cells: object, unit: str = SCHOOL) -> list[object]:
    """The row of a person in a `roster`."""
    return [*person, unit, *cells]


def sent(
    actor: Any, unit: Any, content: bytes, *, name: str = "花名册.xlsx", accept: bool = True, day: date | None = None
) -> Batch:
    """Upload bytes for a unit, check them, and accept what is good; the batch as it is then."""
    batch = create_batch(actor=actor, unit=unit, name=name, content=content, day=day, start=False)
    batch = check_batch(batch.pk, actor)
    if accept and batch.state == Batch.State.CHECKED:
        batch = apply_batch(batch.pk, actor)
    batch.refresh_from_db()
    return batch


def told(batch: Batch, *, severity: str = "error") -> set[tuple[str, int, str, str]]:
    """(sheet, row, column, code) of all problems of a severity; every one of them has a finished sentence."""
    found = summary(batch)["problems"]
    for problem in found:
        assert problem["message"], problem
        assert "%(" not in problem["message"], problem
    return {(one["sheet"], one["row"], one["column"], one["code"]) for one in found if one["severity"] == severity}


def fields(batch: Batch) -> dict[tuple[str, int], tuple[str, list[str]]]:
    """(sheet, row) → (outcome, the fields that differ)."""
    return {(row["sheet"], row["row"]): (row["outcome"], row["fields"]) for row in outcomes(batch)}


def counts(batch: Batch) -> Mapping[str, int]:
    """How many rows mean what, without the noughts."""
    return {name: count for name, count in batch.counts.items() if count}
