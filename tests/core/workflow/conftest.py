"""A workflow of the tests' own: a school asks, the county decides, the city may have to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms

from core.org.models import Unit
from core.records.changes import change
from core.registry import Module, registry
from core.web.parts import Fact, Finding
from core.workflow.definition import OWNER, Body, State, Subject, Transition, Workflow
from core.workflow.models import Case
from core.workflow.services import open_case

KIND = "leave.request"
SCHOOL, COUNTY = "personnel.change_teacher", "exchange.approve"
done: list[Any] = []


class DaysForm(forms.Form):
    """How many days are granted."""

    days = forms.IntegerField(min_value=1, max_value=30)

    def __init__(self, *args: Any, case: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


def _county(case: Any) -> Unit:
    return case.origin.parent or case.origin


def _too_many(act: Any) -> str:
    return "不能超过十天" if act.data.get("days", 0) > 10 else ""


FLOW = Workflow(
    kind=KIND,
    label="请假",
    initial="asked",
    states=(
        State("asked", "待学校审核", desk=SCHOOL, days=lambda _case: 5),
        State("county", "待县局审批", desk=COUNTY, days=lambda _case: 10, unit=_county),
        State("returned", "退回补正", desk=OWNER, tone="amber", unit=lambda case: case.origin),
        State("granted", "已同意", tone="green"),
        State("refused", "未同意", tone="red"),
        State("withdrawn", "已撤回"),
    ),
    transitions=(
        Transition("forward", "报县局", "已报县局", ("asked",), "county", bulk=True, primary=True, effect=done.append),
        Transition("return", "退回", "已退回", ("asked", "county"), "returned", reasons="subject", comment="needed"),
        Transition(
            "grant", "同意", "已同意", ("county",), "granted", form=DaysForm, guard=_too_many, effect=done.append
        ),
        Transition("refuse", "不同意", "未同意", ("county",), "refused", comment="needed", danger=True, bulk=True),
        Transition("resend", "补正后再报", "已补正", ("returned",), "asked", permission=OWNER),
        Transition("withdraw", "撤回", "已撤回", ("asked", "county", "returned"), "withdrawn", permission=OWNER),
    ),
    subjects=lambda cases, _actor: {case.pk: Subject(f"{case.opened_by}请假", "事假") for case in cases},
    people=lambda cases: {case.pk: {person.pk for person in about} for case in cases},
    body=lambda _case, _actor: Body(findings=[Finding("工龄", "满一年", "green")], facts=[Fact("事由", "事假")]),
    way=("asked", "county", "granted"),
    help="教职工请假由学校审核、县局审批。",
)
about: list[Any] = []


@pytest.fixture(autouse=True)
def flow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workflow]:
    """The workflow, in use for the length of a test."""
    done.clear()
    about.clear()
    monkeypatch.setitem(registry.modules, "leave", Module(name="leave", label="请假", workflows=(FLOW,)))
    yield FLOW
    about.clear()


@pytest.fixture
def ask(teacher_actor: Any, school_a: Unit) -> Any:
    """`ask()`: a case that the teacher opened at their school."""

    def opened(**given: Any) -> Case:
        asked = {"kind": KIND, "actor": teacher_actor, "unit": school_a, **given}
        with change("leave.ask", actor=asked["actor"], reason="家里有事"):
            return open_case(**asked)

    return opened
