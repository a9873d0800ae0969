"""The papers of the teacher file: what stands in each, cell by cell, and that LibreOffice opens them."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from psycopg.types.range import Range

from core.api.services import issue_token
from core.codes.values import label
from core.dates import PartialDate
from core.documents import services
from core.documents.kinds import all_kinds
from core.documents.models import IssuedDocument
from core.documents.reading import Grid, blocks_of, cell_texts
from core.documents.selectors import file_of
from core.org.errors import NotAllowed
from core.org.models import RoleAssignment
from core.records.changes import change
from core.records.models import Change
from core.records.storage import store
from core.registry import registry
from personnel.documents.correction import KIND as CORRECTION
from personnel.documents.register import BELOW, HEAD, IN_HEAD, forms
from personnel.models import FamilyMember, Photo, PoliticalStatus, WorkExperience
from personnel.sections import SECTIONS
from tests.ground.clock import TODAY
from tests.ground.office import converted
from tests.personnel.files import ADDRESS, PHONE, ZHANG, make_file, set_contact
from tests.personnel.test_photo import picture

pytestmark = pytest.mark.django_db
LONG = "某某省某某市某某县某某镇初级中学教研室副主任兼年级组长" * 4
WORDLESS = "w" * 120


@pytest.fixture
def zhang(school_a):
    teacher = make_file(
        "张三丰", school_a, identity_number=ZHANG, sex="1", ethnicity="01", native_place="青石县", staff_number="A0001",
        teaching_start=PartialDate(2006, 9),
    )  # fmt: skip
    set_contact(teacher)
    with change("personnel.add_fact", actor=services_actor(), reason="test ground"):
        FamilyMember.objects.create(
            teacher=teacher, relation="01", name="李梅", birth=PartialDate(1982, 3), workplace=LONG
        )
        WorkExperience.objects.create(
            teacher=teacher,
            starts=PartialDate(2005, 8),
            ends=PartialDate(2010, 8),
            workplace=WORDLESS,
            post="教师",
            teaching=True,
        )
        PoliticalStatus.objects.create(teacher=teacher, status="01", valid=Range(date(2008, 7, 1), None))
        Photo.objects.create(teacher=teacher, file=store("photo.jpg", picture(), content_type="image/jpeg"))
    return teacher


def services_actor():
    from core.org.actor import system_actor

    return system_actor(TODAY)


@pytest.fixture
def issued():
    def make(teacher, actor, kind, **more):
        subject = all_kinds()[kind].subjects(actor).get(pk=teacher.pk)
        return services.issue(all_kinds()[kind], subject, actor=actor, reason="归档", **more)

    return make


def words(text):
    return "".join(text.split())


def test_the_form_has_its_cells_in_the_order_of_its_fields(school_clerk, zhang, issued):
    cells = cell_texts(file_of(issued(zhang, school_clerk, "register", clear=True)))

    asked = [text for row in (*HEAD, *BELOW) for text, _way in row]
    assert [cell for cell in cells if cell in asked][: len(asked)] == asked
    expected = {
        "姓名": "张三丰", "性别": "男", "出生日期": "1980-05-01", "民族": "汉族", "籍贯": "青石县", "政治面貌": "中共党员",
        "参加工作": "2005-08", "从教起始": "2006-09", "职工号": "A0001", "证件类型": "居民身份证", "证件号码": ZHANG,
        "现任职单位": "青石县第一初级中学", "到本单位时间": "2010-09-01", "联系电话": PHONE, "家庭住址": ADDRESS,
        "最高学历": "大学本科毕业",
    }  # fmt: skip
    assert {name: cells[cells.index(name) + 1] for name in expected} == expected


def test_each_section_of_the_registry_is_in_the_form_with_its_columns(school_clerk, zhang, issued):
    content = file_of(issued(zhang, school_clerk, "register", clear=True))
    grids = [block for block in blocks_of(content) if isinstance(block, Grid)]
    texts = [getattr(block, "text", "") for block in blocks_of(content)]

    with translation.override("zh-hans"):
        expected = [[words(column) for column, _name in form.columns] for form in forms()]
        titles = [str(section.label) for section in registry.each("file_sections") if section.name not in IN_HEAD]
    heads = [[words(cell.text) for cell in grid.rows[0]] for grid in grids]
    assert heads[1 : 1 + len(expected)] == expected
    assert [title for title in titles if not any(title in text for text in texts)] == []
    assert {form.section.name for form in forms()} | IN_HEAD == {section.name for section in SECTIONS}
    for form, grid in zip(forms(), grids[1:], strict=False):
        if form.section.name == "family":
            assert [words(cell.text) for cell in grid.rows[1]][1:3] == ["李梅", "1982-03"]
        if form.section.name == "experience":
            assert [words(cell.text) for cell in grid.rows[1]] == ["2005-08", "2010-08", WORDLESS, "教师", "是"]
    assert any("二级教师" in cell for cell in cell_texts(content)), "a section of a module to the right"


def test_the_form_masks_what_is_not_asked_for_in_clear(school_clerk, zhang, issued):
    text = "".join(cell_texts(file_of(issued(zhang, school_clerk, "register"))))

    assert not [secret for secret in (ZHANG, PHONE, ADDRESS) if secret in text]
    assert f"**************{ZHANG[-4:]}" in text


def test_the_photo_stands_in_its_place(school_clerk, zhang, issued):
    grid = next(
        block for block in blocks_of(file_of(issued(zhang, school_clerk, "register"))) if isinstance(block, Grid)
    )

    place = grid.rows[0][6]
    assert (place.down, len(place.paragraphs[0].pictures)) == (4, 1)
    assert place.paragraphs[0].pictures[0].startswith("data:image/jpeg")


def test_a_file_with_almost_nothing_in_it_is_a_form_too(school_clerk, school_a, issued):
    bare = make_file("赵无", school_a, sex="", birth=None, work_start=None)

    assert "赵无" in cell_texts(file_of(issued(bare, school_clerk, "register")))


def test_a_notice_tells_what_was_and_what_is(school_clerk, zhang, issued):
    with change("personnel.correct_fact", actor=school_clerk, reason="与档案原件不一致", document="青教人〔2026〕8号"):
        zhang.native_place = "白河县"
        zhang.save()
    correction = str(Change.objects.latest("pk").public_id)

    content = file_of(issued(zhang, school_clerk, "correction", details={"correction": correction}))

    assert cell_texts(content)[:8] == ["栏目", "项目", "更正前", "更正后", "个人信息", "籍贯", "青石县", "白河县"]
    text = "".join(getattr(block, "text", "") for block in blocks_of(content))
    for said in ("张三丰同志", "与档案原件不一致", "青教人〔2026〕8号"):
        assert said in text


def test_a_notice_needs_a_correction_of_this_very_file(school_clerk, zhang, school_a, issued):
    other = make_file("李四", school_a)
    with change("personnel.correct_fact", actor=school_clerk, reason="另一人"):
        other.native_place = "白河县"
        other.save()
    foreign = str(Change.objects.latest("pk").public_id)

    for asked in (foreign, "", "x"):
        with pytest.raises(NotAllowed):
            issued(zhang, school_clerk, "correction", details={"correction": asked})
    assert CORRECTION.form(zhang, school_clerk)({"correction": foreign}).is_valid() is False


def test_the_papers_open_in_libreoffice_with_chinese_fonts(school_clerk, zhang, issued):
    papers = {
        kind: file_of(issued(zhang, school_clerk, kind, details={"purpose": LONG})) for kind in ("in_post", "register")
    }

    opened = converted(papers, "fodt", ending="docx")

    for kind, content in opened.items():
        text = content.decode()
        assert "张三丰" in text, kind
        assert "{{" not in text
        assert "{%" not in text
    assert 'style:font-name-asian="仿宋"' in opened["in_post"].decode()
    assert 'style:font-name-asian="宋体"' in opened["register"].decode()


def test_a_pdf_is_made_where_libreoffice_is(login, school_clerk, zhang, issued, monkeypatch):
    paper, client = issued(zhang, school_clerk, "in_post", details={"purpose": "甲"}), login(school_clerk)
    url = reverse("paper_file", args=[paper.public_id])
    converted({}, "pdf", ending="docx")

    made = client.get(url, {"form": "pdf"})
    assert made.content[:5] == b"%PDF-"
    monkeypatch.setattr("core.documents.office.shutil.which", lambda _name: None)
    refused = client.get(url, {"form": "pdf"}, follow=True).content.decode()
    assert "没有安装" in refused
    assert "form=pdf" not in refused


@pytest.fixture
def program():
    def enter(actor):
        held = RoleAssignment.objects.select_related("user").get(pk=actor.assignment)
        _token, text = issue_token(assignment=held, name="程序", now=Change.objects.latest("pk").at, on=TODAY)
        return Client(headers={"Authorization": f"Bearer {text}"})

    return enter


def test_a_program_issues_reads_and_withdraws(program, school_clerk, zhang):
    client = program(school_clerk)
    given = {"kind": "in_post", "subject": str(zhang.public_id), "reason": "接口开具", "details": {"purpose": "体检"}}

    made = client.post(reverse("api_papers"), given, content_type="application/json")

    assert made.status_code == 201, made.content
    paper = made.json()
    assert (paper["number"], paper["state"]["code"], paper["about"]) == (
        "青石县第一初级中学〔2026〕1号",
        "valid",
        "张三丰",
    )
    assert client.get(reverse("api_papers"), {"state": "valid"}).json()["results"] == [paper]
    assert client.get(reverse("api_papers"), {"state": "withdrawn"}).json()["results"] == []
    assert client.get(reverse("api_paper", args=[paper["id"]])).json() == paper
    file = client.get(reverse("api_paper_file", args=[paper["id"]]))
    assert file.content[:2] == b"PK"
    ended = client.post(
        reverse("api_paper_withdraw", args=[paper["id"]]), {"reason": "开错"}, content_type="application/json"
    )
    assert ended.json()["state"]["code"] == "withdrawn"
    again = client.post(
        reverse("api_paper_withdraw", args=[paper["id"]]), {"reason": "开错"}, content_type="application/json"
    )
    assert again.status_code == 422
    assert IssuedDocument.objects.get().history.first().change.source == "api"


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"kind": "nothing"}, "kind"),
        ({"subject": "00000000-0000-4000-8000-000000000000"}, "subject"),
        ({"details": {}}, "purpose"),
        ({"reason": ""}, "reason"),
        ({"details": "x"}, "details"),
    ],
)
def test_what_a_program_says_wrongly_is_named(program, school_clerk, zhang, wrong, place):
    given = {
        "kind": "in_post",
        "subject": str(zhang.public_id),
        "reason": "接口",
        "details": {"purpose": "体检"},
        **wrong,
    }

    answer = program(school_clerk).post(reverse("api_papers"), given, content_type="application/json")

    assert answer.status_code == 400
    assert any(place in error["pointer"] for error in answer.json()["errors"])
    assert not IssuedDocument.objects.exists()


def test_a_program_of_another_county_finds_nobody_and_no_paper(
    program, other_county_clerk, school_clerk, zhang, issued
):
    paper, client = issued(zhang, school_clerk, "in_post", details={"purpose": "甲"}), program(other_county_clerk)

    for name in ("api_paper", "api_paper_file"):
        assert client.get(reverse(name, args=[paper.public_id])).status_code == 404
    answer = client.post(
        reverse("api_paper_withdraw", args=[paper.public_id]), {"reason": "x"}, content_type="application/json"
    )
    assert answer.status_code == 404
    given = {"kind": "in_post", "subject": str(zhang.public_id), "reason": "接口", "details": {"purpose": "体检"}}
    assert client.post(reverse("api_papers"), given, content_type="application/json").status_code == 400
    assert client.get(reverse("api_papers")).json()["results"] == []


def test_labels_of_the_form_are_those_of_the_file():
    with translation.override("zh-hans"):
        family = next(form for form in forms() if form.section.name == "family")
        assert [text for text, _name in family.columns] == [label(FamilyMember, name) for name in family.section.fields]
