"""Cases move by named steps, each one change; nobody decides their own, and nothing is decided twice."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date

import pytest
from django.db import connections

from core import workdays
from core.org.errors import NotAllowed
from core.records.errors import StaleRecord
from core.records.models import Change
from core.workflow.authority import steps_open
from core.workflow.definition import OWNER, State, Transition, faults_of
from core.workflow.models import Case
from core.workflow.selectors import inbox, steps_of
from core.workflow.services import advance, advance_many, assign
from tests.core.workflow.conftest import FLOW, about, done
from tests.factories.people import make_actor
from tests.ground.clock import TODAY


def test_a_case_waits_first_at_its_school(ask, school_clerk, county_clerk, county_approver, teacher_actor):
    case = ask()
    assert (case.state, case.due) == ("asked", workdays.add(TODAY, 5))
    assert list(inbox(school_clerk)) == [case]
    assert [list(inbox(actor)) for actor in (county_clerk, county_approver, teacher_actor)] == [[], [], []]


def test_each_step_is_one_change_and_a_version_of_the_case(ask, school_clerk, county_approver, school_a, county_a):
    case = ask()
    moved = advance(case, "forward", actor=school_clerk, comment="情况属实")
    assert (moved.state, moved.unit, moved.origin, moved.due) == ("county", county_a, school_a, workdays.add(TODAY, 10))
    granted = advance(moved, "grant", actor=county_approver, data={"days": 3}, document="青教人〔2026〕8号")

    assert (granted.state, granted.desk, granted.due) == ("granted", "", None)
    assert [(act.actor.user, dict(act.data)) for act in done] == [
        (school_clerk.user, {}),
        (county_approver.user, {"days": 3}),
    ]
    told = [(row.step, row.state, row.change.kind, str(row.change.actor), row.comment) for row in steps_of(case)]
    assert told == [
        ("grant", "granted", "leave.request.grant", "青石县审批人", ""),
        ("forward", "county", "leave.request.forward", "一中办事员", "情况属实"),
        ("", "asked", "leave.ask", "李秀英", ""),
    ]
    last = Change.objects.latest("pk")
    assert (last.reason, last.document) == ("已同意", "青教人〔2026〕8号")
    assert list(inbox(county_approver)) == []


def test_a_step_of_another_desk_is_refused(
    ask, school_clerk, county_approver, other_school_clerk, panel_member, teacher_actor
):
    case = ask()
    for actor in (county_approver, other_school_clerk, panel_member, teacher_actor):
        with pytest.raises(NotAllowed):
            advance(case, "forward", actor=actor)
    with pytest.raises(NotAllowed, match="待学校审核"):
        advance(case, "grant", actor=school_clerk, data={"days": 3})
    with pytest.raises(NotAllowed):
        advance(case, "no_such_step", actor=school_clerk)
    assert Case.objects.get().revision == 1


def test_a_bureau_above_may_act_where_a_desk_is_empty(ask, county_clerk):
    assert advance(ask(), "forward", actor=county_clerk).state == "county"


def test_nobody_decides_what_they_opened_or_what_is_about_them(ask, school_clerk, teacher_actor):
    mine = ask(opened_by=school_clerk.user)
    with pytest.raises(NotAllowed, match="由他人"):
        advance(mine, "forward", actor=school_clerk)
    assert list(inbox(school_clerk)) == []
    case = ask()
    about.append(school_clerk.user)
    with pytest.raises(NotAllowed, match="由他人"):
        advance(case, "forward", actor=school_clerk)
    about.clear()
    assert advance(case, "withdraw", actor=teacher_actor).state == "withdrawn"


def test_a_return_names_reasons_and_words_and_waits_for_who_asked(ask, school_clerk, teacher_actor):
    case = ask()
    for said in ({"comment": "缺证明"}, {"reasons": ["chinese"]}, {"comment": "x", "reasons": ["no_such"]}):
        with pytest.raises(NotAllowed):
            advance(case, "return", actor=school_clerk, **said)
    with pytest.raises(NotAllowed):
        advance(case, "forward", actor=school_clerk, reasons=["chinese"])
    back = advance(case, "return", actor=school_clerk, comment="缺证明", reasons=["chinese"])
    assert (back.desk, list(inbox(teacher_actor)), list(inbox(school_clerk))) == (OWNER, [back], [])
    again = advance(back, "resend", actor=teacher_actor)
    assert (again.state, list(inbox(school_clerk))) == ("asked", [again])
    assert [row.reasons for row in steps_of(case)] == [[], ["chinese"], []]


def test_a_guard_refuses_and_nothing_is_left(ask, school_clerk, county_approver):
    case = advance(ask(), "forward", actor=school_clerk)
    before = Change.objects.count()
    with pytest.raises(NotAllowed, match="不能超过十天"):
        advance(case, "grant", actor=county_approver, data={"days": 11})
    assert (Change.objects.count(), Case.objects.get().state) == (before, "county")


def test_an_effect_that_fails_leaves_the_case_where_it_was(ask, school_clerk, monkeypatch):
    case = ask()

    def broken(_act):
        raise ZeroDivisionError

    step = replace(FLOW.steps["forward"], effect=broken)
    monkeypatch.setitem(FLOW.steps, "forward", step)
    with pytest.raises(ZeroDivisionError):
        advance(case, "forward", actor=school_clerk)
    assert Case.objects.get().state == "asked"


def test_who_decides_second_is_told_who_was_first(ask, school_clerk, school_a):
    case, second = ask(), make_actor("school_clerk", school_a, name="另一办事员")
    advance(case, "forward", actor=school_clerk)
    with pytest.raises(NotAllowed, match="一中办事员"):
        advance(case, "forward", actor=second)


def test_a_case_that_was_changed_since_it_was_read_is_stale(ask, school_clerk, teacher_actor):
    case = ask()
    back = advance(case, "return", actor=school_clerk, comment="缺证明", reasons=["chinese"])
    advance(back, "resend", actor=teacher_actor)
    with pytest.raises(StaleRecord):
        advance(case, "forward", actor=school_clerk, revision=case.revision)


def test_a_role_that_has_ended_decides_nothing(ask, school_clerk, panel_secretary):
    case = ask()
    with pytest.raises(NotAllowed):
        advance(case, "forward", actor=replace(school_clerk, role="panel_secretary"))


def test_who_takes_a_case_decides_it(ask, school_clerk, school_a, other_school_clerk):
    case, second = ask(), make_actor("school_clerk", school_a, name="另一办事员")
    taken = assign(case, actor=school_clerk, user=second.user, reason="转给同事")
    assert (list(inbox(school_clerk)), list(inbox(second))) == ([], [taken])
    with pytest.raises(NotAllowed, match="另一办事员"):
        advance(taken, "forward", actor=school_clerk)
    for user in (other_school_clerk.user, case.opened_by):
        with pytest.raises(NotAllowed):
            assign(taken, actor=school_clerk, user=user, reason="转给")
    with pytest.raises(NotAllowed):
        assign(taken, actor=other_school_clerk, user=None, reason="收回")
    put_back = assign(taken, actor=school_clerk, user=None, reason="收回")
    assert advance(put_back, "forward", actor=school_clerk).assignee is None


def test_many_are_decided_one_by_one(ask, school_clerk, county_approver, teacher_actor):
    cases = [ask() for _number in range(3)]
    advance(cases[1], "withdraw", actor=teacher_actor)
    moved, refused = advance_many(cases, "forward", actor=school_clerk)
    assert ([case.pk for case in moved], [case.pk for case, _why in refused]) == (
        [cases[0].pk, cases[2].pk],
        [cases[1].pk],
    )
    with pytest.raises(NotAllowed, match="逐件"):
        advance_many(moved, "grant", actor=county_approver)
    assert len({row.change_id for case in moved for row in steps_of(case)[:1]}) == 2


def test_the_steps_of_the_reader_are_offered(ask, school_clerk, county_approver, teacher_actor, flow):
    case = ask()
    offered = {
        actor.role: list(steps_open(flow, case, actor)) for actor in (school_clerk, county_approver, teacher_actor)
    }
    assert offered == {"school_clerk": ["forward", "return"], "county_approver": [], "teacher": ["withdraw"]}
    taken = assign(case, actor=school_clerk, user=make_actor("school_clerk", case.unit, name="丙").user, reason="转给")
    assert {said.why_not != "" for said in steps_open(flow, taken, school_clerk).values()} == {True}


def test_a_workflow_that_cannot_work_is_found(flow):
    assert faults_of(flow, {"personnel.change_teacher", "exchange.approve"}) == []
    assert faults_of(flow, {"exchange.approve"}) == ["the permission personnel.change_teacher is in no role's list"]
    lost = replace(flow, states=(*flow.states, State("lost", "x", desk="exchange.approve")))
    assert faults_of(lost, {"personnel.change_teacher", "exchange.approve"}) == [
        "nothing leaves lost",
        "nothing reaches lost",
    ]
    odd = replace(flow, transitions=(*flow.transitions, Transition("odd", "x", "x", ("granted",), "nowhere")))
    assert len(faults_of(odd, {"personnel.change_teacher", "exchange.approve"})) == 2


def test_the_case_knows_who_sees_it(
    ask, school_clerk, county_clerk, other_school_clerk, other_county_clerk, teacher_actor, teacher_a
):
    case = ask()
    seen = {
        actor: Case.objects.visible_to(actor).filter(pk=case.pk).exists()
        for actor in (school_clerk, county_clerk, teacher_actor, other_school_clerk, other_county_clerk)
    }
    assert list(seen.values()) == [True, True, True, False, False]


@pytest.mark.parametrize("many", [8, pytest.param(200, marks=pytest.mark.soak)])
def test_of_parallel_decisions_one_wins_and_the_others_are_told(committed_db, ask, school_clerk, many):
    case, outcomes, together = ask(), [], threading.Barrier(many)

    def decide():
        try:
            together.wait(30)
            advance(case, "forward", actor=school_clerk)
            outcomes.append("won")
        except NotAllowed as error:
            outcomes.append(str(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=decide) for _number in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert outcomes.count("won") == 1
    assert len([one for one in outcomes if "一中办事员" in one]) == many - 1
    assert Case.objects.get().revision == 2


def test_due_days_are_working_days(ask):
    assert ask().due == date(2026, 11, 27)
