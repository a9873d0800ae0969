"""Several sheets in one workbook: a roster with sheets that say more of the same people."""

import datetime as dt

import pytest

from core.exchange.report import summary
from personnel.models import Contact, Education, Employment, Teacher
from tests.core.exchange.books import (
    CHEN,
    HEAD,
    LI,
    OTHER_SCHOOL,
    SCHOOL,
    WANG,
    book,
    counts,
    fields,
    line,
    sent,
    told,
)  # fmt: skip
from titles.models import TitleHeld

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("school_a", "second_school_a")]

ROSTER = [
    (*HEAD, "性别", "民族", "参加工作时间"),
    [*line(WANG), "女", "汉族", "2008.07"],
    [*line(LI), "男", "回", "2001.08"],
]
STUDIES = [
    ("姓名", "身份证号", "工作单位", "学历", "毕业院校", "毕业时间"),
    (*WANG, SCHOOL, "大专", "忻州师范学院", "2006.07"),
    (*WANG, SCHOOL, "本科", "山西大学", "2010.07"),
    (*WANG, SCHOOL, "硕士研究生", "陕西师范大学", "2015.07"),
    (*LI, SCHOOL, "本科", "山西师范大学", "2001.07"),
]
TITLES = [("姓名", "身份证号", "职称", "取得时间"), (*WANG, "一级教师", "2018.12"), (*LI, "高级教师", "2019.12")]
CONTACTS = [
    ("姓名", "身份证号码", "手机号码", "电子邮箱"),
    (*WANG, "13835412345", "wang@example.cn"),
    (*LI, 13935412345, ""),
]


def levels(name):
    return sorted(Education.objects.filter(teacher__name=name).values_list("level", "school"))


def test_a_roster_and_its_section_sheets_make_whole_files(county_clerk, county_a):
    batch = sent(county_clerk, county_a, book(学历=STUDIES, 职称=TITLES, 花名册=ROSTER, 通讯录=CONTACTS))

    assert (counts(batch), told(batch)) == ({"new": 10}, set())
    assert set(Teacher.objects.values_list("name", flat=True)) == {"王小梅", "李建国"}
    assert levels("王小梅") == [("14", "陕西师范大学"), ("21", "山西大学"), ("31", "忻州师范学院")]
    assert levels("李建国") == [("21", "山西师范大学")]
    assert {(held.teacher.name, held.rank, str(held.obtained)) for held in TitleHeld.objects.all()} == {
        ("王小梅", "first", "2018-12"),
        ("李建国", "senior", "2019-12"),
    }
    assert {contact.phone.reveal() for contact in Contact.objects.all()} == {"13835412345", "13935412345"}
    assert Employment.objects.count() == 2


def test_the_sheets_are_read_in_any_order_and_told_by_their_names(county_clerk, county_a):
    batch = sent(county_clerk, county_a, book(通讯录=CONTACTS, 说明=[["各校注意"]], 学历=STUDIES, 花名册=ROSTER))

    told_sheets = {sheet["name"]: (sheet["kind"], sheet.get("why", "")) for sheet in summary(batch)["sheets"]}
    assert told_sheets == {
        "花名册": ("teachers", ""), "学历": ("teachers", ""), "通讯录": ("teachers", ""), "说明": ("", "no_kind"),
    }  # fmt: skip
    assert {place[0] for place in fields(batch)} == {"花名册", "学历", "通讯录"}


def test_the_same_sheets_again_say_nothing_new(county_clerk, county_a):
    content = book(学历=STUDIES, 职称=TITLES, 花名册=ROSTER, 通讯录=CONTACTS)
    sent(county_clerk, county_a, content)

    again = sent(county_clerk, county_a, book(花名册=ROSTER, 学历=STUDIES, 职称=TITLES, 通讯录=CONTACTS))

    assert (counts(again), told(again)) == ({"same": 10}, set())


def test_more_is_said_of_a_new_person_where_both_sheets_speak_of_one_record(county_clerk, county_a):
    first = [(*HEAD, "学历", "职称"), [*line(WANG), "本科", "一级教师"]]
    more = [("姓名", "身份证号", "学历", "毕业院校", "毕业时间"), (*WANG, "大学本科", "山西大学", "2010.07")]
    ranks = [("姓名", "身份证号", "职称", "取得时间"), (*WANG, "一级", "2018.12")]

    batch = sent(county_clerk, county_a, book(花名册=first, 学历=more, 职称=ranks), day=dt.date(2026, 9, 1))

    assert (counts(batch), told(batch)) == ({"new": 3}, set())
    study = Education.objects.get()
    assert (study.level, study.school, str(study.ends)) == ("21", "山西大学", "2010-07")
    title = TitleHeld.objects.get()
    assert (title.rank, str(title.obtained), title.valid.lower) == ("first", "2018-12", dt.date(2018, 12, 1))


def test_two_sheets_change_one_record_of_a_person_on_file(county_clerk, county_a):
    sent(county_clerk, county_a, book(花名册=[(*HEAD, "学历"), [*line(WANG), "本科"]]))
    first = [(*HEAD, "学历", "毕业院校"), [*line(WANG), "本科", "山西大学"]]
    more = [("姓名", "身份证号", "学历", "毕业时间"), (*WANG, "本科", "2010.07")]

    batch = sent(county_clerk, county_a, book(花名册=first, 学历=more))

    assert (counts(batch), told(batch)) == ({"changed": 2}, set())
    study = Education.objects.get()
    assert (study.school, str(study.ends)) == ("山西大学", "2010-07")


HISTORY = [
    ("姓名", "身份证号", "工作单位", "职称", "取得时间"),
    (*WANG, SCHOOL, "一级教师", "2018.12"),
    (*WANG, SCHOOL, "三级教师", "2008.09"),
    (*WANG, SCHOOL, "二级教师", "2012.12"),
    (*LI, SCHOOL, "二级教师", "2006.12"),
    (*LI, SCHOOL, "高级教师", "2019.12"),
]
ALL_TITLES = {
    "王小梅": [("third", "2008-09", "2012-12-01"), ("second", "2012-12", "2018-12-01"), ("first", "2018-12", "")],
    "李建国": [("second", "2006-12", "2019-12-01"), ("senior", "2019-12", "")],
}


def titles_held():
    """All titles of each person in time order: rank, when obtained, until which day."""
    found = {}
    for held in TitleHeld.objects.select_related("teacher").order_by("valid"):
        found.setdefault(held.teacher.name, []).append((held.rank, str(held.obtained), str(held.valid.upper or "")))
    return found


@pytest.mark.parametrize("sheets", [("花名册", "职称"), ("职称", "花名册")])
def test_a_sheet_of_titles_tells_all_that_people_ever_held_in_any_order(county_clerk, county_a, sheets):
    with_title = [(*HEAD, "职称", "取得时间"), [*line(WANG), "一级教师", "2018.12"], [*line(LI), "高级", "2019.12"]]
    rows = {"花名册": with_title, "职称": HISTORY}
    content = book(**{name: rows[name] for name in sheets})

    batch = sent(county_clerk, county_a, content)

    assert (counts(batch), told(batch)) == ({"new": 7}, set())
    assert titles_held() == ALL_TITLES
    assert counts(sent(county_clerk, county_a, book(职称=HISTORY, 花名册=with_title))) == {"same": 7}


def test_a_sheet_of_titles_fills_the_file_of_people_who_are_on_it(county_clerk, county_a):
    present = [(*HEAD, "职称"), [*line(WANG), "一级教师"], [*line(LI), "二级"]]
    sent(county_clerk, county_a, book(花名册=present), day=dt.date(2026, 9, 1))

    batch = sent(county_clerk, county_a, book(职称=HISTORY))

    assert (counts(batch), told(batch)) == ({"changed": 5}, set())
    assert titles_held() == ALL_TITLES
    assert counts(sent(county_clerk, county_a, book(职称=HISTORY))) == {"same": 5}


def test_a_section_sheet_alone_adds_to_people_on_file_and_enters_nobody(county_clerk, county_a):
    sent(county_clerk, county_a, book(花名册=ROSTER))

    batch = sent(county_clerk, county_a, book(学历=[*STUDIES, (*CHEN, "", "本科", "山西大学", "2012.07")]))

    assert counts(batch) == {"changed": 4, "refused": 1}
    assert told(batch) == {("学历", 6, "工作单位", "missing")}
    assert len(levels("王小梅")) == 3


def test_what_a_refused_row_should_have_entered_is_refused_after_it_and_names_it(county_clerk, county_a):
    wrong = [*ROSTER, [*line(CHEN), "男", "汉族", "2014.09"]]

    batch = sent(county_clerk, county_a, book(通讯录=[*CONTACTS, (*CHEN, "13700001111", "")], 花名册=wrong))

    assert told(batch) == {
        ("花名册", 4, "性别", "sex_differs_from_id"),
        ("通讯录", 4, "身份证号码", "earlier_row_refused"),
    }
    assert counts(batch) == {"new": 4, "refused": 2}


def test_a_later_problem_of_the_opening_row_keeps_out_what_builds_on_it(county_clerk, county_a):
    opening = [(*HEAD, "性别", "电子邮箱", "籍贯"), [*line(WANG), "女", "no address", "太原"]]

    batch = sent(county_clerk, county_a, book(花名册=opening, 职称=[("姓名", "身份证号", "职称"), (*WANG, "一级")]))

    assert told(batch) == {("花名册", 2, "电子邮箱", "not_an_email"), ("职称", 2, "身份证号", "earlier_row_refused")}
    assert Teacher.objects.count() == 0


def test_one_person_in_two_rosters_is_a_duplicate_and_its_first_row_counts(county_clerk, county_a):
    second = [
        ROSTER[0],
        [*line(WANG, unit=OTHER_SCHOOL), "女", "汉族", "2008.07"],
        [*line(CHEN), "女", "汉族", "2014.09"],
    ]

    batch = sent(county_clerk, county_a, book(一中=ROSTER, 小学=second))

    assert told(batch) == {("小学", 2, "身份证号", "duplicate_in_file")}
    assert counts(batch) == {"new": 3, "refused": 1}
    assert (
        Employment.objects.get(teacher__name="王小梅").unit.code
        == Employment.objects.get(teacher__name="李建国").unit.code
    )


def test_sheets_that_contradict_each_other_are_refused_at_the_column(county_clerk, county_a):
    ranks = [("姓名", "身份证号", "职称"), (*WANG, "一级教师"), (*LI, "二级教师")]
    with_title = [(*HEAD, "性别", "民族", "职称"), [*line(WANG), "女", "汉", "一级"], [*line(LI), "男", "汉", "高级"]]

    batch = sent(county_clerk, county_a, book(花名册=with_title, 职称=ranks))

    assert told(batch) == {("职称", 3, "职称", "contradicts_row")}
    message = next(one["message"] for one in summary(batch)["problems"] if one["code"] == "contradicts_row")
    assert "花名册" in message
    assert "3" in message
    assert TitleHeld.objects.get(teacher__name="李建国").rank == "senior"


def test_another_unit_in_another_sheet_is_a_contradiction(county_clerk, county_a):
    elsewhere = [("姓名", "身份证号", "工作单位", "手机号码"), (*WANG, OTHER_SCHOOL, "13835412345")]

    batch = sent(county_clerk, county_a, book(花名册=ROSTER, 通讯录=elsewhere))

    assert told(batch) == {("通讯录", 2, "工作单位", "contradicts_row")}


def test_the_same_course_twice_is_a_duplicate_and_another_of_that_level_is_not(county_clerk, county_a):
    studies = [*STUDIES, (*LI, SCHOOL, "本科", "山西师范大学", "2001.07"), (*LI, SCHOOL, "本科", "山西大学", "2009.07")]

    batch = sent(county_clerk, county_a, book(花名册=ROSTER, 学历=studies))

    assert told(batch) == {("学历", 6, "身份证号", "duplicate_in_file")}
    assert levels("李建国") == [("21", "山西大学"), ("21", "山西师范大学")]
    again = sent(county_clerk, county_a, book(学历=studies))
    assert counts(again) == {"same": 5, "refused": 1}


@pytest.mark.parametrize(
    ("second", "column"),
    [((*WANG, OTHER_SCHOOL), "工作单位"), (("王晓梅", WANG[1], SCHOOL), "姓名")],
    ids=["another unit", "another name"],
)
def test_of_two_rows_that_place_or_name_a_person_differently_the_first_counts(
    county_clerk, county_a, school_a, second, column
):
    content = book(花名册=[(*HEAD, "学历"), (*WANG, SCHOOL, "本科"), (*second, "大专"), (*WANG, SCHOOL, "中师")])

    batch = sent(county_clerk, county_a, content)

    assert (counts(batch), told(batch)) == ({"new": 2, "refused": 1}, {("花名册", 3, column, "contradicts_row")})
    assert Teacher.objects.get().name == "王小梅"
    assert Employment.objects.get().unit == school_a
    assert levels("王小梅") == [("21", ""), ("41", "")]
    assert counts(sent(county_clerk, county_a, content)) == {"same": 2, "refused": 1}


def test_the_sheet_that_enters_people_is_read_first_even_where_another_says_more(county_clerk, county_a):
    basic = [(*HEAD, "性别"), [*line(WANG), "女"], [*line(LI), "男"]]
    studies = [
        ("姓名", "身份证号", "学历", "学位", "毕业院校", "毕业时间"),
        (*WANG, "大专", "", "忻州师范学院", "2006.07"),
        (*WANG, "本科", "学士", "山西大学", "2010.07"),
        (*LI, "本科", "学士", "山西师范大学", "2001.07"),
    ]

    batch = sent(county_clerk, county_a, book(学历=studies, 基本信息=basic))

    assert (counts(batch), told(batch)) == ({"new": 5}, set())
    assert levels("王小梅") == [("21", "山西大学"), ("31", "忻州师范学院")]


def test_a_workbook_of_units_and_people_says_which_sheet_it_left(county_clerk, county_a):
    units = [("学校标识码", "学校名称", "在校学生数"), ("3140702001", "新小学", 300)]

    batch = sent(county_clerk, county_a, book(学校=units, 花名册=ROSTER))

    assert (batch.kind, counts(batch)) == ("teachers", {"new": 2})
    assert {sheet["name"]: sheet.get("why", "") for sheet in summary(batch)["sheets"]} == {
        "花名册": "",
        "学校": "other_kind",
    }


def test_many_rows_of_one_person_cost_a_few_queries_each_and_no_recursion(county_clerk, county_a):
    sent(county_clerk, county_a, book(花名册=ROSTER))
    head = ("姓名", "身份证号", "学历", "毕业院校", "毕业时间")
    rows = [(*WANG, "本科", f"第{number}大学", f"{1960 + number}.07") for number in range(60)]

    batch = sent(county_clerk, county_a, book(学历=[head, *rows]))

    assert (counts(batch), len(levels("王小梅"))) == ({"changed": 60}, 60)
