"""Who fills the approved quota, unit by unit."""

from datetime import date

import pytest
from psycopg.types.range import Range

from core.org.models import ApprovedQuota, Unit
from core.records import change
from personnel.home import quota_chart
from personnel.models import Employment, PersonStatus
from personnel.selectors.staffing import Staffing, staffing, summed, with_staffing
from tests.factories.people import make_teacher
from tests.ground.clock import TODAY

pytestmark = pytest.mark.django_db


def told(rows):
    return {row.unit.name: (row.seats, row.people, row.in_quota, row.away, row.free) for row in rows}


@pytest.fixture
def staff(school_a, second_school_a, system):
    """Five people at the first school: in quota, lent, retired, outside the quota, unknown; one at the second; three seats and none."""
    people = [make_teacher(name, school_a) for name in ("在岗", "借出", "退休", "编外", "不明")]
    make_teacher("别校", second_school_a)
    with change("test.fill", actor=system, reason="test ground"):
        PersonStatus.objects.create(teacher=people[1], status="on_loan", valid=Range(date(2026, 9, 1), None))
        PersonStatus.objects.create(teacher=people[2], status="retired", valid=Range(date(2026, 9, 1), None))
        Employment.objects.filter(teacher=people[3]).update(in_quota=False)
        Employment.objects.filter(teacher=people[4]).update(in_quota=None)
        ApprovedQuota.objects.create(unit=school_a, seats=3, valid=Range(date(2020, 1, 1), None))


def test_people_seats_and_who_is_away_are_counted_for_each_unit(county_a, staff, teacher_b):
    assert told(staffing(county_a, TODAY)) == {
        "青石县教育局": (None, 0, 0, 0, None),
        "青石县第一初级中学": (3, 4, 2, 1, 1),
        "青石县实验小学": (None, 1, 1, 0, None),
    }


def test_the_day_decides(school_a, staff):
    assert told(staffing(school_a, date(2026, 8, 31))) == {"青石县第一初级中学": (3, 5, 3, 0, 0)}
    assert told(staffing(school_a, date(2019, 12, 31))) == {"青石县第一初级中学": (None, 5, 3, 0, None)}


def test_the_list_counts_what_the_selector_counts(county_a, staff):
    rows = with_staffing(Unit.objects.under(county_a).named(TODAY), TODAY)

    assert {row.name: (row.people, row.in_quota, row.free) for row in rows} == {
        "青石县教育局": (0, 0, None),
        "青石县第一初级中学": (4, 2, 1),
        "青石县实验小学": (1, 1, None),
    }


def test_free_seats_of_one_unit_do_not_hide_that_another_is_over():
    rows = [
        Staffing(None, 10, 8, 8, 0),
        Staffing(None, 10, 13, 13, 0),
        Staffing(None, None, 5, 4, 0),
        Staffing(None, 5, 5, 5, 0),
    ]

    total = summed(rows)

    assert (total.seats, total.people, total.in_quota) == (25, 31, 30)
    assert (total.free, total.over, total.over_units, total.seatless) == (2, 3, 1, 4)
    assert total.seats - total.in_quota == total.free - total.over - total.seatless


def test_the_chart_shows_units_over_their_quota_before_all_others(school_clerk, school_a):
    rows = [Staffing(school_a, 30, 30 - gap, 30 - gap, 0) for gap in (*range(1, 13), -1, -3, 0)]

    chart = quota_chart(school_clerk, school_a, rows)

    assert chart.aside[1][1][:3] == ["超 3", "超 1", "空 12"]
    assert (len(chart.rows), chart.alarms) == (12, [0, 1])
