"""Merging two schools: one change, previewed and undone, by its date alone, and as many statements for many people as for few."""

import os
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from psycopg.types.range import Range

from core.org.actor import Actor, actor_for
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.records.changes import change
from core.records.models import Change
from core.workflow.models import Case
from core.workflow.selectors import inbox
from core.workflow.services import advance
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
from personnel.services.unit_changes.asking import Proposed, try_change
from tests.factories.people import make_actor, make_teacher
from tests.ground.clock import TODAY
from tests.personnel.posts import told as posts_told
from tests.personnel.seats import told, wrong_days
from tests.personnel.unit_changes import EVE, FEBRUARY, PAPER, decided, ground, proposed, standing, units_on

pytestmark = pytest.mark.django_db
# A dozen people; the soak asks for as many as the issue names.
SIZE = int(os.environ.get("UNIT_CHANGE_PEOPLE", "12"))


def on(actor, day):
    """The same actor, on another day: nothing ran in between."""
    return Actor(user=actor.user, role=actor.role, unit=actor.unit, on=day, assignment=actor.assignment)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def made(county_a):
    return ground(county_a, SIZE)


def test_all_is_old_on_the_day_before_and_new_on_the_day(made):
    decided(made)

    for model in (Employment, PostAppointment, Contract, TeachingDuty):
        assert units_on(model, made.people, EVE) == {made.old.pk: SIZE}, model
        assert units_on(model, made.people, FEBRUARY) == {made.new.pk: SIZE}, model
    assert told(made.old, EVE) == (SIZE + 3, SIZE, 1, 2, 0)
    assert told(made.new, EVE) == (2, 0, 0, 2, 0)
    assert told(made.old, FEBRUARY) == (0, 0, 0, 0, 0)
    assert told(made.new, FEBRUARY) == (SIZE + 5, SIZE, 1, 4, 0)
    assert told(made.new, date(2027, 6, 1)) == (SIZE + 5, SIZE, 0, 5, 0)
    assert posts_told(made.new, EVE)["p10"] == (1, 0, 0)
    assert posts_told(made.new, FEBRUARY) == {"p10": (SIZE + 1, SIZE, 0), "p8": (1, 0, 0)}
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
    old, new = make_actor("school_clerk", made.old), make_actor("school_clerk", made.new)
    decided(made)

    def sees(actor, day):
        return Teacher.objects.visible_to(on(actor, day)).filter(pk__in=[one.pk for one in made.people]).count()

    assert (sees(old, EVE), sees(new, EVE)) == (SIZE, 0)
    assert (sees(old, FEBRUARY), sees(new, FEBRUARY)) == (0, SIZE)
    assert former_people(on(made.clerk, FEBRUARY)) is not None
    assert Employment.objects.filter(unit=made.old, valid__contains=EVE).count() == SIZE


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
    before = standing()
    row = decided(made, on=day)
    assert standing() != before

    advance(row.case, "take_back", actor=made.approver, comment="文件撤回")

    assert standing() == before
    made.old.refresh_from_db()
    assert made.old.closed is None
    assert told(made.old, FEBRUARY) == (SIZE + 3, SIZE, 1, 2, 0)
    assert wrong_days() == []
    assert Change.objects.order_by("-pk").first().kind == "personnel.unit_change.take_back"


def test_after_its_day_it_is_not_taken_back_any_more(made):
    row = decided(made, on=TODAY)
    with pytest.raises(NotAllowed, match="taken effect"):
        advance(row.case, "take_back", actor=on(made.approver, TODAY + timedelta(days=1)), comment="晚了")


def test_it_is_not_taken_back_where_something_was_changed_since_and_says_whose(made):
    row = decided(made)
    with change("test.edit", actor=made.clerk, reason="改正"):
        Employment.objects.get(teacher=made.people[3], unit=made.new).correct(post="教师")
    with pytest.raises(NotAllowed, match=made.people[3].name):
        advance(row.case, "take_back", actor=made.approver, comment="文件撤回")
    assert units_on(Employment, made.people, FEBRUARY) == {made.new.pk: SIZE}


def test_who_proposed_it_neither_decides_nor_takes_back(made):
    row = proposed(made)
    with pytest.raises(NotAllowed):
        advance(row.case, "decide", actor=made.clerk, data={"document": PAPER})


def test_as_many_statements_for_many_people_as_for_few(county_a):
    def counted(people, name):
        made = ground(county_a, people, name=name)
        row = proposed(made)
        with CaptureQueriesContext(connection) as decide:
            advance(row.case, "decide", actor=made.approver, data={"document": PAPER})
        row.refresh_from_db()
        with CaptureQueriesContext(connection) as back:
            advance(Case.objects.get(pk=row.case_id), "take_back", actor=made.approver, comment="文件撤回")
        return len(decide), len(back)

    counted(3, "丙")  # what is read once for all is read now
    few, many = counted(4, "甲"), counted(max(SIZE, 20), "乙")
    assert few == many


def test_the_preview_counts_and_writes_nothing(made):
    before, changes = standing(), UnitChange.objects.count()
    asked = Proposed("merge", FEBRUARY, "布局调整", subject=made.old, receiver=made.new)
    trial = try_change(actor=made.clerk, asked=asked, look=lambda change: change.people.count())
    assert (trial.found, trial.refused, trial.looked) == ([], "", 0)
    assert standing() == before
    assert UnitChange.objects.count() == changes
    found = affected(made.old, FEBRUARY, receiver=made.new)
    assert (found.people, found.contracts, found.duties, found.guests) == (SIZE, SIZE, SIZE, 1)
    assert found.posts["p10", False] == (SIZE, SIZE)
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


def test_a_dead_end_of_the_ledger_is_told_before_anything_is_sent(made):
    """Nobody is over the quota at the receiver unless they were: the trial says what the ledger refuses."""
    row = proposed(made)
    assert obstacles(row) == []
