"""A sheet as a table of one kind: its columns, its day, its rows of data, and all that was left out."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from core.dates import shows_october
from core.exchange.reading.notes import column_letters
from core.exchange.reading.sheets import CellValue, Row, Sheet, Workbook
from core.exchange.recognition.captions import SheetDate, find_date
from core.exchange.recognition.headers import (
    MAX_DEPTH,
    SEARCHED_ROWS,
    Header,
    Heading,
    KindIndex,
    Match,
    find_header,
    keys_of,
    nearest_header,
    text_of,
)
from core.exchange.recognition.kinds import FieldSpec, HeadingKey, KindSpec
from core.exchange.recognition.rows import RowJudge, SkippedRows
from core.text import visible

_BROAD: Final = 2
_FOOT: Final = 6


@dataclass(frozen=True, slots=True)
class Column:
    """One column under the header; `field` is None where nobody reads it. `index` counts from 0.

    By `key` a choice by hand finds it again; `chosen` says that there was one.
    """

    index: int
    header: str
    field: FieldSpec | None
    hidden: bool = False
    key: HeadingKey | None = None
    chosen: bool = False

    @property
    def letters(self) -> str:
        return column_letters(self.index)


@dataclass(frozen=True, slots=True)
class DuplicateHeader:
    """Two columns that claim the same field; the sheet must not be read before one of them goes."""

    header: str
    columns: tuple[str, ...]
    code: str = "duplicate_header"


@dataclass(frozen=True, slots=True)
class FilledDown:
    """A column whose merged cells were filled down: how many merged cells, how many rows below them got their value."""

    header: str
    merges: int
    rows: int


@dataclass(frozen=True, slots=True)
class SheetLeftOut:
    """A sheet that is not read and why: hidden_sheet, not_a_table, empty_sheet, no_kind (what came nearest, with its headings)."""

    name: str
    why: str
    kind: str = ""
    missing: tuple[str, ...] = ()
    header_rows: tuple[int, ...] = ()
    columns: tuple[Column, ...] = ()


class SheetReading:
    """A recognised sheet. `skipped` is complete once `rows()` was read to its end; `rows()` may be started again."""

    def __init__(self, sheet: Sheet, header: Header, head: Sequence[Row]) -> None:
        self.sheet: Final = sheet
        self.name: Final = sheet.name
        self.kind: Final = header.kind
        self.header_rows: Final = list(header.rows)
        chosen, self.duplicates = _choose(header)
        self.columns: Final = _columns(header, chosen, sheet.notes.hidden_columns, head)
        self.fields: Final = {column.field.name: column for column in self.columns if column.field is not None}
        captions = [(row.number, _line(row)) for row in head if row.number < header.rows.start]
        self.date: Final[SheetDate | None] = find_date(captions, self._foot, sheet.name)
        self.skipped = SkippedRows()
        self._captions = [(row, text) for row, text in captions if text.strip()]
        self._judge = RowJudge(header, {name: column.index for name, column in self.fields.items()})
        self._starts = self._merge_starts()
        self._date_columns = [
            column.index for column in self.columns if column.field is not None and column.field.kind == "date"
        ]

    @property
    def unmapped(self) -> list[str]:
        """The headings that nobody reads."""
        return [column.header for column in self.columns if column.field is None]

    @property
    def hidden_columns(self) -> list[str]:
        """The headings of hidden columns, which are read like others."""
        return [column.header for column in self.columns if column.hidden]

    @property
    def filled_down(self) -> list[FilledDown]:
        names = {column.index: column.header for column in self.columns}
        spans: dict[int, list[int]] = {}
        for row, ends in self._starts.items():
            for index, bottom in ends:
                spans.setdefault(index, []).append(bottom - row)
        return [FilledDown(names[index], len(rows), sum(rows)) for index, rows in sorted(spans.items())]

    def rows(self) -> Iterator[Row]:
        """The rows of data, merged cells filled down; a date typed as 1985.10 comes as the text that its cell shows."""
        self.skipped = skipped = SkippedRows()
        for number, text in self._captions:
            skipped.add(number, "caption", text)
        last_header, is_plain, open_merges = self.header_rows[-1], self._judge.is_plain, {}
        for row in self.sheet.rows():
            number, cells = row
            if number <= last_header:
                continue
            for index, bottom in self._starts.get(number, ()):
                open_merges[index] = (bottom, cells[index] if index < len(cells) else "")
            if number == last_header + 1 or not is_plain(cells):
                reason = self._judge.why_not(cells)
                if reason is not None:
                    skipped.add(number, *reason)
                    continue
            if open_merges:
                _fill_down(number, cells, open_merges)
            self._show_dates(number, cells)
            yield row
        notes = self.sheet.notes
        if notes.last_row > notes.used_rows:
            skipped.add(notes.used_rows + 1, "blank", last=notes.last_row)

    def _foot(self) -> list[tuple[int, str]]:
        """What the last rows say."""
        last = deque(self.sheet.rows(), maxlen=_FOOT)
        return [(row.number, _line(row)) for row in last if row.number > self.header_rows[-1]]

    def _show_dates(self, number: int, cells: list[CellValue]) -> None:
        for index in self._date_columns:
            if index < len(cells) and cells[index].__class__ is float and cells[index] % 1:  # type: ignore[operator]
                shown = self.sheet.shown_number(number, index)
                if shown and shows_october(cells[index], shown):  # type: ignore[arg-type]
                    cells[index] = shown

    def _merge_starts(self) -> dict[int, list[tuple[int, int]]]:
        """Merged cells that reach down over rows of data: first row → (column, last row). Broad ones are notes."""
        known = {column.index for column in self.columns}
        starts: dict[int, list[tuple[int, int]]] = {}
        for top, left, bottom, right in self.sheet.merges:
            if top > self.header_rows[-1] and bottom > top and left in known and right - left < _BROAD:
                starts.setdefault(top, []).append((left, min(bottom, self.sheet.notes.used_rows)))
        return starts


@dataclass(frozen=True, slots=True)
class WorkbookReading:
    """All sheets of a workbook: those recognised, and those left out with the reason."""

    sheets: tuple[SheetReading, ...]
    left_out: tuple[SheetLeftOut, ...]


def recognise(workbook: Workbook, kinds: Sequence[KindSpec]) -> WorkbookReading:
    """Find each sheet's kind by what its header says. UnreadableFile where a sheet is too large or damaged."""
    indexes = [KindIndex(kind) for kind in kinds]
    results = [recognise_sheet(sheet, indexes) for sheet in workbook.sheets]
    for sheet, result in zip(workbook.sheets, results, strict=True):
        if isinstance(result, SheetLeftOut):
            sheet.release()
    return WorkbookReading(
        tuple(result for result in results if isinstance(result, SheetReading)),
        tuple(result for result in results if isinstance(result, SheetLeftOut)),
    )


def recognise_sheet(sheet: Sheet, indexes: Sequence[KindIndex]) -> SheetReading | SheetLeftOut:
    """One sheet as the kind that fits it best, or why none does."""
    if sheet.hidden or not sheet.is_table:
        return SheetLeftOut(sheet.name, "hidden_sheet" if sheet.hidden else "not_a_table")
    head = list(islice(sheet.rows(SEARCHED_ROWS + MAX_DEPTH), SEARCHED_ROWS + MAX_DEPTH))
    if not any(text_of(value).strip() for row in head for value in row.cells) and sheet.notes.used_rows <= len(head):
        return SheetLeftOut(sheet.name, "empty_sheet")
    header = find_header(head, sheet.merges, indexes, sheet.name)
    if header is None or not header.is_complete():
        return _left_out(sheet, header, head)
    return SheetReading(sheet, header, head)


def _left_out(sheet: Sheet, header: Header | None, head: Sequence[Row]) -> SheetLeftOut:
    """A table of no kind: what came nearest, and what heads its columns."""
    missing: tuple[str, ...] = ()
    if header is not None:
        needs = header.kind.missing(header.found())
        missing = tuple("/".join(_shown_name(header.kind, name) for name in need) for need in needs)
    kind = header.kind.name if header is not None else ""
    rows, headings = nearest_header(head, sheet.merges)
    if header is not None and (len(header.found()) > 1 or not rows or rows.stop == header.rows.stop):
        rows, headings = header.rows, header.headings
    known = header if header is not None and header.rows == rows else None
    chosen = _choose(known)[0] if known else {}
    near = known or Header(KindSpec("", (), (), ()), rows, headings, ())
    columns = _columns(near, chosen, sheet.notes.hidden_columns, head) if rows else []
    return SheetLeftOut(sheet.name, "no_kind", kind, missing, tuple(rows), tuple(columns))


def _choose(header: Header) -> tuple[dict[int, Match], list[DuplicateHeader]]:
    """One column for each field: the surest; equals are named, for nobody knows which counts."""
    leads = {match.heading.index for match in header.matches if match.field.name == match.field.group.lead}
    by_field: dict[str, list[Match]] = {}
    for match in header.matches:
        by_field.setdefault(match.field.name, []).append(match)
    chosen: dict[int, Match] = {}
    duplicates = []
    for matches in by_field.values():
        surest = max(match.quality for match in matches)
        equals = [match for match in matches if match.quality == surest]
        if len(equals) > 1 and equals[0].field.group.lead:
            equals = _beside_lead(equals, leads)
        chosen[equals[0].heading.index] = equals[0]
        if len(equals) > 1 and equals[0].field.kind != "serial" and not equals[0].field.group.several:
            duplicates.append(
                DuplicateHeader(equals[0].heading.label, tuple(column_letters(each.heading.index) for each in equals))
            )
    return chosen, duplicates


def _beside_lead(equals: list[Match], leads: set[int]) -> list[Match]:
    """Of two 取得时间 apart from each other the one that follows 职称."""
    places = {match.heading.index for match in equals}
    if any(place - 1 in places for place in places):
        return equals
    return [match for match in equals if match.heading.index - 1 in leads] or equals


def _columns(header: Header, chosen: dict[int, Match], hidden: set[int], head: Sequence[Row]) -> list[Column]:
    alike: dict[str, int] = {}
    for heading in header.headings:
        alike[heading.label] = alike.get(heading.label, 0) + 1
    others = {match.heading.index for match in header.others}
    below = [row for row in head if row.number >= header.rows.stop]
    keys = keys_of(header.headings)
    columns = []
    for heading in header.headings:
        index = heading.index
        filled = any(index < len(row.cells) and text_of(row.cells[index]).strip() for row in below)
        if heading.texts or filled:
            match = chosen.get(index)
            name = _name(heading, after_parent=index in others or alike[heading.label] > 1)
            key = keys.get(index)
            by_hand = key is not None and key in header.kind.chosen
            columns.append(Column(index, name, match.field if match else None, index in hidden, key, by_hand))
    return columns


def _name(heading: Heading, *, after_parent: bool) -> str:
    """The lowest heading of a column, after its parent where it says little alone; the letters where there is none."""
    if not heading.texts:
        return column_letters(heading.index)
    return f"{heading.parent}/{heading.label}" if after_parent and heading.parent else heading.label


def _shown_name(kind: KindSpec, field: str) -> str:
    """A field by the heading that people most often give it."""
    alias = next(spec.aliases[0] for spec in kind.fields if spec.name == field)
    return alias if isinstance(alias, str) else alias[1]


def _line(row: Row) -> str:
    return visible(" ".join(text for value in row.cells if (text := text_of(value)).strip()))


def _fill_down(number: int, cells: list[CellValue], open_merges: dict[int, tuple[int, CellValue]]) -> None:
    for index, (bottom, value) in list(open_merges.items()):
        if number > bottom:
            del open_merges[index]
            continue
        if index >= len(cells):
            cells.extend([""] * (index + 1 - len(cells)))
        if cells[index] == "":
            cells[index] = value
