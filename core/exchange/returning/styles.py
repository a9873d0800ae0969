"""The styles of a workbook, extended: a marked cell keeps its own look but for the colour behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from core.exchange.returning.splicing import Tag, before, inside, spliced, tree, with_attributes

# Unusual shades, so that a workbook that was returned before is known by them.
FILLS: Final = {"error": "FFF9C6C1", "warning": "FFFCE8AE", "reason": "FFFBE9E7", "heading": "FFF2A9A0"}
EMPTY: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<styleSheet xmlns="%s">'
    b'<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    b'<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    b'<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    b'<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    b'<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    b'<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
# Excel's own limit.
_MOST: Final = 64_000
_TEXT_FORMAT: Final = "49"
_COLOURS: Final = frozenset(FILLS.values())
_AFTER_FILLS: Final = frozenset("borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst".split())
_AFTER_XFS: Final = frozenset("cellStyles dxfs tableStyles colors extLst".split())
_BOLD: Final = b'<b/><sz val="11"/><name val="Calibri"/>'
_LINK: Final = b'<u/><sz val="11"/><color rgb="FF0563C1"/><name val="Calibri"/>'


class Styles:
    """The cell styles of a workbook by their numbers; new ones are made when they are asked for."""

    def __init__(self, data: bytes, part: str) -> None:
        self._data = data
        self._root = tree(data, part, deepest=6)
        self._prefix = self._root.prefix
        self._fills = list(_children(self._root, "fills"))
        self._xfs = [data[one.start : one.end] for one in _children(self._root, "cellXfs")]
        self._tags = list(_children(self._root, "cellXfs"))
        self._fonts = len(list(_children(self._root, "fonts")))
        self._new_fills: list[str] = []
        self._new_xfs: list[bytes] = []
        self._made: dict[tuple[int, str], int] = {}
        self._colours = {place: _colour(fill) for place, fill in enumerate(self._fills)}
        self._ours = {place for place, colour in self._colours.items() if colour in _COLOURS}
        self._uses_fonts = False

    def earlier(self) -> dict[int, int]:
        """Styles of cells that were marked before, each with the style that it was made from."""
        marks = {FILLS["error"], FILLS["warning"]}
        return {
            number: self._plain(number)
            for number in range(len(self._tags))
            if self._colours.get(self._fill(number)) in marks
        }

    def headings(self) -> set[int]:
        """Styles of headings over a column of reasons of before."""
        return {
            number for number in range(len(self._tags)) if self._colours.get(self._fill(number)) == FILLS["heading"]
        }

    def marked(self, style: int, fill: str) -> int:
        """The style that is as another one but for the colour behind."""
        key = (style, fill)
        if key not in self._made:
            self._made[key] = self._add(self._base(style), fillId=str(self._fill_of(fill)), applyFill="1")
        return self._made[key]

    def text(self, fill: str = "", *, font: str = "") -> int:
        """A style of our own for texts: bold or link, with one of our colours or none."""
        key = (-1, f"{fill}/{font}")
        if key not in self._made:
            self._uses_fonts |= bool(font)
            number = self._fonts + ("bold", "link").index(font) if font else 0
            plain = (
                b'<%sxf numFmtId="%s" fontId="%d" fillId="%d" borderId="0" applyFont="1" applyFill="1" applyAlignment="1">'
                % (self._prefix, _TEXT_FORMAT.encode(), number, self._fill_of(fill) if fill else 0)
            )
            self._made[key] = self._number(
                plain + b'<%salignment vertical="top"/></%sxf>' % (self._prefix, self._prefix)
            )
        return self._made[key]

    @property
    def is_changed(self) -> bool:
        """Whether any was added."""
        return bool(self._new_xfs)

    def written(self) -> bytes:
        """The part with what was added."""
        changes = []
        if self._uses_fonts:
            fonts = b"".join(self._named(b"<font>%s</font>" % font) for font in (_BOLD, _LINK))
            changes.append(self._grown("fonts", fonts, 2, _AFTER_FILLS | {"fills"}))
        if self._new_fills:
            fills = b"".join(
                self._named(
                    b'<fill><patternFill patternType="solid"><fgColor rgb="%s"/><bgColor indexed="64"/></patternFill></fill>'
                    % one.encode()
                )
                for one in self._new_fills
            )
            changes.append(self._grown("fills", fills, len(self._new_fills), _AFTER_FILLS))
        if self._new_xfs:
            changes.append(self._grown("cellXfs", b"".join(self._new_xfs), len(self._new_xfs), _AFTER_XFS))
        return spliced(self._data, [change for several in changes for change in several])

    def _grown(self, name: str, new: bytes, count: int, later: frozenset[str]) -> list[tuple[int, int, bytes]]:
        tag = self._root.child(name)
        if tag is None:
            named = self._prefix + name.encode()
            return [before(self._data, self._root, later, b"<" + named + b">" + new + b"</" + named + b">")]
        if tag.is_empty:
            return [inside(self._data, tag, new)]
        opening = self._data[tag.start : tag.inner]
        total = str(len(tag.children) + count)
        return [(tag.start, tag.inner, with_attributes(opening, count=total)), inside(self._data, tag, new)]

    def _named(self, xml: bytes) -> bytes:
        return xml.replace(b"</", b"\0").replace(b"<", b"<" + self._prefix).replace(b"\0", b"</" + self._prefix)

    def _base(self, style: int) -> bytes:
        if 0 <= style < len(self._xfs):
            return self._xfs[style]
        return b'<%sxf numFmtId="0" fontId="0" fillId="0" borderId="0"/>' % self._prefix

    def _fill(self, style: int) -> int:
        said = self._tags[style].attribute("fillId") or "0"
        return int(said) if said.isdecimal() else 0

    def _plain(self, style: int) -> int:
        """The style that differs from a marked one in nothing but the colour; one without colour where none is left."""
        own = _look(self._tags[style])
        found = (
            number
            for number, tag in enumerate(self._tags)
            if self._fill(number) not in self._ours and _look(tag) == own
        )
        known = next(found, None)
        return self._add(self._xfs[style], fillId="0", applyFill=None) if known is None else known

    def _fill_of(self, fill: str) -> int:
        colour = FILLS[fill]
        known = next((place for place, one in self._colours.items() if one == colour), None)
        if known is not None:
            return known
        self._new_fills.append(colour)
        place = len(self._fills) + len(self._new_fills) - 1
        self._colours[place] = colour
        return place

    def _add(self, xf: bytes, **values: str | None) -> int:
        end = xf.index(b">") + 1 if b">" in xf else len(xf)
        return self._number(with_attributes(xf[:end], **values) + xf[end:])

    def _number(self, xf: bytes) -> int:
        place = len(self._xfs) + len(self._new_xfs)
        if place >= _MOST:
            return 0
        self._new_xfs.append(xf)
        return place


def _children(root: Tag, name: str) -> Iterator[Tag]:
    tag = root.child(name)
    return iter(tag.children if tag else ())


def _colour(fill: Tag) -> str:
    pattern = fill.child("patternFill")
    ground = pattern.child("fgColor") if pattern else None
    return (ground.attribute("rgb") or "").upper() if ground else ""


def _look(xf: Tag) -> tuple[object, ...]:
    """What a style says but for its colour behind."""
    said = {name: value for name, value in xf.attributes.items() if name not in {"fillId", "applyFill"}}
    inner = [(one.name, sorted(one.attributes.items())) for one in xf.children]
    return sorted(said.items()), sorted(inner)
