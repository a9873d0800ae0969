"""Makes the shipped templates of moves: the approval form, the letters of introduction, of wages and of loans."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

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

TITLE: Final = 22
SIZE: Final = 15
WIDTHS: Final = (28, 32, 20, 30, 22, 38)
OPINIONS: Final = (
    ("调出单位意见", "sender"), ("调入单位意见", "receiver"), ("主管部门意见", "bureau"), ("审批机关意见", "decision"),
)  # fmt: skip
PERSON: Final = (
    "{{ person.name }}同志（{{ person.sex }}{% if person.birth %}，{{ person.birth }}出生{% endif %}"
    "{% if person.identity.number %}，{{ person.identity.kind }}号码{{ person.identity.number }}{% endif %}）"
)


def _titled(name: str) -> Any:
    paper = new_paper(name, margins=(30, 26, 22, 28))
    add_paragraph(paper, name, align=CENTER, after=6, line=1.2, font=HEADING, size=TITLE)
    add_paragraph(paper, "{{ paper.number }}", align=CENTER, after=16, line=1.0, size=12)
    return paper


def _signed(paper: Any) -> None:
    add_paragraph(paper, "{{ paper.unit }}（盖章）", align=RIGHT, size=SIZE)
    add_paragraph(paper, "{{ paper.date }}", align=RIGHT, size=SIZE, after=18)


def move_form() -> Any:
    """调动审批表."""
    paper = new_paper("教职工调动审批表", margins=(18, 20, 15, 20))
    title = "教职工{{ move.called }}审批表"
    add_paragraph(paper, title, align=CENTER, after=4, line=1.2, font=HEADING, size=TITLE)
    top = "编号：{{ paper.number }}　　填表单位：{{ paper.unit }}　　{{ paper.date }}"
    add_paragraph(paper, top, align=CENTER, after=4, line=1.0, font=FORM, size=10.5)
    table = add_table(paper, WIDTHS)
    add_row(
        table,
        ("姓名", "{{ person.name }}", "性别", "{{ person.sex }}", "出生日期", "{{ person.birth }}"),
        bold=(0, 2, 4),
        height=10,
    )
    number = "{{ person.identity.number }}"
    add_row(table, ("证件号码", number, None, None, "参加工作", "{{ person.work_start }}"), bold=(0, 4), height=10)
    add_row(
        table, ("调出单位", "{{ move.sender }}", None, "现任职务", "{{ person.post }}", None), bold=(0, 3), height=10
    )
    add_row(
        table, ("现岗位等级", "{{ person.level }}", None, "拟聘岗位", "{{ move.level }}", None), bold=(0, 3), height=10
    )
    add_row(
        table, ("调入单位", "{{ move.receiver }}", None, "拟任职务", "{{ move.post }}", None), bold=(0, 3), height=10
    )
    add_row(table, ("事由", "{{ move.ground }}", None, "生效日期", "{{ move.starts }}", None), bold=(0, 3), height=10)
    _wide(
        table,
        "情况说明",
        "{{ move.words }}{% if move.exception %}（批准的例外：{{ move.exception }}）{% endif %}",
        height=16,
    )
    for heading, name in OPINIONS:
        _opinion(table, heading, name)
    _wide(table, "备注", "{% if move.document %}批准文号：{{ move.document }}{% endif %}", height=10)
    add_check(paper.sections[0].footer, note=NOTE)
    return paper


def _wide(table: Any, heading: str, text: str, *, height: float) -> Any:
    row = add_row(table, (heading, "", None, None, None, None), bold=(0,), height=height)
    fill(row.cells[1], text, align=LEFT)
    return row


def _opinion(table: Any, heading: str, name: str) -> None:
    """An opinion with who gave it on which day, and the place of the seal."""
    row = _wide(table, heading, f"{{{{ opinions.{name}.words }}}}", height=26)
    signed = row.cells[1].add_paragraph()
    signed.alignment = RIGHT
    said = f"经办：{{{{ opinions.{name}.who }}}}　　（盖章）　　{{{{ opinions.{name}.date }}}}"
    shown = f"{{% if opinions.{name}.who %}}{said}{{% else %}}（盖章）　　　　年　　月　　日{{% endif %}}"
    run = signed.add_run(shown)
    run.font.size = row.cells[1].paragraphs[0].runs[0].font.size


def move_letter() -> Any:
    """行政介绍信."""
    paper = _titled("行政介绍信")
    add_paragraph(paper, "{{ move.receiver }}：", size=SIZE)
    said = (
        f"兹介绍{PERSON}由{{{{ move.sender }}}}{{{{ move.called }}}}到你单位工作"
        "{% if move.post %}，任{{ move.post }}{% endif %}{% if move.level %}，聘用岗位等级为{{ move.level }}{% endif %}，"
        "自{{ move.starts }}起人事关系转入你单位，请予接洽。"
    )
    add_paragraph(paper, said, indent=True, size=SIZE)
    by = "请该同志于{{ move.report_by }}前到你单位报到，逾期须另行办理手续。"
    add_paragraph(paper, by, indent=True, size=SIZE)
    add_paragraph(
        paper, "{% if move.document %}批准文号：{{ move.document }}。{% endif %}", indent=True, size=SIZE, after=24
    )
    _signed(paper)
    _receipt(paper, "行政介绍信", "已于　　年　　月　　日到我单位报到")
    return paper


def move_wage() -> Any:
    """工资转移介绍信."""
    paper = _titled("工资转移介绍信")
    add_paragraph(paper, "{{ move.receiver }}：", size=SIZE)
    said = (
        f"{PERSON}原在{{{{ move.sender }}}}工作{{% if person.post %}}，任{{{{ person.post }}}}{{% endif %}}"
        "{% if person.level %}，岗位等级为{{ person.level }}{% endif %}，自{{ move.starts }}起{{ move.called }}到你单位。"
        "其工资由原单位发至{{ wage.last }}止，请从{{ wage.first }}起由你单位发给。"
    )
    add_paragraph(paper, said, indent=True, size=SIZE, after=8)
    table = add_table(paper, (40, 40, 40, 40))
    heads = ("工资项目", "月标准（元）", "工资项目", "月标准（元）")
    add_row(table, heads, bold=range(4), size=12)
    for one, other in (("岗位工资", "薪级工资"), ("教护龄津贴等", "基础性绩效工资"), ("奖励性绩效工资", "其他")):
        add_row(table, (one, "", other, ""), size=12, height=10)
    add_row(table, ("社保、公积金缴至", "{{ wage.last }}", "合计", ""), size=12, height=10)
    add_paragraph(paper, size=6)
    add_paragraph(paper, "工资标准由发放单位按最后一个月实发填写并核对盖章。", line=1.2, size=10.5, after=12)
    _signed(paper)
    _receipt(paper, "工资转移介绍信", "的工资从{{ wage.first }}起由我单位发给")
    return paper


def loan_letter() -> Any:
    """借调函，也用于支教、挂职、跟岗和不转人事关系的交流轮岗."""
    paper = new_paper("借调函", margins=(30, 26, 22, 28))
    add_paragraph(paper, "{{ move.letter }}", align=CENTER, after=6, line=1.2, font=HEADING, size=TITLE)
    add_paragraph(paper, "{{ paper.number }}", align=CENTER, after=16, line=1.0, size=12)
    add_paragraph(paper, "{{ move.receiver }}：", size=SIZE)
    said = (
        "经研究，同意{{ move.sender }}{{ person.name }}同志（{{ person.sex }}{% if person.post %}，{{ person.post }}{% endif %}）"
        "到你单位{{ move.called }}{% if move.post %}，任{{ move.post }}{% endif %}，"
        "期限自{{ move.starts }}起至{{ move.last }}止。"
    )
    add_paragraph(paper, said, indent=True, size=SIZE)
    stays = "期间人事关系、编制和工资关系保留在原单位，日常管理和考核意见由你单位负责；期满按时返回原单位，提前结束的应当书面告知原单位。"
    add_paragraph(paper, stays, indent=True, size=SIZE)
    add_paragraph(paper, "请该同志于{{ move.report_by }}前到你单位报到。", indent=True, size=SIZE)
    add_paragraph(
        paper, "{% if move.document %}批准文号：{{ move.document }}。{% endif %}", indent=True, size=SIZE, after=24
    )
    _signed(paper)
    _receipt(paper, "函", "已于　　年　　月　　日到我单位报到")
    return paper


def _receipt(paper: Any, name: str, words: str) -> None:
    """The part that the receiver sends back."""
    add_paragraph(paper, "-" * 72, align=CENTER, line=1.0, size=10)
    add_paragraph(paper, "回　　执", align=CENTER, after=6, line=1.2, font=HEADING, size=16)
    add_paragraph(paper, "{{ paper.unit }}：", size=14)
    said = f"{{{{ paper.number }}}}{name}收悉，{{{{ person.name }}}}同志{words}。"
    add_paragraph(paper, said, indent=True, size=14, after=12)
    add_paragraph(paper, "{{ move.receiver }}（盖章）　　　　　　年　　月　　日", align=RIGHT, size=14)
    add_check(paper.sections[0].footer, note=NOTE)


MAKERS: Final[dict[str, Callable[[], Any]]] = {
    "move_form": move_form, "move_letter": move_letter, "move_wage": move_wage, "loan_letter": loan_letter,
}  # fmt: skip
