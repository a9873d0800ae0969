"""Nobody imports into another's units: not by the unit named, not by the person named, not by a day in the past, not by waiting."""

import datetime as dt
import json
import subprocess
import sys

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.exchange.applying import apply_batch
from core.exchange.checking import check_batch
from core.exchange.models import Batch, BatchRow
from core.exchange.report import outcomes, summary
from core.exchange.services import abandon_batch, accept_batch, create_batch, set_day
from core.jobs.models import Job
from core.jobs.services import enqueue
from core.org.actor import system_actor
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.records.changes import change
from core.records.models import StoredFile
from core.records.storage import content_of
from personnel.models import Contact, Employment, Teacher
from tests.core.exchange.books import CHEN, LI, OTHER_SCHOOL, WANG, book, counts, line, roster, sent, told
from tests.factories.people import make_teacher, make_unit
from tests.ground.clock import TODAY

pytestmark = pytest.mark.django_db
STRANGE_PHONE, STRANGE_ADDRESS, STRANGE_UNIT = "13512344321", "白河县桃花巷八号", "白河县第一中学"
MARKS = (STRANGE_PHONE, STRANGE_PHONE[-4:], STRANGE_ADDRESS, STRANGE_UNIT, "王桃花", "山西白河")
D = dt.date


@pytest.fixture
def stranger(school_b):
    """A person of county B, on file there under another name, with a phone, an address and an origin."""
    teacher = make_teacher("王桃花", school_b, identity_number=WANG[1], native_place="山西白河")
    with change("test.contact", actor=system_actor(TODAY), reason="test ground"):
        contact = Contact(teacher=teacher)
        contact.phone, contact.address = STRANGE_PHONE, STRANGE_ADDRESS
        contact.save()
    return teacher


def newest(teacher):
    return Teacher.history.filter(id=teacher.pk).latest().revision


@pytest.mark.usefixtures("school_a")
def test_a_person_of_another_county_is_refused_with_whom_to_ask(county_clerk, county_a, stranger):
    batch = sent(
        county_clerk, county_a, roster(["籍贯", "联系电话"], line(WANG, "太原", "13800001111"), line(LI, "", ""))
    )

    assert counts(batch) == {"new": 1, "refused": 1}
    assert told(batch) == {("花名册", 2, "身份证号", "out_of_scope")}
    problem = next(one for one in summary(batch)["problems"] if one["code"] == "out_of_scope")
    assert "白河县教育局" in problem["message"]
    assert (newest(stranger), Contact.objects.get().phone.reveal()) == (1, STRANGE_PHONE)
    assert BatchRow.objects.get(outcome="refused").subject is None


@pytest.mark.usefixtures("school_a")
def test_nothing_of_them_is_in_any_page_report_answer_or_export(county_clerk, county_a, stranger, login):
    batch = sent(county_clerk, county_a, roster(["联系电话"], line(WANG, "13800001111"), line(LI, "")))
    client = login(county_clerk)

    shown = [json.dumps(summary(batch), ensure_ascii=False), json.dumps(list(outcomes(batch)), ensure_ascii=False)]
    page = reverse("batch", args=[batch.public_id])
    places = [page + tab for tab in ("?tab=refused", "?tab=new", "?tab=columns")]
    places += [reverse(name) for name in ("api_imports", "teachers", "imports")]
    places += [reverse("api_import_rows", args=[batch.public_id])]
    shown += [client.get(place).content.decode() for place in places]
    shown += [client.get(reverse("search"), {"q": query}).content.decode() for query in (WANG[1], "wangtaohua")]

    assert not [(mark, page[:80]) for page in shown for mark in MARKS if mark in page]


@pytest.mark.usefixtures("school_a")
def test_the_list_of_teachers_exports_none_of_them(county_clerk, county_a, stranger, run_jobs):
    sent(county_clerk, county_a, roster([], line(WANG), line(LI)))
    job = enqueue(
        "exchange.export_list", actor=county_clerk, arguments={"page": "teachers", "query": "", "form": "csv"}
    )
    run_jobs()
    job.refresh_from_db()

    text = content_of(StoredFile.objects.get(public_id=job.result["file"])).decode("utf-8-sig")
    assert "李建国" in text
    assert not [mark for mark in MARKS if mark in text]


def test_a_school_asks_its_own_county(county_clerk, school_clerk, county_a, school_a, second_school_a):
    sent(county_clerk, county_a, roster([], line(WANG, unit=OTHER_SCHOOL)))

    batch = sent(school_clerk, school_a, roster([], line(WANG), line(LI)))

    assert told(batch) == {("花名册", 2, "身份证号", "out_of_scope")}
    assert "青石县教育局" in summary(batch)["problems"][0]["message"]
    assert counts(batch) == {"new": 1, "refused": 1}


def test_units_of_others_and_unknown_ones_are_told_apart(county_clerk, county_a, school_a, school_b):
    content = roster(
        ["单位代码"],
        line(WANG, "", unit=STRANGE_UNIT),
        line(LI, school_b.code, unit=""),
        line(CHEN, "3999999999", unit="没有的学校"),
    )

    batch = sent(county_clerk, county_a, content)

    assert told(batch) == {
        ("花名册", 2, "工作单位", "out_of_scope"),
        ("花名册", 3, "单位代码", "out_of_scope"),
        ("花名册", 4, "工作单位", "unknown_unit"),
    }
    assert not any("白河" in one["message"] for one in summary(batch)["problems"])
    assert Teacher.objects.count() == 0


def test_a_sheet_of_units_changes_none_of_another_county(county_clerk, county_a, school_b):
    head = ("学校标识码", "学校名称", "在校学生数")

    batch = sent(
        county_clerk, county_a, book(学校=[head, (school_b.code, "抢来的中学", 3), ("3140702001", "本县小学", 3)])
    )

    assert told(batch) == {("学校", 2, "学校标识码", "out_of_scope")}
    assert Unit.objects.named(TODAY).get(pk=school_b.pk).name == STRANGE_UNIT


def test_units_of_the_same_name_in_two_schools_need_their_code(county_clerk, county_a):
    first, _second = (make_unit("school", "中心小学", county_a) for _ in range(2))

    batch = sent(
        county_clerk,
        county_a,
        roster(["单位代码"], line(WANG, "", unit="中心小学"), line(LI, first.code, unit="中心小学")),
    )

    assert told(batch) == {("花名册", 2, "工作单位", "ambiguous_unit")}
    assert counts(batch) == {"new": 1, "refused": 1}


def test_a_school_does_not_import_units(school_clerk, school_a):
    batch = sent(
        school_clerk, school_a, book(学校=[("学校标识码", "学校名称", "在校学生数"), ("3140702001", "新小学", 300)])
    )

    assert (batch.state, batch.trouble["code"]) == (Batch.State.UNREADABLE, "kind_not_allowed")
    assert Unit.objects.filter(code="3140702001").count() == 0


# by a day in the past


def transfer(teacher, unit, day):
    with change("test.transfer", actor=system_actor(TODAY), reason="调动"):
        Employment.objects.get(teacher=teacher, valid__endswith__isnull=True).supersede(on=day, unit=unit)


def test_a_day_in_the_past_gives_nobody_back(county_clerk, county_a, school_a, school_b):
    sent(county_clerk, county_a, roster(["籍贯"], line(WANG, "太原")), day=D(2020, 9, 1))
    teacher = Teacher.objects.get()
    transfer(teacher, school_b, D(2025, 9, 1))

    batch = sent(county_clerk, county_a, roster(["籍贯"], line(WANG, "平遥")), day=D(2021, 9, 1))

    assert told(batch) == {("花名册", 2, "身份证号", "out_of_scope")}
    assert "白河县教育局" in summary(batch)["problems"][0]["message"]
    assert Teacher.objects.get().native_place == "太原"


def test_who_left_another_county_is_asked_for_there(county_clerk, county_a, school_a, school_b):
    make_teacher("王桃花", school_b, identity_number=WANG[1], until=D(2025, 7, 1))

    batch = sent(county_clerk, county_a, roster([], line(WANG)))

    assert told(batch) == {("花名册", 2, "身份证号", "out_of_scope")}
    assert "白河县教育局" in summary(batch)["problems"][0]["message"]


def test_who_is_to_come_from_a_later_day_is_already_the_senders(county_clerk, county_a, school_a):
    make_teacher("王小梅", school_a, identity_number=WANG[1], since=D(2027, 2, 1))

    batch = sent(county_clerk, county_a, roster(["籍贯"], line(WANG, "太原")), day=D(2027, 2, 1))

    assert counts(batch) == {"changed": 1}


# by waiting


def test_who_went_to_another_county_between_check_and_acceptance_is_left_out(
    county_clerk, county_a, school_a, school_b
):
    sent(county_clerk, county_a, roster(["籍贯"], line(WANG, "太原"), line(LI, "榆林")), day=D(2020, 9, 1))
    batch = sent(
        county_clerk, county_a, roster(["籍贯"], line(WANG, "平遥"), line(LI, "神木")), day=D(2026, 9, 1), accept=False
    )
    transfer(Teacher.objects.get(name="王小梅"), school_b, D(2026, 11, 1))

    apply_batch(batch.pk, county_clerk)
    batch.refresh_from_db()

    assert told(batch) == {("花名册", 2, "身份证号", "out_of_scope")}
    assert counts(batch) == {"changed": 1, "refused": 1}
    assert dict(Teacher.objects.values_list("name", "native_place")) == {"王小梅": "太原", "李建国": "神木"}


def test_a_person_who_came_to_another_county_meanwhile_is_not_entered_twice(
    county_clerk, other_county_clerk, county_a, county_b, school_a, school_b
):
    batch = sent(county_clerk, county_a, roster([], line(WANG), line(LI)), accept=False)
    sent(other_county_clerk, county_b, roster([], line(WANG, unit=STRANGE_UNIT)))

    apply_batch(batch.pk, county_clerk)
    batch.refresh_from_db()

    assert (counts(batch), Teacher.objects.count()) == ({"new": 1, "refused": 1}, 2)
    assert {code for *_place, code in told(batch)} == {"stale"}


# by another road


def test_a_batch_is_made_only_for_ones_own_units(
    county_clerk, county_b, school_b, auditor, city, county_approver, county_a
):
    for actor, unit in (
        (county_clerk, county_b),
        (county_clerk, school_b),
        (county_clerk, city),
        (auditor, city),
        (county_approver, county_a),
    ):
        with pytest.raises(NotAllowed):
            create_batch(actor=actor, unit=unit, name="x.csv", content=b"x", start=False)
    assert (Batch.objects.count(), Job.objects.count()) == (0, 0)


def test_the_verbs_ask_for_the_role_themselves(county_clerk, county_approver, auditor, county_a, school_a):
    batch = sent(county_clerk, county_a, roster([], line(WANG)), accept=False)

    with pytest.raises(NotAllowed):
        set_day(actor=county_approver, batch=batch, day=D(2026, 9, 1))
    with pytest.raises(NotAllowed):
        abandon_batch(actor=county_approver, batch=batch)
    with pytest.raises(NotAllowed):
        accept_batch(actor=auditor, batch=batch)
    batch.refresh_from_db()
    assert batch.state == Batch.State.CHECKED


def test_the_upload_page_takes_no_unit_of_others(county_clerk, county_a, school_b, login):
    data = {
        "file": SimpleUploadedFile("花名册.xlsx", roster([], line(WANG))),
        "unit": str(school_b.public_id),
        "day": "",
    }

    assert login(county_clerk).post(reverse("import_new"), data).status_code == 422
    assert Batch.objects.count() == 0


def run(committed_db, file, *arguments):
    command = [sys.executable, "manage.py", "import_workbook", str(file), *arguments]
    return subprocess.run(command, env=committed_db.environment, capture_output=True, text=True, check=False)


def test_the_command_has_the_rights_of_its_user_and_answers_in_the_documented_shape(
    committed_db, county_clerk, county_a, school_a, county_b, tmp_path
):
    file = tmp_path / "花名册.xlsx"
    file.write_bytes(
        book(
            花名册=[
                ["XX县教师花名册"],
                ["姓名", "身份证号", "工作单位", "血型"],
                [*line(WANG), "A"],
                [*line(("李四", "1"))],
                ["合计", 2],
            ]
        )
    )
    name = county_clerk.user.username

    done = run(committed_db, file, "--unit", county_a.code, "--actor", name, "--json", "--rows", "--apply")

    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert set(said) >= {"sheets", "rows", "problems", "applied", "batch", "outcomes"}
    assert said["sheets"] == [
        {
            "name": "花名册", "kind": "teachers", "header_rows": [2], "unmapped": ["血型"], "skipped_rows": [1, 5],
            "columns": {"姓名": "name", "身份证号": "identity", "工作单位": "unit_name"},
        }
    ]  # fmt: skip
    assert said["rows"] == {"new": 1, "changed": 0, "same": 0, "undecided": 0, "refused": 1}
    assert all(type(count) is int for count in said["rows"].values())
    problem = said["problems"][0]
    assert {key: problem[key] for key in ("sheet", "row", "column", "value", "code", "severity")} == {
        "sheet": "花名册", "row": 4, "column": "身份证号", "value": "1", "code": "length", "severity": "error",
    }  # fmt: skip
    assert problem["message"]
    assert (said["applied"], type(said["batch"])) == (True, int)
    assert said["outcomes"] == [
        {"sheet": "花名册", "row": 3, "id": WANG[1], "outcome": "new", "fields": []},
        {"sheet": "花名册", "row": 4, "id": "", "outcome": "refused", "fields": []},
    ]
    assert list(Teacher.objects.values_list("name", flat=True)) == ["王小梅"]

    for arguments, sentence in (
        (("--unit", county_b.code, "--actor", name), county_b.code),
        (("--unit", county_a.code, "--actor", "nobody"), "nobody"),
        (("--unit", county_a.code, "--actor", name, "--kind", "wages"), "teachers"),
    ):
        refused = run(committed_db, file, *arguments)
        assert refused.returncode == 1
        assert sentence in refused.stderr
        assert "Traceback" not in refused.stderr
    assert Batch.objects.count() == 1


def test_who_may_not_change_units_accepts_no_units(county_clerk, school_clerk, county_approver, school_a):
    """A school's clerk accepts what comes for the school, but no units are opened by it."""
    rows = [["学校名称", "学校代码", "办学类型"], ["青石县新办小学", "2199990001", "小学"]]
    made = create_batch(actor=county_clerk, unit=school_a, name="学校.xlsx", content=book(学校=rows), start=False)
    batch = check_batch(made.pk, county_clerk)

    assert counts(batch) == {"new": 1}
    with pytest.raises(NotAllowed):
        accept_batch(actor=school_clerk, batch=batch)
    accept_batch(actor=county_approver, batch=batch)
