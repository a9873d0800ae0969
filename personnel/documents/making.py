"""Makes the shipped templates; they are kept beside the program, and a test compares them with what this makes.

python manage.py shipped_papers
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any, Final

from django.utils import translation
from docx.oxml import OxmlElement

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
)
from personnel.documents.cadres import KINDS as OF_CADRES
from personnel.documents.certificate import KIND as CERTIFICATE
from personnel.documents.contracts import KINDS as OF_CONTRACTS
from personnel.documents.correction import KIND as CORRECTION
from personnel.documents.dossier import KINDS as OF_DOSSIER
from personnel.documents.making_cadres import MAKERS as CADRE_MAKERS
from personnel.documents.making_contracts import MAKERS as CONTRACT_MAKERS
from personnel.documents.making_dossier import MAKERS as DOSSIER_MAKERS
from personnel.documents.making_moves import MAKERS as MOVE_MAKERS
from personnel.documents.making_placing import MAKERS as PLACING_MAKERS
from personnel.documents.making_recruitment import MAKERS as RECRUITMENT_MAKERS
from personnel.documents.moves import KINDS as OF_MOVES
from personnel.documents.placing import KINDS as OF_PLACING
from personnel.documents.recruitment import KINDS as OF_RECRUITMENT
from personnel.documents.register import BELOW, HEAD, forms
from personnel.documents.register import KIND as REGISTER

TITLE: Final = 22
# Of the whole width of the text, 174 mm: words and values in turn, then the photo.
HEAD_WIDTHS: Final = (19, 27, 19, 27, 22, 27, 33)
WIDTH: Final = sum(HEAD_WIDTHS)
PHOTO_COLUMN: Final = 6
DATES: Final = frozenset(
    {"starts", "ends", "first_day", "last_day", "issued", "on", "joined", "chosen", "expires", "until", "birth"}
)
LONG: Final = frozenset(
    {
        "unit",
        "workplace",
        "organisation",
        "title",
        "school",
        "subject",
        "name",
        "number",
        "project",
        "place",
        "body",
        "issuer",
        "note",
    }
)
DATE_WIDTH: Final = 23.0
NUMERALS: Final = "一二三四五六七八九十"


def certificate() -> Any:
    """在职证明."""
    paper = new_paper("在职证明", margins=(35, 28, 25, 28))
    add_paragraph(paper, "在职证明", align=CENTER, after=6, font=HEADING, size=TITLE)
    add_paragraph(paper, "{{ paper.number }}", align=CENTER, after=24, size=14)
    lines = (
        "兹证明{{ person.name }}，{{ person.sex }}，"
        "{% if person.birth %}{{ person.birth }}出生，{% endif %}"
        "{% if person.identity.number %}{{ person.identity.kind }}号码{{ person.identity.number }}，{% endif %}"
        "{% if person.unit_since %}自{{ person.unit_since }}起{% endif %}在{{ person.unit }}工作"
        "{% if person.post %}，任{{ person.post }}{% endif %}"
        "{% if person.subject %}，任教{{ person.stage }}{{ person.subject }}{% endif %}"
        "{% if person.quota %}，属{{ person.quota }}人员{% endif %}，现在职。"
    )
    add_paragraph(paper, lines, indent=True)
    add_paragraph(paper, "本证明用于：{{ purpose }}。", indent=True)
    add_paragraph(paper, "特此证明。", indent=True, after=48)
    _signed(paper)
    add_check(paper.sections[0].footer, note=NOTE)
    return paper


def correction() -> Any:
    """更正通知."""
    paper = new_paper("更正通知", margins=(35, 28, 25, 28))
    add_paragraph(paper, "更正通知", align=CENTER, after=6, font=HEADING, size=TITLE)
    add_paragraph(paper, "{{ paper.number }}", align=CENTER, after=24, size=14)
    add_paragraph(paper, "{{ person.name }}同志：")
    said = "经核实，您的人事档案记载中下列各项有误，已于{{ correction.date }}更正，请核对。"
    add_paragraph(paper, said, indent=True, after=12)
    table = add_table(paper, (30, 34, 45, 45))
    add_row(table, ("栏目", "项目", "更正前", "更正后"), bold=range(4), size=12)
    add_row(table, ("{%tr for item in items %}", "", "", ""))
    add_row(table, ("{{ item.section }}", "{{ item.field }}", "{{ item.was }}", "{{ item.now }}"), size=12)
    add_row(table, ("{%tr endfor %}", "", "", ""))
    add_paragraph(paper, size=6)
    add_paragraph(paper, "更正事由：{{ correction.reason }}。", indent=True)
    add_paragraph(paper, "{% if correction.document %}依据文号：{{ correction.document }}。{% endif %}", indent=True)
    add_paragraph(paper, "如有异议，请向本单位提出书面意见并附证明材料。", indent=True, after=48)
    _signed(paper)
    add_check(paper.sections[0].footer, note=NOTE)
    return paper


def _signed(paper: Any) -> None:
    """Who issues it, with the place of the seal."""
    add_paragraph(paper, "{{ paper.unit }}（盖章）", align=RIGHT)
    add_paragraph(paper, "{{ paper.date }}", align=RIGHT)


def register() -> Any:
    """教师基本情况登记表."""
    paper = new_paper("教师基本情况登记表", margins=(18, 18, 15, 18))
    add_paragraph(paper, "教师基本情况登记表", align=CENTER, after=4, line=1.2, font=HEADING, size=TITLE)
    top = "编号：{{ paper.number }}　　填表单位：{{ paper.unit }}（盖章）　　日期：{{ paper.date }}"
    add_paragraph(paper, top, after=4, line=1.0, font=FORM, size=10)
    _head(paper)
    for number, form in enumerate(forms(), start=1):
        _section(paper, f"{_chinese(number)}、{form.section.label}", form.section.name, form.columns)
    _others(paper)
    add_paragraph(
        paper, "本人签名：　　　　　　　　审核人签名：　　　　　　　　　　年　　月　　日", line=3, font=FORM, size=10.5
    )
    add_check(paper.sections[0].footer, note=NOTE)
    return paper


def _head(paper: Any) -> None:
    table = add_table(paper, HEAD_WIDTHS)
    for row in HEAD:
        texts = [text for words, way in row for text in (words, f"{{{{ {way} }}}}")]
        add_row(table, [*texts, ""], bold=range(0, 6, 2))
    photo = table.cell(0, PHOTO_COLUMN).merge(table.cell(len(HEAD) - 1, PHOTO_COLUMN))
    for left in photo.paragraphs[1:]:
        left._element.getparent().remove(left._element)
    fill(photo, "{{ photo }}")
    for below in BELOW:
        add_row(table, _spread(below), bold=range(0, 7, 2))


def _spread(row: Any) -> list[Any]:
    """One to three pairs of words and value over the seven columns: the last value takes what is left."""
    if len(row) == 3:
        (one, first), (two, second), (three, third) = row
        return [one, _mark(first), two, _mark(second), three, _mark(third), None]
    if len(row) == 2:
        (one, first), (two, second) = row
        return [one, _mark(first), None, None, two, _mark(second), None]
    ((one, first),) = row
    return [one, _mark(first), None, None, None, None, None]


def _mark(way: str) -> str:
    return f"{{{{ {way} }}}}"


def _section(paper: Any, heading: str, name: str, columns: Any) -> None:
    add_paragraph(paper, heading, line=1.6, with_next=True, font=HEADING, size=11)
    table = add_table(paper, _widths([field for _words, field in columns]))
    empty = [""] * (len(columns) - 1)
    size = 9 if len(columns) > 6 else 10.5
    add_row(table, [words for words, _name in columns], bold=range(len(columns)), size=size)
    table.rows[0]._tr.get_or_add_trPr().append(_repeated())
    add_row(table, [f"{{%tr for row in {name} %}}", *empty])
    add_row(table, [f"{{{{ row.{field} }}}}" for _words, field in columns], size=size)
    add_row(table, ["{%tr endfor %}", *empty])


def _widths(fields: list[str]) -> list[float]:
    """Dates as wide as they are written; of the rest, names and places twice as wide as single words."""
    shares = {name: 2 if name in LONG else 1 for name in fields if name not in DATES}
    # A table of dates only shares the width evenly.
    date = DATE_WIDTH if shares else WIDTH / len(fields)
    share = (WIDTH - date * (len(fields) - len(shares))) / (sum(shares.values()) or 1)
    return [share * shares[name] if name in shares else date for name in fields]


def _others(paper: Any) -> None:
    """Sections of modules that this one does not know: a heading each, and a line for each of their rows."""
    add_paragraph(paper, "{%p for section in others %}", size=2)
    add_paragraph(paper, "{{ section.label }}", line=1.6, with_next=True, font=HEADING, size=11)
    table = add_table(paper, [WIDTH])
    add_row(table, ["{%tr for row in section.rows %}"])
    row = add_row(table, [""])
    fill(row.cells[0], "{{ row.text }}", align=LEFT)
    add_row(table, ["{%tr endfor %}"])
    add_paragraph(paper, "{%p endfor %}", size=2)


def _repeated() -> Any:
    return OxmlElement("w:tblHeader")


def _chinese(number: int) -> str:
    """1 to 99 as headings of official papers count: 一, 十, 十一, 二十."""
    tens, ones = divmod(number, 10)
    first = "" if not tens else ("十" if tens == 1 else f"{NUMERALS[tens - 1]}十")
    return first + (NUMERALS[ones - 1] if ones else "")


MAKERS: Final[dict[str, Callable[[], Any]]] = {
    CERTIFICATE.name: certificate, REGISTER.name: register, CORRECTION.name: correction, **DOSSIER_MAKERS, **CONTRACT_MAKERS,
    **MOVE_MAKERS,
    **CADRE_MAKERS, **PLACING_MAKERS, **RECRUITMENT_MAKERS,
}  # fmt: skip


def made(name: str) -> bytes:
    """A shipped template as it is made now, with the Chinese words of the file."""
    out = BytesIO()
    with translation.override("zh-hans"):
        MAKERS[name]().save(out)
    return out.getvalue()


def write_all() -> list[str]:
    """Write all templates where the kinds find them; returns their names."""
    kinds = (
        CERTIFICATE, REGISTER, CORRECTION, *OF_DOSSIER, *OF_CONTRACTS, *OF_MOVES, *OF_CADRES, *OF_PLACING, *OF_RECRUITMENT,
    )  # fmt: skip
    for kind in kinds:
        kind.template.parent.mkdir(parents=True, exist_ok=True)
        kind.template.write_bytes(made(kind.name))
    return [kind.name for kind in kinds]


__all__ = ["made", "write_all"]
