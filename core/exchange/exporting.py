"""Lists as workbooks: what a reader sees on a list page, written by a job under their own role."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import IO, Any, Final, cast

from django.http import QueryDict
from django.urls import get_resolver
from django.utils import translation
from django.utils.translation import gettext as _

from core.dates import SHANGHAI
from core.exchange.written import write_table, write_workbook
from core.jobs.context import JobContext
from core.jobs.services import JobError
from core.records.storage import storing
from core.registry import registry
from core.web.listing import Listing
from core.web.tables import Written

TYPES: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
TELL_EVERY: Final = 500
MOST_ROWS: Final = 1_000_000
WRITERS: Final = {"xlsx": write_workbook, "csv": write_table}


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
        name = f"{listing_page.title} {datetime.now(SHANGHAI):%Y-%m-%d %H%M}.{form}"
        with storing(name, content_type=TYPES[form]) as file:
            rows = WRITERS[form](cast("IO[bytes]", file), str(listing_page.title), heads, lines, expected=total)
            listing_page.note_export(listing.chosen(selected), actor)
    return {"file": str(file.stored.public_id), "name": name, "rows": rows}


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
