"""What the first county plans: two scenarios of the next school year, a case that was made of one, and the duties of a school."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Final

from psycopg.types.range import Range

from config.demo.writing.offices import Offices
from core.org.actor import Actor
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.records.changes import change
from personnel.models import PlanScenario, TeachingAssignment, TeachingDuty
from personnel.selectors.planning import Plan, SchoolPlan, facts_under, planned, planned_years
from personnel.services.planning import scenarios
from personnel.services.planning.becoming import make_adjustment

CLERK, SCHOOL_CLERK = "linxi.clerk", "school.clerk"
KIND: Final = "institution"
SECOND: Final = {"chinese": "morality_law", "mathematics": "science", "english": "labour"}
HOURS: Final = Decimal(14)
FEWER: Final = Decimal(-4)


def plan(offices: Offices) -> None:
    """Two scenarios that can be laid side by side, and who teaches what at a school."""
    _duties(offices.actor(SCHOOL_CLERK, offices.day), offices.day)
    clerk = offices.actor(CLERK, offices.day)
    if clerk.unit is None:
        return
    year = planned_years(offices.day, clerk.unit)[0]
    steady = scenarios.write_scenario(
        actor=clerk,
        name="县内调剂方案",
        yearly_change=Decimal(0),
        words="新生数与近三年平均持平，先在县内调剂编制",
        year=year,
        method="cohort",
    )
    fewer = scenarios.write_scenario(
        actor=clerk,
        name="出生人口下降方案",
        yearly_change=FEWER,
        words="小学新生逐年减少百分之四，只补紧缺学科",
        year=year,
        method="cohort",
    )
    found = planned(facts_under(clerk, clerk.unit, KIND, years=[year]), year)
    with suppress(NotAllowed):
        _move(clerk, steady, found, offices.day)
        _enter(clerk, fewer, found)
        for scenario in (steady, fewer):
            _recruit(clerk, scenario, found)


def _most_lacking(found: Plan) -> list[SchoolPlan]:
    return sorted((row for row in found.rows if row.gap.lacking), key=lambda row: -(row.gap.lacking or 0))


def _move(clerk: Actor, scenario: PlanScenario, found: Plan, day: date) -> None:
    """A few seats of the school with the most to spare go to the one that lacks the most seats."""
    giving = max(found.rows, key=lambda row: min(row.gap.free, -(row.gap.lacking or 0)), default=None)
    taking = max(found.rows, key=lambda row: row.gap.seats_short, default=None)
    if giving is None or taking is None or giving.unit.pk == taking.unit.pk:
        return
    count = max(min(giving.gap.free, 3), 1)
    move = scenarios.propose_seats(
        actor=clerk, scenario=scenario, unit=giving.unit, to_unit=taking.unit, kind=KIND, count=count
    )
    make_adjustment(actor=clerk, proposal=move, on=day, words="生源向城区集中，空编调剂使用")


def _enter(clerk: Actor, scenario: PlanScenario, found: Plan) -> None:
    """The bureau knows of a new housing area: one school grows beyond what is projected."""
    named = [(row.unit, one) for row in found.rows for one in row.then if one.stage]
    if named:
        unit, one = named[0]
        scenarios.enter_pupils(
            actor=clerk, scenario=scenario, unit=unit, stage=one.stage, pupils=one.pupils + 45, classes=one.classes + 1
        )


def _recruit(clerk: Actor, scenario: PlanScenario, found: Plan) -> None:
    """Teachers for the schools that lack the most."""
    for row, subject in zip(_most_lacking(found), ("pe", "mathematics", "music"), strict=False):
        stage = row.then[0].stage if row.then else "primary"
        scenarios.propose_recruits(
            actor=clerk, scenario=scenario, unit=row.unit, stage=stage or "primary", subject=subject, number=1
        )


def _duties(clerk: Actor, day: date) -> None:
    """Everybody at the school teaches what the roster says in two classes, some a second subject beside it."""
    begins = date(day.year - (day.month < 9), 9, 1)
    rows = TeachingAssignment.objects.filter(
        valid__contains=day, valid__startswith__lte=begins, teacher__employments__unit=clerk.unit,
        teacher__employments__valid__contains=day, teacher__employments__valid__startswith__lte=begins,
    )  # fmt: skip
    taught = list(rows.exclude(stage="").exclude(subject="").order_by("teacher", "pk"))
    made = [
        _duty(one, clerk.unit, one.subject, begins, classes=2, weekly_hours=one.weekly_hours or HOURS) for one in taught
    ]
    made += [
        _duty(one, clerk.unit, SECOND[one.subject], begins, classes=1, weekly_hours=Decimal(2), main=False)
        for place, one in enumerate(taught) if one.subject in SECOND and place % 3 == 0
    ]  # fmt: skip
    with change("personnel.add_fact", actor=clerk, reason="新学年任课安排"):
        TeachingDuty.objects.bulk_create(made)


def _duty(one: TeachingAssignment, unit: Unit | None, subject: str, begins: date, **more: object) -> TeachingDuty:
    return TeachingDuty(
        teacher_id=one.teacher_id, unit=unit, stage=one.stage, subject=subject, valid=Range(begins, None), **more
    )
