"""From a checked batch to the workbook that its sender gets back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from core.exchange.cells import shown
from core.exchange.content import drafts_of
from core.exchange.kinds import Draft, Problem, all_kinds
from core.exchange.messages import message
from core.exchange.models import Batch, BatchRow
from core.exchange.reading import UnreadableFile, open_workbook
from core.exchange.reading.archive import Archive
from core.exchange.reading.messages import sentence_of
from core.exchange.reading.safety import form_of
from core.exchange.reading.xlsx_parts import sheet_parts
from core.exchange.report import header_of
from core.exchange.returning.anew import written_anew
from core.exchange.returning.marks import REASONS, HiddenSheet, Mark
from core.exchange.returning.patching import LANGUAGE, patch
from core.exchange.suggesting import Suggester, told
from core.jobs.services import JobError
from core.records.storage import content_of
from core.records.vault import ErasedValue
from core.text import veiled

Told = Callable[[int], None]
_ROWS_AT_ONCE: Final = 2_000


def returned(batch: Batch, progress: Told, extra_sheets: Sequence[HiddenSheet] = ()) -> tuple[str, bytes]:
    """Name and bytes of the workbook with every problem of a batch on its cell, and with hidden sheets that travel along.

    JobError where its file is gone or damaged.
    """
    try:
        data, names = _as_xlsx(batch, content_of(batch.file), progress)
        places = {veiled(name): place for place, name in enumerate(names)}
        sheets = batch.report.get("sheets", [])
        with override(LANGUAGE):
            marks = list(_marks(batch, sheets, places))
        content = patch(
            data,
            marks,
            header_rows=_header_rows(sheets, places, batch.kind),
            extra_sheets=extra_sheets,
            progress=progress,
        )
    except (ErasedValue, FileNotFoundError) as error:
        raise JobError(_("The workbook as sent is no longer kept, so nothing can be marked in it.")) from error
    except UnreadableFile as error:
        raise JobError(veiled(sentence_of({"code": error.code, "params": error.params}))) from error
    return f"{PurePath(batch.file.name).stem}-{REASONS}.xlsx", content


def _as_xlsx(batch: Batch, content: bytes, progress: Told) -> tuple[Archive, list[str]]:
    """The workbook as one that can be marked, and its sheets in order."""
    if form_of(content) == "xlsx":
        archive = Archive(content)
        return archive, [part.name for part in sheet_parts(archive)]
    workbook = open_workbook(content, batch.file.name)
    return Archive(written_anew(workbook, progress)), [sheet.name for sheet in workbook.sheets]


def _header_rows(sheets: Sequence[Mapping[str, Any]], places: Mapping[str, int], kind: str) -> dict[int, int]:
    return {
        places[sheet["name"]]: sheet["header_rows"][-1]
        for sheet in sheets
        if sheet["kind"] == kind and sheet["header_rows"] and sheet["name"] in places
    }


def _marks(batch: Batch, sheets: Sequence[Mapping[str, Any]], places: Mapping[str, int]) -> Iterator[Mark]:
    """Every problem of the batch, in the order of sheets and rows."""
    suggester, kind = Suggester(batch), all_kinds()[batch.kind]
    rows = BatchRow.objects.filter(batch=batch).exclude(problems=[]).order_by("sheet", "row")
    leading = (*kind.naming_columns, *kind.key_columns)
    for draft in drafts_of(rows.iterator(chunk_size=_ROWS_AT_ONCE), batch):
        sheet = sheets[draft.sheet]
        columns = {name: index for index, _header, name in sheet["mapped"]}
        for problem in draft.problems:
            if sheet["name"] in places:
                place = _column(problem, columns, leading)
                yield _mark(places[sheet["name"]], place, sheet, draft, problem, suggester)


def _column(problem: Problem, columns: Mapping[str, int], leading: Sequence[str]) -> int:
    """The column of the cell; of what is in no column, the one that names whom the row is about."""
    return next((columns[name] for name in (problem.column, *leading) if name in columns), 0)


def _mark(
    place: int, column: int, sheet: Mapping[str, Any], draft: Draft, problem: Problem, suggester: Suggester
) -> Mark:
    sent = shown(draft.sent(column))
    return Mark(
        place, draft.row, column, problem.severity, header_of(dict(sheet), problem.column), sent, message(problem),
        told(suggester.of(draft, problem)),
    )  # fmt: skip
