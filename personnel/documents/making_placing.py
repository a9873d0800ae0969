"""Makes the shipped template of the report slip of graduates (报到通知书), with the receipt that the school sends back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from core.documents.layout import CENTER, HEADING, NOTE, RIGHT, add_check, add_paragraph, new_paper


def slip() -> Any:
    """毕业生报到通知书."""
    paper = new_paper("毕业生报到通知书", margins=(28, 26, 22, 26))
    add_paragraph(paper, "毕业生报到通知书", align=CENTER, after=6, line=1.2, font=HEADING, size=22)
    add_paragraph(paper, "{{ paper.number }}", align=CENTER, after=16, line=1.0, size=12)
    add_paragraph(paper, "{{ placement.unit }}：", size=15)
    said = (
        "{{ person.name }}，{{ person.sex }}，系{{ person.school }}{% if person.major %}{{ person.major }}专业{% endif %}"
        "{{ person.education }}{{ person.kind }}。"
        "经研究，安排到你校{% if placement.subject %}任{{ placement.subject }}教师{% else %}任教{% endif %}"
        "{% if placement.document %}（{{ placement.document }}）{% endif %}，自{{ placement.starts }}起办理入职，请予接洽。"
    )
    add_paragraph(paper, said, indent=True, size=15)
    late = "报到时间至{{ placement.report_by }}止。因故不能按期报到的，应在此之前向我局书面申请缓期；逾期不报到的，按有关规定处理。"
    add_paragraph(paper, late, indent=True, size=15, after=30)
    add_paragraph(paper, "{{ paper.unit }}（盖章）", align=RIGHT, size=15)
    add_paragraph(paper, "{{ paper.date }}", align=RIGHT, size=15, after=14)
    add_paragraph(paper, "-" * 72, align=CENTER, line=1.0, size=10)
    add_paragraph(paper, "报到回执", align=CENTER, after=6, line=1.2, font=HEADING, size=16)
    add_paragraph(paper, "{{ paper.unit }}：", size=14)
    back = "{{ person.name }}（{{ paper.number }}）已于　　　　年　　月　　日到我校报到。"
    add_paragraph(paper, back, indent=True, size=14, after=12)
    add_paragraph(paper, "学校（盖章）　　　　　　年　　月　　日", align=RIGHT, size=14)
    add_check(paper.sections[0].footer, note=NOTE)
    return paper


MAKERS: Final[dict[str, Callable[[], Any]]] = {"report_slip": slip}
