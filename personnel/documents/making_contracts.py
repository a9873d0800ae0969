"""Makes the shipped templates of contracts: the contract, the notice of renewal, the certificate of its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from core.documents.layout import CENTER, HEADING, NOTE, RIGHT, add_check, add_paragraph, add_row, add_table, new_paper

TITLE: Final = 22
SIZE: Final = 12
PARTIES: Final = (
    "甲方（聘用单位）：{{ contract.unit }}",
    "乙方（受聘人员）：{{ person.name }}　　{{ person.sex }}{% if person.birth %}　　{{ person.birth }}出生{% endif %}",
    "{{ person.identity.kind }}号码：{{ person.identity.number }}",
)
CLAUSES: Final = (
    (
        "一、合同期限",
        (
            "自{{ contract.starts }}起{% if contract.ends %}至{{ contract.ends }}止{% else %}至乙方达到国家规定的退休年龄止{% endif %}。"
            "{% if contract.probation %}其中试用期至{{ contract.probation }}止，"
            "期满考核合格的，予以正式聘用；不合格的，解除聘用合同。{% endif %}"
        ),
    ),
    (
        "二、岗位",
        (
            "甲方聘用乙方{% if person.post %}担任{{ person.post }}{% else %}从事本单位工作{% endif %}"
            "{% if person.level %}，岗位等级为{{ person.level }}{% endif %}。甲方可根据工作需要和考核结果，依法并与乙方协商后变更岗位。"
        ),
    ),
    (
        "三、双方的权利义务",
        (
            "甲方按国家规定提供工作条件，保障乙方参加培训、休息休假和依法参加工会的权利；"
            "乙方遵守法律法规、职业道德和甲方的规章制度，完成岗位职责，接受平时考核、年度考核和聘期考核。"
        ),
    ),
    (
        "四、工资福利和社会保险",
        "乙方的工资包括基本工资、绩效工资和津贴补贴，按国家和本地规定执行；甲乙双方依法参加社会保险，按时足额缴费。",
    ),
    (
        "五、合同的变更、续签、解除和终止",
        (
            "合同的变更须双方协商一致并以书面形式确定。合同期满前{{ rules.renewal }}日，甲方书面告知乙方是否续签。"
            "乙方旷工达到《事业单位人事管理条例》规定天数的，甲方可以解除合同；"
            "年度考核不合格且不同意调整工作岗位，或者连续两年年度考核不合格的，甲方提前{{ rules.days }}日书面通知可以解除合同；"
            "乙方提前{{ rules.days }}日书面通知甲方可以解除合同；乙方受到开除处分的，解除合同。合同解除或者终止之日起，人事关系终止。"
        ),
    ),
    ("六、争议处理", "因履行本合同发生的争议，依照有关法律、行政法规的规定申请调解、仲裁或者提起诉讼。"),
    (
        "七、其他约定",
        "{% if contract.note %}{{ contract.note }}。{% else %}无。{% endif %}本合同一式三份，甲乙双方各执一份，一份存入乙方人事档案。",
    ),
)


def _titled(name: str) -> Any:
    paper = new_paper(name, margins=(25, 25, 22, 25))
    add_paragraph(paper, name, align=CENTER, after=6, line=1.2, font=HEADING, size=TITLE)
    add_paragraph(paper, "{{ paper.number }}", align=CENTER, after=12, line=1.0, size=SIZE)
    return paper


def _signed(paper: Any, sides: Sequence[str]) -> None:
    table = add_table(paper, [160 / len(sides)] * len(sides), lines=False)
    add_row(table, sides, size=SIZE)
    add_row(table, ["　　年　　月　　日"] * len(sides), size=SIZE)


def contract() -> Any:
    """事业单位聘用合同."""
    paper = _titled("事业单位聘用合同")
    add_paragraph(
        paper, "{% if contract.number %}合同编号：{{ contract.number }}{% endif %}", align=RIGHT, line=1.0, size=SIZE
    )
    for text in PARTIES:
        add_paragraph(paper, text, line=1.4, size=SIZE)
    opening = "依照《事业单位人事管理条例》和国家有关规定，甲乙双方在平等自愿、协商一致的基础上订立本合同，共同遵守。"
    add_paragraph(paper, opening, indent=True, line=1.4, after=4, size=SIZE)
    for heading, text in CLAUSES:
        add_paragraph(paper, heading, with_next=True, line=1.4, font=HEADING, size=SIZE)
        add_paragraph(paper, text, indent=True, line=1.4, size=SIZE)
    add_paragraph(paper, size=SIZE)
    _signed(paper, ("甲方（盖章）：", "乙方（签名）："))
    add_check(paper.sections[0].footer, note=NOTE)
    return paper


def notice() -> Any:
    """续签聘用合同通知书."""
    paper = _titled("续签聘用合同通知书")
    add_paragraph(paper, "{{ person.name }}同志：", size=14)
    said = (
        "您与{{ contract.unit }}签订的{{ contract.kind }}{% if contract.number %}（编号{{ contract.number }}）{% endif %}"
        "自{{ contract.starts }}起，将于{{ contract.ends }}期满。经研究，本单位拟与您续签聘用合同。"
    )
    add_paragraph(paper, said, indent=True, size=14)
    ask = "请您收到本通知后填写下面的回执，表明是否同意续签，并在合同期满之前交回。不同意续签的，合同期满终止。"
    add_paragraph(paper, ask, indent=True, size=14, after=24)
    add_paragraph(paper, "{{ contract.unit }}（盖章）", align=RIGHT, size=14)
    add_paragraph(paper, "{{ paper.date }}", align=RIGHT, size=14, after=12)
    add_paragraph(paper, "-" * 72, align=CENTER, line=1.0, size=10)
    add_paragraph(paper, "回　　执", align=CENTER, after=6, line=1.2, font=HEADING, size=16)
    add_paragraph(paper, "{{ contract.unit }}：", size=14)
    back = "《续签聘用合同通知书》（{{ paper.number }}）收悉。本人：□同意续签　　□不同意续签。"
    add_paragraph(paper, back, indent=True, size=14, after=12)
    add_paragraph(paper, "本人签名：　　　　　　　　　　　年　　月　　日", align=RIGHT, size=14)
    add_check(paper.sections[0].footer, note=NOTE)
    return paper


def end() -> Any:
    """解除（终止）聘用合同证明书."""
    paper = _titled("解除（终止）聘用合同证明书")
    said = (
        "兹证明{{ person.name }}，{{ person.sex }}，"
        "{% if person.identity.number %}{{ person.identity.kind }}号码{{ person.identity.number }}，{% endif %}"
        "与{{ contract.unit }}签订的{{ contract.kind }}{% if contract.number %}（编号{{ contract.number }}）{% endif %}"
        "自{{ contract.starts }}起，已于{{ contract.ends }}解除（终止）。"
    )
    add_paragraph(paper, said, indent=True, size=14)
    why = (
        "解除（终止）事由：{{ contract.ground }}{% if contract.article %}（{{ contract.article }}）{% endif %}。"
        "{% if contract.notice %}书面通知日期：{{ contract.notice }}。{% endif %}"
        "{% if contract.document %}文号：{{ contract.document }}。{% endif %}"
    )
    add_paragraph(paper, why, indent=True, size=14)
    follow = "自聘用合同解除（终止）之日起，双方人事关系终止，人事档案和社会保险关系按规定转移。"
    add_paragraph(paper, follow, indent=True, size=14)
    add_paragraph(paper, "特此证明。", indent=True, size=14, after=36)
    add_paragraph(paper, "{{ contract.unit }}（盖章）", align=RIGHT, size=14)
    add_paragraph(paper, "{{ paper.date }}", align=RIGHT, size=14, after=24)
    add_paragraph(paper, "本证明一式三份，单位、本人各执一份，一份存入人事档案。", line=1.2, size=10.5)
    add_check(paper.sections[0].footer, note=NOTE)
    return paper


MAKERS: Final[dict[str, Callable[[], Any]]] = {"contract": contract, "contract_notice": notice, "contract_end": end}
