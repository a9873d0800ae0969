"""Workbooks that go out and come back, as a test drives them."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import openpyxl

from core.exchange.filling import fill_template
from core.exchange.kinds import all_kinds
from core.exchange.layout import sheets_of
from core.records.models import StoredFile
from core.records.storage import content_of


def taken_out(actor: Any, unit: Any, kind: str = "teachers", sections: Sequence[str] | None = None) -> bytes:
    """A filled template of a kind, with all its sheets unless they are named."""
    if sections is None:
        sections = [sheet.name for sheet in sheets_of(all_kinds()[kind]) if not sheet.main]
    context: Any = SimpleNamespace(actor=actor, progress=lambda *_args, **_more: None)
    made = fill_template(context, kind=kind, unit=unit.pk, sections=sections, reason="对账")
    return content_of(StoredFile.objects.get(public_id=made["file"]))


def edited(content: bytes, edit: Callable[[Any], None]) -> bytes:
    """A workbook after somebody worked on it."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    edit(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def places(sheet: Any) -> dict[str, int]:
    """The columns of a template's sheet by heading."""
    return {cell.value: cell.column for cell in sheet[2] if cell.value}


def set_cell(name: str, heading: str, text: str) -> Callable[[Any], None]:
    """An edit of the first sheet: the cell of the person of this name."""

    def edit(book: Any) -> None:
        sheet = book.worksheets[0]
        at = places(sheet)
        for row in sheet.iter_rows(min_row=3):
            if row[at["姓名"] - 1].value == name:
                sheet.cell(row[0].row, at[heading], text)
                return
        raise AssertionError(name)

    return edit
