"""Rosters and sheets of units that name a closed unit: refused row by row in the check, in the words of the database and more."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg.types.range import Range

from core.exchange.applying import apply_batch
from core.exchange.checking import check_batch
from core.exchange.content import drafts_of
from core.exchange.messages import message
from core.exchange.models import Batch, BatchRow
from core.exchange.services import create_batch
from core.exchange.suggesting import suggestions
from core.org.actor import system_actor
from core.org.models import ApprovedQuota, Unit, UnitProfile
from core.records.changes import change
from personnel.models import Employment, IdentityDocument, PostAppointment, Teacher, TeachingDuty
from tests.core.exchange.books import CHEN, LI, WANG, book, line, roster, sent
from tests.factories.people import make_actor, make_teacher, make_unit, set_teacher
from tests.ground.clock import TODAY
from tests.personnel.unit_changes import EVE, FEBRUARY, decided, ground
from tests.workbooks.people import identity_number

pytestmark = pytest.mark.django_db
LATER = FEBRUARY + timedelta(days=200)


@pytest.fixture
def made(county_a):
    return ground(county_a, 3)


@pytest.fixture
def merged(made):
    """The old school went into the new one on 1 February 2027."""
    decided(made)
    return made


def known_as(person: Teacher) -> tuple[str, str]:
    """Name and number of somebody on file, who gets both now."""
    set_teacher(person, name="周敏")
    number = identity_number("140702", date(1980, 1, 1) + timedelta(days=person.pk % 4_000), 11)
    with change("test.number", actor=system_actor(TODAY), reason="test ground"):
        document = IdentityDocument(teacher=person)
        document.number = number
        document.save()
    return person.name, number


def close(unit: Unit) -> None:
    """The unit is closed on 1 February 2027, and goes into none."""
    with change("test.close", actor=system_actor(TODAY), reason="撤销"):
        unit.closed = FEBRUARY
        unit.save(update_fields={"closed"})


def found(batch: Batch) -> list[tuple[int, str]]:
    """The refused rows, each with its codes."""
    rows = BatchRow.objects.filter(batch=batch).exclude(problems=[]).order_by("row")
    return [(row.row, code) for row in rows for code in row.problems]


def words(batch: Batch) -> list[str]:
    """What is said of each refused row."""
    rows = BatchRow.objects.filter(batch=batch, outcome="refused").order_by("row")
    return [str(message(problem)) for draft in drafts_of(rows, batch) for problem in draft.problems]


def test_rows_at_a_closed_school_are_refused_and_the_others_go_in(merged):
    content = roster(
        ["岗位"],
        line(WANG, "教师", unit=merged.old.name),
        line(LI, "教师", unit=merged.new.name),
        line(CHEN, "教师", unit=merged.old.name),
    )
    batch = sent(merged.clerk, merged.county, content, day=LATER)

    assert found(batch) == [(2, "unit_closed"), (4, "unit_closed")]
    assert batch.state == Batch.State.APPLIED
    assert (batch.counts["new"], batch.counts["refused"]) == (1, 2)
    assert Teacher.objects.get(name=LI[0]).employments.get().unit_id == merged.new.pk
    assert not Teacher.objects.filter(name__in=[WANG[0], CHEN[0]]).exists()


def test_it_is_said_since_when_and_into_which_unit_it_went(merged):
    batch = sent(merged.clerk, merged.county, roster([], line(WANG, unit=merged.old.name)), day=FEBRUARY, accept=False)

    (said,) = words(batch)
    assert "2027-02-01" in said
    assert merged.old.name in said
    assert merged.new.name in said
    (draft,) = drafts_of(BatchRow.objects.filter(batch=batch), batch)
    assert [one.value for one in suggestions(batch, draft, draft.problems[0])] == [merged.new.name]


def test_the_code_of_a_closed_school_is_known_as_such(merged):
    content = book(花名册=[["姓名", "身份证号", "单位代码"], [*WANG, merged.old.code]])
    assert found(sent(merged.clerk, merged.county, content, day=FEBRUARY)) == [(2, "unit_closed")]


def test_an_open_school_of_the_same_name_is_the_one_that_is_meant(merged):
    again = make_unit("school", merged.old.name, merged.county)
    sent(merged.clerk, merged.county, roster([], line(WANG, unit=merged.old.name)), day=FEBRUARY)
    assert Teacher.objects.get(name=WANG[0]).employments.get().unit_id == again.pk


def test_before_the_closing_what_ends_with_it_comes_in_and_what_goes_beyond_does_not(merged):
    """Who is there already has days that end with the school; somebody new would stay for ever."""
    person = merged.people[0]
    known = known_as(person)
    content = roster(["是否在编"], line(known, "否", unit=merged.old.name), line(WANG, "是", unit=merged.old.name))
    batch = sent(merged.clerk, merged.county, content, day=TODAY)

    assert found(batch) == [(3, "unit_closed")]
    held = Employment.objects.filter(teacher=person).order_by("valid").values_list("unit", "in_quota", "valid")
    assert list(held)[-2:] == [
        (merged.old.pk, False, Range(TODAY, FEBRUARY)), (merged.new.pk, True, Range(FEBRUARY, None)),
    ]  # fmt: skip


def test_a_first_day_that_moves_keeps_nobody_at_the_closed_school(merged):
    """The day before would stretch to the new first day, past the closing: the database would refuse it."""
    person = merged.people[0]
    known = known_as(person)
    content = roster(["来校时间"], line(known, "2027-03-01", unit=merged.new.name))
    assert found(sent(merged.clerk, merged.county, content, day=LATER)) == [(2, "unit_closed")]


@pytest.mark.parametrize(
    ("head", "cells", "model"),
    [
        (["岗位等级", "聘任时间"], ["十一级", "2026-10-01"], PostAppointment),
        (["任课安排学科", "任课安排学段"], ["物理", "初中"], TeachingDuty),
    ],
)
def test_posts_and_duties_do_not_outlast_the_school(made, head, cells, model):
    small = make_unit("school", "青石县柳林小学", made.county)
    person = make_teacher("周敏", small, since=date(2015, 9, 1), until=FEBRUARY)
    close(small)
    rows = book(任课安排=[["姓名", "身份证号", *head], [*known_as(person), *cells]])

    assert found(sent(made.clerk, made.county, rows, day=TODAY)) == [(2, "unit_closed")]
    assert not model.objects.filter(teacher=person).exists()


def test_a_school_that_closes_between_check_and_acceptance_leaves_its_rows_out(made):
    content = roster([], line(WANG, unit=made.old.name), line(LI, unit=made.new.name))
    batch = create_batch(
        actor=made.clerk, unit=made.county, name="花名册.xlsx", content=content, day=TODAY, start=False
    )
    check_batch(batch.pk, made.clerk)
    assert found(batch) == []
    decided(made)

    batch = apply_batch(batch.pk, made.clerk)

    assert found(batch) == [(2, "unit_closed")]
    assert (batch.counts["new"], batch.counts["refused"]) == (1, 1)
    assert Employment.objects.filter(teacher__name=LI[0], unit=made.new).exists()


@pytest.mark.parametrize("day", [TODAY, EVE, FEBRUARY, LATER])
@pytest.mark.parametrize("since", ["", "2026-11-01", "2027-01-31", "2027-02-01", "2027-06-01"])
def test_the_check_refuses_whatever_the_database_would(merged, day, since):
    """What the check lets in, the database takes, around the closing and for whatever row: nothing stops a batch as a whole."""
    known = known_as(merged.people[1])
    for unit in (merged.old, merged.new):
        rows = [line(who, "否", since, unit=unit.name) for who in (known, WANG)]
        batch = sent(merged.clerk, merged.county, roster(["是否在编", "来校时间"], *rows), day=day)
        assert set(found(batch)) <= {(2, "unit_closed"), (3, "unit_closed"), (2, "stale"), (3, "stale")}
        assert not Employment.objects.filter(unit=merged.old, valid__contains=FEBRUARY).exists()


def test_closed_schools_cost_no_query_per_row(merged, kept_at_length):
    def counted(people: int) -> int:
        numbers = [identity_number("140702", date(1980, 1, 1) + timedelta(days=day), 11) for day in range(people)]
        content = roster([], *[line(("周敏", number), unit=merged.old.name) for number in numbers])
        batch = create_batch(
            actor=merged.clerk, unit=merged.county, name="花名册.xlsx", content=content, day=FEBRUARY, start=False
        )
        with CaptureQueriesContext(connection) as queries:
            check_batch(batch.pk, merged.clerk)
        assert len(found(batch)) == people
        return len(queries)

    counted(30)
    assert counted(3) == counted(30)


def test_units_below_a_closed_one_and_later_days_of_a_closed_one_are_refused(merged):
    clerk = make_actor("county_clerk", merged.county)
    head = ["学校标识码", "学校名称", "上级单位", "核定编制数"]
    below = ["3141009801", "新教学点", merged.old.name, ""]
    content = book(
        学校=[head, below, [merged.old.code, merged.old.name, "", 30], ["3141009802", "青石县新小学", "", 20]]
    )
    batch = sent(clerk, merged.county, content, day=FEBRUARY)

    assert found(batch) == [(2, "closed_already"), (3, "closed_already")]
    assert Unit.objects.filter(code="3141009802").exists()
    assert not ApprovedQuota.objects.filter(unit=merged.old, valid__contains=FEBRUARY, seats=30).exists()


def test_the_last_years_of_a_closed_unit_can_still_be_put_right(merged):
    content = book(学校=[["学校标识码", "学校名称", "学校简称"], [merged.old.code, merged.old.name, "二中"]])
    assert found(sent(merged.clerk, merged.county, content, day=EVE)) == []
    assert UnitProfile.objects.get(unit=merged.old, valid__contains=EVE).short_name == "二中"


def test_a_school_that_was_closed_without_a_receiver_names_none(made):
    small = make_unit("school", "青石县柳林教学点", made.county)
    close(small)
    batch = sent(made.clerk, made.county, roster([], line(WANG, unit=small.name)), day=date(2027, 3, 1), accept=False)
    assert found(batch) == [(2, "unit_closed")]
    assert "went into" not in words(batch)[0]


def test_who_left_with_the_school_is_not_brought_back_to_it(merged):
    gone = make_teacher("离职人", merged.old, since=date(2020, 9, 1), until=FEBRUARY)
    known = known_as(gone)
    batch = sent(merged.clerk, merged.county, roster([], line(known, unit=merged.old.name)), day=LATER)
    assert found(batch) == [(2, "unit_closed")]
    assert gone.employments.count() == 1
