"""Who may take a step of a case: by their own role or standing in for somebody, and never in what is their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.org.actor import permissions_of
from core.org.models import User
from core.workflow.definition import OWNER, Transition, Workflow
from core.workflow.models import Case, StandIn
from core.workflow.registered import workflow_of


@dataclass(frozen=True, slots=True)
class Authority:
    """Whether a step may be taken: `why_not` says why it may not. `stood_in_for` is in whose place, where not in one's own."""

    why_not: str = ""
    stood_in_for: User | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides over some cases beside roles, asked for all of them at once.

    Whom each is about, for whom the actor stands in, and which steps each has no use for.
    """

    people: Mapping[int, Collection[int]]
    stand_ins: Sequence[StandIn]
    without: Mapping[int, Collection[str]]


def standing(cases: Sequence[Case], actor: Any) -> Standing:
    """What stands between the actor and these cases: as many queries however many there are."""
    held = list(stands_in(actor).select_related("assignment__user", "assignment__unit"))
    without: dict[int, Collection[str]] = {}
    for flow, some in _by_workflow(cases):
        without |= flow.without(some)
    return Standing(people_of(cases), held, without)


def people_of(cases: Sequence[Case]) -> dict[int, Collection[int]]:
    """The users whom cases are about, by the keys of the cases: one question to each workflow."""
    found: dict[int, Collection[int]] = {}
    for flow, some in _by_workflow(cases):
        found |= flow.people(some)
    return found


def _by_workflow(cases: Sequence[Case]) -> list[tuple[Workflow, list[Case]]]:
    """Cases with their workflows; without those whose workflow is not in use."""
    by_kind: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        by_kind[case.kind].append(case)
    return [(flow, some) for kind, some in by_kind.items() if (flow := workflow_of(kind)) is not None]


def stands_in(actor: Any) -> QuerySet[StandIn]:
    """For whom the actor stands in on their day: those whose role still holds and whose account is open."""
    return StandIn.objects.filter(
        user=actor.user,
        valid__contains=actor.on,
        assignment__valid__contains=actor.on,
        assignment__user__is_active=True,
    ).exclude(assignment__unit__closed__lte=actor.on)


def authority(
    flow: Workflow, transition: Transition, case: Case, actor: Any, known: Standing | None = None
) -> Authority:
    """Whether the actor may take a step of a case as it stands. The guard of the step is not asked.

    `known` is what was asked for many cases before; without it, it is asked now.
    """
    wanted = flow.wanted(transition, case.state)
    if wanted == OWNER:
        mine = actor.user.pk == case.opened_by_id
        return Authority("" if mine else _("Only who opened the case can do this."))
    known = known or standing([case], actor)
    barred = {*known.people.get(case.pk, ()), *(() if transition.own else (case.opened_by_id,))}
    if actor.user.pk in barred:
        return Authority(_("You opened this case, or it is about yourself, so somebody else decides."))
    if case.assignee_id is not None and case.assignee_id != actor.user.pk:
        return Authority(_("%(who)s has taken this case. Take it over first.") % {"who": case.assignee})
    if actor.may(wanted) and (actor.sees_all or is_at(actor, case)):
        return Authority()
    for one in known.stand_ins:
        held = one.assignment
        if held.user_id not in barred and wanted in permissions_of(held.role) and held.unit.covers(case.unit):
            return Authority(stood_in_for=held.user)
    return Authority(_("This waits for another desk than yours."))


def steps_open(flow: Workflow, case: Case, actor: Any, known: Standing | None = None) -> Mapping[str, Authority]:
    """The steps that leave a case as it stands and are of the actor's desk, by name, with whether they may be taken."""
    known = known or standing([case], actor)
    offered = [one for one in flow.leaving(case.state) if one.name not in known.without.get(case.pk, ())]
    found = {one.name: authority(flow, one, case, actor, known) for one in offered}
    return {
        name: said
        for name, said in found.items()
        if not said.why_not or _is_of_desk(flow, flow.steps[name], case, actor)
    }


def is_at(actor: Any, case: Case) -> bool:
    """Whether the actor acts where a case waits, or further up."""
    return actor.unit is not None and bool(actor.unit.covers(case.unit))


def _is_of_desk(flow: Workflow, transition: Transition, case: Case, actor: Any) -> bool:
    wanted = flow.wanted(transition, case.state)
    return wanted != OWNER and actor.may(wanted) and is_at(actor, case)
