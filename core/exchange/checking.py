"""Check a batch: read the workbook, recognise its sheets, clean the cells, compare with what is on file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from core.dates import today
from core.exchange.asking.linking import link_answers
from core.exchange.cells import Cleaned, ColumnCleaner, shortened, shown
from core.exchange.collector import collector_at_rest
from core.exchange.content import write_rows
from core.exchange.days import last_day
from core.exchange.files import check_files, package_of
from core.exchange.fixing import Fixes, fixes_of
from core.exchange.generations import Earlier, earlier_of, replace_earlier
from core.exchange.kinds import Draft, Problem, Setting, all_kinds, columns_of, said_in, sections_of
from core.exchange.layout import headings, sheets_of
from core.exchange.mapping.selectors import headings_found
from core.exchange.models import Batch, BatchRow
from core.exchange.outcomes import ALWAYS
from core.exchange.reading import CellValue, UnreadableFile, Workbook, open_workbook
from core.exchange.reading.budget import check_row
from core.exchange.recognition import Column as SheetColumn
from core.exchange.recognition import FieldSpec, SheetReading, WorkbookReading, recognise
from core.exchange.repeats import Repeats
from core.exchange.specs import FIXED_KINDS, columns_said, kind_specs
from core.exchange.stamp import Found, find, for_unit, moment_of, stamped_now
from core.exchange.threeway import DECIDED
from core.records.bulk import copies_aside
from core.records.storage import content_of
from core.text import veiled, visible

CHUNK = 5000
MOST_SKIPPED = 200
# The longest text of a cell that is kept beside the row as it was sent; the value itself is bounded by its field.
MOST_KEPT = 500


def silent(*_args: Any, **_kwargs: Any) -> None:
    """No progress to tell."""


def check_batch(batch_id: int, actor: Any, progress: Callable[..., None] = silent) -> Batch:
    """Read and check an uploaded batch in one transaction; killed half-way it starts again from the stored file.

    A file that cannot be read leaves the batch `unreadable` with the reason; otherwise every row has its outcome.
    """
    with collector_at_rest(), transaction.atomic():
        batch = Batch.objects.select_for_update(of=("self",)).select_related("file__key", "unit").get(pk=batch_id)
        if batch.state != Batch.State.UPLOADED:
            return batch
        reading = None
        try:
            progress(0, 0, "check")
            content = content_of(batch.file)
            package = package_of(content)
            if package is not None:
                BatchRow.objects.filter(batch=batch).delete()
                setting = Setting(actor=actor, unit=batch.unit, day=batch.day or today())
                setting.shared["earlier"] = Earlier()
                with transaction.atomic():
                    check_files(batch, package, setting, _check_chunk, progress)
            else:
                workbook = open_workbook(content, batch.file.name)
                origin = Origin(_stamp_of(batch, workbook), earlier_of(batch))
                BatchRow.objects.filter(batch=batch).delete()
                reading = recognise(workbook, kind_specs(batch))
                progress(0, 0, "check")
                with transaction.atomic():
                    _check(batch, reading, origin, actor, progress)
            batch.state = Batch.State.CHECKED
            replace_earlier(batch)
        except UnreadableFile as error:
            BatchRow.objects.filter(batch=batch).delete()
            batch.state, batch.counts, batch.report = Batch.State.UNREADABLE, {}, {}
            batch.trouble = {"code": error.code, "params": _veiled(error.params)}
        if reading is not None:
            batch.report["headings"] = headings_found(reading, batch.unit)
        link_answers(batch)
        batch.checked_at = Now()
        batch.save()
    batch.refresh_from_db()
    return batch


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a workbook comes from: its stamp, and what earlier generations of it leave behind."""

    stamp: Found
    earlier: Earlier


def _stamp_of(batch: Batch, workbook: Workbook) -> Found:
    """The stamp as it counts for the sender; a workbook that was returned is tied to the batch of which it is the next generation."""
    found = for_unit(find(workbook.sheets), batch.unit)
    if found.batch and batch.previous_id is None:
        before = Batch.objects.filter(public_id=found.batch, unit=batch.unit, pk__lt=batch.pk).first()
        batch.previous = before
    return found


def _check(batch: Batch, reading: WorkbookReading, origin: Origin, actor: Any, progress: Callable[..., None]) -> None:
    sheets = _in_order(reading)
    batch.kind = _kind_of(sheets, reading, actor)
    chosen = {place: sheet for place, sheet in enumerate(sheets) if sheet.kind.name == batch.kind}
    setting = _setting(batch, list(chosen.values()), origin, actor)
    said = {place: columns_said(sheet) for place, sheet in chosen.items()}
    setting.several = frozenset(place for place, columns in said.items() if not columns.one_row_each)
    setting.shared["repeats"] = Repeats(said)
    setting.shared["mapped"] = {
        place: sorted(((column.index, spec.name) for column, spec in _kept(sheet)), key=lambda pair: pair[1])
        for place, sheet in chosen.items()
    }
    batch.report = {"sheets": [], "day": str(setting.sheet_day or ""), "same_file_as": _same_file(batch)}
    batch.report["stamp"] = _stamp_report(origin.stamp, batch.kind)
    moment = stamped_now(batch.kind, str(batch.unit.public_id), (), batch=str(batch.public_id), settled=False)
    batch.report["checked"] = asdict(moment)
    counts = dict.fromkeys(ALWAYS, 0)
    fixes = Fixes(fixes_of(batch))
    total = sum(max(sheet.sheet.notes.used_rows - sheet.header_rows[-1], 0) for sheet in chosen.values())
    read_as: dict[tuple[str, str, str], int] = {}
    done = cells = 0
    for place, sheet in chosen.items():
        # The server takes in the rows of a chunk while the cells of the next one are read.
        with copies_aside():
            for chunk in _chunks(_drafts(sheet, place, _cleaners(sheet), read_as, fixes), CHUNK):
                for outcome, count in _check_chunk(batch, chunk, setting).items():
                    counts[outcome] = counts.get(outcome, 0) + count
                done += len(chunk)
                cells += len(chunk) * len(sheet.fields)
                progress(done, max(total, done), "check")
    if not done:
        raise UnreadableFile("no_rows", sheet=sheets[0].name)
    told = [_sheet_report(sheet, batch.kind) for sheet in sheets] + [_left_out(left) for left in reading.left_out]
    batch.report |= {
        "sheets": _veiled(told),
        "read_as": _veiled(_read_as(read_as)),
        "cells": cells,
        "several": sorted(setting.several),
    }
    batch.counts = counts


def _stamp_report(found: Found, kind: str) -> dict[str, Any]:
    """The stamp as the page tells it, or why there is none that counts; `added` are headings that its template did not have yet."""
    stamp = found.stamp
    if stamp is None:
        return {"trouble": found.trouble}
    added = []
    if stamp.kind == kind and stamp.headings:
        main = sheets_of(all_kinds()[kind])[0]
        added = [column.alone for column in headings(all_kinds()[kind], main) if column.alone not in stamp.headings]
    return {"trouble": "", "at": stamp.at, "position": stamp.position, "filled": stamp.filled, "added": added}


def _setting(batch: Batch, sheets: Sequence[SheetReading], origin: Origin, actor: Any) -> Setting:
    """What the check stands on. A day in the sheet counts unless it was set by hand, or lies too far ahead to be meant."""
    sheet_day = next((sheet.date.value for sheet in sheets if sheet.date), None)
    if not batch.day_set_by_hand:
        said = sheet_day.first_day() if sheet_day else today()
        batch.day = said if said <= last_day() else today()
    stamp, earlier = origin.stamp.stamp, origin.earlier
    setting = Setting(
        actor=actor, unit=batch.unit, day=batch.day or today(), sheet_day=sheet_day,
        base=moment_of(stamp) if stamp is not None else None, own_sources=earlier.sources,
    )  # fmt: skip
    setting.shared |= {"batch": batch, "earlier": earlier, DECIDED: earlier.decided}
    return setting


def _kind_of(sheets: Sequence[SheetReading], reading: WorkbookReading, actor: Any) -> str:
    """The kind of the sheet that says most, of those that the sender may import."""
    if not sheets:
        raise _nothing_recognised(reading)
    kinds = all_kinds()
    fullest = sorted(sheets, key=lambda sheet: -len(sheet.fields))
    allowed = next((sheet.kind.name for sheet in fullest if actor.may(kinds[sheet.kind.name].permission)), None)
    if allowed is None:
        raise UnreadableFile("kind_not_allowed", sheet=sheets[0].name, kind=str(kinds[sheets[0].kind.name].label))
    return allowed


def _nothing_recognised(reading: WorkbookReading) -> UnreadableFile:
    """The refusal of a workbook without a readable sheet: what came nearest lacks which column, or that nothing came near."""
    near = next((left for left in reading.left_out if left.missing), None)
    if near is not None:
        columns = columns_of(all_kinds()[near.kind])
        missing = [str(columns[name].label) if name in columns else name for name in near.missing[:1]]
        return UnreadableFile(
            "columns_missing", sheet=near.name, kind=str(all_kinds()[near.kind].label), missing="、".join(missing)
        )
    return UnreadableFile("nothing_recognised", sheets="、".join(left.name for left in reading.left_out))


def _in_order(reading: WorkbookReading) -> list[SheetReading]:
    """Sheets that can enter a person before those that only say more; of either the fullest first."""
    for sheet in reading.sheets:
        if sheet.duplicates:
            double = sheet.duplicates[0]
            raise UnreadableFile(
                "duplicate_header", sheet=sheet.name, header=double.header, columns="、".join(double.columns)
            )
    return sorted(reading.sheets, key=lambda sheet: (not _opens(sheet), -len(sheet.fields)))


def _opens(sheet: SheetReading) -> bool:
    """Whether the sheet names a new subject and says where it is."""
    kind = all_kinds()[sheet.kind.name]
    return sheet.fields.keys() >= {*kind.naming_columns} and (
        not kind.placing_columns or not sheet.fields.keys().isdisjoint(kind.placing_columns)
    )


def _same_file(batch: Batch) -> int | None:
    """An accepted batch of the same unit with the very same file."""
    earlier = Batch.objects.filter(unit=batch.unit, file__digest=batch.file.digest, state=Batch.State.APPLIED).exclude(
        pk=batch.pk
    )
    return earlier.order_by("-id").values_list("pk", flat=True).first()


def _kept(sheet: SheetReading) -> list[tuple[SheetColumn, FieldSpec]]:
    """The columns that are kept, each with its field."""
    return [
        (column, column.field)
        for column in sheet.columns
        if column.field is not None and column.field.kind not in FIXED_KINDS
    ]


def _cleaners(sheet: SheetReading) -> list[tuple[int, FieldSpec, ColumnCleaner]]:
    """A cleaner for each column that is kept."""
    return [(column.index, spec, ColumnCleaner(spec, column.header)) for column, spec in _kept(sheet)]


def _drafts(
    sheet: SheetReading,
    place: int,
    cleaners: Sequence[tuple[int, FieldSpec, ColumnCleaner]],
    read_as: dict[tuple[str, str, str], int],
    fixes: Fixes,
) -> Iterator[Draft]:
    # What each cell asks is looked up once for the column: name, the texts that were read before, and the rest.
    columns = [(index, spec.name, cleaner.texts.get, cleaner, spec) for index, spec, cleaner in cleaners]
    # The report calls the sheet so, and by its report a cell is put right.
    called = veiled(sheet.name)
    put_right = [(index, spec.name) for index, spec, _cleaner in cleaners if index in fixes.of_sheet(called)]
    for number, cells in sheet.rows():
        draft = Draft(place, number, _as_sent(sheet.name, number, cells))
        if put_right:
            _put_right(draft, called, cells, put_right, fixes)
        values, width = draft.values, len(cells)
        for index, name, known, cleaner, spec in columns:
            if index >= width:
                continue
            result = known(cells[index]) or cleaner(cells[index])
            value, was_read_as, problems = result
            if value is not None:
                values[name] = value
            if problems:
                _note(draft, spec, result)
            if was_read_as and spec.kind == "code":
                seen = (name, visible(draft.cells[index]), was_read_as)
                read_as[seen] = read_as.get(seen, 0) + 1
        yield draft


def _put_right(
    draft: Draft, sheet: str, cells: list[CellValue], columns: Sequence[tuple[int, str]], fixes: Fixes
) -> None:
    """Read what was typed on the page in place of cells; the row keeps what was sent."""
    for index, name in columns:
        sent = draft.sent(index)
        fix = fixes.find(sheet, draft.row, index, sent)
        if fix is None:
            continue
        cells.extend([""] * (index + 1 - len(cells)))
        cells[index] = fix.value
        draft.fixed[name] = fix.value
        if fix.decides:
            draft.settled[name] = [fix.by, fix.at, str(fix.against)]


def _as_sent(sheet: str, number: int, cells: Sequence[CellValue]) -> list[str]:
    """The cells of a row as texts. UnreadableFile "too_long_cell" for one that no spreadsheet can hold."""
    texts = [value if isinstance(value, str) else shown(value) for value in cells]
    if max(map(len, texts), default=0) > MOST_KEPT:
        check_row(sheet, number, texts)
        return [shortened(text, MOST_KEPT) for text in texts]
    return texts


def _note(draft: Draft, spec: FieldSpec, result: Cleaned) -> None:
    for problem in result.problems:
        draft.problems.append(Problem(spec.name, problem.code, problem.value, problem.severity, dict(problem.params)))


def _chunks(drafts: Iterable[Draft], size: int) -> Iterator[list[Draft]]:
    iterator = iter(drafts)
    while chunk := list(islice(iterator, size)):
        yield chunk


def _check_chunk(batch: Batch, drafts: list[Draft], setting: Setting) -> Mapping[str, int]:
    kind = all_kinds()[batch.kind]
    kind.prepare(setting)
    kind.resolve(drafts, setting)
    every, drafts = drafts, _unfinished(drafts, setting)
    said = said_in(drafts)
    sections = [section for section in sections_of(kind.name) if section.concerned(said)]
    for section in sections:
        section.check(drafts, setting)
        section.admit(
            [draft for draft in drafts if draft.subject is None and not draft.refused and section.speaks(draft)],
            {},
            setting,
        )
    kind.finish(drafts, setting)
    for section in sections:
        speaking = [
            draft
            for draft in drafts
            if draft.subject is not None and not (draft.problems and draft.refused) and section.speaks(draft)
        ]
        subjects = [draft.subject for draft in speaking if draft.subject is not None]
        states: Mapping[int, Any] = section.load(subjects, setting)
        section.look_back(speaking, states, setting)
        for draft in speaking:
            section.compare(draft, states.get(draft.subject or 0), setting)
        section.admit([draft for draft in speaking if not draft.refused], states, setting)
    counts = write_rows(batch, every)
    return counts + Counter(asked=sum(bool(draft.asks) for draft in drafts), finished=len(every) - len(drafts))


def _unfinished(drafts: list[Draft], setting: Setting) -> list[Draft]:
    """The rows that are worked on: those that an earlier generation was accepted with are the same, whatever is on file now."""
    earlier: Earlier = setting.shared["earlier"]
    if not earlier.finished:
        return drafts
    for draft in drafts:
        if draft.subject is not None and earlier.has(draft, setting.shared["mapped"]):
            draft.finished, draft.problems = True, []
    return [draft for draft in drafts if not draft.finished]


def _read_as(read_as: Mapping[tuple[str, str, str], int]) -> list[list[Any]]:
    """Synonyms that were met: field, word as sent, what it was read as, how often; the most frequent first."""
    listed = sorted(read_as.items(), key=lambda entry: -entry[1])[:MOST_SKIPPED]
    return [[field, sent, meaning, count] for (field, sent, meaning), count in listed]


def _sheet_report(sheet: SheetReading, kind: str) -> dict[str, Any]:
    listed = islice(sheet.skipped, MOST_SKIPPED)
    skipped: list[tuple[int, int, str, str]] = [(entry.first, entry.last, entry.why, entry.text) for entry in listed]
    return {
        "name": sheet.name,
        "kind": sheet.kind.name,
        "header_rows": sheet.header_rows,
        "mapped": [[column.index, column.header, column.field.name] for column in sheet.columns if column.field],
        "headers": [[column.index, column.header] for column in sheet.columns],
        "unmapped": sheet.unmapped,
        "hidden_columns": sheet.hidden_columns,
        "filled_down": [[filled.header, filled.merges, filled.rows] for filled in sheet.filled_down],
        "skipped": skipped,
        "skipped_rows": [
            number for first, last, *_rest in skipped for number in range(first, min(last, first + MOST_SKIPPED) + 1)
        ],
        "why": "" if sheet.kind.name == kind else "other_kind",
    }


def _veiled(kept: Any) -> Any:
    """What is kept of a sheet in clear, whatever its shape, without numbers of people."""
    if isinstance(kept, str):
        return veiled(kept)
    if isinstance(kept, Mapping):
        return {name: _veiled(value) for name, value in kept.items()}
    return [_veiled(one) for one in kept] if isinstance(kept, (list, tuple)) else kept


def _left_out(left: Any) -> dict[str, Any]:
    return {
        "name": left.name, "kind": "", "header_rows": [], "mapped": [], "headers": [], "unmapped": [], "hidden_columns": [],
        "filled_down": [], "skipped": [], "skipped_rows": [], "why": left.why, "missing": list(left.missing),
    }  # fmt: skip
