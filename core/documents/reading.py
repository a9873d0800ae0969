"""What stands in a paper, as blocks that a page can show and a test can compare: paragraphs, tables, pictures."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from docx import Document
from docx.oxml.ns import qn

SHOWN_PICTURES: Final = {"image/png", "image/jpeg", "image/gif"}
# Signs at which a line may break in a cell that is shown, written as they are in the paper.
BREAKS: Final = {qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:tab"): "\t"}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph: text, how it is aligned (left, center, right, both), the pictures in it as data addresses."""

    text: str
    align: str = ""
    pictures: tuple[str, ...] = ()
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with its paragraphs, over so many columns and rows."""

    paragraphs: tuple[Paragraph, ...]
    across: int = 1
    down: int = 1

    @property
    def text(self) -> str:
        """All that stands in it."""
        return "\n".join(one.text for one in self.paragraphs)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: rows of cells, each cell once."""

    rows: tuple[tuple[Cell, ...], ...]


def blocks_of(content: bytes) -> list[Paragraph | Grid]:
    """What stands in a .docx: its text, then what its footers say."""
    document = Document(BytesIO(content))
    found = list(_blocks(document.element.body, document.part))
    for section in document.sections:
        if not section.footer.is_linked_to_previous:
            found += _blocks(section.footer._element, section.footer.part)
    return found


def cell_texts(content: bytes) -> list[str]:
    """The texts of all cells of all tables, in order, without blanks: what a form asks and what was filled in."""
    grids = [block for block in blocks_of(content) if isinstance(block, Grid)]
    return ["".join(cell.text.split()) for grid in grids for row in grid.rows for cell in row]


def _blocks(root: Any, part: Any) -> Iterator[Paragraph | Grid]:
    for child in root.iterchildren():
        if child.tag == qn("w:p"):
            yield _paragraph(child, part)
        elif child.tag == qn("w:tbl"):
            yield _grid(child, part)
        elif child.tag == qn("w:sdt"):
            for inner in child.iterchildren(qn("w:sdtContent")):
                yield from _blocks(inner, part)


def _paragraph(node: Any, part: Any) -> Paragraph:
    text = "".join(one.text or "" if one.tag == qn("w:t") else BREAKS[one.tag] for one in node.iter(qn("w:t"), *BREAKS))
    align = node.find(f"{qn('w:pPr')}/{qn('w:jc')}")
    strong = any(one.get(qn("w:val"), "1") not in {"0", "false"} for one in node.iter(qn("w:b")))
    return Paragraph(
        text, align.get(qn("w:val"), "") if align is not None else "", tuple(_pictures(node, part)), strong
    )


def _pictures(node: Any, part: Any) -> Iterator[str]:
    for blip in node.iter(qn("a:blip")):
        picture = part.related_parts.get(blip.get(qn("r:embed"), ""))
        if picture is not None and picture.content_type in SHOWN_PICTURES:
            yield f"data:{picture.content_type};base64,{base64.b64encode(picture.blob).decode()}"


def _grid(table: Any, part: Any) -> Grid:
    """The cells of a table; one that goes on from the row above makes that one longer."""
    rows: list[list[list[Any]]] = []
    above: dict[int, list[Any]] = {}
    for row in table.iter(qn("w:tr")):
        cells, column = [], 0
        for node in row.iterchildren(qn("w:tc")):
            across = _number(node, "w:gridSpan")
            merge = node.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
            if merge is not None and merge.get(qn("w:val"), "continue") == "continue" and column in above:
                above[column][2] += 1
            else:
                cell = [node, across, 1]
                cells.append(cell)
                above[column] = cell
            column += across
        rows.append(cells)
    return Grid(tuple(tuple(_cell(cell, part) for cell in cells) for cells in rows))


def _cell(cell: list[Any], part: Any) -> Cell:
    node, across, down = cell
    return Cell(tuple(_paragraph(one, part) for one in node.iterchildren(qn("w:p"))), across, down)


def _number(node: Any, name: str) -> int:
    found = node.find(f"{qn('w:tcPr')}/{qn(name)}")
    return int(found.get(qn("w:val"), "1")) if found is not None else 1
