"""Cases as somebody sees them: what waits for them, what they asked, and how a case came to where it stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q

from core.org.actor import permissions_of
from core.workflow.authority import stands_in
from core.workflow.definition import OWNER, Subject
from core.workflow.models import Case
from core.workflow.registered import workflow_of, workflows
from core.workflow.services import desks


def cases(actor: Any) -> Any:
    """Every case that the actor may look at: their own, and those of their unit and all below it that their role has to do with."""
    seen = Case.objects.visible_to(actor)
    if actor is None or actor.sees_all:
        return shown(seen)
    for kind, flow in workflows().items():
        if flow.withheld is not None and flow.seen_with & actor.permissions:
            seen = seen.exclude(Q(kind=kind) & flow.withheld(actor))
    kinds = [kind for kind, flow in workflows().items() if flow.seen_with & actor.permissions]
    return shown(seen.filter(Q(kind__in=kinds) | Q(opened_by=actor.user)))


def shown(rows: Any) -> Any:
    """Cases with what lists and pages show of them."""
    return rows.select_related("unit", "origin", "opened_by", "assignee")


def inbox(actor: Any) -> Any:
    """Open cases that wait for the actor, most of them at their own desk.

    Also those given to them, those returned to them, and those of whom they stand in for; not those in another's hands. What they
    opened themselves others decide, so it is not in it, but where its next step is one that who opened it may take.
    """
    return cases(actor).open().filter(waits_for(actor)) if actor is not None else Case.objects.none()


def waits_for(actor: Any) -> Q:
    """The condition under which an open case waits for the actor."""
    mine = Q(desk=OWNER, opened_by=actor.user)
    at_desk = _at(actor.permissions, actor.unit) | _left_at_closed(actor) | _in_place_of_others(actor)
    free = Q(assignee__isnull=True) | Q(assignee=actor.user)
    given = Q(assignee=actor.user)
    return mine | (((at_desk & free) | given) & ~Q(desk=OWNER) & (~Q(opened_by=actor.user) | _for_who_opened()))


def _for_who_opened() -> Q:
    """The condition that the next step of a case at a desk may be taken by who opened it, where they are of that desk."""
    found = Q(pk__in=[])
    for kind, flow in workflows().items():
        if flow.for_who_opened:
            found |= Q(kind=kind, state__in=sorted(flow.for_who_opened))
    return found


def _at(permissions: Any, unit: Any) -> Q:
    wanted = sorted(desks() & set(permissions))
    return Q(desk__in=wanted, unit=unit) if wanted and unit is not None else Q(pk__in=[])


def _left_at_closed(actor: Any) -> Q:
    """What waits at a unit that was closed since waits for the bureau above it."""
    wanted = sorted(desks() & set(actor.permissions))
    if not wanted or actor.unit is None or not actor.unit.is_bureau:
        return Q(pk__in=[])
    return Q(desk__in=wanted, unit__parent=actor.unit, unit__closed__lte=actor.on)


def _in_place_of_others(actor: Any) -> Q:
    """Where those have their desks for whom the actor stands in, but for what they opened themselves."""
    found = Q(pk__in=[])
    held = stands_in(actor).values_list("assignment__role", "assignment__unit", "assignment__user")
    for role, unit, user in held:
        found |= Q(unit=unit, desk__in=sorted(desks() & permissions_of(role))) & ~Q(opened_by=user)
    return found


def waiting(actor: Any) -> int | None:
    """How many cases wait for the actor, for the menu of every page: two queries. None where none does."""
    return inbox(actor).count() or None


def in_order(rows: Any) -> Any:
    """The most urgent first: by the due day, then by how long they wait."""
    return rows.order_by(F("due").asc(nulls_last=True), "moved_at", "pk")


def subjects(found: Sequence[Case], actor: Any) -> dict[int, Subject]:
    """How cases are named, by their keys: one question to each workflow."""
    by_kind: dict[str, list[Case]] = defaultdict(list)
    for case in found:
        by_kind[case.kind].append(case)
    named: dict[int, Subject] = {}
    for kind, some in by_kind.items():
        flow = workflow_of(kind)
        if flow is not None:
            named |= flow.subjects(some, actor)
    return {case.pk: named.get(case.pk) or Subject(str(case)) for case in found}


def steps_of(case: Case) -> list[Any]:
    """The versions of a case with who made each, the newest first."""
    return list(case.history.select_related("change__actor", "change__unit", "stood_in_for", "assignee"))
