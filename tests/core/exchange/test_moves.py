"""What a difference does to facts that hold for a time: a move opens a period, the same day puts right, the past is not overwritten."""

import datetime as dt

import pytest
from psycopg.types.range import Range

from core.exchange.applying import apply_batch
from core.exchange.report import summary
from core.exchange.services import set_day
from core.org.actor import system_actor
from core.org.errors import NotAllowed
from core.org.models import ApprovedQuota, UnitProfile
from core.records.changes import change
from personnel.models import (
    BirthDecision,
    Contact,
    Education,
    Employment,
    IdentityDocument,
    PersonStatus,
    PoliticalStatus,
    Teacher,
    TeachingAssignment,
)
from tests.core.exchange.books import (
    CHEN,
    LI,
    OTHER_SCHOOL,
    SCHOOL,
    WANG,
    book,
    counts,
    fields,
    line,
    roster,
    sent,
    told,
)  # fmt: skip
from tests.ground.clock import TODAY
from tests.workbooks.people import identity_number
from titles.models import TitleHeld

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("school_a", "second_school_a")]

SEPTEMBER = dt.date(2026, 9, 1)
OCTOBER = dt.date(2026, 10, 1)
D = dt.date


def periods(model, *names, **of):
    """The stored periods in time order: (first day, end, values of fields)."""
    rows = model.objects.filter(**of).order_by("valid")
    return [(row.valid.lower, row.valid.upper, *(_plain(getattr(row, name)) for name in names)) for row in rows]


def _plain(value):
    return str(value) if value is not None and not isinstance(value, (bool, str)) else value


def units_of(name="王小梅"):
    """The units of a person in time order, by name."""
    said = dict(UnitProfile.objects.values_list("unit_id", "name"))
    rows = Employment.objects.filter(teacher__name=name).order_by("valid")
    return [(row.valid.lower, row.valid.upper, said[row.unit_id]) for row in rows]


def stale(batch):
    """(row, column, sentence) of rows that come too late."""
    return [(one["row"], one["column"], one["message"]) for one in summary(batch)["problems"] if one["code"] == "stale"]


@pytest.fixture
def accepted(county_clerk, county_a):
    """`accepted(head, *rows, day=)`: a roster sent by the county's clerk and accepted."""

    def send(head, *rows, day=SEPTEMBER, accept=True):
        return sent(county_clerk, county_a, roster(head, *rows), day=day, accept=accept)

    return send


# units


def test_a_move_holds_from_the_day_and_the_former_unit_stays_in_the_file(accepted):
    accepted([], line(WANG))

    moved = accepted([], line(WANG, unit=OTHER_SCHOOL), day=OCTOBER)

    assert fields(moved) == {("花名册", 2): ("changed", ["unit"])}
    assert units_of() == [(SEPTEMBER, OCTOBER, SCHOOL), (OCTOBER, None, OTHER_SCHOOL)]


def test_another_unit_on_the_first_day_puts_it_right(accepted):
    accepted([], line(WANG))

    accepted([], line(WANG, unit=OTHER_SCHOOL))

    assert units_of() == [(SEPTEMBER, None, OTHER_SCHOOL)]


def test_a_move_before_the_first_day_on_file_is_stale_and_says_since_when(accepted):
    accepted([], line(WANG), line(LI))

    late = accepted([], line(WANG, unit=OTHER_SCHOOL), line(LI), day=D(2025, 9, 1))

    assert counts(late) == {"same": 1, "refused": 1}
    assert [(row, column) for row, column, _message in stale(late)] == [(2, "工作单位")]
    assert "2026-09-01" in stale(late)[0][2]
    assert "2025-09-01" in stale(late)[0][2]
    assert units_of() == [(SEPTEMBER, None, SCHOOL)]


def test_a_move_with_a_day_of_its_own_holds_from_that_day(accepted):
    accepted(["来校时间"], line(WANG, "2015.09"))

    accepted(["来校时间"], line(WANG, "2026-02-01", unit=OTHER_SCHOOL))

    assert units_of() == [(D(2015, 9, 1), D(2026, 2, 1), SCHOOL), (D(2026, 2, 1), None, OTHER_SCHOOL)]


def test_a_move_whose_own_day_was_not_brought_up_to_date_is_stale(accepted):
    accepted(["来校时间"], line(WANG, "2015.09"))

    late = accepted(["来校时间"], line(WANG, "2014.09", unit=OTHER_SCHOOL))

    assert stale(late)


def test_another_post_at_the_same_unit_holds_from_the_sheets_day_and_keeps_the_rest(accepted, county_clerk):
    accepted(["来校时间", "职务", "是否在编"], line(WANG, "2015.09", "教师", "是"))
    with change("personnel.correct_fact", actor=county_clerk, reason="合同"):
        Employment.objects.get().correct(contract="appointment", came_how="recruited")

    changed = accepted(["来校时间", "职务"], line(WANG, "2015.09", "教导主任"), day=OCTOBER)

    assert fields(changed)["花名册", 2] == ("changed", ["post"])
    assert periods(Employment, "post", "in_quota", "contract", "came_how") == [
        (D(2015, 9, 1), OCTOBER, "教师", True, "appointment", "recruited"),
        (OCTOBER, None, "教导主任", True, "appointment", ""),
    ]


def test_a_first_day_that_becomes_known_moves_the_period(accepted):
    accepted([], line(WANG))

    known = accepted(["来校时间"], line(WANG, "2015.09"))

    assert fields(known)["花名册", 2] == ("changed", ["unit_since"])
    assert units_of() == [(D(2015, 9, 1), None, SCHOOL)]
    assert counts(accepted(["来校时间"], line(WANG, "2015-09-01"))) == {"same": 1}


def test_the_period_before_gives_way_to_a_first_day_that_moves(accepted):
    accepted(["来校时间"], line(WANG, "2010.09"))
    accepted(["来校时间"], line(WANG, "2020-09-01", unit=OTHER_SCHOOL))

    accepted(["来校时间"], line(WANG, "2019-02-15", unit=OTHER_SCHOOL))
    assert units_of() == [(D(2010, 9, 1), D(2019, 2, 15), SCHOOL), (D(2019, 2, 15), None, OTHER_SCHOOL)]

    accepted(["来校时间"], line(WANG, "2021-03-15", unit=OTHER_SCHOOL))
    assert units_of() == [(D(2010, 9, 1), D(2021, 3, 15), SCHOOL), (D(2021, 3, 15), None, OTHER_SCHOOL)]

    assert stale(accepted(["来校时间"], line(WANG, "2010-08-01", unit=OTHER_SCHOOL)))


def test_who_left_and_comes_back_has_both_times_on_file(accepted):
    accepted(["来校时间"], line(WANG, "2010.09"))
    _end(Employment, D(2024, 7, 1))

    back = accepted(["来校时间"], line(WANG, "2026-08-20"))

    assert fields(back)["花名册", 2] == ("changed", ["unit"])
    assert units_of() == [(D(2010, 9, 1), D(2024, 7, 1), SCHOOL), (D(2026, 8, 20), None, SCHOOL)]


def test_who_left_and_comes_back_without_a_day_comes_on_the_sheets_day(accepted):
    accepted([], line(WANG), day=D(2020, 9, 1))
    _end(Employment, D(2024, 7, 1))

    accepted([], line(WANG, unit=OTHER_SCHOOL))

    assert units_of() == [(D(2020, 9, 1), D(2024, 7, 1), SCHOOL), (SEPTEMBER, None, OTHER_SCHOOL)]


def test_who_comes_back_before_having_left_is_stale_and_the_others_come_in(accepted):
    accepted(["来校时间"], line(WANG, "2010.09"))
    _end(Employment, D(2024, 7, 1))

    late = accepted(["来校时间"], line(WANG, "2010.09"), line(LI, "2012.09"))

    assert counts(late) == {"new": 1, "refused": 1}
    assert "2024-07-01" in stale(late)[0][2]


def test_a_period_with_an_end_keeps_it_through_a_change(accepted):
    accepted(["职务"], line(WANG, "教师"))
    _end(Employment, D(2027, 7, 1))

    accepted(["职务"], line(WANG, "教导主任"), day=OCTOBER)

    assert periods(Employment, "post") == [(SEPTEMBER, OCTOBER, "教师"), (OCTOBER, D(2027, 7, 1), "教导主任")]


def test_what_is_planned_does_not_hide_what_holds_today(accepted):
    accepted(["任教学科"], line(WANG, "语文"), line(LI, "数学"))
    _end(TeachingAssignment, D(2027, 2, 1), teacher__name="王小梅")
    with change("test.plan", actor=system_actor(TODAY), reason="下学期任课"):
        teacher = Teacher.objects.get(name="王小梅")
        TeachingAssignment.objects.create(teacher=teacher, valid=Range(D(2027, 2, 1), None), subject="english")

    assert counts(accepted(["任教学科"], line(WANG, "语文"), line(LI, "数学"), day=OCTOBER)) == {"same": 2}
    batch = accepted(["任教学科"], line(WANG, "历史"), day=OCTOBER)

    assert counts(batch) == {"changed": 1}
    assert [row[:2] for row in periods(TeachingAssignment, teacher__name="王小梅")] == [
        (SEPTEMBER, OCTOBER), (OCTOBER, D(2027, 2, 1)), (D(2027, 2, 1), None),
    ]  # fmt: skip


def _end(model, day, **of):
    with change("test.end", actor=system_actor(TODAY), reason="test ground"):
        row = model.objects.get(**of)
        row.valid = Range(row.valid.lower, day)
        row.save()


# titles and other facts with a day of their own


def test_a_title_obtained_later_follows_the_one_before(accepted):
    accepted(["职称", "取得时间"], line(WANG, "二级教师", "2010.12"))

    raised = accepted(["职称", "取得时间"], line(WANG, "一级教师", "2018.12"))

    assert fields(raised)["花名册", 2] == ("changed", ["title"])
    assert periods(TitleHeld, "rank", "obtained") == [
        (D(2010, 12, 1), D(2018, 12, 1), "second", "2010-12"),
        (D(2018, 12, 1), None, "first", "2018-12"),
    ]


def test_a_title_without_its_day_holds_from_the_sheets_and_takes_no_day_of_the_one_before(accepted):
    accepted(["职称", "取得时间"], line(WANG, "二级教师", "2010.12"))

    accepted(["职称", "取得时间"], line(WANG, "一级教师", ""))
    assert periods(TitleHeld, "rank", "obtained")[1] == (SEPTEMBER, None, "first", None)

    accepted(["职称", "取得时间"], line(WANG, "一级教师", "2018.12"), day=OCTOBER)
    assert periods(TitleHeld, "rank", "obtained") == [
        (D(2010, 12, 1), D(2018, 12, 1), "second", "2010-12"),
        (D(2018, 12, 1), None, "first", "2018-12"),
    ]


def test_a_title_obtained_earlier_does_not_overwrite_the_later_one(accepted):
    accepted(["民族", "职称", "取得时间"], line(WANG, "汉", "一级教师", "2018.12"))

    late = accepted(["民族", "职称", "取得时间"], line(WANG, "汉", "二级教师", "2010.12"))

    assert [row[1] for row in stale(late)] == ["职称"]
    assert periods(TitleHeld, "rank") == [(D(2018, 12, 1), None, "first")]


def test_no_title_yet_is_no_record_and_takes_none_away(accepted):
    assert counts(accepted(["职称"], line(WANG, "未定级"), line(LI, "二级"))) == {"new": 2}
    assert counts(accepted(["职称"], line(WANG, "无"), line(LI, "未评"))) == {"same": 2}
    assert TitleHeld.objects.count() == 1


def test_another_political_status_takes_no_joining_day_of_the_one_before(accepted):
    accepted(["政治面貌", "入党时间"], line(WANG, "共青团员", "2001.05"))

    accepted(["政治面貌"], line(WANG, "中共党员"), day=OCTOBER)
    accepted(["政治面貌", "入党时间"], line(WANG, "中共党员", "2020.07"), day=D(2026, 11, 1))

    assert periods(PoliticalStatus, "status", "joined") == [
        (SEPTEMBER, OCTOBER, "03", "2001-05"),
        (OCTOBER, None, "01", "2020-07"),
    ]


def test_being_in_post_is_no_record_and_ends_what_was_on_file(accepted):
    accepted(["人员状态", "状态时间"], line(WANG, "在岗", ""), line(LI, "借调", "2024.03"))
    assert periods(PersonStatus, "status") == [(D(2024, 3, 1), None, "on_loan")]

    back = accepted(["人员状态"], line(WANG, "在职"), line(LI, "在岗"), day=OCTOBER)

    assert fields(back) == {("花名册", 2): ("same", []), ("花名册", 3): ("changed", ["status"])}
    assert periods(PersonStatus, "status") == [(D(2024, 3, 1), OCTOBER, "on_loan")]
    assert counts(accepted(["人员状态"], line(WANG, "在岗"), line(LI, "在岗"), day=OCTOBER)) == {"same": 2}


# facts without time


def test_empty_cells_erase_nothing(accepted):
    head = ["籍贯", "学历", "毕业院校", "职称", "任教学科", "联系电话", "电子邮箱", "职务", "政治面貌", "是否在编"]
    accepted(
        head,
        line(WANG, "山西太原", "本科", "山西大学", "一级", "语文", "13835412345", "w@example.cn", "教师", "群众", "是"),
    )
    before = _everything()

    again = accepted(head, line(WANG, *[""] * 5, "无", "/", "—", "暂无", "　"), day=OCTOBER)

    assert (counts(again), _everything()) == ({"same": 1}, before)


def _everything():
    models = (Teacher, Employment, Education, TitleHeld, TeachingAssignment, Contact, PoliticalStatus)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_a_month_agrees_with_the_day_on_file_and_is_kept_as_a_month(accepted):
    head = ["出生年月", "参加工作时间", "从教时间"]
    accepted(head, line(WANG, "1985.07", "2008.07", "2008-08-25"))

    same = accepted(head, line(WANG, "1985-07-13", "2008年7月1日", "200808"))
    other = accepted(head, line(WANG, "1985-07-13", "2008.08", "200808"))

    assert (counts(same), fields(other)["花名册", 2]) == ({"same": 1}, ("changed", ["work_start"]))
    teacher = Teacher.objects.get()
    assert (str(teacher.birth), str(teacher.work_start), str(teacher.teaching_start)) == (
        "1985-07-13",
        "2008-08",
        "2008-08-25",
    )


def test_the_archives_date_of_birth_is_taken_once_it_was_decided_upon(accepted):
    accepted([], line(WANG))
    assert {code for *_place, code in told(accepted(["出生年月"], line(WANG, "1984.11")))} == {"birth_differs_from_id"}
    with change("personnel.decide_birth", actor=system_actor(TODAY), reason="认定", document="组通字〔2026〕1号"):
        decision = BirthDecision(teacher=Teacher.objects.get(), by_archive="1984-11", counts="archive")
        decision.save()

    decided = accepted(["出生年月"], line(WANG, "1984.11"))

    assert (counts(decided), str(Teacher.objects.get().birth)) == ({"same": 1}, "1985-07-13")
    assert counts(accepted(["出生年月"], line(WANG, "1984.10"))) == {"refused": 1}


# the day


def test_a_day_set_by_hand_is_checked_anew_and_holds(accepted, county_clerk, run_jobs):
    accepted([], line(WANG))
    batch = accepted([], line(WANG, unit=OTHER_SCHOOL), day=D(2025, 9, 1), accept=False)
    assert counts(batch) == {"refused": 1}

    set_day(actor=county_clerk, batch=batch, day=OCTOBER)
    run_jobs()
    batch.refresh_from_db()
    assert (batch.state, batch.day, batch.day_set_by_hand, counts(batch)) == ("checked", OCTOBER, True, {"changed": 1})
    apply_batch(batch.pk, county_clerk)

    assert units_of() == [(SEPTEMBER, OCTOBER, SCHOOL), (OCTOBER, None, OTHER_SCHOOL)]


@pytest.mark.parametrize("day", [D(1, 1, 1), D(1900, 1, 1), D(2062, 9, 1), D(9999, 12, 31)])
def test_a_day_that_cannot_be_meant_is_refused(accepted, county_clerk, county_a, day):
    batch = accepted([], line(WANG), accept=False)

    with pytest.raises(NotAllowed, match=day.isoformat()):
        set_day(actor=county_clerk, batch=batch, day=day)
    with pytest.raises(NotAllowed, match=day.isoformat()):
        sent(county_clerk, county_a, roster([], line(WANG)), day=day)


# between the check and the acceptance


def test_who_changed_between_check_and_acceptance_is_stale_and_the_others_come_in(accepted, county_clerk):
    accepted(["籍贯", "职务"], line(WANG, "太原", "教师"), line(LI, "榆林", "教师"), line(CHEN, "晋中", "教师"))
    batch = accepted(
        ["籍贯", "职务"],
        line(WANG, "太谷", "教师"),
        line(LI, "神木", "主任"),
        line(CHEN, "平遥", "教师"),
        day=OCTOBER,
        accept=False,
    )
    with change("personnel.correct_fact", actor=county_clerk, reason="更正"):
        teacher = Teacher.objects.get(name="王小梅")
        teacher.native_place = "山西祁县"
        teacher.save()
        Employment.objects.get(teacher__name="李建国").correct(post="副校长")
        chen = Employment.objects.get(teacher__name="陈雪")
        chen.correct(post="班主任")

    apply_batch(batch.pk, county_clerk)
    batch.refresh_from_db()

    assert counts(batch) == {"changed": 1, "refused": 2}
    assert {row for _sheet, row, _column, code in told(batch) if code == "stale"} == {2, 3}
    assert dict(Teacher.objects.values_list("name", "native_place")) == {
        "王小梅": "山西祁县",
        "李建国": "榆林",
        "陈雪": "平遥",
    }
    assert fields(batch)["花名册", 2] == ("refused", [])


def test_a_person_entered_by_somebody_else_meanwhile_is_stale(accepted, county_clerk):
    batch = accepted([], line(WANG), line(LI), accept=False)
    accepted([], line(WANG))

    apply_batch(batch.pk, county_clerk)
    batch.refresh_from_db()

    assert (counts(batch), Teacher.objects.count()) == ({"new": 1, "refused": 1}, 2)


# identity documents other than the resident card

DOCUMENTS = [
    ("港澳居民来往内地通行证", "h12345678", "GA", "H12345678"),
    ("回乡证", "M 0123456 7(8)", "GA", "M012345678"),
    ("台湾居民来往大陆通行证", 12345678, "8", "12345678"),
    ("护照", "ea1234567", "A", "EA1234567"),
    ("外国人永久居留证", "ＣＡＮ110080101501", "9", "CAN110080101501"),
]


@pytest.mark.parametrize(("kind", "written", "code", "stored"), DOCUMENTS)
def test_other_documents_have_numbers_of_their_own(accepted, kind, written, code, stored):
    head = ["证件类型", "性别", "出生日期"]
    person = ("陈大文", written)

    batch = accepted(head, line(person, kind, "男", "1980-05-01"))

    assert (counts(batch), told(batch)) == ({"new": 1}, set())
    document = IdentityDocument.objects.select_related("teacher").get()
    assert (document.kind, document.number.reveal()) == (code, stored)
    assert (document.teacher.sex, str(document.teacher.birth)) == ("1", "1980-05-01")
    assert counts(accepted(head, line(person, kind, "男", "1980.05"))) == {"same": 1}
    moved = accepted(["籍贯"], line((person[0], stored.lower()), "香港"))
    assert (counts(moved), told(moved)) == ({"changed": 1}, set()), "known on file, so the kind need not be said again"


def test_a_number_of_no_document_is_refused_with_what_to_do(accepted):
    head = ["证件类型"]

    batch = accepted(
        head,
        line(("甲乙", "12"), "护照"),
        line(("丙丁", "H12345678"), ""),
        line(("戊己", "EA1234567"), "居民身份证"),
        line(WANG, "身份证"),
    )

    assert told(batch) == {
        ("花名册", 2, "身份证号", "document_number"),
        ("花名册", 3, "身份证号", "length"),
        ("花名册", 4, "身份证号", "length"),
    }
    assert counts(batch) == {"new": 1, "refused": 3}
    assert all("证件类型" in one["message"] for one in summary(batch)["problems"] if one["code"] == "length")


def test_without_an_identity_card_a_month_is_no_date_of_birth(accepted):
    batch = accepted(["证件类型", "出生日期"], line(("陈大文", "EA1234567"), "护照", "1980.05"))

    assert counts(batch) == {"new": 1}
    assert told(batch, severity="warning") == {("花名册", 2, "出生日期", "birth_needs_day")}
    assert Teacher.objects.get().birth is None
    assert counts(accepted(["证件类型", "出生日期"], line(("陈大文", "EA1234567"), "护照", "1980-05-03"))) == {
        "changed": 1
    }
    assert str(Teacher.objects.get().birth) == "1980-05-03"


def test_a_residence_permit_is_read_as_an_identity_number(accepted):
    permit = identity_number("810000", D(1980, 5, 1), 11)

    batch = accepted(["证件类型", "性别"], line(("陈大文", permit), "港澳居民居住证", "女"))

    assert told(batch) == {("花名册", 2, "性别", "sex_differs_from_id")}


# units


def test_a_school_keeps_what_the_sheet_does_not_say_when_its_name_changes(county_clerk, county_a):
    head = ("学校标识码", "学校名称", "办学类型", "核定编制数")
    sent(county_clerk, county_a, book(学校=[head, ("3140702001", "城关小学", "小学", 40)]), day=SEPTEMBER)
    with change("org.correct", actor=county_clerk, reason="简称"):
        UnitProfile.objects.get(name="城关小学").correct(short_name="城小", stages=["primary"])

    renamed = sent(county_clerk, county_a, book(学校=[head[:2], ("3140702001", "城关实验小学")]), day=OCTOBER)

    assert counts(renamed) == {"changed": 1}
    assert periods(UnitProfile, "name", "short_name", "office_type", "stages", unit__code="3140702001") == [
        (D(1900, 1, 1), OCTOBER, "城关小学", "城小", "211", "['primary']"),
        (OCTOBER, None, "城关实验小学", "城小", "211", "['primary']"),
    ]
    assert periods(ApprovedQuota, "seats") == [(SEPTEMBER, None, "40")]


def test_a_unit_whose_code_and_name_disagree_is_refused(accepted, school_a, second_school_a):
    head = ["单位代码"]

    batch = accepted(
        head, line(WANG, second_school_a.code), line(LI, school_a.code), line(CHEN, school_a.code, unit="老名字中学")
    )

    assert told(batch) == {("花名册", 2, "单位代码", "unit_differs_from_code")}
    assert units_of("陈雪")[0][2] == SCHOOL
