"""Second sheets as counties send them: short headings below a title, the teacher's name beside the relative's, rows that contradict."""

from __future__ import annotations

from datetime import date

import pytest

from core.exchange.messages import message
from core.exchange.report import summary
from personnel.models import Achievement, Employment, FamilyMember, PartyPost, WorkExperience
from tests.core.exchange.books import LI, SCHOOL, WANG, book, counts, line, roster, sent, told
from tests.factories.people import make_teacher

pytestmark = pytest.mark.django_db
KEY = ["姓名", "身份证号"]


@pytest.fixture
def wang(school_a):
    return make_teacher(WANG[0], school_a, since=date(2010, 9, 1), identity_number=WANG[1], birth=date(1985, 7, 13))


@pytest.fixture
def post(county_clerk, county_a, wang):
    return lambda content, **options: sent(county_clerk, county_a, content, **options)


def words(rows, *names):
    return [tuple(map(str, values)) for values in rows.values_list(*names)]


def test_a_family_sheet_by_its_name_keeps_the_teachers_name_apart(post, wang):
    batch = post(
        book(
            家庭成员=[
                [*KEY, "称谓", "成员姓名", "出生年月", "政治面貌", "工作单位及职务"],
                [*WANG, "父亲", "王大山", "1912.3", "中共党员", "青石县农机厂退休"],
                [*WANG, "女儿", "陈小雨", "2012-05", "", "青石县实验小学学生"],
            ]
        )
    )
    assert (counts(batch), told(batch)) == ({"changed": 2}, set())
    assert sorted(words(FamilyMember.objects.all(), "name", "relation", "birth", "political_status")) == [
        ("王大山", "51", "1912-03", "01"), ("陈小雨", "3", "2012-05", ""),
    ]  # fmt: skip
    wang.refresh_from_db()
    assert (wang.name, wang.birth) == (WANG[0], date(1985, 7, 13))


def test_a_roster_with_a_family_heading_reads_the_first_member_and_tells_the_other(post, wang):
    upper = [*KEY, "民族", "家庭成员", "家庭成员", "家庭成员", "家庭成员"]
    lower = ["", "", "", "称谓", "姓名", "称谓", "姓名"]
    batch = post(book(花名册=[upper, lower, [*WANG, "汉族", "母亲", "李秀兰", "父亲", "王大山"]]))

    assert told(batch) == set()
    assert list(FamilyMember.objects.values_list("relation", "name")) == [("52", "李秀兰")]
    assert len(summary(batch)["sheets"][0]["unmapped"]) == 2


def test_a_sheet_of_work_before_does_not_move_anybody(post, wang):
    batch = post(
        book(
            Sheet1=[
                ["教职工工作简历表"],
                [*KEY, "起始时间", "终止时间", "工作单位", "职务", "是否从教"],
                [*WANG, "2006.7", "2008.8", "白河县第二中学", "教师", "是"],
                [*WANG, "2008.9", "至今", "外省某中学", "教研组长", "是"],
            ]
        )
    )
    assert (counts(batch), told(batch)) == ({"changed": 2}, set())
    assert words(WorkExperience.objects.order_by("starts"), "starts", "ends", "workplace", "post") == [
        ("2006-07", "2008-08", "白河县第二中学", "教师"), ("2008-09", "None", "外省某中学", "教研组长"),
    ]  # fmt: skip
    assert Employment.objects.count() == 1


def test_a_row_that_lacks_what_a_record_needs_is_refused(post, wang):
    batch = post(book(工作经历=[[*KEY, "工作单位", "职务"], [*WANG, "白河县第二中学", "教师"]]))
    assert {code for *_where, code in told(batch)} == {"missing"}


@pytest.mark.parametrize(("in_quota", "form"), [("否", "事业编制"), ("是", "人事代理")])
def test_what_the_page_refuses_a_workbook_may_not_say(post, wang, county_clerk, county_a, in_quota, form):
    from django.utils.translation import override

    from core.codes.selectors import entries
    from tests.ground.clock import TODAY

    words = {one.code: one.name_zh for one in entries("employment_form", TODAY, None)}
    said = words["in_quota"] if in_quota == "否" else next(word for code, word in words.items() if code != "in_quota")
    known = post(roster(["是否在编", "用人形式"], line(WANG, in_quota, said)))
    new = post(roster(["是否在编", "用人形式"], line(LI, in_quota, said)))

    for batch in (known, new):
        assert {(column, code) for _sheet, _row, column, code in told(batch)} == {("用人形式", "contradiction")}
    with override("zh-hans"):
        (problem,) = summary(new)["problems"]
        assert "在编" in problem["message"]
    assert message


def test_what_was_contradictory_on_file_before_is_not_held_against_a_row(post, wang, county_clerk):
    from core.records.changes import change

    with change("test.break", actor=county_clerk, reason="test"):
        Employment.objects.get().correct(in_quota=False, form="in_quota")
    batch = post(roster(["职务"], line(WANG, "教师")))
    assert (counts(batch), told(batch)) == ({"changed": 1}, set())


def test_the_first_day_at_a_unit_says_nothing_new_after_the_post_changed(post, wang):
    sheet = roster(["来校时间", "职务"], line(WANG, "2010.9", "教导主任", unit=SCHOOL))
    assert counts(post(sheet)) == {"changed": 1}
    assert Employment.objects.count() == 2

    assert counts(post(sheet)) == {"same": 1}


def test_several_party_posts_hold_at_once_each_with_its_periods(post, wang):
    sheet = book(
        党内职务=[
            [*KEY, "组织名称", "职务", "任职时间"],
            [*WANG, "一中党支部", "书记", "2018-09"],
            [*WANG, "民盟青石县委", "委员", "2020-01"],
        ]
    )
    assert counts(post(sheet)) == {"changed": 2}
    assert counts(post(sheet)) == {"same": 2}
    post(book(党内职务=[[*KEY, "组织名称", "职务", "任职时间"], [*WANG, "一中党总支", "书记", "2022-03"]]))
    held = [(one.post, one.organisation, one.valid.lower, one.valid.upper) for one in PartyPost.objects.order_by("id")]
    assert sorted(held) == [
        ("书记", "一中党总支", date(2022, 3, 1), None),
        ("书记", "一中党支部", date(2018, 9, 1), date(2022, 3, 1)),
        ("委员", "民盟青石县委", date(2020, 1, 1), None),
    ]


def test_the_same_prize_of_another_year_is_another_one(post, wang):
    head = [*KEY, "荣誉称号", "级别", "获奖时间"]
    post(book(获奖情况=[head, [*WANG, "优秀教师", "县级", "2018"], [*WANG, "优秀教师", "县级", "2020"]]))
    again = post(book(获奖情况=[head, [*WANG, "优秀教师", "县级", "2018-09"], [*WANG, "优秀教师", "市级", "2021"]]))
    assert counts(again) == {"same": 1, "changed": 1}
    assert Achievement.objects.count() == 3
