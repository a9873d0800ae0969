"""Roles: given by two security administrators, at the right level, and never together where they must be apart."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from psycopg.types.range import Range

from core.org.actor import Actor, actor_for, assignments_of
from core.org.errors import NotAllowed
from core.org.models import RoleAssignment, RoleProposal, Unit, User
from core.org.services import decide_role, grant_role, propose_role
from core.records import change
from tests.factories.people import make_actor, make_user, set_user
from tests.ground.clock import TODAY

NEXT_YEAR = date(2027, 9, 1)


@pytest.fixture
def newcomer(stored: None) -> User:
    """A user without any role."""
    return make_user("新人")


@pytest.fixture
def propose(security_administrator: Actor) -> Any:
    """Propose a role as the first security administrator."""

    def act(user: User, role: str, unit: Unit, **given: Any) -> RoleProposal:
        values = {"starts": TODAY, "reason": "调整分工", **given}
        return propose_role(actor=security_administrator, user=user, role=role, unit=unit, **values)

    return act


def held(user: User, on: date = TODAY) -> list[tuple[str, str]]:
    return [(one.role, one.unit_name) for one in assignments_of(user, on)]


def test_a_role_is_held_once_a_second_person_confirmed_it(
    propose: Any, second_security_administrator: Actor, newcomer: User, county_a: Unit
) -> None:
    proposal = propose(newcomer, "county_clerk", county_a)
    assert held(newcomer) == []
    decided, code = decide_role(actor=second_security_administrator, proposal=proposal, confirm=True)
    assert code == "", "nobody else knows the password of this account"
    assert decided.state == RoleProposal.State.CONFIRMED
    assert held(newcomer) == [("county_clerk", "青石县教育局")]
    assert held(newcomer, TODAY - timedelta(days=1)) == []
    assignment = RoleAssignment.objects.get(user=newcomer)
    assert assignment.history.get().change.actor == second_security_administrator.user


def test_nobody_confirms_their_own_proposal_nor_their_own_role(
    propose: Any, security_administrator: Actor, second_security_administrator: Actor, newcomer: User, city: Unit
) -> None:
    proposal = propose(newcomer, "city_clerk", city)
    with pytest.raises(NotAllowed):
        decide_role(actor=security_administrator, proposal=proposal, confirm=True)
    with pytest.raises(NotAllowed):
        propose(security_administrator.user, "auditor", city)
    for_the_second = propose(second_security_administrator.user, "security_administrator", city, revoke=True)
    with pytest.raises(NotAllowed):
        decide_role(actor=second_security_administrator, proposal=for_the_second, confirm=True)
    assert held(newcomer) == []
    assert held(second_security_administrator.user) == [("security_administrator", "临江市教育局")]


def test_the_database_too_wants_two_persons(propose: Any, system: Actor, newcomer: User, city: Unit) -> None:
    proposal = propose(newcomer, "city_clerk", city)
    with pytest.raises(IntegrityError, match="role_proposal_two_persons"):
        with change("test.write", actor=system, reason="past the service"):
            RoleProposal.objects.filter(pk=proposal.pk).update(decided_by=proposal.proposed_by)


def test_a_proposal_is_decided_once(
    propose: Any, second_security_administrator: Actor, newcomer: User, county_a: Unit
) -> None:
    proposal = propose(newcomer, "county_clerk", county_a)
    decide_role(actor=second_security_administrator, proposal=proposal, confirm=False)
    assert held(newcomer) == []
    with pytest.raises(NotAllowed):
        decide_role(actor=second_security_administrator, proposal=proposal, confirm=True)
    assert held(newcomer) == []


@pytest.mark.parametrize(
    ("role", "place"),
    [
        ("county_clerk", "city"),
        ("county_clerk", "school_a"),
        ("city_clerk", "county_a"),
        ("auditor", "school_a"),
        ("king", "city"),
    ],
)
def test_a_role_is_given_at_a_unit_of_its_level_only(
    propose: Any, newcomer: User, request: pytest.FixtureRequest, role: str, place: str
) -> None:
    with pytest.raises(NotAllowed):
        propose(newcomer, role, request.getfixturevalue(place))


@pytest.mark.parametrize("alone", ["auditor", "system_administrator", "security_administrator"])
def test_duties_that_are_apart_are_not_held_together(
    propose: Any, newcomer: User, city: Unit, county_a: Unit, alone: str
) -> None:
    make_actor("county_clerk", county_a, user=newcomer)
    with pytest.raises(NotAllowed):
        propose(newcomer, alone, city)
    apart = make_actor(alone, city).user
    for role, unit in (("county_clerk", county_a), ("city_approver", city)):
        with pytest.raises(NotAllowed):
            propose(apart, role, unit)


def test_duties_that_are_apart_are_not_held_together_later_either(
    propose: Any, second_security_administrator: Actor, newcomer: User, city: Unit, county_a: Unit
) -> None:
    make_actor("auditor", city, user=newcomer, starts=NEXT_YEAR)
    with pytest.raises(NotAllowed):
        propose(newcomer, "county_clerk", county_a)
    until_then = propose(newcomer, "county_clerk", county_a, ends=NEXT_YEAR)
    decide_role(actor=second_security_administrator, proposal=until_then, confirm=True)
    assert [held(newcomer, day)[0][0] for day in (TODAY, NEXT_YEAR)] == ["county_clerk", "auditor"]


def test_of_two_proposals_that_do_not_go_together_the_second_is_not_confirmed(
    propose: Any, second_security_administrator: Actor, newcomer: User, city: Unit, county_a: Unit
) -> None:
    first, second = propose(newcomer, "county_clerk", county_a), propose(newcomer, "auditor", city)
    decide_role(actor=second_security_administrator, proposal=first, confirm=True)
    with pytest.raises(NotAllowed):
        decide_role(actor=second_security_administrator, proposal=second, confirm=True)
    assert held(newcomer) == [("county_clerk", "青石县教育局")]
    second.refresh_from_db()
    assert second.state == RoleProposal.State.OPEN


def test_the_same_role_is_not_given_twice_for_the_same_days(
    propose: Any, second_security_administrator: Actor, newcomer: User, county_a: Unit
) -> None:
    first, second = (propose(newcomer, "county_clerk", county_a) for _ in range(2))
    decide_role(actor=second_security_administrator, proposal=first, confirm=True)
    with pytest.raises(NotAllowed):
        decide_role(actor=second_security_administrator, proposal=second, confirm=True)
    with pytest.raises(NotAllowed):
        propose(newcomer, "county_clerk", county_a, starts=NEXT_YEAR)


def test_a_role_ends_on_the_proposed_day(
    propose: Any, second_security_administrator: Actor, county_clerk: Actor
) -> None:
    proposal = propose(county_clerk.user, "county_clerk", county_clerk.unit, starts=NEXT_YEAR, revoke=True)
    decide_role(actor=second_security_administrator, proposal=proposal, confirm=True)
    assert held(county_clerk.user, NEXT_YEAR - timedelta(days=1)) == [("county_clerk", "青石县教育局")]
    assert held(county_clerk.user, NEXT_YEAR) == []


def test_a_role_that_is_taken_back_on_its_first_day_was_never_held(
    propose: Any, second_security_administrator: Actor, newcomer: User, county_a: Unit
) -> None:
    clerk = make_actor("county_clerk", county_a, user=newcomer, starts=TODAY)
    proposal = propose(newcomer, "county_clerk", county_a, revoke=True)
    decide_role(actor=second_security_administrator, proposal=proposal, confirm=True)
    assert held(newcomer) == []
    gone = RoleAssignment.history.filter(id=clerk.assignment).first()
    assert (gone.history_type, gone.revision) == ("-", 2)


def test_an_actor_is_built_from_what_the_user_holds_on_the_day(newcomer: User, county_a: Unit, school_a: Unit) -> None:
    assert actor_for(newcomer, TODAY) is None
    first = make_actor("county_clerk", county_a, user=newcomer)
    second = make_actor("school_clerk", school_a, user=newcomer, starts=TODAY)
    assert actor_for(newcomer, TODAY).assignment == first.assignment
    asked = actor_for(newcomer, TODAY, second.assignment)
    assert (asked.role, asked.unit, asked.unit.name) == ("school_clerk", school_a, "青石县第一初级中学")
    the_day_before = actor_for(newcomer, TODAY - timedelta(days=1), second.assignment)
    assert the_day_before.assignment == first.assignment, "not yet held: the first role that is"
    assert actor_for(newcomer, date(1980, 1, 1)) is None


def test_another_users_assignment_is_not_acted_in(newcomer: User, county_clerk: Actor, school_a: Unit) -> None:
    own = make_actor("school_clerk", school_a, user=newcomer)
    assert actor_for(newcomer, TODAY, county_clerk.assignment).assignment == own.assignment


def test_who_is_locked_out_acts_in_no_role(county_clerk: Actor) -> None:
    set_user(county_clerk.user, is_active=False)
    assert actor_for(county_clerk.user, TODAY) is None


@pytest.mark.parametrize(
    ("actor", "may", "may_not"),
    [
        ("county_clerk", "personnel.change_teacher", "org.grant_role"),
        ("county_approver", "exchange.approve", "exchange.import"),
        ("teacher_actor", "personnel.view_own", "personnel.view_teacher"),
        ("auditor", "records.audit", "personnel.view_teacher"),
        ("system_administrator", "system.operate", "personnel.view_teacher"),
        ("security_administrator", "org.grant_role", "personnel.view_teacher"),
        ("panel_member", "codes.view", "personnel.view_teacher"),
        ("system", "org.grant_role", None),
    ],
)
def test_a_role_carries_its_permissions_and_no_other(
    request: pytest.FixtureRequest, actor: str, may: str, may_not: str | None
) -> None:
    acting = request.getfixturevalue(actor)
    assert acting.may(may)
    assert may_not is None or not acting.may(may_not)


def test_a_role_that_is_no_longer_known_carries_nothing(city: Unit, system: Actor) -> None:
    user = make_user("旧角色")
    with change("org.grant_role", actor=system, reason="from an older version"):
        grant_role(user=user, role="given_up", unit=city, starts=TODAY)
    actor = actor_for(user, TODAY)
    assert (actor.permissions, actor.may("codes.view"), actor.role_label) == (frozenset(), False, "given_up")


def test_nobody_logs_in_as_the_system(stored: None) -> None:
    system = User.objects.system()
    assert (system.is_active, system.check_password(""), system.check_password("!")) == (False, False, False)


def test_a_role_has_days(newcomer: User, county_a: Unit, system: Actor) -> None:
    with change("org.grant_role", actor=system, reason="for a year"):
        grant_role(user=newcomer, role="county_clerk", unit=county_a, starts=TODAY, ends=NEXT_YEAR)
    assert RoleAssignment.objects.get(user=newcomer).valid == Range(TODAY, NEXT_YEAR)
    assert [len(held(newcomer, day)) for day in (TODAY, NEXT_YEAR - timedelta(days=1), NEXT_YEAR)] == [1, 1, 0]
