"""Deciding a move: what is asked first, and what is written in the one change that decides it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.org.models import Unit
from core.workflow.definition import Act
from personnel.models import Dispatch, Move
from personnel.selectors.move_words import refusal
from personnel.selectors.moves import Asked, deciding_bureaus, findings_of, unmet
from personnel.services.facts import hold_open
from personnel.services.moves.writing import move_for_good


def next_bureau(case: Any) -> Unit:
    """The bureau at which a move waits next: the first one, or after being passed on the one that follows."""
    chain = deciding_bureaus(case.move.from_unit, case.move.to_unit)
    here = next((place for place, one in enumerate(chain) if one.pk == case.unit_id), -1)
    return chain[min(here + 1, len(chain) - 1)] if case.step == "pass_on" else chain[0]


def decides(bureau: Unit, move: Move) -> bool:
    """Whether the bureau at which a move waits is the one that decides it: both units are below it."""
    return bureau.covers(move.from_unit) and bureau.covers(move.to_unit)


def why_not_pass_on(act: Act) -> str:
    """The bureau that decides passes nothing on."""
    if decides(act.case.unit, act.case.move):
        return _("This bureau decides it: approve or refuse.")
    return ""


def why_not_decide(act: Act) -> str:
    """Why a move cannot be decided now: another bureau decides it, or a rule stands against it."""
    if not decides(act.case.unit, act.case.move):
        return _("It goes to another bureau: pass it on. The bureau above both counties decides.")
    move: Move = act.case.move
    exception = act.data.get("exception") or move.exception
    found = unmet(findings_of(Asked.of(move)), exception)
    return refusal(found) if found else ""


def decide(act: Act) -> None:
    """Write what follows: of a move for good employment, seat, post and contract from its day on, else the time at the other unit."""
    move: Move = act.case.move
    hold_open(move.teacher)
    move.document = act.data.get("document", "").strip()
    move.exception = (act.data.get("exception") or move.exception).strip()
    if move.employment:
        move.reservation = move_for_good(move, act)
    else:
        Dispatch.objects.create(
            teacher=move.teacher, kind=move.kind, unit=move.to_unit, document=move.document, note=move.words[:200], move=move,
            valid=Range(move.starts, move.ends),
        )  # fmt: skip
    move.save(update_fields={"document", "exception", "reservation"})
