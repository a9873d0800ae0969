"""The boxes in which comments are shown: the old drawing language, in which every program still reads them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

EMPTY: Final = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    b' xmlns:x="urn:schemas-microsoft-com:office:excel">\n'
    b'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>\n</xml>'
)
_KIND: Final = (
    b'<v:shapetype xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" id="_x0000_t202"'
    b' coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    b'<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>\n'
)
_SHAPE: Final = (
    b'<v:shape xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" id="_x0000_s%d"'
    b' type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;width:220pt;height:%dpt;z-index:%d;'
    b'visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
    b'<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    b'<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    b'<x:ClientData xmlns:x="urn:schemas-microsoft-com:office:excel" ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    b"<x:Anchor>%d, 15, %d, 2, %d, 31, %d, 4</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>%d</x:Row><x:Column>%d</x:Column>"
    b"</x:ClientData></v:shape>\n"
)
_SHAPE_BEGINS: Final = re.compile(rb"<(?:\w+:)?shape\s")
_SHAPE_ENDS: Final = re.compile(rb"</(?:\w+:)?shape>\s*")
_ROW: Final = re.compile(rb"<(?:\w+:)?Row>\s*(\d+)\s*<")
_COLUMN: Final = re.compile(rb"<(?:\w+:)?Column>\s*(\d+)\s*<")
_NUMBER: Final = re.compile(rb"_s(\d{1,9})\b")
_BLOCKS: Final = re.compile(rb"(<(?:\w+:)?idmap\b[^<>]*?\bdata=[\"'])([\d,]*)")
_END: Final = re.compile(rb"</(?:\w+:)?xml\s*>\s*$")
_BLOCK: Final = 1024
_WIDE, _LINE, _LEAST, _MOST = 18, 14, 4, 22
_LAST_COLUMN, _LAST_ROW = 16_383, 1_048_575


def drawn(data: bytes, removed: Collection[tuple[int, int]], added: Sequence[tuple[tuple[int, int], str]]) -> bytes:
    """A drawing without the boxes of some cells and with those of others (row from 1, column from 0, what is said there).

    It is changed as bytes: programs write drawings that are no XML.
    """
    kept = b"".join(piece for piece, is_shape in _pieces(data) if not is_shape or _cell(piece) not in removed)
    end = _END.search(kept)
    if end is None:
        return drawn(EMPTY, removed, added)
    used = max((int(one) for one in _NUMBER.findall(kept)), default=0) // _BLOCK
    first = used + 1
    kind = b"" if b'id="_x0000_t202"' in kept else _KIND
    boxes = (_box(number, cell, said) for number, (cell, said) in enumerate(added, start=first * _BLOCK + 1))
    blocks = range(first, first + len(added) // _BLOCK + 1)
    head = _BLOCKS.sub(lambda found: found[1] + _listed(found[2], blocks), kept[: end.start()], count=1)
    return b"".join((head, kind, *boxes, kept[end.start() :]))


def _pieces(data: bytes) -> Iterator[tuple[bytes, bool]]:
    """The drawing in pieces, each with whether it is a shape: in one pass, however many shapes are left open."""
    at = 0
    while (begins := _SHAPE_BEGINS.search(data, at)) and (ends := _SHAPE_ENDS.search(data, begins.end())):
        yield data[at : begins.start()], False
        yield data[begins.start() : ends.end()], True
        at = ends.end()
    yield data[at:], False


def _listed(known: bytes, blocks: Collection[int]) -> bytes:
    numbers = [int(one) for one in known.split(b",") if one]
    return ",".join(map(str, dict.fromkeys([*numbers, *blocks]))).encode()


def _cell(shape: bytes) -> tuple[int, int] | None:
    row, column = _ROW.search(shape), _COLUMN.search(shape)
    return (int(row[1]) + 1, int(column[1])) if row and column and b'"Note"' in shape.replace(b"'", b'"') else None


def _box(number: int, cell: tuple[int, int], said: str) -> bytes:
    row, column = cell[0] - 1, cell[1]
    lines = min(max(sum(len(line) // _WIDE + 1 for line in said.split("\n")) + 1, _LEAST), _MOST)
    left, top = min(column + 1, _LAST_COLUMN - 4), min(max(row - 1, 0), _LAST_ROW - lines)
    return _SHAPE % (number, lines * _LINE, number, left, top, left + 4, top + lines, row, column)
