"""Makes the shipped template of the form of appointment and removal of cadres (干部任免审批表), on two pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from docx.enum.text import WD_BREAK
from docx.oxml.ns import qn

from core.documents.layout import (
    CENTER,
    FORM,
    HEADING,
    LEFT,
    NOTE,
    RIGHT,
    add_check,
    add_paragraph,
    add_row,
    add_table,
    fill,
    new_paper,
    shape,
    write,
)
from personnel.documents.cadres import FAMILY, HEAD, OPINIONS, POSTS, STUDIES, WORDS

TITLE: Final = 22
# Of the whole width of the text, 174 mm: words and values in turn, then the photo.
WIDTHS: Final = (21, 24, 22, 24, 21, 29, 33)
PHOTO: Final = 6
FAMILY_WIDTHS: Final = (18, 22, 24, 28, 82)
LABEL: Final = 22
TEXT: Final = 152
# Heights in millimetres of what is filled in by hand or by the file, so that each page is full and looks like the form.
RESUME, LINE, WORD, OPINION = 112, 11, 30, 46


def form() -> Any:
    """干部任免审批表."""
    paper = new_paper("干部任免审批表", margins=(16, 18, 12, 18))
    add_paragraph(paper, "干部任免审批表", align=CENTER, after=4, line=1.1, font=HEADING, size=TITLE)
    _first_page(paper)
    paper.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    _second_page(paper)
    add_check(paper.sections[0].footer, note=NOTE)
    return paper


def _mark(way: str) -> str:
    return f"{{{{ {way} }}}}"


def _first_page(paper: Any) -> None:
    table = add_table(paper, WIDTHS)
    for row in HEAD:
        texts: list[Any] = [text for words, way in row for text in (words, _mark(way))]
        if len(row) == 2:
            texts += [None, None]
        add_row(table, [*texts, ""], height=LINE, bold=range(0, 6, 2))
    photo = table.cell(0, PHOTO).merge(table.cell(len(HEAD) - 1, PHOTO))
    for left in photo.paragraphs[1:]:
        left._element.getparent().remove(left._element)
    fill(photo, "{{ photo }}")
    for words, name in STUDIES:
        texts = [
            "学历学位",
            words,
            f"{{{{ {name}.level }}}}",
            None,
            "毕业院校系及专业",
            f"{{{{ {name}.where }}}}",
            None,
        ]
        add_row(table, texts, height=LINE, bold=(0, 1, 4))
    for words, way in POSTS:
        add_row(table, [words, None, _mark(way), None, None, None, None], height=LINE, bold=(0,))
    resume = add_row(table, ["简历", "", None, None, None, None, None], height=RESUME, bold=(0,))
    for kept in resume._tr.trPr.findall(qn("w:cantSplit")):
        # A long one goes on on the next page.
        resume._tr.trPr.remove(kept)
    _lines(resume.cells[1])


def _lines(cell: Any) -> None:
    """The curriculum vitae: a paragraph for each line, whose further lines stand below its text."""
    first = cell.paragraphs[0]
    for text in ("{%p for line in resume %}", "{{ line.text }}", "{%p endfor %}"):
        paragraph = first if text.startswith("{%p for") else cell.add_paragraph()
        shape(paragraph, align=LEFT, line=1.15)
        write(paragraph, text, font=FORM, size=10.5)


def _second_page(paper: Any) -> None:
    table = add_table(paper, (LABEL, TEXT))
    for words, name in WORDS:
        row = add_row(table, [words, ""], height=WORD, bold=(0,))
        fill(row.cells[1], _mark(name), align=LEFT)
    add_paragraph(paper, line=0.2, size=2)
    family = add_table(paper, FAMILY_WIDTHS)
    add_row(family, ["家庭主要成员及重要社会关系", None, None, None, None], bold=(0,))
    add_row(family, [words for words, _name in FAMILY], bold=range(len(FAMILY)))
    add_row(family, ["{%tr for row in family %}", "", "", "", ""])
    add_row(family, [f"{{{{ row.{name} }}}}" for _words, name in FAMILY])
    add_row(family, ["{%tr endfor %}", "", "", "", ""])
    add_paragraph(paper, line=0.2, size=2)
    opinions = add_table(paper, (22, 36, 22, 36, 22, 36))
    texts = [text for words in OPINIONS for text in (words, "")]
    row = add_row(opinions, texts, height=OPINION, bold=(0, 2, 4))
    for place in (1, 3, 5):
        said = "{{ paper.unit }}" if place == 1 else ""
        fill(row.cells[place], said)
        for text in ("（盖章）", "年　　月　　日"):
            paragraph = row.cells[place].add_paragraph()
            shape(paragraph, align=RIGHT)
            write(paragraph, text, font=FORM, size=10.5)
    add_paragraph(
        paper,
        "填表人：　　　　　　　　　　编号：{{ paper.number }}　　　　填表日期：{{ paper.date }}",
        line=1.6,
        font=FORM,
        size=10.5,
    )


MAKERS: Final[dict[str, Callable[[], Any]]] = {"cadre_form": form}
