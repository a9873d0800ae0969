"""Moves of the first county: somebody on loan to the bureau, and a transfer and support teaching that wait to be decided."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from config.demo.logins import SCHOOL
from config.demo.writing.offices import Offices
from config.demo.writing.recruiting import APPROVER, CLERK
from core.dates import DAY, add_months
from core.org.actor import Actor
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.workflow.services import advance
from personnel.models import Employment, Move, Teacher
from personnel.services.moves.asking import ask_move

SCHOOL_CLERK, SCHOOL_APPROVER = "school.clerk", "school.approver"


def move_some(offices: Offices) -> None:
    """One of each sort, with people of the school whose clerk and approver have logins; nobody where the city is too small."""
    clerk, approver, school, consents = (
        offices.actor(name, offices.day) for name in (CLERK, APPROVER, SCHOOL_CLERK, SCHOOL_APPROVER)
    )
    unit = Unit.objects.filter(code=SCHOOL[0]).first()
    if unit is None or clerk.unit is None:
        return
    people = _people(unit, offices.day)
    began = add_months(offices.day, -2).replace(day=1)
    loan = _first(
        people, school, to_unit=clerk.unit, kind="loan", starts=began, ends=add_months(began, 12), ground="arranged",
        words="县教育局教研室借用，协助质量监测",
    )  # fmt: skip
    if loan is not None:
        case = advance(advance(loan.case, "agree_sender", actor=consents), "agree_receiver", actor=approver)
        case = advance(case, "approve", actor=approver, data={"document": f"临教人〔{began.year}〕61号"})
        advance(case, "report", actor=clerk, data={"on": began + 2 * DAY})
    alike = Unit.objects.filter(parent=clerk.unit, kind="school", code__startswith=SCHOOL[0][:2]).open_on(offices.day)
    receiver = alike.exclude(pk=unit.pk).order_by("code").first()
    if receiver is None:
        return
    starts = add_months(offices.day, 3).replace(day=1)
    _first(
        people,
        school,
        to_unit=receiver,
        kind="transfer",
        starts=starts,
        ends=None,
        ground="arranged",
        words="学科教师紧缺，组织安排",
    )
    _first(
        people, school, to_unit=receiver, kind="support", starts=starts, ends=add_months(starts, 12), ground="arranged",
        words="城镇学校教师支教一学年",
    )  # fmt: skip


def _people(unit: Unit, day: date) -> Iterator[Teacher]:
    """Who belongs to a unit, the last to come first: nobody who is about to retire."""
    rows = Employment._base_manager.filter(
        unit=unit, valid__contains=day, teacher__user=None, teacher__merged_into=None
    )
    for one in rows.select_related("teacher").order_by("-valid", "pk"):
        yield one.teacher


def _first(people: Iterator[Teacher], asks: Actor, **said: Any) -> Move | None:
    """A move of the next person for whom the rules allow it to be asked."""
    for teacher in people:
        try:
            return ask_move(actor=asks, teacher=teacher, source="command", **said)
        except NotAllowed:
            continue
    return None
