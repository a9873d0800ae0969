"""The dossier (人事档案): its catalogue, what it lacks, who may look, papers that file themselves."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from psycopg.types.range import Range

from core.api.services import issue_token
from core.dates import PartialDate
from core.documents import services as papers
from core.documents.kinds import all_kinds
from core.documents.reading import cell_texts
from core.documents.selectors import file_of
from core.exchange.checking import check_batch
from core.exchange.kinds import all_kinds as all_kinds_of_rows
from core.exchange.services import create_batch
from core.org.actor import system_actor
from core.org.errors import NotAllowed
from core.org.models import RoleAssignment
from core.parameters.services import set_local
from core.records.changes import change
from core.records.models import AccessLog, Change
from core.records.storage import content_of
from personnel.models import (
    DossierKeeping,
    DossierTransfer,
    Education,
    Material,
    MaterialScan,
    PoliticalStatus,
    Teacher,
)
from personnel.quality import quality_of
from personnel.selectors.dossier import catalogue, entries_of, lacking, missing
from personnel.services.dossier import DOSSIER, correct_material, enter_material, keep_dossier, withdraw_material
from tests.core.exchange.papers import PDF
from tests.factories.people import make_actor, make_teacher, set_teacher
from tests.ground.clock import TODAY
from tests.personnel.files import ZHANG, import_rows, make_file, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def zhang(school_a):
    return make_file("张三丰", school_a)


@pytest.fixture
def enter(county_clerk, zhang):
    """`enter(category, title, dated)`: a material in the dossier of 张三丰."""

    def entered(category, title, dated=None, *, teacher=None, **values):
        day = PartialDate.parse(dated) if dated else None
        given = {"category": category, "title": title, "dated": day, **values}
        return enter_material(actor=county_clerk, teacher=teacher or zhang, values=given, reason="入档")

    return entered


def marks(teacher):
    rows = Material.objects.filter(teacher=teacher)
    return [f"{one.mark} {one.material.title}" for one in entries_of(catalogue(rows, TODAY))]


def test_materials_are_numbered_in_their_category_by_day_and_anew_when_one_comes_between(enter, zhang):
    enter("4-1", "本科毕业生登记表", "2005-07")
    enter("1", "干部履历表", "2010-09-01")
    enter("10", "其他", None)
    enter("1", "教职工登记表")
    enter("4-1", "高中毕业生登记表", "2001-07")
    assert marks(zhang) == [
        "1-1 干部履历表", "1-2 教职工登记表", "4-1-1 高中毕业生登记表", "4-1-2 本科毕业生登记表", "10-1 其他",
    ]  # fmt: skip
    enter("1", "学生登记表", "1999")
    assert marks(zhang)[:3] == ["1-1 学生登记表", "1-2 干部履历表", "1-3 教职工登记表"]


def test_a_material_is_put_right_and_taken_out_with_its_history(enter, zhang, county_clerk):
    one = enter("1", "干部履厉表", "2010")
    correct_material(actor=county_clerk, material=one, values={"title": "干部履历表", "pages": 8}, reason="录错")
    withdraw_material(actor=county_clerk, material=Material.objects.get(), reason="重份")
    assert not Material.objects.exists()
    kinds = [row.change.kind for row in Material.history.order_by("revision").select_related("change")]
    assert kinds == ["personnel.enter_material", "personnel.correct_material", "personnel.withdraw_material"]


@pytest.mark.parametrize(
    "values", [{"category": "4", "title": "学历"}, {"category": "77", "title": "学历"}, {"category": "1", "title": " "}]
)
def test_a_material_needs_one_of_the_categories_and_a_title(county_clerk, zhang, values):
    with pytest.raises(NotAllowed):
        enter_material(actor=county_clerk, teacher=zhang, values=values, reason="入档")
    assert not Material.objects.exists()


def test_a_material_is_no_older_than_the_person(enter):
    with pytest.raises(NotAllowed, match="1979"):
        enter("1", "学生登记表", "1979-05")


def test_only_who_keeps_dossiers_enters_materials(school_clerk, county_approver, zhang):
    for actor in (school_clerk, county_approver):
        with pytest.raises(NotAllowed):
            enter_material(actor=actor, teacher=zhang, values={"category": "1", "title": "干部履历表"}, reason="入档")


def test_the_catalogue_is_entered_on_its_page_with_scans_that_are_kept_sealed(login, county_clerk, zhang):
    client, url = login(county_clerk), reverse("material_new", args=[zhang.public_id])
    scans = {f"scan_{number}": SimpleUploadedFile(f"履历表{number}.pdf", PDF) for number in (1, 2)}
    sent = {
        "category": "1",
        "title": "干部履历表",
        "dated": "2010.9",
        "pages": "8",
        "form": "original",
        "copies": "1",
        **scans,
    }
    assert client.post(url, sent).status_code == 302
    material = Material.objects.get()
    assert (str(material.dated), material.pages, material.scans.count()) == ("2010-09", 8, 2)
    page = client.get(reverse("teacher_dossier", args=[zhang.public_id])).content.decode()
    assert "干部履历表" in page
    assert "1-1" in page
    scan = material.scans.first()
    assert content_of(scan.file) == PDF
    answer = client.get(reverse("material_scan_file", args=[scan.public_id]))
    assert (answer.status_code, answer["Content-Disposition"].startswith("attachment")) == (200, True)


def test_a_program_is_no_scan(login, county_clerk, zhang):
    client, url = login(county_clerk), reverse("material_new", args=[zhang.public_id])
    bad = SimpleUploadedFile("履历表.pdf", b"MZ" + b"\0" * 64)
    answer = client.post(url, {"category": "1", "title": "干部履历表", "form": "original", "scan_1": bad})
    assert answer.status_code == 422
    assert not Material.objects.exists()


def test_a_scan_is_dropped_and_the_material_stays(login, county_clerk, enter):
    one = enter("1", "干部履历表", "2010")
    url = reverse("material_change", args=[one.public_id])
    client = login(county_clerk)
    same = {
        "category": "1",
        "title": "干部履历表",
        "dated": "2010",
        "form": "original",
        "copies": "1",
        "reason": "补扫描件",
    }
    client.post(url, {**same, "revision": 1, "scan_1": SimpleUploadedFile("a.pdf", PDF)})
    (scan,) = MaterialScan.objects.all()
    answer = client.post(url, {**same, "revision": Material.objects.get().revision, "dropped": [str(scan.pk)]})
    assert answer.status_code == 302
    assert (MaterialScan.objects.count(), Material.objects.count()) == (0, 1)


def test_opening_a_dossier_is_a_look_of_its_own(login, county_clerk, enter, zhang):
    enter("1", "干部履历表")
    login(county_clerk).get(reverse("teacher", args=[zhang.public_id]))
    assert not AccessLog.objects.filter(what=DOSSIER).exists()
    login(county_clerk).get(reverse("teacher_dossier", args=[zhang.public_id]))
    look = AccessLog.objects.get(what=DOSSIER)
    assert (look.subject_id, look.actor, look.role) == (zhang.pk, county_clerk.user, "county_clerk")


def test_no_title_of_a_material_is_on_any_page_of_who_does_not_see_dossiers(
    login, school_clerk, enter, zhang, county_clerk
):
    enter("8", "某处分决定书")
    papers.issue(
        all_kinds()["dossier_catalogue"],
        all_kinds()["dossier_catalogue"].subjects(county_clerk).get(pk=zhang.pk),
        actor=county_clerk,
        reason="x",
    )
    client = login(school_clerk)
    for name in ("teacher", "teacher_history", "teacher_dossier", "teacher_papers", "teacher_compare"):
        answer = client.get(reverse(name, args=[zhang.public_id]))
        assert answer.status_code == 200, name
        assert "处分决定书" not in answer.content.decode(), name
    assert "干部人事档案目录" not in client.get(reverse("teacher_papers", args=[zhang.public_id])).content.decode()


def test_the_person_sees_where_the_dossier_is_kept_and_never_what_is_in_it(
    login, own_file, teacher_actor, enter, county_clerk
):
    enter("1", "干部履历表", teacher=own_file)
    keep_dossier(
        actor=county_clerk,
        teacher=own_file,
        since=date(2020, 1, 1),
        values={"unit": None, "keeper": "县人才服务中心", "shelf": "A-3"},
        reason="登记",
    )
    client, url = login(teacher_actor), reverse("teacher_dossier", args=[own_file.public_id])
    page = client.get(url).content.decode()
    assert "县人才服务中心" in page
    assert "干部履历表" not in page
    assert "A-3" not in page
    scan = reverse("material_change", args=[Material.objects.get().public_id])
    assert client.get(scan).status_code == 404


@pytest.mark.parametrize(
    ("person", "status", "seen"), [("nothing", 403, False), ("kept", 200, False), ("catalogue", 200, True)]
)
def test_what_the_person_sees_of_their_own_dossier_is_a_rule(
    login, own_file, teacher_actor, enter, city_clerk, county_a, person, status, seen
):
    enter("1", "干部履历表", teacher=own_file)
    open_to(city_clerk, county_a, person)
    answer = login(teacher_actor).get(reverse("teacher_dossier", args=[own_file.public_id]))
    assert (answer.status_code, "干部履历表" in answer.content.decode()) == (status, seen)


@pytest.fixture
def own_of_clerk(school_a, county_clerk):
    """The file of the county's clerk, with a material in the dossier."""
    teacher = make_teacher("孙丽", school_a, user=county_clerk.user)
    colleague = make_actor("county_clerk", county_clerk.unit, name="周敏")
    enter_material(actor=colleague, teacher=teacher, values={"category": "8", "title": "处分决定书"}, reason="入档")
    return teacher


def test_who_keeps_dossiers_neither_reads_nor_changes_their_own(login, county_clerk, own_of_clerk):
    client, material = login(county_clerk), Material.objects.get()
    for name in (
        "teacher_dossier",
        "material_new",
        "dossier_keeping",
        "dossier_send",
        "dossier_review",
        "dossier_borrow",
    ):
        answer = client.get(reverse(name, args=[own_of_clerk.public_id]))
        assert (answer.status_code, "处分决定书" in answer.content.decode()) == (403, False), name
    for name in ("material_change", "material_withdraw"):
        assert client.get(reverse(name, args=[material.public_id])).status_code == 404, name
    printed = reverse("teacher_paper_new", args=[own_of_clerk.public_id, "dossier_catalogue"])
    assert client.get(printed).status_code == 404
    refused = {"actor": county_clerk, "reason": "x"}
    with pytest.raises(NotAllowed):
        enter_material(teacher=own_of_clerk, values={"category": "1", "title": "履历表"}, **refused)
    with pytest.raises(NotAllowed):
        correct_material(material=material, values={"title": "表彰决定"}, **refused)
    with pytest.raises(NotAllowed):
        withdraw_material(material=material, **refused)
    with pytest.raises(NotAllowed):
        kept(county_clerk, own_of_clerk, date(2020, 1, 1), keeper="县人才服务中心")


def test_the_printed_catalogue_of_ones_own_dossier_is_for_others(login, county_clerk, own_of_clerk):
    colleague, kind = make_actor("county_clerk", county_clerk.unit, name="吴刚"), all_kinds()["dossier_catalogue"]
    paper = papers.issue(kind, kind.subjects(colleague).get(pk=own_of_clerk.pk), actor=colleague, reason="核对")
    for actor, status in ((colleague, True), (county_clerk, False)):
        client = login(actor)
        for url in (reverse("paper", args=[paper.public_id]), paper_of_file(own_of_clerk, paper)):
            assert ("处分决定书" in client.get(url).content.decode()) == status, url
    with pytest.raises(NotAllowed):
        papers.opened(paper, actor=county_clerk)


def paper_of_file(teacher, paper):
    return f"{reverse('teacher_paper', args=[teacher.public_id])}?paper={paper.public_id}"


def test_by_program_nobody_reads_or_changes_their_own_dossier(by_program, own_of_clerk):
    assert by_program("get", f"teachers/{own_of_clerk.public_id}/dossier/").status_code == 404
    key, said = Material.objects.get().public_id, {"reason": "重份"}
    assert by_program("post", f"materials/{key}/withdraw/", said).status_code == 404
    assert by_program("post", f"materials/{key}/correct/", {"revision": 1, "title": "表彰", **said}).status_code == 404


def kept(actor, teacher, since, **values):
    given = {"unit": None, "keeper": "", "shelf": "", **values}
    return keep_dossier(actor=actor, teacher=teacher, since=since, values=given, reason="登记")


def open_to(actor, unit, person):
    set_local(
        table="personnel.dossier_openness", unit=unit, data={"person": person}, on=date(2020, 1, 1), actor=actor, reason="按办法",
        reference="本地规定",
    )  # fmt: skip


# what is missing


def names(teacher):
    return [paper.name for paper, _finding in missing(teacher, Material.objects.filter(teacher=teacher), TODAY)]


def test_what_a_dossier_lacks_follows_from_who_the_person_is(enter, zhang):
    assert "入党志愿书" not in names(zhang)
    with change("personnel.add_fact", actor=system_actor(TODAY), reason="test ground"):
        PoliticalStatus.objects.create(teacher=zhang, status="01", valid=Range(date(2008, 7, 1), None))
        Education.objects.create(teacher=zhang, level="21", degree="4")
    assert {"干部履历表", "入党志愿书", "学位材料", "年度考核登记表", "教师资格认定申请表"} <= set(names(zhang))
    assert "录用（招聘）审批材料" not in names(zhang), "began to work in 2005"
    enter("6", "中国共产党入党志愿书", "2007")
    enter("1", "干部履历表")
    assert not {"干部履历表", "入党志愿书"} & set(names(zhang))


def test_of_yearly_papers_the_missing_years_are_named(enter, zhang):
    enter("3", "2024年度考核登记表", "2025-01")
    (finding,) = [one for paper, one in missing(zhang, Material.objects.all(), TODAY) if paper.name == "年度考核登记表"]
    assert finding.actual == "2023、2025"
    for year in (2023, 2025):
        enter("3", f"{year}年度考核登记表", f"{year + 1}-01")
    assert "年度考核登记表" not in names(zhang)


WORK = (
    "2005-08",
    "2005",
    "2005-12-31",
    "2006-01-01",
    "2006-01",
    "2006",
    "2006-02",
    "2010-09-01",
    "2023",
    "2024-09",
    None,
)


@pytest.mark.parametrize("began", WORK)
@pytest.mark.parametrize("family", ["professional", "worker"])
def test_the_list_and_the_page_find_the_same_dossiers_wanting(enter, zhang, began, family):
    with change("personnel.correct_fact", actor=system_actor(TODAY), reason="test ground"):
        zhang.work_start, zhang.post_family = PartialDate.parse(began) if began else None, family
        zhang.save()
    full = (
        ("1", "干部履历表"), ("4-1", "毕业生登记表"), ("9-1", "工资变动审批表"), ("4-2", "教师资格认定申请表"), ("9-2", "招聘审批表"),
        *(("3", f"{year}年度考核登记表") for year in range(2023, 2026)),
    )  # fmt: skip
    assert not Teacher.objects.filter(lacking(TODAY)).exists(), "no catalogue was begun"
    for category, title in full:
        enter(category, title)
        assert Teacher.objects.filter(lacking(TODAY)).exists() == bool(names(zhang)), (title, names(zhang))


def test_missing_papers_are_counted_on_the_first_page_and_found_in_the_list(login, county_clerk, enter, zhang):
    enter("1", "干部履历表")
    people = Teacher.objects.visible_to(county_clerk)
    assert {check.name: number for check, number in quality_of(people, TODAY).faulty}["dossier"] == 1
    client = login(county_clerk)
    assert "张三丰" in client.get(reverse("teachers"), {"dossier": "lacking"}).content.decode()
    assert "张三丰" not in client.get(reverse("teachers"), {"dossier": "none"}).content.decode()


# where it is kept


def test_who_keeps_it_is_dated(county_clerk, zhang, county_a):
    keep_dossier(
        actor=county_clerk,
        teacher=zhang,
        since=date(2010, 9, 1),
        values={"unit": None, "keeper": "市人才中心", "shelf": ""},
        reason="登记",
    )
    keep_dossier(
        actor=county_clerk,
        teacher=zhang,
        since=date(2020, 9, 1),
        values={"unit": county_a, "keeper": "", "shelf": "A-1"},
        reason="调入",
    )
    told = [
        (row.valid.lower, row.valid.upper, row.keeper, row.unit_id) for row in DossierKeeping.objects.order_by("valid")
    ]
    assert told == [
        (date(2010, 9, 1), date(2020, 9, 1), "市人才中心", None),
        (date(2020, 9, 1), None, "", county_a.pk),
    ]
    with pytest.raises(NotAllowed):
        keep_dossier(
            actor=county_clerk, teacher=zhang, since=TODAY, values={"unit": None, "keeper": " "}, reason="登记"
        )


# papers file themselves


def issue(actor, teacher, kind="register", **more):
    subject = all_kinds()[kind].subjects(actor).get(pk=teacher.pk)
    return papers.issue(all_kinds()[kind], subject, actor=actor, reason="归档", **more)


def test_an_issued_paper_files_itself_in_the_same_change(county_clerk, zhang):
    document = issue(county_clerk, zhang)
    material = Material.objects.get()
    assert (material.category, material.paper, str(material.dated)) == ("1", document, TODAY.isoformat())
    assert document.number in material.title
    assert material.history.get().change_id == document.history.get().change_id
    with pytest.raises(NotAllowed):
        withdraw_material(actor=county_clerk, material=material, reason="取出")


def test_a_paper_that_ends_leaves_the_catalogue_and_the_one_that_replaces_it_enters(county_clerk, zhang):
    first = issue(county_clerk, zhang)
    second = papers.replace(first, actor=county_clerk, reason="有误")
    assert [one.paper for one in Material.objects.all()] == [second]
    papers.withdraw(second, actor=county_clerk, reason="作废")
    assert not Material.objects.exists()


def test_a_school_files_its_papers_though_it_does_not_see_the_dossier(school_clerk, zhang):
    issue(school_clerk, zhang)
    issue(school_clerk, zhang, "in_post", details={"purpose": "贷款"})
    assert [one.category for one in Material.objects.all()] == ["1"]


def test_an_issue_that_fails_files_nothing(county_clerk, zhang, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError

    monkeypatch.setattr("personnel.documents.telling.note_looks", broken)
    with pytest.raises(RuntimeError):
        issue(county_clerk, zhang)
    assert not Material.objects.exists()
    assert not Change.objects.filter(kind="documents.issue").exists()


def test_the_catalogue_is_printed_with_its_ten_groups(county_clerk, enter, zhang):
    enter("1", "干部履历表", "2010-09-01", pages=8)
    enter("4-1", "毕业生登记表", "2005-07")
    cells = cell_texts(file_of(issue(county_clerk, zhang, "dossier_catalogue")))
    place = cells.index("1-1")
    assert cells[place : place + 7] == ["1-1", "干部履历表", "2010", "9", "1", "1", "8"]
    assert cells[cells.index("4-1-1") + 1] == "毕业生登记表"
    groups = [cell for cell in cells if cell in {"履历类材料", "自传和思想类材料", "其他可供参考的材料"}]
    assert groups == ["履历类材料", "自传和思想类材料", "其他可供参考的材料"]


def test_the_page_of_a_long_catalogue_asks_a_fixed_number_of_questions(
    login, county_clerk, enter, zhang, django_assert_max_num_queries
):
    client, url = login(county_clerk), reverse("teacher_dossier", args=[zhang.public_id])
    enter("1", "干部履历表")
    client.get(url)

    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in range(30):
        enter("3", f"材料{number}", f"{1990 + number}")
    with django_assert_max_num_queries(len(few)):
        client.get(url)


# by program


@pytest.fixture
def by_program(county_clerk):
    """`by_program(method, address, body)`: a request with a token of the county's clerk."""
    held = RoleAssignment.objects.select_related("user").get(pk=county_clerk.assignment)
    _token, clear = issue_token(assignment=held, name="程序", now=timezone.now(), on=TODAY)
    client = Client(headers={"authorization": f"Bearer {clear}"})

    def ask(method, address, body=None):
        return getattr(client, method)(f"/api/v1/{address}", body, content_type="application/json")

    return ask


def test_a_program_reads_enters_puts_right_and_takes_out(by_program, zhang, county_clerk):
    said = {"category": "1", "title": "干部履历表", "dated": "2010-09", "pages": 8, "reason": "入档"}
    made = by_program("post", f"teachers/{zhang.public_id}/dossier/materials/", said)
    assert (made.status_code, made.json()["number"], made.json()["dated"]) == (201, 1, "2010-09")
    key = made.json()["id"]
    right = by_program("post", f"materials/{key}/correct/", {"revision": 1, "pages": 9, "reason": "数错"})
    assert (right.status_code, right.json()["pages"], right.json()["title"]) == (200, 9, "干部履历表")
    assert (
        by_program("post", f"materials/{key}/correct/", {"revision": 1, "pages": 7, "reason": "数错"}).status_code
        == 409
    )
    assert by_program("post", f"materials/{key}/correct/", {"revision": 2**31, "reason": "数错"}).status_code == 400
    whole = by_program("get", f"teachers/{zhang.public_id}/dossier/").json()
    assert [one["title"] for one in whole["materials"]] == ["干部履历表"]
    assert "毕业生登记表或学籍材料" in {one["name"] for one in whole["lacking"]}
    assert AccessLog.objects.filter(what=DOSSIER, actor=county_clerk.user).exists()
    assert by_program("post", f"materials/{key}/withdraw/", {"reason": "重份"}).status_code == 204
    assert not Material.objects.exists()


@pytest.mark.parametrize("bad", [{"category": "4"}, {"dated": "2010-13"}, {"pages": 0}, {"title": ""}])
def test_a_program_is_told_what_is_wrong(by_program, zhang, bad):
    said = {"category": "1", "title": "干部履历表", "reason": "入档", **bad}
    assert by_program("post", f"teachers/{zhang.public_id}/dossier/materials/", said).status_code in {400, 422}
    assert not Material.objects.exists()


def test_a_program_opens_cases_for_several_people_too(by_program, zhang, school_a, county_b):
    other = make_file("李四", school_a)
    said = {
        "people": [str(zhang.public_id), str(other.public_id)], "receiver_name": "白河县教育局", "reason_code": "moved",
        "words": "调动",
    }  # fmt: skip
    answer = by_program("post", "dossiers/send/", said)
    assert answer.status_code == 201
    transfer = DossierTransfer.objects.get()
    assert (transfer.sent.count(), transfer.receiver, transfer.receiver_name) == (2, county_b, "")
    review = by_program("post", f"teachers/{zhang.public_id}/dossier/review/", {"words": "审核"})
    assert by_program("get", f"cases/{review.json()['case']}/").json()["kind"]["code"] == "personnel.dossier_review"
    readers = [{"name": "周敏", "in_party": True}, {"name": "吴刚", "in_party": True}]
    asked = {"way": "read", "purpose": "title", "words": "评审", "asking": "县教育局", "readers": readers}
    assert by_program("post", f"teachers/{zhang.public_id}/dossier/borrow/", asked).status_code == 201


def test_a_program_of_another_county_finds_no_dossier(by_program, school_b, county_clerk, other_county_clerk):
    other = make_file("王五", school_b)
    for method, address, body in (
        ("get", f"teachers/{other.public_id}/dossier/", None),
        (
            "post",
            f"teachers/{other.public_id}/dossier/materials/",
            {"category": "1", "title": "履历表", "reason": "入档"},
        ),
    ):
        assert by_program(method, address, body).status_code == 404
    sent = {"people": [str(other.public_id)], "receiver_name": "省人才", "reason_code": "moved", "words": "调动"}
    assert by_program("post", "dossiers/send/", sent).status_code == 400


# by workbook

HEADINGS = ["姓名", "身份证号", "类号", "材料名称", "材料形成时间", "页数", "份数", "备注"]


@pytest.fixture
def numbered_zhang(school_a):
    return make_file("张三丰", school_a, identity_number=ZHANG)


def send(actor, *rows, accept=True):
    return (import_rows if accept else check_rows)(actor, actor.unit, [HEADINGS, *rows], name="档案目录.xlsx")


def check_rows(actor, unit, rows, *, name):
    batch = create_batch(actor=actor, unit=unit, name=name, content=workbook(rows), start=False)
    return check_batch(batch.pk, actor)


def test_a_catalogue_comes_in_as_a_workbook_and_again_changes_only_what_differs(county_clerk, numbered_zhang):
    rows = [
        ["张三丰", ZHANG, "1", "干部履历表", "2010.09", "8", "1", ""],
        ["张三丰", ZHANG, "4-1", "毕业生登记表", "2005年7月", "6", "1", "复印件"],
        ["张三丰", ZHANG, "第三类", "2024年度考核登记表", "2025-01", "2", "1", ""],
    ]
    batch = send(county_clerk, *rows)
    assert (batch.kind, batch.counts["changed"]) == ("dossiers", 3)
    assert marks(numbered_zhang) == ["1-1 干部履历表", "3-1 2024年度考核登记表", "4-1-1 毕业生登记表"]
    assert Material.objects.get(category="4-1").note == "复印件"
    rows[0][5] = "9"
    again = send(county_clerk, *rows)
    assert (again.counts["changed"], again.counts["same"]) == (1, 2)
    assert Material.objects.get(category="1").pages == 9


def test_a_catalogue_of_somebody_unknown_or_without_a_category_is_refused(county_clerk, numbered_zhang):
    batch = send(
        county_clerk, ["李四", "350726198503120012", "1", "干部履历表", "", "", "", ""], ["张三丰", ZHANG, "", "自传", "", "", "", ""],
        ["张三丰", ZHANG, "十一", "自传", "", "", "", ""], accept=False,
    )  # fmt: skip
    assert batch.counts["refused"] == 3


def test_nobody_sends_or_takes_out_the_catalogue_of_their_own_dossier(county_clerk, numbered_zhang):
    taken = all_kinds_of_rows()["dossiers"].subjects
    assert taken(county_clerk, county_clerk.unit, TODAY) == [numbered_zhang.pk]
    set_teacher(numbered_zhang, user=county_clerk.user)
    batch = send(county_clerk, ["张三丰", ZHANG, "1", "干部履历表", "", "", "", ""], accept=False)
    assert batch.counts["refused"] == 1
    assert taken(county_clerk, county_clerk.unit, TODAY) == []


def test_a_school_sends_no_catalogue(school_clerk, numbered_zhang):
    batch = send(school_clerk, ["张三丰", ZHANG, "1", "干部履历表", "", "", "", ""], accept=False)
    assert batch.kind != "dossiers"
    assert not Material.objects.exists()
