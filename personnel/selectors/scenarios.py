"""Scenarios as somebody may read them, and what they assume."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from personnel.models import PlanScenario, RecruitProposal, ScenarioPupils, SeatProposal
from personnel.selectors.planning import Assumed

# The state of the case of an adjustment that was booked.
ADJUSTED: Final = "adjusted"


def scenarios(actor: Any) -> Any:
    """The scenarios of the actor's bureau and of those below it, the newest first."""
    return PlanScenario.objects.visible_to(actor).select_related("unit").order_by("-id")


def assumptions(chosen: Sequence[PlanScenario], kind: str) -> dict[int, Assumed]:
    """What scenarios assume and propose, by their keys: seats of one kind. Three queries, however many scenarios."""
    keys = [one.pk for one in chosen]
    entered: dict[int, dict[tuple[int, str], tuple[int, int]]] = {key: {} for key in keys}
    seats: dict[int, dict[int, int]] = {key: {} for key in keys}
    recruits: dict[int, dict[tuple[int, str, str], int]] = {key: {} for key in keys}
    for one in ScenarioPupils._base_manager.filter(scenario__in=keys):
        entered[one.scenario_id][one.unit_id, one.stage] = (one.pupils, one.classes)
    moves = SeatProposal._base_manager.filter(scenario__in=keys, kind=kind)
    for move in moves.exclude(adjustment__case__state=ADJUSTED):  # those are in the ledger
        found = seats[move.scenario_id]
        found[move.unit_id] = found.get(move.unit_id, 0) - move.count
        found[move.to_unit_id] = found.get(move.to_unit_id, 0) + move.count
    for hire in RecruitProposal._base_manager.filter(scenario__in=keys):
        recruits[hire.scenario_id][hire.unit_id, hire.stage, hire.subject] = hire.number
    return {
        one.pk: Assumed(one.method, one.yearly_change, entered[one.pk], seats[one.pk], recruits[one.pk])
        for one in chosen
    }
