"""干部任免审批表: its cells in the order of its fields, the curriculum vitae, long ones wrap, nobody reads their own."""

from __future__ import annotations

from datetime import date

import pytest

from core.dates import PartialDate
from core.documents import services
from core.documents.kinds import all_kinds
from core.documents.models import IssuedDocument
from core.documents.reading import Grid, blocks_of, cell_texts
from core.documents.selectors import file_of
from core.org.actor import system_actor
from core.org.errors import NotAllowed
from core.records.changes import change
from core.registry import Module, PersonFact, registry
from core.workflow.services import advance
from personnel.documents.cadres import FAMILY, HEAD, OPINIONS, POSTS, STUDIES, WORDS
from personnel.models import Achievement, Education, FamilyMember, WorkExperience
from tests.factories.people import make_actor
from tests.ground.clock import TODAY
from tests.ground.office import converted
from tests.personnel.cadres import heads, party_member, proposed
from tests.personnel.files import make_file

pytestmark = pytest.mark.django_db
FORM = "cadre_form"


@pytest.fixture
def zhang(school_a):
    teacher = make_file("张三丰", school_a, sex="1", ethnicity="01", native_place="青石县", birthplace="临江市")
    party_member(teacher)
    with change("personnel.add_fact", actor=system_actor(TODAY), reason="test ground"):
        FamilyMember.objects.create(
            teacher=teacher, relation="01", name="李梅", birth=PartialDate(1982, 3), workplace="青石县医院医生"
        )
        WorkExperience.objects.create(
            teacher=teacher,
            starts=PartialDate(2005, 8),
            ends=PartialDate(2010, 8),
            workplace="青石县教研室",
            post="干部",
        )
        Education.objects.create(
            teacher=teacher, level="14", school="省教育学院", subject="教育管理", starts=PartialDate(2012, 9), ends=PartialDate(2015, 6),
            full_time=False,
        )  # fmt: skip
        Achievement.objects.create(teacher=teacher, kind="prize", title="优秀教师", on=PartialDate(2019, 9))
        Achievement.objects.create(teacher=teacher, kind="paper", title="一篇论文", on=PartialDate(2019, 9))
    heads(school_a, "vice_principal", since=date(2018, 9, 1), teacher=teacher)
    return teacher


@pytest.fixture
def printed():
    def make(teacher, actor):
        kind = all_kinds()[FORM]
        paper = services.issue(kind, kind.subjects(actor).get(pk=teacher.pk), actor=actor, reason="呈报")
        return file_of(IssuedDocument.objects.get(pk=paper.pk))

    return make


def test_the_form_has_its_cells_in_the_order_of_its_fields(zhang, school_a, county_clerk, printed):
    held = zhang.headships.get()
    proposed(county_clerk, zhang, school_a, "principal", removes=held, ended_how="other_post", words="班子调整需要")
    cells = cell_texts(printed(zhang, county_clerk))

    asked = [words for row in HEAD for words, _way in row]
    asked += [words for name, _key in STUDIES for words in ("学历学位", name, "毕业院校系及专业")]
    asked += [words for words, _way in POSTS] + ["简历"] + [words for words, _way in WORDS]
    asked += ["家庭主要成员及重要社会关系", *(words for words, _name in FAMILY), *OPINIONS]
    assert [cell for cell in cells if cell in asked] == asked
    expected = {
        "性别": "男", "出生年月（岁）": "1980.05（46岁）", "民族": "汉族", "籍贯": "青石县", "出生地": "临江市", "入党时间": "2008.07",
        "参加工作时间": "2005.08", "专业技术职务": "二级教师", "熟悉专业有何专长": "语文教学", "全日制教育": "大学本科毕业",
        "在职教育": "硕士研究生毕业", "现任职务": "青石县第一初级中学副校长", "拟任职务": "青石县第一初级中学校长",
        "拟免职务": "青石县第一初级中学副校长", "奖惩情况": "2019.09优秀教师", "年度考核结果": "", "任免理由": "班子调整需要",
    }  # fmt: skip
    assert {name: cells[cells.index(name) + 1] for name in expected} == expected
    vitae = (
        "至2005.07在师范大学学习2005.08—2010.08青石县教研室干部2010.09—2018.08青石县第一初级中学教师"
        "（其间：2012.09—2015.06在省教育学院教育管理专业学习）2018.09—青石县第一初级中学副校长"
    )
    assert cells[cells.index("简历") + 1] == vitae
    family = cells.index("称谓")
    assert cells[family + 5 : family + 10][1:3] == ["李梅", "1982.03"]


def test_a_long_vitae_wraps_and_nothing_is_cut(zhang, county_clerk, printed):
    with change("personnel.add_fact", actor=system_actor(TODAY), reason="test ground"):
        for number in range(24):
            WorkExperience.objects.create(
                teacher=zhang, starts=PartialDate(1980 + number, 8), ends=PartialDate(1981 + number, 7),
                workplace="某某省某某市某某县某某镇中心初级中学教研室" * 3, post="教师兼年级组长",
            )  # fmt: skip
    content = printed(zhang, county_clerk)
    vitae = next(cell for cell in cell_texts(content) if "1980.08" in cell)
    assert vitae.count("年级组长") == 24
    grids = [block for block in blocks_of(content) if isinstance(block, Grid)]
    assert len(grids) >= 4
    assert _pages(content) == 3, "the vitae goes on on a page of its own, nothing is cut"


def test_the_form_of_most_people_has_two_pages(zhang, county_clerk, printed):
    assert _pages(printed(zhang, county_clerk)) == 2


def _pages(content):
    (pdf,) = converted({"form": content}, "pdf", ending="docx").values()
    return pdf.count(b"/Type /Page") + pdf.count(b"/Type/Page") - pdf.count(b"/Type /Pages") - pdf.count(b"/Type/Pages")


def test_what_modules_to_the_right_know_stands_in_the_form(zhang, county_clerk, printed, monkeypatch):
    known = Module(
        name="test", label="", person_facts=(
            PersonFact("assessments", lambda teachers, _on: {key: ["2024年优秀", "2025年合格"] for key in teachers}),
            PersonFact("rewards", lambda teachers, _on: dict.fromkeys(teachers, "2021年记功")),
        ),
    )  # fmt: skip
    monkeypatch.setitem(registry.modules, "test", known)
    cells = cell_texts(printed(zhang, county_clerk))
    assert cells[cells.index("年度考核结果") + 1] == "2024年优秀；2025年合格"
    assert cells[cells.index("奖惩情况") + 1] == "2021年记功；2019.09优秀教师"


def test_what_is_proposed_by_the_bureau_is_not_printed_by_the_school(
    zhang, school_a, county_clerk, county_approver, school_clerk, printed
):
    one = proposed(county_clerk, zhang, school_a, "principal")
    cells = cell_texts(printed(zhang, school_clerk))
    assert cells[cells.index("拟任职务") + 1] == ""
    advance(one.case, "refuse", actor=county_approver, comment="另行研究")
    cells = cell_texts(printed(zhang, county_clerk))
    assert cells[cells.index("拟任职务") + 1] == ""


def test_nobody_reads_the_form_about_themselves(school_a, county_clerk, county_a):
    user = make_actor("county_approver", county_a, name="周科长")
    zhou = make_file("周科长", school_a, user=user.user)
    kind = all_kinds()[FORM]
    paper = services.issue(kind, kind.subjects(county_clerk).get(pk=zhou.pk), actor=county_clerk, reason="呈报")
    assert kind.withheld(user, zhou.pk)
    with pytest.raises(NotAllowed):
        services.opened(paper, actor=user)


def test_a_file_with_almost_nothing_in_it_is_a_form_too(school_a, county_clerk, printed):
    bare = make_file("赵无", school_a, sex="", birth=None, work_start=None)
    assert "赵无" in cell_texts(printed(bare, county_clerk))


def test_periods_of_which_only_years_are_known_are_not_told_to_the_month(school_a, county_clerk, printed):
    teacher = make_file("钱年", school_a)
    with change("personnel.add_fact", actor=system_actor(TODAY), reason="test ground"):
        WorkExperience.objects.create(
            teacher=teacher, starts=PartialDate(1999), ends=PartialDate(2003), workplace="县文化馆", post=""
        )
    vitae = next(cell for cell in cell_texts(printed(teacher, county_clerk)) if "县文化馆" in cell)
    assert vitae.startswith("1999—2003县文化馆")
