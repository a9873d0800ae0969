"""A proposal becomes a case: seats are asked to be adjusted, teachers are put into a draft of a recruitment plan."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _

from core.codes.selectors import entries
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.records.changes import change
from core.workflow.definition import Act
from core.workflow.services import open_case
from personnel.models import PlanScenario, RecruitmentPlan, RecruitProposal, SeatAdjustment, SeatProposal
from personnel.selectors.seats import KEEP, least_vacant
from personnel.services.planning.scenarios import must_plan
from personnel.services.recruitment.planning import add_row, draw_up_plan
from personnel.services.seats import adjust
from personnel.services.seats.booking import must_count, unit_words

ADJUSTMENT: Final = "personnel.seat_adjustment"
LONGEST: Final = 400
# States of cases after which a proposal may become a case again.
CAME_TO_NOTHING: Final = ("refused", "withdrawn", "dropped")


def ask_adjustment(
    *, actor: Any, unit: Unit, to_unit: Unit, kind: str, count: int, on: date, words: str, source: str = "page"
) -> SeatAdjustment:  # fmt: skip
    """Ask that vacant seats move from one unit to another from a day on; a second person of the bureau decides.

    Raises `NotAllowed` without the right, for itself, units that are not below the bureau or closed by then, unknown kinds, no seats, a
    day before today, and without words. Whether so many are vacant is asked when it is decided.
    """
    if not actor.may(KEEP) or actor.unit is None or not actor.unit.is_bureau:
        raise NotAllowed(_("Your role does not book seats."))
    must_count(count)
    if unit.pk == to_unit.pk:
        raise NotAllowed(_("Seats are moved to another unit than the one that gives them."), field="to_unit")
    for one in (unit, to_unit):
        _must_be_there(actor, one, on)
    if kind not in {one.code for one in entries("seat_kind", actor.on, actor.unit)}:
        raise NotAllowed(_("This kind of seat is not in its list."), field="kind")
    if on < actor.on:
        raise NotAllowed(_("Take a day from today on: the past is not planned."), field="on")
    if not words.strip() or len(words) > LONGEST:
        raise NotAllowed(_("Say in words why, in at most %(most)s characters.") % {"most": LONGEST}, field="words")
    with change("personnel.ask_adjustment", actor=actor, reason=words.strip(), source=source):
        case = open_case(kind=ADJUSTMENT, actor=actor, unit=actor.unit)
        return SeatAdjustment.objects.create(
            case=case, unit=unit, to_unit=to_unit, kind=kind, count=count, on=on, words=words.strip()
        )


def _must_be_there(actor: Any, unit: Unit, on: date) -> None:
    if not actor.unit.covers(unit):
        raise NotAllowed(_("The unit is not one of the bureau that plans."))
    if unit.closed is not None and unit.closed <= on:
        raise NotAllowed(_("%(unit)s is closed by then.") % {"unit": unit_words(unit.pk, actor.on)})


def make_adjustment(*, actor: Any, proposal: SeatProposal, on: date, words: str) -> SeatAdjustment:
    """Make a case of proposed seats. Raises `NotAllowed` as `ask_adjustment`, and where one runs or was approved."""
    must_plan(actor, proposal.scenario.unit)
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


def why_not_adjust(act: Act) -> str:
    """Why seats cannot be moved now: too few are vacant on some day from then on, or no paper was named."""
    asked: SeatAdjustment = act.case.seat_adjustment
    if not str(act.data.get("document") or "").strip():
        return _("Seats are approved on paper: give the number of the document.")
    vacant = least_vacant(asked.unit, asked.kind, asked.on)
    if vacant < asked.count:
        said = {
            "unit": unit_words(asked.unit_id, act.actor.on),
            "vacant": vacant,
            "n": asked.count,
            "day": asked.on.isoformat(),
        }
        return (
            _("%(unit)s has %(vacant)s vacant seats from %(day)s on; %(n)s are to move. Wait until they are left.")
            % said
        )
    return ""


def adjust_seats(act: Act) -> None:
    """Book the seats as they were asked for."""
    asked: SeatAdjustment = act.case.seat_adjustment
    adjust(
        actor=act.actor, from_unit=asked.unit, to_unit=asked.to_unit, kind=asked.kind, count=asked.count, on=asked.on,
        document=str(act.data["document"]).strip(), reason=asked.words, case=act.case,
    )  # fmt: skip


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
