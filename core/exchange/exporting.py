"""Lists as workbooks: what a reader sees on a list page, written by a job under their own role."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from unicodedata import east_asian_width

import xlsxwriter
from django.http import QueryDict
from django.urls import get_resolver
from django.utils import translation
from django.utils.translation import gettext as _

from core.dates import SHANGHAI
from core.exchange.sheetnames import sheet_name
from core.exchange.storage import store
from core.jobs.context import JobContext
from core.jobs.services import JobError
from core.registry import registry
from core.web.listing import Listing
from core.web.tables import Written

# A spreadsheet takes a text that begins so for a formula; some take the wide forms as well.
WIDE_SIGNS: Final = (
    "\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"
)
FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", *WIDE_SIGNS)
TYPES: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
TELL_EVERY: Final = 500
MOST_ROWS: Final = 1_000_000
WIDEST: Final = 60
MARGIN: Final = 2


def export_list(context: JobContext, *, page: str, query: str, form: str, selected: list[str] | None) -> dict[str, Any]:
    """Write the list `page` as the query of its address asks for it, for the job's actor; returns the file's public id and name.

    Raises `JobError` where the actor may not see or export the list (any more).
    """
    listing_page = page_named(page)
    actor = context.actor
    if listing_page is None or form not in TYPES or not may_export(listing_page, actor):
        raise JobError(_("Your role does not export this list."))
    with translation.override(actor.user.language):
        listing = Listing(listing_page, actor, QueryDict(query))
        heads = [str(column.label) for column in listing.shown]
        total = len(selected) if selected is not None else listing.total.number
        lines = _counted(listing.lines(selected=selected), context, total)
        content, rows = (_workbook if form == "xlsx" else _table)(str(listing_page.title), heads, lines)
        name = f"{listing_page.title} {datetime.now(SHANGHAI):%Y-%m-%d %H%M}.{form}"
    stored = store(name, content, content_type=TYPES[form])
    return {"file": str(stored.public_id), "name": name, "rows": rows}


def page_named(name: str) -> Any:
    """The page of a URL name, ready to be asked for its rows; None where there is none.

    Pages register themselves with their addresses, which nothing but this may have read in a worker.
    """
    get_resolver().url_patterns  # noqa: B018 - reading them is what registers the pages
    found = next((known for known in registry.pages if known.name == name), None)
    return found() if found is not None else None


def may_export(page: Any, actor: Any) -> bool:
    """Whether the actor may see the list and export it."""
    page.actor = actor
    return bool(getattr(page, "exported", False) and page.allowed() and actor.may(page.export_permission))


def _counted(lines: Iterable[list[Written]], context: JobContext, total: int) -> Iterable[list[Written]]:
    for number, line in enumerate(lines, start=1):
        if number > MOST_ROWS:
            raise JobError(_("The list has more than a million rows. Narrow it by a unit or another condition."))
        if number % TELL_EVERY == 0:
            context.progress(number, max(total, number))
        yield line


def _workbook(title: str, heads: list[str], lines: Iterable[list[Written]]) -> tuple[bytes, int]:
    """An .xlsx of texts and numbers only: nothing in it is a formula or a link. Each column is as wide as what it holds."""
    buffer, rows = io.BytesIO(), 0
    with xlsxwriter.Workbook(
        buffer, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet, bold = book.add_worksheet(sheet_name(title)), book.add_format({"bold": True})
        widths = [_width(head) for head in heads]
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, bold)
        for rows, line in enumerate(lines, start=1):
            for column, value in enumerate(line):
                _write(sheet, rows, column, value)
            widths = [max(pair) for pair in zip(widths, map(_width, line), strict=True)]
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(width, WIDEST) + MARGIN)
        sheet.freeze_panes(1, 1)
    return buffer.getvalue(), rows


def _write(sheet: Any, row: int, column: int, value: Written) -> None:
    if isinstance(value, str):
        sheet.write_string(row, column, value)
    else:
        sheet.write_number(row, column, value)


def _width(value: Written) -> int:
    """How many digits a value is wide: a Chinese character takes the room of two."""
    return sum(1 + (east_asian_width(sign) in "WF") for sign in str(value))


def _table(_title: str, heads: list[str], lines: Iterable[list[Written]]) -> tuple[bytes, int]:
    """A .csv in UTF-8 with a mark that spreadsheets know; every cell in quotes.

    A text that looks like a formula gets an apostrophe before it; in quotes none begins behind a separator of another country either.
    """
    buffer, rows = io.StringIO(newline=""), 0
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerow(heads)
    for rows, line in enumerate(lines, start=1):  # noqa: B007 - the last number is the count
        writer.writerow([harmless(value) if isinstance(value, str) else value for value in line])
    return buffer.getvalue().encode("utf-8-sig"), rows


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
