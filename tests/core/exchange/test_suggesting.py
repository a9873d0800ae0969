"""What may be meant by a wrong cell: by the number beside it, the code list, the names of units; no guess is called certain."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.translation import override

from core.exchange.content import drafts_of
from core.exchange.models import BatchRow
from core.exchange.suggesting import suggestions, told
from tests.core.exchange.books import LI, WANG, line, roster, sent
from tests.factories.people import make_unit

SCHOOL = "青石县第一初级中学"

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(county_a):
    return make_unit("school", SCHOOL, county_a)


def found(batch, code):
    """(value, certain, words) of each suggestion for the one problem of a code, in Chinese."""
    (pair,) = [
        (draft, problem)
        for draft in drafts_of(BatchRow.objects.filter(batch=batch), batch)
        for problem in draft.problems
        if problem.code == code
    ]
    with override("zh-hans"):
        return [(one.value, one.certain, one.words) for one in suggestions(batch, *pair)]


@pytest.mark.parametrize(
    ("heading", "value", "code", "expected"),
    [
        ("出生日期", "1985-02-30", "not_a_date", [("1985-07-13", True, "身份证号里是 1985-07-13")]),
        ("出生日期", "1984-07-13", "birth_differs_from_id", [("1985-07-13", False, "身份证号里是 1985-07-13")]),
        ("性别", "男", "sex_differs_from_id", [("女", False, "身份证号里是 女")]),
        ("性别", "妇", "unknown_code", [("女", True, "身份证号里是 女")]),
        ("参加工作时间", "2004-02-30", "not_a_date", []),
        ("民族", "汉民族", "unknown_code", [("汉族", False, "是否指“汉族”")]),
        ("民族", "外星人", "unknown_code", []),
        ("任教学科", "语文、数学", "several_codes", [("语文", False, "其中之一：语文"), ("数学", False, "其中之一：数学")]),
        ("联系电话", "13800001234/13900001234", "several_phones",
         [("13800001234", False, "其中之一"), ("13900001234", False, "其中之一")]),
    ],
)  # fmt: skip
def test_by_the_number_and_by_the_lists(county_clerk, county_a, school, heading, value, code, expected):
    batch = sent(county_clerk, county_a, roster([heading], line(WANG, value, unit=SCHOOL)), accept=False)

    assert found(batch, code) == expected


def test_a_wrong_check_digit_and_an_old_number(county_clerk, county_a, school):
    wrong = WANG[1][:-1] + ("1" if WANG[1][-1] != "1" else "2")
    old = LI[1][:6] + LI[1][8:17]
    batch = sent(county_clerk, county_a, roster([], [WANG[0], wrong, SCHOOL], [LI[0], old, SCHOOL]), accept=False)

    assert found(batch, "check_digit") == [(WANG[1], False, f"如前 17 位无误，末位应为 {WANG[1][-1]}")]
    ((value, certain, words),) = found(batch, "fifteen_digits")
    assert (value, certain, words[-1]) == (LI[1], False, LI[1][-1])


def test_letters_that_look_like_digits(county_clerk, county_a, school):
    number = "110105194912310O2X"
    batch = sent(county_clerk, county_a, roster([], ["张三", number, SCHOOL]), accept=False)

    ((value, certain, _words),) = found(batch, "characters")

    assert (value, certain) == ("11010519491231002X", False)


def test_a_unit_like_one_of_the_senders_and_none_of_anothers(county_clerk, county_a, county_b, school):
    make_unit("school", "青石县第一初级中学分校", county_b)
    batch = sent(
        county_clerk, county_a, roster([], line(WANG, unit="青石县第一初级中"), line(LI, unit="红旗小学")), accept=False
    )

    values = {
        problem.value: [one.value for one in suggestions(batch, draft, problem)]
        for draft in drafts_of(BatchRow.objects.filter(batch=batch), batch)
        for problem in draft.problems
    }

    assert values == {"青石县第一初级中": [SCHOOL], "红旗小学": []}


def test_nothing_is_said_by_a_number_that_is_wrong_itself(county_clerk, county_a, school):
    wrong = WANG[1][:-1] + ("1" if WANG[1][-1] != "1" else "2")
    batch = sent(county_clerk, county_a, roster(["出生日期"], [WANG[0], wrong, SCHOOL, "1985-02-30"]), accept=False)

    assert found(batch, "not_a_date") == []


def test_the_page_says_it_without_the_number(login, county_clerk, county_a, school):
    wrong = WANG[1][:-1] + ("1" if WANG[1][-1] != "1" else "2")
    batch = sent(county_clerk, county_a, roster([], [WANG[0], wrong, SCHOOL]), accept=False)

    page = login(county_clerk).get(reverse("batch", args=[batch.public_id])).content.decode()

    assert f"建议：如前 17 位无误，末位应为 {WANG[1][-1]}" in page
    assert WANG[1][:17] not in page
    (draft,) = drafts_of(BatchRow.objects.filter(batch=batch), batch)
    with override("zh-hans"):
        assert WANG[1] in told(suggestions(batch, draft, draft.problems[0]))
