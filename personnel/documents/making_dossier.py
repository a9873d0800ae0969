"""Makes the shipped templates of the dossier: catalogue, notice of transfer with its receipt, decision on ages and histories."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from docx.oxml import OxmlElement

from core.documents.layout import (
    CENTER,
    FORM,
    HEADING,
    LEFT,
    RIGHT,
    add_check,
    add_paragraph,
    add_row,
    add_table,
    fill,
    new_paper,
)

TITLE: Final = 20
NOTE: Final = "核验：扫描二维码或在验证网址输入验证码，可查本文书是否有效。"


def catalogue() -> Any:
    """干部人事档案目录."""
    paper = new_paper("干部人事档案目录", margins=(20, 18, 15, 20))
    add_paragraph(paper, "干部人事档案目录", align=CENTER, after=4, line=1.2, font=HEADING, size=TITLE)
    top = "姓名：{{ person.name }}　　单位：{{ person.unit }}　　编号：{{ paper.number }}"
    add_paragraph(paper, top, after=2, line=1.0, font=FORM, size=10.5)
    below = (
        "保管单位：{{ dossier.keeper }}{% if dossier.shelf %}　　存放号：{{ dossier.shelf }}{% endif %}"
        "　　共{{ dossier.materials }}份{{ dossier.pages }}页　　{{ paper.date }}"
    )
    add_paragraph(paper, below, after=6, line=1.0, font=FORM, size=10.5)
    table = add_table(paper, (20, 66, 14, 10, 10, 12, 12, 28))
    add_row(table, ("类号", "材料名称", "年", "月", "日", "份数", "页数", "备注"), bold=range(8), size=10)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    empty = [""] * 7
    add_row(table, ["{%tr for group in groups %}", *empty])
    _left(
        add_row(table, ["{{ group.code }}", "", None, None, None, None, None, None]), 1, "{{ group.label }}", bold=True
    )
    add_row(table, ["{%tr for row in group.rows %}", *empty])
    names = ("mark", "", "year", "month", "day", "copies", "pages", "")
    row = add_row(table, [f"{{{{ row.{name} }}}}" if name else "" for name in names], size=10)
    _left(row, 1, "{{ row.title }}")
    _left(row, 7, "{{ row.note }}")
    add_row(table, ["{%tr endfor %}", *empty])
    add_row(table, ["{%tr endfor %}", *empty])
    add_paragraph(
        paper,
        "整理人签名：　　　　　　　　审核人签名：　　　　　　　　　　年　　月　　日",
        line=2.5,
        font=FORM,
        size=10.5,
    )
    add_check(paper.sections[0].footer, note=NOTE)
    return paper


def _left(row: Any, place: int, text: str, *, bold: bool = False) -> None:
    """The text of a cell, at its left edge."""
    cell = row.cells[place]
    for run in list(cell.paragraphs[0].runs):
        run._element.getparent().remove(run._element)
    fill(cell, text, size=10, align=LEFT, bold=bold)


def transfer() -> Any:
    """干部人事档案转递通知单, and below the line its receipt (回执)."""
    paper = new_paper("干部人事档案转递通知单", margins=(22, 22, 18, 24))
    add_paragraph(paper, "干部人事档案转递通知单", align=CENTER, after=4, line=1.2, font=HEADING, size=TITLE)
    add_paragraph(paper, "{{ paper.number }}", align=RIGHT, after=6, line=1.0, size=12)
    add_paragraph(paper, "{{ transfer.receiver }}：", line=1.3, size=14)
    said = (
        "兹将下列{{ transfer.people }}人的干部人事档案共{{ transfer.volumes }}卷（材料{{ transfer.materials }}份）转递给你单位，"
        "请按所列项目清点查收，并于{{ transfer.days }}个工作日内将回执签名盖章后退回。"
    )
    add_paragraph(paper, said, indent=True, after=6, line=1.3, size=14)
    table = add_table(paper, (14, 40, 28, 28, 54))
    add_row(table, ("序号", "姓名", "卷数", "材料份数", "备注"), bold=range(5))
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    add_row(table, ["{%tr for row in rows %}", "", "", "", ""])
    add_row(table, [f"{{{{ row.{name} }}}}" for name in ("number", "name", "volumes", "materials", "note")])
    add_row(table, ["{%tr endfor %}", "", "", "", ""])
    add_paragraph(paper, size=4)
    lines = (
        "转递原因：{{ transfer.reason }}{% if transfer.basis %}（{{ transfer.basis }}）{% endif %}",
        "转递方式：{{ transfer.channel }}{% if transfer.carriers %}，{{ transfer.carriers }}{% endif %}",
    )
    for line in (*lines, "发出日期：{{ transfer.sent_on }}"):
        add_paragraph(paper, line, line=1.3, size=12)
    add_paragraph(paper, "{{ transfer.sender }}（盖章）　　经办人：　　　　　　", align=RIGHT, line=1.3, size=12)
    add_paragraph(paper, "{{ paper.date }}", align=RIGHT, after=4, line=1.3, size=12)
    add_paragraph(
        paper, "…………………………………………（裁开）…………………………………………", align=CENTER, after=4, line=1.0, font=FORM, size=10
    )
    add_paragraph(paper, "回　　执", align=CENTER, after=4, line=1.2, font=HEADING, size=16)
    add_paragraph(paper, "{{ paper.number }}", align=RIGHT, line=1.0, size=12)
    add_paragraph(paper, "{{ transfer.sender }}：", line=1.3, size=14)
    back = (
        "你单位转来{{ transfer.people }}人的干部人事档案共{{ transfer.volumes }}卷（材料{{ transfer.materials }}份）"
        "已于　　　　年　　月　　日收到，经核对无误，现将回执退回。"
    )
    add_paragraph(paper, back, indent=True, after=6, line=1.3, size=14)
    add_paragraph(
        paper, "收件人签名：　　　　　　　　　{{ transfer.receiver }}（盖章）", align=RIGHT, line=1.4, size=12
    )
    add_paragraph(paper, "年　　月　　日", align=RIGHT, line=1.3, size=12)
    add_check(paper.sections[0].footer, note=NOTE)
    return paper


def review() -> Any:
    """干部人事档案“三龄两历”审核认定表."""
    paper = new_paper("干部人事档案三龄两历审核认定表", margins=(25, 20, 18, 20))
    add_paragraph(paper, "干部人事档案“三龄两历”审核认定表", align=CENTER, after=6, line=1.2, font=HEADING, size=TITLE)
    add_paragraph(paper, "{{ paper.number }}", align=RIGHT, after=6, line=1.0, size=12)
    head = add_table(paper, (20, 36, 16, 20, 34, 44))
    add_row(
        head,
        ("姓名", "{{ person.name }}", "性别", "{{ person.sex }}", "身份证出生日期", "{{ person.birth }}"),
        bold=range(0, 6, 2),
    )
    add_row(head, ("单位", "{{ person.unit }}", None, None, "审核事由", "{{ review.words }}"), bold=(0, 4))
    add_paragraph(paper, size=6)
    table = add_table(paper, (28, 36, 52, 18, 36))
    add_row(table, ("项目", "现记载", "认定依据的材料", "核对", "认定"), bold=range(5))
    add_row(table, ["{%tr for item in items %}", "", "", "", ""])
    add_row(table, [f"{{{{ item.{name} }}}}" for name in ("item", "was", "basis", "found", "counts")])
    add_row(table, ["{%tr endfor %}", "", "", "", ""])
    add_paragraph(paper, size=8)
    signed = add_table(paper, (56, 57, 57))
    add_row(signed, ("审核人意见", "本人意见", "认定单位意见"), bold=range(3))
    signature = "签名：\n　　　年　　月　　日"
    add_row(signed, (signature, signature, "{{ paper.unit }}（盖章）\n{{ paper.date }}"), height=40)
    add_check(paper.sections[0].footer, note=NOTE)
    return paper


MAKERS: Final[dict[str, Callable[[], Any]]] = {
    "dossier_catalogue": catalogue, "dossier_transfer": transfer, "dossier_review": review,
}  # fmt: skip
