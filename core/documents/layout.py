"""How the shipped papers are laid out with python-docx: A4, the fonts of official papers, tables whose columns stay as wide as they are.

A module builds its templates with this by a script and keeps what the script makes; papers are never laid out while they are issued.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from docx import Document
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

# GB/T 9704: body in 仿宋, headings in 黑体; 宋体 in the narrow cells of forms. Word, WPS and LibreOffice replace what is not there.
BODY: Final = "仿宋"
FORM: Final = "宋体"
HEADING: Final = "黑体"
# At the foot of a paper that is verified by its code or by its file.
NOTE: Final = "核验：扫描二维码或在验证网址输入验证码，可查本文书是否有效；把电子原件拖入该页，可核对是否被改动。"
LATIN: Final = "Times New Roman"
LEFT, CENTER, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
# The same on every day, so that what the script makes is the same as what is kept.
MADE: Final = datetime(2026, 1, 1)  # noqa: DTZ001 - the property has no zone


def new_paper(title: str, *, margins: tuple[int, int, int, int] = (25, 25, 25, 25)) -> Any:
    """An empty A4 paper; margins in millimetres: top, right, bottom, left."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = map(Mm, margins)
    _font_of(document.styles["Normal"].element, BODY)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = title, "", ""
    properties.created = properties.modified = MADE
    return document


def write(paragraph: Any, text: str, *, font: str = BODY, size: float = 16, bold: bool = False) -> Any:
    """Add text to a paragraph in a Chinese font of so many points."""
    run = paragraph.add_run(text)
    run.font.size, run.font.bold = Pt(size), bold or None
    _font_of(run._element, font)
    return run


def add_paragraph(
    holder: Any,
    text: str = "",
    *,
    align: Any = LEFT,
    indent: bool = False,
    with_next: bool = False,
    after: float = 0,
    line: float = 1.5,
    **look: Any,
) -> Any:
    """A paragraph; `indent` begins it two characters in, as Chinese prose does; `with_next` keeps it on the page of what follows."""
    paragraph = holder.add_paragraph()
    paragraph.paragraph_format.keep_with_next = with_next or None
    shape(paragraph, align=align, after=after, line=line)
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(2 * look.get("size", 16))
    if text:
        write(paragraph, text, **look)
    return paragraph


def shape(paragraph: Any, *, align: Any, after: float = 0, line: float = 1.0) -> None:
    """Alignment and distances of a paragraph."""
    paragraph.alignment = align
    form = paragraph.paragraph_format
    form.space_before, form.space_after, form.line_spacing = Pt(0), Pt(after), line


def add_table(holder: Any, widths: Sequence[float], *, lines: bool = True) -> Any:
    """A table without rows; its columns keep their widths (millimetres), so that long values wrap instead of pushing others away."""
    table = holder.add_table(
        rows=0, cols=len(widths), **({} if hasattr(holder, "styles") else {"width": Mm(sum(widths))})
    )
    if lines:
        _lines(table)
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    return table


def add_row(
    table: Any, texts: Sequence[Any], *, height: float = 8, bold: Sequence[int] = (), size: float = 10.5
) -> Any:
    """A row that may grow: a text for each cell, None for one that the cell before it takes in."""
    row = table.add_row()
    row.height = Mm(height)
    kept = OxmlElement("w:cantSplit")
    row._tr.get_or_add_trPr().append(kept)
    first: Any = None
    for place, text in enumerate(texts):
        cell = row.cells[place]
        cell.width = table.columns[place].width
        if text is None:
            first = first.merge(cell)
            continue
        first = cell
        fill(cell, text, bold=place in bold, size=size)
    return row


def fill(
    cell: Any, text: str, *, bold: bool = False, size: float = 10.5, align: Any = CENTER, font: str = FORM
) -> None:
    """The text of a cell, in the middle."""
    cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    paragraph = cell.paragraphs[0]
    shape(paragraph, align=align)
    write(paragraph, text, font=font, size=size, bold=bold)


def add_check(holder: Any, *, note: str) -> None:
    """The foot by which a paper is verified: the code, the address, the QR code."""
    table = add_table(holder, (26, 134), lines=False)
    row = table.add_row()
    for place, cell in enumerate(row.cells):
        cell.width = table.columns[place].width
        cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    shape(row.cells[0].paragraphs[0], align=CENTER)
    write(row.cells[0].paragraphs[0], "{{ verify.qr }}", font=FORM, size=9)
    shape(row.cells[1].paragraphs[0], align=LEFT)
    write(row.cells[1].paragraphs[0], "验证码：{{ verify.code }}", font=FORM, size=9)
    for text in ("验证网址：{{ verify.address }}", note):
        paragraph = row.cells[1].add_paragraph()
        shape(paragraph, align=LEFT)
        write(paragraph, text, font=FORM, size=9)


def _font_of(element: Any, font: str) -> None:
    properties = element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    for name, value in (("ascii", LATIN), ("hAnsi", LATIN), ("eastAsia", font), ("hint", "eastAsia")):
        fonts.set(qn(f"w:{name}"), value)


def _lines(table: Any) -> None:
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "000000")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)
