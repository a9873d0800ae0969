"""A proposal becomes a case: seats are asked to be adjusted, teachers are put into a draft of a recruitment plan."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _

from core.org.errors import NotAllowed
from core.records.changes import change
from personnel.models import PlanScenario, RecruitmentPlan, RecruitProposal, SeatAdjustment, SeatProposal
from personnel.services.planning.scenarios import must_plan
from personnel.services.recruitment.planning import add_row, draw_up_plan
from personnel.services.seat_adjustments import ask_adjustment

# States of cases after which a proposal may become a case again.
CAME_TO_NOTHING: Final = ("refused", "withdrawn", "dropped")


def make_adjustment(*, actor: Any, proposal: SeatProposal, on: date, words: str) -> SeatAdjustment:
    """Make a case of proposed seats.

    Raises `NotAllowed` as `ask_adjustment`, for a day that has passed, and where one runs or was approved.
    """
    must_plan(actor, proposal.scenario.unit)
    if on < actor.on:
        raise NotAllowed(_("Take a day from today on: the past is not planned."), field="on")
    with change("personnel.ask_adjustment", actor=actor, reason=words.strip() or proposal.scenario.name):
        held = (
            SeatProposal.objects.select_for_update(of=("self",))
            .select_related("unit", "to_unit", "adjustment__case")
            .get(pk=proposal.pk)
        )
        if held.adjustment is not None and held.adjustment.case.state not in CAME_TO_NOTHING:
            raise NotAllowed(_("A case was made of this proposal already."))
        made = ask_adjustment(
            actor=actor, unit=held.unit, to_unit=held.to_unit, kind=held.kind, count=held.count, on=on, words=words
        )
        held.adjustment = made
        held.save(update_fields={"adjustment"})
    return made


def draft_recruitment(*, actor: Any, scenario: PlanScenario, title: str, words: str = "") -> RecruitmentPlan:
    """Put all proposed teachers of a scenario that are in no plan yet into a draft of a recruitment plan.

    Nobody is recruited before that plan is sent and approved. Raises `NotAllowed` without the right to recruit, and where nothing is left.
    """
    must_plan(actor, scenario.unit)
    if actor.unit.pk != scenario.unit_id:
        raise NotAllowed(_("A bureau recruits by its own scenarios."))
    with change("personnel.draw_up_plan", actor=actor, reason=words.strip() or title):
        waiting = Q(plan=None) | Q(plan__case__state__in=CAME_TO_NOTHING)
        rows = list(
            scenario.recruit_proposals.select_for_update(of=("self",))
            .filter(waiting)
            .select_related("unit")
            .order_by("pk")
        )
        if not rows:
            raise NotAllowed(_("Every proposed teacher is in a plan already. Propose whom to recruit first."))
        plan = draw_up_plan(actor=actor, year=scenario.year, title=title, words=words)
        for row in rows:
            add_row(actor=actor, plan=plan, unit=row.unit, stage=row.stage, subject=row.subject, number=row.number)
            row.plan = plan
        RecruitProposal.objects.bulk_update(rows, ["plan"])
    return plan
