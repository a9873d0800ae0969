"""Loans, support teaching, rotation without the employment, shadowing: times at another unit while everything else stays."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from psycopg.types.range import Range

from core.org.errors import NotAllowed
from core.records import change
from core.workflow.services import advance
from personnel.models import Dispatch, Employment, PersonStatus
from personnel.selectors.moves import dispatch_on
from personnel.selectors.seats import seat_of
from personnel.selectors.staffing import staffing_of
from personnel.services import seats
from personnel.services.moves.asking import ask_move
from tests.factories.people import make_actor, make_teacher
from tests.ground.clock import TODAY
from tests.personnel.moving import EVE, FEBRUARY, asked, decided, desks_of
from tests.personnel.seats import KIND, approved, told

pytestmark = pytest.mark.django_db
JULY = date(2027, 7, 1)


@pytest.fixture
def desks(school_a, second_school_a, county_a):
    return desks_of(school_a, second_school_a, county_a)


@pytest.fixture
def person(county_clerk, school_a):
    teacher = make_teacher("张伟", school_a, sex="1", birth=date(1985, 3, 12))
    approved(county_clerk, school_a, 1)
    seats.occupy(actor=county_clerk, teacher=teacher, unit=school_a, kind=KIND, on=date(2026, 3, 1))
    return teacher


def lent(desks, person, to_unit, starts=FEBRUARY, ends=JULY, kind="loan", **more):
    return decided(desks, person, to_unit, kind=kind, starts=starts, ends=ends, **more)


@pytest.mark.parametrize("kind", ["loan", "support", "rotation", "temporary", "shadowing"])
def test_employment_and_seat_stay_and_the_time_is_on_file(desks, person, school_a, second_school_a, kind):
    move = lent(desks, person, second_school_a, kind=kind)

    assert move.case.kind == "personnel.dispatch"
    assert Employment.objects.get(teacher=person).valid == Range(date(2010, 9, 1), None)
    assert seat_of(person, FEBRUARY).unit == school_a.pk
    assert told(school_a, FEBRUARY) == (1, 1, 0, 0, 0)
    away = dispatch_on(person, FEBRUARY)
    assert (away.kind, away.unit, away.valid, away.document) == (
        kind, second_school_a, Range(FEBRUARY, JULY), "青教人〔2026〕18号",
    )  # fmt: skip
    assert (dispatch_on(person, EVE), dispatch_on(person, JULY)) == (None, None)
    assert away.history.count() == 1


def test_who_is_sent_counts_as_away_from_the_first_day_to_the_last(desks, person, school_a, second_school_a):
    lent(desks, person, second_school_a)

    days = (EVE, FEBRUARY, JULY - timedelta(days=1), JULY)
    assert [staffing_of(school_a, day).away for day in days] == [0, 1, 1, 0]
    assert [staffing_of(school_a, day).in_quota for day in days] == [1, 1, 1, 1]


def test_times_that_overlap_are_refused_in_the_database_too(desks, person, second_school_a, county_clerk):
    lent(desks, person, second_school_a)

    with pytest.raises(NotAllowed, match="2027-02-01 至 2027-06-30"):
        asked(desks, person, second_school_a, kind="support", starts=JULY - timedelta(days=1), ends=date(2028, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic(), change("test.twice", actor=county_clerk, reason="绕过"):
        Dispatch.objects.create(
            teacher=person, kind="support", unit=second_school_a, valid=Range(JULY - timedelta(days=1), None)
        )
    assert asked(desks, person, second_school_a, kind="support", starts=JULY, ends=date(2028, 1, 1)).starts == JULY


def test_nobody_is_moved_for_good_while_they_are_lent(desks, person, second_school_a):
    lent(desks, person, second_school_a)

    with pytest.raises(NotAllowed, match="另有派出"):
        asked(desks, person, second_school_a, starts=date(2027, 3, 1))
    assert asked(desks, person, second_school_a, starts=JULY).starts == JULY


def test_nobody_is_lent_past_the_month_of_retirement(desks, school_a, second_school_a):
    # Born in March 1967: 60 years and 7 months by the decision of 2024, so October 2027.
    teacher = make_teacher("老张", school_a, sex="1", birth=date(1967, 3, 12))
    november = date(2027, 11, 1)

    with pytest.raises(NotAllowed, match="退休月份为2027-10"):
        asked(desks, teacher, second_school_a, kind="loan", ends=november + timedelta(days=1))
    assert asked(desks, teacher, second_school_a, kind="loan", ends=november).ends == november


def test_who_retired_or_left_is_sent_nowhere(desks, person, second_school_a, county_clerk):
    with change("test.status", actor=county_clerk, reason="退休"):
        PersonStatus.objects.create(teacher=person, status="retired", valid=Range(EVE, None))

    with pytest.raises(NotAllowed, match="退休、离职、去世"):
        asked(desks, person, second_school_a, kind="loan", ends=JULY)


def test_an_employment_that_ends_first_is_too_short(desks, person, second_school_a, county_clerk):
    with change("test.end", actor=county_clerk, reason="离职"):
        held = Employment.objects.get(teacher=person)
        held.valid = Range(held.valid.lower, date(2027, 5, 1))
        held.save(update_fields={"valid"})

    with pytest.raises(NotAllowed, match="并非一直是调出单位的人员"):
        asked(desks, person, second_school_a, kind="loan", ends=JULY)
    assert asked(desks, person, second_school_a, kind="loan", ends=date(2027, 5, 1)).ends == date(2027, 5, 1)


def test_days_are_asked_as_the_kind_needs_them(desks, person, second_school_a):
    with pytest.raises(NotAllowed, match="请填写截止日期"):
        asked(desks, person, second_school_a, kind="loan")
    with pytest.raises(NotAllowed, match="请留空"):
        asked(desks, person, second_school_a, ends=JULY)
    with pytest.raises(NotAllowed, match="早于起始日期"):
        asked(desks, person, second_school_a, kind="loan", ends=FEBRUARY)
    with pytest.raises(NotAllowed, match="没有这种类别"):
        asked(desks, person, second_school_a, kind="gift")


def test_a_rotation_of_the_employment_moves_it(desks, person, second_school_a, county_clerk):
    approved(county_clerk, second_school_a, 1)

    move = decided(
        desks, person, second_school_a, kind="rotation", employment=True, ground="rotation", key_teacher=True
    )

    assert (move.case.kind, move.ends) == ("personnel.move", None)
    assert Employment.objects.get(teacher=person, valid__contains=FEBRUARY).unit == second_school_a
    assert dispatch_on(person, FEBRUARY) is None


def test_back_in_time_early_and_never_later(desks, person, second_school_a):
    move = lent(desks, person, second_school_a, starts=date(2026, 9, 1), ends=FEBRUARY)
    case = advance(move.case, "report", actor=desks.records, data={"on": date(2026, 9, 3)})
    assert case.state == "there"
    with pytest.raises(NotAllowed, match="批准的期限到2027-01-31"):
        advance(case, "back", actor=desks.records, data={"last_day": FEBRUARY}, comment="延长")
    with pytest.raises(NotAllowed, match="请说明原因"):
        advance(case, "back", actor=desks.records, data={"last_day": TODAY})

    case = advance(case, "back", actor=desks.records, data={"last_day": TODAY}, comment="原单位缺人")

    assert case.state == "over"
    assert Dispatch.objects.get(move=move).valid == Range(date(2026, 9, 1), TODAY + timedelta(days=1))
    assert dispatch_on(person, TODAY + timedelta(days=1)) is None
    move.refresh_from_db()
    assert move.ends == FEBRUARY


def test_the_planned_end_takes_effect_by_the_date_whether_or_not_anything_is_recorded(desks, person, second_school_a):
    move = lent(desks, person, second_school_a, starts=date(2026, 3, 1), ends=date(2026, 9, 1))

    case = advance(move.case, "report", actor=desks.records, data={"on": date(2026, 3, 2)})
    assert case.state == "there"
    assert dispatch_on(person, TODAY) is None
    case = advance(case, "back", actor=desks.records, data={"last_day": date(2026, 8, 31)})
    assert (case.state, Dispatch.objects.get(move=move).valid.upper) == ("over", date(2026, 9, 1))


def test_a_loan_is_taken_back_before_its_first_day(desks, person, second_school_a):
    move = lent(desks, person, second_school_a)

    case = advance(move.case, "revoke", actor=desks.bureau, comment="计划变更")

    assert case.state == "revoked"
    assert not Dispatch.objects.filter(teacher=person).exists()
    assert lent(desks, person, second_school_a).case.state == "decided"


def test_who_never_came_was_not_there(desks, person, second_school_a):
    move = lent(desks, person, second_school_a, starts=date(2026, 9, 1))

    case = advance(move.case, "revoke", actor=desks.bureau, comment="本人未报到")

    assert case.state == "revoked"
    assert dispatch_on(person, TODAY) is None


def test_only_who_asks_for_moves_asks_and_words_are_needed(desks, person, second_school_a, teacher_actor):
    said = {
        "teacher": person,
        "to_unit": second_school_a,
        "kind": "loan",
        "starts": FEBRUARY,
        "ends": JULY,
        "ground": "need",
    }
    for actor in (desks.sender, teacher_actor, make_actor("auditor", second_school_a.parent)):
        with pytest.raises(NotAllowed, match="您的角色"):
            ask_move(actor=actor, words="教学急需", **said)
    for wrong in (
        {"words": " "},
        {"words": "长" * 401},
        {"words": "好", "ground": "nonsense"},
        {"words": "好", "level": "p99"},
    ):
        with pytest.raises(NotAllowed):
            ask_move(actor=desks.asks, **{**said, **wrong})
    assert not person.moves.exists()
