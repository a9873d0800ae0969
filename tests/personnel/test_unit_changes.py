"""Merging two schools: one change, previewed and undone, by its date alone, and as many statements for many people as for few."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from psycopg.types.range import Range

from core.org.actor import Actor, actor_for
from core.org.errors import NotAllowed
from core.org.models import ApprovedQuota, Unit
from core.records.changes import change
from core.records.models import Change
from core.workflow.models import Case
from core.workflow.selectors import inbox
from core.workflow.services import advance, open_case
from personnel.models import (
    Contract,
    Dispatch,
    Employment,
    Headship,
    PostAppointment,
    Teacher,
    TeachingDuty,
    UnitChange,
)
from personnel.models.employment_triggers import UnitClosed
from personnel.selectors.former import former_people
from personnel.selectors.seat_holding import differences
from personnel.selectors.unit_changes import affected, obstacles
from personnel.services import seats
from personnel.services.seats.booking import SeatsRefused
from personnel.services.unit_changes.asking import Proposed, propose, try_change
from tests.factories.people import make_actor, make_teacher, make_unit
from tests.ground.clock import TODAY
from tests.personnel.moving import decided as moved
from tests.personnel.moving import desks_of
from tests.personnel.posts import told as posts_told
from tests.personnel.seats import approved, told, wrong_days
from tests.personnel.unit_changes import EVE, FEBRUARY, PAPER, decided, ground, proposed, standing, units_on

pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 200


def on(actor, day):
    """The same actor, on another day: nothing ran in between."""
    return Actor(user=actor.user, role=actor.role, unit=actor.unit, on=day, assignment=actor.assignment)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


# A dozen people; the soak is as many as the issue names.
@pytest.fixture(params=[12, pytest.param(300, marks=pytest.mark.soak)])
def made(county_a, request):
    return ground(county_a, request.param)


def test_all_is_old_on_the_day_before_and_new_on_the_day(made):
    size = len(made.people)
    decided(made)

    for model in (Employment, PostAppointment, Contract, TeachingDuty):
        assert units_on(model, made.people, EVE) == {made.old.pk: size}, model
        assert units_on(model, made.people, FEBRUARY) == {made.new.pk: size}, model
    assert told(made.old, EVE) == (size + 3, size, 1, 2, 0)
    assert told(made.new, EVE) == (2, 0, 0, 2, 0)
    assert told(made.old, FEBRUARY) == (0, 0, 0, 0, 0)
    assert told(made.new, FEBRUARY) == (size + 5, size, 1, 4, 0)
    assert told(made.new, date(2027, 6, 1)) == (size + 5, size, 0, 5, 0)
    assert posts_told(made.new, EVE)["p10"] == (1, 0, 0)
    assert posts_told(made.new, FEBRUARY) == {"p10": (size + 1, size, 0), "p8": (1, 0, 0)}
    assert posts_told(made.old, FEBRUARY) == {}
    for day in (TODAY, EVE, FEBRUARY):
        assert differences([made.old, made.new], day) == []
    assert wrong_days() == []


def test_it_is_one_change(made):
    row = proposed(made)
    before = Change.objects.count()

    advance(row.case, "decide", actor=made.approver, data={"document": PAPER})

    (done,) = Change.objects.order_by("-pk")[: Change.objects.count() - before]
    assert done.kind == "personnel.unit_change.decide"
    assert all(
        model.history.filter(change=done).exists() for model in (Unit, Employment, PostAppointment, Contract, Case)
    )


def test_who_sees_whom_on_the_two_days_and_that_the_past_stays(made):
    size = len(made.people)
    old, new = make_actor("school_clerk", made.old), make_actor("school_clerk", made.new)
    decided(made)

    def sees(actor, day):
        return Teacher.objects.visible_to(on(actor, day)).filter(pk__in=[one.pk for one in made.people]).count()

    assert (sees(old, EVE), sees(new, EVE)) == (size, 0)
    assert (sees(old, FEBRUARY), sees(new, FEBRUARY)) == (0, size)
    assert former_people(on(old, FEBRUARY)).filter(pk__in=[one.pk for one in made.people]).count() == size
    assert Employment.objects.filter(unit=made.old, valid__contains=EVE).count() == size


def test_heads_end_and_who_works_there_from_elsewhere_works_at_the_receiver(made):
    decided(made)
    head = Headship.objects.get(unit=made.old)
    assert (head.valid.upper, head.ended_how, head.end_document) == (FEBRUARY, "unit_ended", PAPER)
    assert not Headship.objects.filter(unit=made.new).exists()
    assert [(row.unit_id, row.valid.lower) for row in Dispatch.objects.order_by("valid")][-1] == (made.new.pk, FEBRUARY)


def test_open_cases_wait_at_the_receiver(made):
    approver = made.approver
    (case,) = made.cases
    decided(made)
    case.refresh_from_db()
    assert made.new.pk in (case.unit_id, case.origin_id)
    assert made.old.pk not in (case.unit_id, case.origin_id)
    assert case.seat_use.unit_id == made.new.pk
    assert case.pk in inbox(approver).values_list("pk", flat=True)


def test_the_unit_is_closed_by_the_day_alone_and_roles_there_give_nothing(made):
    clerk = make_actor("school_clerk", made.old)
    decided(made)
    assert actor_for(clerk.user, EVE) is not None
    assert actor_for(clerk.user, FEBRUARY) is None
    assert not Unit.objects.open_on(FEBRUARY).filter(pk=made.old.pk).exists()
    assert Unit.objects.open_on(EVE).filter(pk=made.old.pk).exists()


def test_the_database_lets_nobody_into_a_closed_school(made):
    decided(made)
    with pytest.raises(UnitClosed, match="青石县第二初级中学"):
        make_teacher("新教师", made.old, since=FEBRUARY)
    make_teacher("短期教师", made.old, since=TODAY, until=FEBRUARY)


@pytest.mark.parametrize("day", [TODAY, FEBRUARY])
def test_undone_everything_is_as_before(made, day):
    size = len(made.people)
    before = standing()
    row = decided(made, on=day)
    assert standing() != before

    advance(row.case, "take_back", actor=made.approver, comment="文件撤回")

    assert standing() == before
    made.old.refresh_from_db()
    assert made.old.closed is None
    assert told(made.old, FEBRUARY) == (size + 3, size, 1, 2, 0)
    assert wrong_days() == []
    assert Change.objects.order_by("-pk").first().kind == "personnel.unit_change.take_back"


def test_what_was_taken_back_is_proposed_and_decided_again(made):
    row = decided(made)
    advance(row.case, "take_back", actor=made.approver, comment="文件撤回")
    made.old.refresh_from_db()
    decided(made)
    assert units_on(Employment, made.people, FEBRUARY) == {made.new.pk: len(made.people)}


def test_after_its_day_it_is_not_taken_back_any_more(made):
    row = decided(made, on=TODAY)
    with pytest.raises(NotAllowed, match="taken effect"):
        advance(row.case, "take_back", actor=on(made.approver, TODAY + timedelta(days=1)), comment="晚了")


def test_it_is_not_taken_back_where_something_was_changed_since_and_says_whose(made):
    size = len(made.people)
    row = decided(made)
    with change("test.edit", actor=made.clerk, reason="改正"):
        Employment.objects.get(teacher=made.people[3], unit=made.new).correct(post="教师")
    with pytest.raises(NotAllowed, match=made.people[3].name):
        advance(row.case, "take_back", actor=made.approver, comment="文件撤回")
    assert units_on(Employment, made.people, FEBRUARY) == {made.new.pk: size}


def test_who_proposed_it_neither_decides_nor_takes_back(made):
    row = proposed(made)
    with pytest.raises(NotAllowed):
        advance(row.case, "decide", actor=made.clerk, data={"document": PAPER})


@pytest.mark.parametrize("people", [20, pytest.param(300, marks=pytest.mark.soak)])
def test_as_many_statements_for_many_people_as_for_few(county_a, people):
    def counted(people, name):
        made = ground(county_a, people, name=name)
        row = proposed(made)
        with CaptureQueriesContext(connection) as decide:
            advance(row.case, "decide", actor=made.approver, data={"document": PAPER})
        with CaptureQueriesContext(connection) as back:
            advance(Case.objects.get(pk=row.case_id), "take_back", actor=made.approver, comment="文件撤回")
        return len(decide), len(back)

    counted(3, "丙")
    few, many = counted(4, "甲"), counted(people, "乙")
    # Lists and parameters are read again once in a while, whoever asks.
    assert max(abs(one - other) for one, other in zip(few, many, strict=True)) <= 2
    assert max(many) < MOST_STATEMENTS


def test_the_preview_counts_and_writes_nothing(made):
    size = len(made.people)
    before, changes = standing(), UnitChange.objects.count()
    asked = Proposed("merge", FEBRUARY, "布局调整", subject=made.old, receiver=made.new)
    trial = try_change(actor=made.clerk, asked=asked, look=lambda change: change.people.count())
    assert (trial.found, trial.refused, trial.looked) == ([], "", 0)
    assert standing() == before
    assert UnitChange.objects.count() == changes
    found = affected(made.old, FEBRUARY, receiver=made.new)
    assert (found.people, found.contracts, found.duties, found.guests) == (size, size, size, 1)
    assert found.posts["p10", False] == (size, size)
    assert found.cases == {"personnel.seat_use": 1}


def test_who_works_at_the_other_one_stands_in_the_way(made):
    with change("test.loan", actor=made.clerk, reason="借调"):
        Dispatch.objects.create(
            teacher=made.people[2], unit=made.new, kind="loan", valid=Range(TODAY, date(2027, 7, 1))
        )
    row = proposed(made)
    assert [(one.what, one.about) for one in obstacles(row)] == [("dispatch", made.people[2])]
    with pytest.raises(NotAllowed, match=made.people[2].name):
        advance(row.case, "decide", actor=made.approver, data={"document": PAPER})


def test_who_is_over_the_quota_needs_room_at_the_receiver_and_the_trial_says_so(county_a, school_a, second_school_a):
    clerk, approver = make_actor("county_clerk", county_a), make_actor("county_approver", county_a)
    for number in range(2):
        make_teacher(f"超编{number}", school_a)
    make_teacher("满编", second_school_a)
    with change("test.quota", actor=clerk, reason="核定"):
        for unit in (school_a, second_school_a):
            ApprovedQuota.objects.create(unit=unit, seats=1, valid=Range(date(2020, 1, 1), None))
    seats.open_ledger(actor=clerk, unit=county_a, on=date(2026, 9, 1))
    asked = Proposed("merge", FEBRUARY, "布局调整", subject=school_a, receiver=second_school_a)

    trial = try_change(actor=clerk, asked=asked)

    assert trial.found == []
    assert "实验小学" in trial.refused
    row = propose(actor=clerk, asked=asked)
    with pytest.raises(SeatsRefused):
        advance(row.case, "decide", actor=approver, data={"document": PAPER})
    approved(clerk, second_school_a, 1, on=date(2026, 9, 2))
    advance(row.case, "decide", actor=approver, data={"document": PAPER})
    assert told(second_school_a, FEBRUARY) == (3, 3, 0, 0, 0)


def test_a_contract_keeps_its_term_its_notice_and_what_was_said_of_the_probation(made):
    first, second = made.people[1], made.people[2]
    with change("test.contract", actor=made.clerk, reason="合同"):
        one = Contract.objects.get(teacher=first)
        one.probation_last = date(2022, 8, 31)
        one.save(update_fields={"probation_last"})
        other = Contract.objects.get(teacher=second)
        other.valid, other.ground, other.notice_on = Range(other.valid.lower, date(2027, 3, 1)), "resigned", TODAY
        other.save(update_fields={"valid", "ground", "notice_on"})
    decided(made)

    def said(teacher):
        rows = Contract.objects.filter(teacher=teacher).order_by("valid")
        return [(row.unit_id, row.valid.upper, row.probation_last, row.ground) for row in rows]

    assert said(first) == [
        (made.old.pk, FEBRUARY, date(2022, 8, 31), ""), (made.new.pk, date(2027, 9, 1), None, ""),
    ]  # fmt: skip
    assert said(second) == [(made.old.pk, FEBRUARY, None, ""), (made.new.pk, date(2027, 3, 1), None, "resigned")]


def test_a_loan_to_the_old_school_goes_on_at_the_receiver_as_one_move(made, county_a):
    sender = make_unit("school", "青石县第五初级中学", county_a)
    desks = desks_of(sender, made.old, county_a)
    person = make_teacher("挂职人", sender, since=date(2015, 9, 1))
    loan = moved(desks, person, made.old, kind="loan", ends=date(2027, 8, 1))
    advance(loan.case, "report", actor=on(desks.records, FEBRUARY), data={"on": FEBRUARY})
    day = date(2027, 3, 1)
    before = standing()

    row = decided(made, on=day)

    rows = list(Dispatch.objects.filter(teacher=person).order_by("valid"))
    assert [(one.unit_id, one.valid.upper, one.move_id) for one in rows] == [
        (made.old.pk, day, None), (made.new.pk, date(2027, 8, 1), loan.pk),
    ]  # fmt: skip
    loan.refresh_from_db()
    assert loan.to_unit_id == made.new.pk
    advance(row.case, "take_back", actor=made.approver, comment="文件撤回")
    assert standing() == before


def test_teachers_keep_their_own_account(made):
    teacher = make_actor("teacher", made.old)
    decided(made)
    assert actor_for(teacher.user, FEBRUARY) is not None


def test_what_still_waits_at_a_closed_school_waits_for_the_bureau(made):
    decided(made)
    clerk = make_actor("school_clerk", made.old)
    with change("test.late", actor=clerk, reason="迟到的申请"):
        late = open_case(kind="personnel.post_setting", actor=clerk, unit=made.old)
    approver = make_actor("county_approver", made.county)
    assert late.pk not in inbox(approver).values_list("pk", flat=True)
    assert late.pk in inbox(on(approver, FEBRUARY)).values_list("pk", flat=True)
