"""The parts of a workbook that name other parts: relations, types of content, the list of sheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from posixpath import dirname, join, normpath, relpath
from typing import Final

from core.exchange.reading.archive import Archive
from core.exchange.reading.errors import UnreadableFile
from core.exchange.returning.frame import STRICT
from core.exchange.returning.splicing import Tag, attribute, before, inside, spliced, tree, utf8, with_attributes

WORKBOOK: Final = "xl/workbook.xml"
TYPES: Final = "[Content_Types].xml"
VML: Final = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_SPREADSHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_RELATIONS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_USUAL: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_USUAL_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@dataclass(frozen=True, slots=True)
class Dialect:
    """The names that a workbook uses: those of every program, or those of its strict form."""

    is_strict: bool

    @property
    def main(self) -> bytes:
        """The name of sheets, styles and comments."""
        return f"{STRICT}/spreadsheetml/main".encode() if self.is_strict else _USUAL_MAIN.encode()

    @property
    def relations(self) -> str:
        """The name of relations between parts."""
        return f"{STRICT}/officeDocument/relationships" if self.is_strict else _USUAL


class Relations:
    """The relations of one part, which may have none yet."""

    def __init__(self, archive: Archive, part: str, dialect: Dialect) -> None:
        self.path = join(dirname(part), "_rels", f"{part.rpartition('/')[2]}.rels")
        empty = (
            b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="%s"/>'
            % _RELATIONS.encode()
        )
        self._data = utf8(archive.read(self.path), self.path) if self.path in archive else empty
        self._root = tree(self._data, self.path)
        self._part, self._dialect = part, dialect
        self._new: list[bytes] = []
        self._ids = {one.attribute("Id") for one in self._root.children}

    def target(self, relation: str) -> str | None:
        """The part that a relation leads to."""
        found = next((one for one in self._root.children if one.attribute("Id") == relation), None)
        return self._target(found) if found else None

    def of_kind(self, kind: str) -> str | None:
        """The part to which the first relation of a kind leads: comments, styles."""
        found = (one for one in self._root.children if (one.attribute("Type") or "").rpartition("/")[2] == kind)
        return next((self._target(one) for one in found), None)

    def _target(self, tag: Tag) -> str:
        said = tag.attribute("Target") or ""
        return said[1:] if said.startswith("/") else normpath(join(dirname(self._part), said))

    def add(self, kind: str, target: str) -> str:
        """A relation to a part; gives its name."""
        number = len(self._ids) + 1
        while f"rId{number}" in self._ids:
            number += 1
        name = f"rId{number}"
        self._ids.add(name)
        said = (name, f"{self._dialect.relations}/{kind}", relpath(target, dirname(self._part)))
        values = tuple(attribute(one) for one in said)
        self._new.append(b'<%sRelationship Id="%s" Type="%s" Target="%s"/>' % (self._root.prefix, *values))
        return name

    @property
    def is_changed(self) -> bool:
        """Whether any was added."""
        return bool(self._new)

    def written(self) -> bytes:
        """The part with what was added."""
        return spliced(self._data, [inside(self._data, self._root, b"".join(self._new))])


class ContentTypes:
    """The types of the parts of a workbook."""

    def __init__(self, archive: Archive) -> None:
        self.path = next((name for name in archive.parts if name.casefold() == TYPES.casefold()), TYPES)
        if self.path not in archive:
            raise UnreadableFile("damaged", part=TYPES)
        self._data = utf8(archive.read(self.path), self.path)
        self._root = tree(self._data, self.path)
        self._new: list[bytes] = []

    def add(self, part: str, kind: str) -> None:
        """A part of a kind of the spreadsheet: worksheet, comments, styles."""
        tag = b'<%sOverride PartName="/%s" ContentType="%s.%s+xml"/>'
        self._new.append(tag % (self._root.prefix, attribute(part), _SPREADSHEET.encode(), kind.encode()))

    def drawings(self) -> None:
        """Say what drawings of comments are, where nothing says it."""
        known = {(one.attribute("Extension") or "").casefold() for one in self._root.children}
        if "vml" not in known:
            tag = b'<%sDefault Extension="vml" ContentType="%s"/>' % (self._root.prefix, VML.encode())
            self._new.insert(0, tag)

    @property
    def is_changed(self) -> bool:
        """Whether any was added."""
        return bool(self._new)

    def written(self) -> bytes:
        """The part with what was added."""
        return spliced(self._data, [inside(self._data, self._root, b"".join(self._new))])


@dataclass(frozen=True, slots=True)
class NewSheet:
    """A sheet to be named in the workbook."""

    name: str
    relation: str
    state: str = ""


class Workbook:
    """The list of sheets."""

    def __init__(self, archive: Archive) -> None:
        self._data = utf8(archive.read(WORKBOOK), WORKBOOK)
        self._root = tree(self._data, WORKBOOK)
        listed = self._root.child("sheets")
        self._sheets = [one for one in (listed.children if listed else ()) if one.name == "sheet"]
        self.dialect = Dialect(any(STRICT in value for value in self._root.attributes.values()))

    @property
    def names(self) -> list[str]:
        """The names of the sheets in order."""
        return [one.attribute("name") or "" for one in self._sheets]

    @property
    def relations(self) -> list[str]:
        """The relations that lead to the sheets, in order."""
        return [one.attribute("id") or "" for one in self._sheets]

    def written(self, first: NewSheet | None, last: Sequence[NewSheet]) -> bytes:
        """The list with a sheet before all others and sheets after them; what counts sheets counts on."""
        numbers = [int(said) for one in self._sheets if (said := one.attribute("sheetId") or "").isdecimal()]
        number = max(numbers, default=0) + 1
        listed = self._root.child("sheets")
        assert listed is not None  # noqa: S101 - the workbook was read, so it has sheets
        changes = []
        if first is not None:
            at = self._sheets[0].start if self._sheets else listed.inner
            changes.append((at, at, self._sheet(first, number)))
            changes += [*self._counted_on(), *self._views(listed)]
        new = b"".join(self._sheet(one, place) for place, one in enumerate(last, start=number + 1))
        return spliced(self._data, [*changes, inside(self._data, listed, new)])

    def _sheet(self, sheet: NewSheet, number: int) -> bytes:
        state = b' state="%s"' % attribute(sheet.state) if sheet.state else b""
        return b'<%ssheet name="%s" sheetId="%d"%s xmlns:r="%s" r:id="%s"/>' % (
            self._root.prefix, attribute(sheet.name), number, state, self.dialect.relations.encode(), attribute(sheet.relation),
        )  # fmt: skip

    def _counted_on(self) -> list[tuple[int, int, bytes]]:
        """Names that hold in one sheet only, by the place of the sheet."""
        return [
            (one.start, one.inner, with_attributes(self._data[one.start : one.inner], localSheetId=str(int(said) + 1)))
            for one in self._root.find("definedName")
            if (said := one.attribute("localSheetId") or "").isdecimal()
        ]

    def _views(self, listed: Tag) -> list[tuple[int, int, bytes]]:
        """The sheet that is open stays the one that is open: two chosen at once would be written in at once."""
        views = self._root.child("bookViews")
        if views is None:
            view = b'<%sbookViews><%sworkbookView activeTab="1"/></%sbookViews>' % (*[self._root.prefix] * 3,)
            return [before(self._data, self._root, frozenset({"sheets"}), view)]
        found = []
        for one in views.find("workbookView"):
            said = one.attribute("activeTab") or ""
            values = {"activeTab": str(int(said) + 1 if said.isdecimal() else 1)}
            if one.attribute("firstSheet"):
                values["firstSheet"] = "0"
            found.append((one.start, one.inner, with_attributes(self._data[one.start : one.inner], **values)))
        return found
