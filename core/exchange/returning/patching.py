"""A workbook given back: the sender's own, with what is wrong on the cells; every part that is not concerned as it came."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from core.exchange.reading.archive import Archive
from core.exchange.returning import comments as commenting
from core.exchange.returning import drawing
from core.exchange.returning import styles as styling
from core.exchange.returning.container import Container
from core.exchange.returning.marks import (
    LIST,
    LIST_TITLE,
    MOST_COMMENTS,
    MOST_LISTED,
    HiddenSheet,
    Mark,
    SheetMarks,
)
from core.exchange.returning.own_sheets import list_of, texts_of
from core.exchange.returning.parts import WORKBOOK, ContentTypes, NewSheet, Relations, Workbook
from core.exchange.returning.pieces import NoRows
from core.exchange.returning.sheet import MarkedSheet
from core.exchange.returning.splicing import utf8, utf8_chunks
from core.exchange.returning.styles import Styles
from core.exchange.returning.texts import Texts

Chunks = Callable[[], Iterator[bytes]]
LANGUAGE: Final = "zh-hans"
_LONGEST_NAME: Final = 31


def silent(_done: int) -> None:
    """Nobody asks how far it is."""


def patch(
    source: bytes | Archive,
    marks: Sequence[Mark],
    *,
    header_rows: Mapping[int, int],
    extra_sheets: Sequence[HiddenSheet | tuple[str, Sequence[Sequence[str]], str]] = (),
    progress: Callable[[int], None] = silent,
) -> bytes:
    """The bytes of an .xlsx with each mark on its cell, a column of reasons, and a first sheet that lists all.

    `header_rows` says under which row of a sheet (by its place in the workbook) the reasons begin. `extra_sheets` are sheets of
    texts, hidden or veryHidden, that travel with it; one of the same name that is there already gives way. `progress` is told the
    row that was reached, and may raise. What was returned before is replaced, nothing is said twice. UnreadableFile for a file
    that is damaged where nobody looked so far.
    """
    archive = source if isinstance(source, Archive) else Archive(source)
    with override(LANGUAGE):
        return _Patch(archive, marks, header_rows, [HiddenSheet(*one) for one in extra_sheets]).finished(progress)


class _Patch:
    def __init__(
        self, archive: Archive, marks: Sequence[Mark], header_rows: Mapping[int, int], extra: Sequence[HiddenSheet]
    ) -> None:
        self._archive, self._marks, self._header_rows = archive, marks, header_rows
        self._workbook = Workbook(archive)
        self._dialect = self._workbook.dialect
        self._relations = Relations(archive, WORKBOOK, self._dialect)
        self._types = ContentTypes(archive)
        self._names = self._workbook.names
        self._paths = [self._relations.target(one) or "" for one in self._workbook.relations]
        self._written: dict[str, Chunks] = {}
        self._dropped: set[str] = set()
        self._notes: list[str] = []
        self._texts = Texts(archive, self._relations.of_kind("sharedStrings"))
        self._styles_part, self._styles = self._find_styles()
        self._first: NewSheet | None = None
        self._last: list[NewSheet] = []
        self._extra = extra

    def finished(self, progress: Callable[[int], None]) -> bytes:
        """All parts, in the order in which they came; the styles after the sheets that ask for them."""
        by_sheet: dict[int, list[Mark]] = {}
        for mark in self._marks:
            by_sheet.setdefault(mark.sheet, []).append(mark)
        for place in sorted({*by_sheet, *self._header_rows}):
            if self._paths[place] in self._archive:
                self._mark_sheet(place, SheetMarks.of(by_sheet.get(place, ())), progress)
        self._add_list()
        for sheet in self._extra:
            self._add_hidden(sheet)
        return self._packed()

    def _find_styles(self) -> tuple[str, Styles]:
        part = self._relations.of_kind("styles")
        if part is not None and part in self._archive:
            return part, Styles(utf8(self._archive.read(part), part), part)
        part = "xl/styles.xml" if "xl/styles.xml" not in self._archive else self._fresh("xl/styles", "xml")
        self._relations.add("styles", part)
        self._types.add(part, "styles")
        return part, Styles(styling.EMPTY % self._dialect.main, part)

    def _mark_sheet(self, place: int, said: SheetMarks, progress: Callable[[int], None]) -> None:
        path = self._paths[place]
        try:
            sheet = MarkedSheet(
                lambda: utf8_chunks(self._archive.chunks(path), path), path, said, self._header_rows.get(place, 0),
                self._styles, self._texts.of,
            )  # fmt: skip
        except NoRows:
            return
        self._written[path] = partial(sheet.written, self._comment(path, sheet, self._names[place]), progress)

    def _comment(self, path: str, sheet: MarkedSheet, name: str) -> str | None:
        """Write the comments of a sheet; the relation of their drawing where the sheet named none."""
        relations = Relations(self._archive, path, self._dialect)
        part = relations.of_kind("comments")
        said = sheet.comments()
        if len(said) > MOST_COMMENTS:
            told = {"sheet": name, "count": len(said), "most": MOST_COMMENTS}
            self._notes.append(
                _("Sheet “%(sheet)s” has %(count)s wrong cells; the first %(most)s bear comments, all are coloured.")
                % told
            )
            said = dict(list(said.items())[:MOST_COMMENTS])
        if part is None or part not in self._archive:
            if not said:
                return None
            part = self._fresh("xl/comments", "xml")
            relations.add("comments", part)
            self._types.add(part, "comments")
            data = commenting.EMPTY % self._dialect.main
        else:
            data = utf8(self._archive.read(part), part)
        comments = commenting.Comments(data, part)
        self._write(part, comments.written(said))
        relation = self._draw(relations, sheet, comments, said)
        if relations.is_changed:
            self._write(relations.path, relations.written())
        return relation

    def _draw(
        self,
        relations: Relations,
        sheet: MarkedSheet,
        comments: commenting.Comments,
        said: Mapping[tuple[int, int], str],
    ) -> str | None:
        boxes = [(cell, said[cell]) for cell in comments.added]
        named = sheet.frame.legacy_drawing()
        part = relations.target(named) if named else None
        if part is not None and part in self._archive:
            self._write(part, drawing.drawn(self._archive.read(part), comments.removed, boxes))
            return None
        if not boxes:
            return None
        part = self._fresh("xl/drawings/vmlDrawing", "vml")
        self._types.drawings()
        self._write(part, drawing.drawn(drawing.EMPTY, (), boxes))
        return relations.add("vmlDrawing", part)

    def _add_list(self) -> None:
        known = next((place for place, name in enumerate(self._names) if name == LIST and self._is_ours(place)), None)
        total = len(self._marks)
        errors = sum(mark.severity == "error" for mark in self._marks)
        told = {"errors": errors, "warnings": total - errors}
        self._notes.insert(
            0,
            _(
                "%(errors)s to be put right, %(warnings)s to be looked at. Correct them in the sheets, leave this list and the column "
                "of reasons as they are, and send this workbook again: what is in order already is not entered twice."
            )
            % told,
        )
        if total > MOST_LISTED:
            self._notes.append(_("The first %(most)s are listed.") % {"most": MOST_LISTED})
        chunks = partial(list_of, self._marks, self._names, self._notes, self._dialect.main, self._styles)
        if known is not None:
            self._replace(self._paths[known], chunks)
        else:
            self._first = NewSheet(self._free_name(LIST), self._new_sheet(chunks))

    def _is_ours(self, place: int) -> bool:
        path = self._paths[place]
        return (
            path in self._archive
            and self._texts.first_of(utf8_chunks(self._archive.chunks(path), path), path) == LIST_TITLE
        )

    def _add_hidden(self, sheet: HiddenSheet) -> None:
        chunks = partial(texts_of, sheet.rows, self._dialect.main)
        known = next((path for name, path in zip(self._names, self._paths, strict=True) if name == sheet.name), None)
        if known is not None and known in self._archive:
            self._replace(known, chunks)
        else:
            self._last.append(NewSheet(sheet.name, self._new_sheet(chunks), sheet.state))

    def _replace(self, path: str, chunks: Chunks) -> None:
        """A sheet of ours written anew; what it named before it names no longer."""
        self._written[path] = chunks
        self._dropped.add(Relations(self._archive, path, self._dialect).path)

    def _new_sheet(self, chunks: Chunks) -> str:
        part = self._fresh("xl/worksheets/sheet", "xml")
        self._types.add(part, "worksheet")
        self._written[part] = chunks
        return self._relations.add("worksheet", part)

    def _free_name(self, wanted: str) -> str:
        taken = {name.casefold() for name in self._names}
        names = (wanted, *(f"{wanted}{number}"[:_LONGEST_NAME] for number in range(2, len(taken) + 3)))
        return next(name for name in names if name.casefold() not in taken)

    def _fresh(self, stem: str, ending: str) -> str:
        taken = {name.casefold() for name in (*self._archive.parts, *self._written)}
        number = 1
        while f"{stem}{number}.{ending}".casefold() in taken:
            number += 1
        return f"{stem}{number}.{ending}"

    def _write(self, part: str, data: bytes) -> None:
        self._written[part] = lambda: iter((data,))

    def _packed(self) -> bytes:
        if self._first or self._last:
            self._write(WORKBOOK, self._workbook.written(self._first, self._last))
        if self._relations.is_changed:
            self._write(self._relations.path, self._relations.written())
        if self._types.is_changed:
            self._write(self._types.path, self._types.written())
        container, out = self._archive, Container()
        order = [name for name in container.parts if name not in self._dropped]
        order += [name for name in self._written if name not in container.parts]
        for name in order:
            if name == self._styles_part:
                continue
            if name in self._written:
                out.write(name, self._written[name]())
            else:
                out.copy(container, name)
        if self._styles.is_changed or self._styles_part not in container:
            out.write(self._styles_part, [self._styles.written()])
        else:
            out.copy(container, self._styles_part)
        return out.finished()
