"""Two files merged while others work on them: one merge is done, the others are told, no edit is lost."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection, transaction

from core.exchange.applying import take_turn
from core.org.errors import NotAllowed
from core.records.changes import change
from personnel import services
from personnel.models import Education, Teacher
from personnel.services.merging import HERE, plan_merge
from tests.factories.people import make_teacher
from tests.personnel.test_facts_at_once import MANY, at_once
from titles.models import TitleHeld

pytestmark = pytest.mark.usefixtures("committed_db")

WHY = {"reason": "重复建档", "reason_code": "opened_twice"}


@pytest.fixture
def goes(school_a, county_clerk):
    teacher = make_teacher("林婉清", school_a)
    with change("personnel.add_fact", actor=county_clerk, reason="补录"):
        Education.objects.create(teacher=teacher, level="21", school="师范大学")
    return teacher


def merge(actor, stays, goes, **more):
    chosen = dict.fromkeys(plan_merge(stays, goes).questions, HERE)
    return services.merge_files(actor=actor, stays=stays, goes=goes, chosen=chosen, **WHY, **more)


def test_of_many_merges_of_one_file_one_is_done_and_the_others_are_told(county_clerk, school_a, goes):
    others = [make_teacher("林婉清", school_a) for _ in range(MANY)]

    got = at_once(lambda number: merge(county_clerk, others[number], Teacher.objects.get(pk=goes.pk)))

    assert sum(not isinstance(one, Exception) for one in got) == 1
    goes.refresh_from_db()
    (school,) = Education.objects.all()
    assert school.teacher == goes.merged_into


def test_an_edit_or_a_new_record_at_the_same_moment_is_not_lost(county_clerk, school_a, goes):
    stays = make_teacher("林婉清", school_a)
    school = Education.objects.select_related("teacher").get(teacher=goes)

    def work(number):
        if number == 0:
            return merge(county_clerk, stays, goes)
        if number == 1:
            return services.correct_fact(
                actor=county_clerk, record=school, values={"school": "长治学院"}, reason="更正"
            )
        period = {"since": date(2000 + number, 1, 1), "until": date(2001 + number, 1, 1)}
        values = {"rank": "second"}
        return services.add_fact(
            actor=county_clerk, teacher=goes, model=TitleHeld, values=values, reason="补录", **period
        )

    got = at_once(work)

    goes.refresh_from_db()
    owner = goes.merged_into or goes
    written = sum(not isinstance(one, Exception) for one in got[2:])
    assert TitleHeld.objects.filter(teacher=owner).count() == TitleHeld.objects.count() == written
    kept = Education.objects.get()
    assert kept.teacher == owner
    assert kept.school == ("长治学院" if not isinstance(got[1], Exception) else "师范大学")


def test_nothing_is_merged_while_a_workbook_is_written(county_clerk, school_a, goes):
    stays = make_teacher("林婉清", school_a)
    with transaction.atomic():
        take_turn()
        got = at_once(lambda _number: merge(county_clerk, stays, goes))
    assert all(isinstance(one, NotAllowed) for one in got)
    assert connection.in_atomic_block is False
