"""Who retires when: on the page of a person, and in a county's months, set-wise."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from psycopg.types.range import Range

from core.dates import PartialDate
from core.org.actor import system_actor
from core.records.changes import change
from personnel.models import BirthDecision, RetirementCategory
from personnel.selectors.retirement import retirements
from tests.factories.people import make_teacher
from tests.ground.clock import TODAY
from tests.personnel.files import set_status

pytestmark = pytest.mark.django_db


def born(name, unit, birth, sex="1", family="professional", **more):
    return make_teacher(name, unit, birth=birth, sex=sex, post_family=family, **more)


def decide(teacher, **more):
    with change("personnel.add_fact", actor=system_actor(TODAY), reason="test ground"):
        if "category" in more:
            RetirementCategory.objects.create(
                teacher=teacher, valid=Range(date(2025, 1, 1), None), document="组〔2025〕1号", **more
            )
        else:
            BirthDecision.objects.create(teacher=teacher, counts="archive", document="组〔2025〕2号", **more)


def told(actor, first, last, **more):
    found = retirements(actor, from_month=date(first, 1, 1), to_month=date(last, 1, 1), **more)
    return [(one.teacher.name, f"{one.plan.month:%Y-%m}", one.decided) for one in found]


def test_a_county_is_told_month_by_month_with_what_was_decided(school_a, second_school_a, school_b, county_clerk):
    born("男", school_a, date(1967, 5, 12))
    born("女专技", second_school_a, date(1974, 10, 8), sex="2")
    born("女工", school_a, date(1977, 1, 3), sex="2", family="worker")
    decide(born("女高级", school_a, date(1972, 1, 5), sex="2"), category="f60", basis="senior_title")
    decide(born("档案认定", school_a, date(1968, 5, 1)), by_archive=PartialDate(1967, 5))
    born("邻县", school_b, date(1967, 5, 12))
    born("不知性别", school_a, date(1967, 5, 12), sex="")
    set_status(born("已退休", school_a, date(1967, 5, 12)), "retired")

    assert told(county_clerk, 2028, 2029) == [
        ("男", "2028-01", False),
        ("档案认定", "2028-01", False),
        ("女工", "2028-02", False),
    ]
    assert told(county_clerk, 2031, 2032) == [("女专技", "2031-01", False)]
    assert told(county_clerk, 2033, 2034) == [("女高级", "2033-11", True)]
    assert told(county_clerk, 2028, 2029, unit=second_school_a) == []


def test_it_asks_as_much_for_many_as_for_few(school_a, county_clerk):
    def asked():
        with CaptureQueriesContext(connection) as found:
            retirements(county_clerk, from_month=date(2026, 1, 1), to_month=date(2060, 1, 1))
        return len(found)

    born("甲", school_a, date(1980, 1, 1))
    few = asked()
    for number in range(20):
        born(f"乙{number}", school_a, date(1975, 1, 1 + number), sex="12"[number % 2])
    assert max(asked(), few) <= 6


def test_the_page_of_a_person_says_when_and_how_it_is_reckoned(school_a, county_clerk, login):
    teacher = born("张伟", school_a, date(1970, 8, 31))
    page = login(county_clerk).get(reverse("teacher", args=[teacher.public_id])).content.decode()
    for words in (
        "预计退休时间",
        "2032-01-31",
        "61周岁5个月",
        "弹性区间2030-08至2035-01",
        "198个月",
        "延迟17个月",
        "渐进式延迟法定退休年龄",
    ):
        assert words in page, words
    set_status(teacher, "retired")
    assert "预计退休时间" not in login(county_clerk).get(reverse("teacher", args=[teacher.public_id])).content.decode()


def test_a_decided_category_counts_and_is_named(school_a, county_clerk, login):
    teacher = born("李梅", school_a, date(1970, 8, 1), sex="2")
    client, url = login(county_clerk), reverse("teacher", args=[teacher.public_id])
    assert "2025-10-01" in client.get(url).content.decode()  # 55 and 2 months
    decide(teacher, category="f60", basis="senior_title")
    page = client.get(url).content.decode()
    assert "2032-01-01" in page
    assert "女(按60周岁一档)（已认定）" in page
