"""Makes the shipped template of the notice of recruitment (招聘公告)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from docx.oxml import OxmlElement

from core.documents.layout import (
    CENTER,
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
from personnel.documents.recruitment import NAME, POSTS

SIZE: Final = 14
CELL: Final = 10.5
WIDTHS: Final = (20, 40, 26, 20, 60)


def notice() -> Any:
    """招聘公告."""
    paper = new_paper("招聘公告", margins=(28, 22, 22, 22))
    add_paragraph(paper, "{{ notice.title }}", align=CENTER, after=6, line=1.2, font=HEADING, size=20)
    add_paragraph(paper, "{{ paper.number }}", align=CENTER, after=12, line=1.0, size=12)
    add_paragraph(paper, "{%p for paragraph in paragraphs %}", size=2)
    _text(paper, "{{ paragraph.text }}")
    add_paragraph(paper, "{%p endfor %}", size=2)
    _heading(paper, "一、招聘岗位")
    _text(paper, "本次招聘岗位{{ notice.posts }}个，招聘{{ notice.wanted }}人，岗位和条件如下：")
    _posts(paper)
    _heading(paper, "二、报名和资格审查")
    _text(paper, "报名时间：{{ notice.opens }}至{{ notice.last }}。")
    _text(paper, "报名网址：{{ notice.address }}。{{ notice.one_post }}")
    _text(paper, "报名人员应如实填写信息、上传证件材料，对其真实性负责。资格审查合格的，方可参加考试。")
    _text(
        paper,
        "资格审查合格人数与招聘人数之比不低于{{ notice.opening }}∶1；达不到的，核减该岗位招聘人数，直至取消该岗位。",
    )
    _heading(paper, "三、考试")
    _text(
        paper,
        "考试分笔试和面试，满分均为{{ notice.most }}分。按笔试成绩从高到低，以招聘人数1∶{{ notice.ratio }}的比例确定面试人员，"
        "末位成绩相同的一并参加面试。",
    )
    _text(
        paper,
        "面试成绩为各评委评分的平均分{% if notice.drop %}；评委不少于{{ notice.drop_from }}人的，去掉{{ notice.drop }}个最高分和"
        "{{ notice.drop }}个最低分后计算{% endif %}。",
    )
    _text(paper, "总成绩＝笔试成绩×{{ notice.written }}%＋面试成绩×{{ notice.interview }}%。")
    _text(paper, "总成绩相同的，{{ notice.tie }}高者名次在前；仍相同的，组织加试确定。")
    _heading(paper, "四、体检、考察、公示和聘用")
    _text(
        paper,
        "按总成绩从高到低，以招聘人数1∶1的比例确定体检、考察人员。体检、考察不合格或者自愿放弃的，按名次依次递补。",
    )
    _text(
        paper,
        "拟聘用人员公示{{ notice.publicity }}个工作日。公示期满无异议，或者异议不成立的，按规定办理聘用手续，订立聘用合同，约定试用期。",
    )
    _text(paper, "{% if notice.contact %}咨询：{{ notice.contact }}。{% endif %}", after=24)
    add_paragraph(paper, "{{ paper.unit }}（盖章）", align=RIGHT, size=SIZE)
    add_paragraph(paper, "{{ paper.date }}", align=RIGHT, size=SIZE)
    add_check(paper.sections[0].footer, note=NOTE)
    return paper


def _heading(paper: Any, words: str) -> None:
    add_paragraph(paper, words, font=HEADING, size=SIZE, with_next=True)


def _text(paper: Any, words: str, *, after: float = 0) -> None:
    add_paragraph(paper, words, indent=True, size=SIZE, after=after)


def _posts(paper: Any) -> None:
    table = add_table(paper, WIDTHS)
    empty = [""] * (len(POSTS) - 1)
    add_row(table, [words for words, _name in POSTS], bold=range(len(POSTS)), size=CELL)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    add_row(table, ["{%tr for row in rows %}", *empty])
    row = add_row(table, [f"{{{{ row.{name} }}}}" for _words, name in POSTS[:-1]] + [""], size=CELL)
    fill(row.cells[-1], f"{{{{ row.{POSTS[-1][1]} }}}}", size=CELL, align=LEFT)
    add_row(table, ["{%tr endfor %}", *empty])
    add_paragraph(paper, size=6)


MAKERS: Final[dict[str, Callable[[], Any]]] = {NAME: notice}
