"""The rotation of a year: who was due, who rotated, whether the shares are reached."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from psycopg.types.range import Range

from core.records import change
from core.rules import Finding
from personnel.models import Employment
from personnel.rules import RotationRules, shares_of
from personnel.selectors.rotations import rotation_year
from tests.factories.people import make_teacher, make_unit
from tests.personnel.moving import FEBRUARY, decided, desks_of

pytestmark = pytest.mark.django_db
RULES = RotationRules(
    reference="", mark="", due_years=6, percent=10, key_percent=20, due_month=9, families=("professional",)
)


@pytest.mark.parametrize(
    ("due", "rotated", "key", "met"),
    [
        (40, 4, 1, (True, True)), (41, 4, 1, (False, True)), (41, 5, 1, (True, True)), (40, 4, 0, (True, False)),
        (40, 6, 1, (True, False)), (0, 0, 0, (True, True)),
    ],
)  # fmt: skip
def test_shares_are_reached_without_rounding(due, rotated, key, met):
    found = shares_of(frozenset(range(due)), frozenset(range(rotated)), frozenset(range(key)), RULES)

    assert tuple(one.met for one in found.findings) == met
    assert (found.due, found.rotated_due, found.rotated, found.key) == (due, rotated, rotated, key)
    assert all(isinstance(one, Finding) for one in found.findings)


def test_who_is_due_by_six_years_at_one_school(county_clerk, county_a, school_a, second_school_a):
    stays = {
        "满六年": date(2021, 9, 1), "差一天": date(2021, 9, 2), "老教师": date(1999, 7, 1),
    }  # fmt: skip
    people = {name: make_teacher(name, school_a, since=since) for name, since in stays.items()}
    moved = make_teacher("调来的", second_school_a, since=date(2010, 9, 1), until=date(2023, 9, 1))
    divided = make_teacher("分段的", school_a, since=date(2015, 9, 1))
    with change("test.stay", actor=county_clerk, reason="任职"):
        Employment.objects.create(teacher=moved, unit=school_a, valid=Range(date(2023, 9, 1), None))
        Employment.objects.get(teacher=divided).supersede(on=date(2024, 1, 1), contract="appointment")
    make_teacher("工勤", school_a, since=date(2000, 1, 1), post_family="worker")

    found = rotation_year(county_clerk, county_a, 2027)

    assert {one.teacher.name for one in found.people} == {"满六年", "老教师", "分段的"}
    assert next(one.since for one in found.people if one.teacher == divided) == date(2015, 9, 1)
    assert found.shares.due == 3
    assert people["差一天"] not in [one.teacher for one in found.people]


def test_a_decided_rotation_counts_for_the_year_of_its_first_day(county_clerk, county_a, school_a, second_school_a):
    desks = desks_of(school_a, second_school_a, county_a)
    first, second, lent = (make_teacher(name, school_a, since=date(2015, 9, 1)) for name in ("甲", "乙", "丙"))
    decided(desks, first, second_school_a, kind="rotation", employment=True, ground="rotation", key_teacher=True)
    decided(desks, second, second_school_a, kind="rotation", ends=date(2028, 2, 1), ground="rotation")
    decided(desks, lent, second_school_a, kind="loan", ends=date(2028, 2, 1))

    found = rotation_year(county_clerk, county_a, FEBRUARY.year)

    assert (found.shares.due, found.shares.rotated_due, found.shares.rotated, found.shares.key) == (3, 2, 2, 1)
    assert {one.teacher.name for one in found.people if one.rotated} == {"甲", "乙"}
    assert rotation_year(county_clerk, county_a, 2026).shares.rotated == 0
    assert rotation_year(county_clerk, county_a, 2013).shares is None


def test_the_page_tells_the_shares_and_at_one_school_the_names(
    county_clerk, county_a, school_a, second_school_a, login
):
    desks = desks_of(school_a, second_school_a, county_a)
    one = make_teacher("甲老师", school_a, since=date(2015, 9, 1))
    make_teacher("乙老师", second_school_a, since=date(2015, 9, 1))
    decided(desks, one, second_school_a, kind="rotation", employment=True, ground="rotation")
    client = login(county_clerk)

    whole = client.get(reverse("rotations"), {"year": "2027"}).content.decode()
    school = client.get(reverse("rotations"), {"year": "2027", "under": str(school_a.public_id)}).content.decode()

    assert "2人中1人，50.0 %" in whole
    assert "教师〔2014〕4号" in whole
    assert "甲老师" not in whole
    assert "甲老师" in school
    assert "乙老师" not in school


def test_a_county_of_many_schools_costs_no_query_per_school(county_clerk, county_a, school_a, login):
    client = login(county_clerk)

    def asked():
        client.get(reverse("rotations"))
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("rotations"))
        return len(found)

    make_teacher("甲", school_a, since=date(2010, 9, 1))
    make_teacher("甲二", make_unit("school", "一小", county_a), since=date(2010, 9, 1))
    few = asked()
    for number in range(5):
        make_teacher("乙", make_unit("school", f"第{number}小学", county_a), since=date(2010, 9, 1))

    assert asked() == few
