"""However many cases there are: the same number of queries; the menu of each page costs one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.dates import DAY
from core.workflow import selectors
from core.workflow.authority import standing, steps_open
from core.workflow.models import Case
from core.workflow.services import stand_in
from personnel.workflows import CORRECTION
from tests.factories.people import make_actor
from tests.ground.clock import TODAY


def test_the_list_of_cases_asks_no_more_for_many_than_for_few(ask, login, school_clerk, school_approver):
    client = login(school_clerk)
    stand_in(actor=school_clerk, user=school_approver.user, starts=TODAY, ends=TODAY + 3 * DAY, reason="外出")
    counted = []
    for many in (2, 10):
        for _ in range(many):
            ask()
        client.get(reverse("api_cases"))
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(reverse("api_cases"))
        assert {tuple(step["code"] for step in row["steps"]) for row in answer.json()["results"]} == {
            ("forward", "return")
        }
        counted.append(len(asked))
    assert counted[0] == counted[1]


def test_one_case_asks_once_whatever_steps_leave_it(ask, flow, school_clerk):
    case = ask()
    with CaptureQueriesContext(connection) as asked:
        assert len(steps_open(flow, case, school_clerk)) == 2
    assert len(asked) == 1, "for whom the reader stands in; the workflow of this test knows whom a case is about"


def test_whom_cases_are_about_and_for_whom_one_stands_in_is_asked_once(ask, school_clerk, teacher_actor):
    cases = [ask() for _ in range(5)]
    with CaptureQueriesContext(connection) as asked:
        known = standing(cases, school_clerk)
    assert (len(asked), set(known.people)) == (1, {case.pk for case in cases})


def test_the_menu_counts_what_waits_in_two_queries(ask, school_clerk, school_approver, school_a, county_approver):
    other = make_actor("school_clerk", school_a, name="另一办事员")
    for actor in (school_clerk, other):
        stand_in(actor=actor, user=school_approver.user, starts=TODAY, ends=TODAY + 3 * DAY, reason="外出")
    ask()
    ask(opened_by=school_clerk.user)
    for actor, waits in ((school_clerk, 1), (school_approver, 2), (county_approver, None)):
        with CaptureQueriesContext(connection) as asked:
            assert selectors.waiting(actor) == waits
        assert len(asked) == 2


def test_what_those_opened_themselves_for_whom_one_stands_in_does_not_wait(ask, school_clerk, school_approver):
    stand_in(actor=school_clerk, user=school_approver.user, starts=TODAY, ends=TODAY + 3 * DAY, reason="外出")
    ask(opened_by=school_clerk.user)
    mine, theirs = ask(opened_by=school_approver.user), ask()
    assert set(selectors.inbox(school_approver)) == {theirs}
    assert set(selectors.inbox(school_clerk)) == {mine, theirs}


@pytest.mark.parametrize(("hour", "day"), [(15, 21), (16, 22)])
def test_the_rules_of_a_case_are_those_of_the_day_in_china_on_which_it_was_opened(monkeypatch, hour, day):
    case = Case(opened_at=datetime(2026, 11, 21, hour, 30, tzinfo=UTC))
    days = []
    monkeypatch.setattr(
        "personnel.workflows.corrections.rules_for",
        lambda _teacher, on: days.append(on.day) or type("R", (), {"days": 5}),
    )
    monkeypatch.setattr(Case, "correction", type("C", (), {"teacher": None}), raising=False)
    assert CORRECTION.state("asked").days(case) == 5
    assert days == [day]
