"""Deciding a move: what is asked first, and what is written in the one change that decides it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.org.models import Unit
from core.rules import Finding
from core.workflow.definition import Act
from personnel.models import Dispatch, Move
from personnel.selectors.move_words import refusal
from personnel.selectors.moves import (
    POST_FREE,
    SEAT_FREE,
    Asked,
    deciding_bureaus,
    findings_of_many,
    freeing,
    lets_leave,
    unmet,
)
from personnel.services.facts import hold_open
from personnel.services.moves.writing import move_for_good

PLACES: Final = frozenset({SEAT_FREE, POST_FREE})


def next_bureau(case: Any) -> Unit:
    """The bureau at which a move waits next: the first one, or after being passed on the one that follows."""
    chain = deciding_bureaus(case.move.from_unit, case.move.to_unit, case.move.starts)
    here = next((place for place, one in enumerate(chain) if one.pk == case.unit_id), -1)
    return chain[min(here + 1, len(chain) - 1)] if case.step == "pass_on" else chain[0]


def decides(bureau: Unit, move: Move) -> bool:
    """Whether the bureau at which a move waits is the one that decides it: both units are below it.

    Who leaves the system is let go by the bureau of the rules.
    """
    if move.to_unit is None:
        return bureau.covers(move.from_unit) and lets_leave(bureau, move.from_unit, move.starts)
    return bureau.covers(move.from_unit) and bureau.covers(move.to_unit)


def why_not_pass_on(act: Act) -> str:
    """The bureau that decides passes nothing on."""
    if decides(act.case.unit, act.case.move):
        return _("This bureau decides it: approve or refuse.")
    return ""


def why_not_decide(acts: Sequence[Act]) -> dict[int, str]:
    """Why moves that are decided as one set cannot be decided now, by their cases: another bureau decides, or a rule stands against it.

    Seats and posts are asked on the sum, once all have left: of those who find none the latest asked stay behind.
    """
    moves = moves_of_cases(acts)
    found = {
        act.case.pk: _("It goes to another bureau: pass it on. The bureau above both counties decides.")
        if moves[act.case.pk].to_unit_id is not None
        else _("It goes to another bureau: pass it on. A bureau further up decides.")
        for act in acts
        if not decides(act.case.unit, moves[act.case.pk])
    }
    some = [act for act in acts if act.case.pk not in found]
    asked = [_asked(act, moves) for act in some]
    told = findings_of_many(asked, together=True, pending=PLACES)
    for act, one, findings in zip(some, asked, told, strict=True):
        if against := unmet(findings, one.exception):
            # Of a set all that was ticked is here; who decides alone is told what could be ticked with it.
            more = [freed_words(other) for other in freeing_one(one, against)] if len(acts) == 1 else []
            found[act.case.pk] = " ".join([refusal(against), *more])
    return found


def freeing_one(asked: Asked, findings: Sequence[Finding]) -> list[Move]:
    """A move on its way that frees the seat or post which is lacking by the findings: none, or the one that has come furthest."""
    found = (freeing(asked, one.rule).first() for one in findings if one.met is False and one.rule in PLACES)
    return [one for one in found if one is not None][:1]


def freed_words(other: Move) -> str:
    """That a move on its way frees what is lacking, and how both are decided."""
    if other.case.state == "bureau":
        text = _(
            "A move of %(name)s waits for the decision as well and frees one. Tick both in the inbox and decide them together."
        )
    else:
        text = _(
            "A move of %(name)s is on its way and frees one. Once both wait for you, tick both in the inbox and decide them together."
        )
    return text % {"name": other.teacher.name}


def decide(acts: Sequence[Act]) -> None:
    """Write what follows of moves that are decided as one set, in a fixed number of statements for each first day among them.

    Of those for good employment, seat, post and contract go with the person from the day on: all leave, then all come. Of the others
    the time at the other unit is written. Raises `Unfit` for those that another decision took the seat or post from meanwhile.
    """
    moves = moves_of_cases(acts)
    hold_open(*(one.teacher for one in moves.values()))
    for act in acts:
        move = moves[act.case.pk]
        move.document = act.data.get("document", "").strip()
        move.exception = (act.data.get("exception") or move.exception).strip()
    going = [one for one in moves.values() if one.employment]
    if going:
        move_for_good(going, acts[0].actor)
    Dispatch.objects.bulk_create(
        Dispatch(
            teacher=move.teacher, kind=move.kind, unit=move.to_unit, document=move.document, note=move.words[:200], move=move,
            valid=Range(move.starts, move.ends),
        )
        for move in moves.values() if not move.employment
    )  # fmt: skip
    Move.objects.bulk_update(moves.values(), ["document", "exception", "reservation"])


def moves_of_cases(acts: Sequence[Act]) -> dict[int, Move]:
    """The moves of cases, by the case, in the order in which they were asked for; each case knows its own. One query."""
    rows = Move._base_manager.filter(case__in=[act.case.pk for act in acts])
    found = {one.case_id: one for one in rows.select_related("teacher", "from_unit", "to_unit").order_by("pk")}
    for act in acts:
        found[act.case.pk].case = act.case
        act.case.move = found[act.case.pk]
    return found


def _asked(act: Act, moves: Mapping[int, Move]) -> Asked:
    asked = Asked.of(moves[act.case.pk])
    return replace(asked, exception=(act.data.get("exception") or asked.exception).strip())
