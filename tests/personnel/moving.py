"""Moves as tests need them: people who decide, a move that went its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from core.org.actor import Actor
from core.workflow.models import Case
from core.workflow.services import advance
from personnel.models import Move
from personnel.services.moves.asking import ask_move
from tests.factories.people import make_actor

FEBRUARY = date(2027, 2, 1)
EVE = date(2027, 1, 31)


@dataclass
class Desks:
    """Who asks at the sender, who agrees at both, who decides, who records at the receiver."""

    asks: Actor
    sender: Actor
    receiver: Actor
    bureau: Actor
    records: Actor


def desks_of(sender: Any, receiver: Any, bureau: Any) -> Desks:
    """One actor for each desk."""
    return Desks(
        make_actor("school_clerk", sender), make_actor("school_approver", sender), make_actor("school_approver", receiver),
        make_actor("county_approver", bureau), make_actor("school_clerk", receiver),
    )  # fmt: skip


def asked(desks: Desks, teacher: Any, to_unit: Any, **said: Any) -> Move:
    """A transfer by the bureau for 1 February, unless said otherwise."""
    given = {"kind": "transfer", "starts": FEBRUARY, "ground": "arranged", "words": "学科教师紧缺"}
    return ask_move(actor=desks.asks, teacher=teacher, to_unit=to_unit, **{**given, **said})


def agreed(desks: Desks, move: Move) -> Case:
    """Sender and receiver have agreed."""
    case = advance(move.case, "agree_sender", actor=desks.sender)
    return advance(case, "agree_receiver", actor=desks.receiver)


def decided(desks: Desks, teacher: Any, to_unit: Any, **said: Any) -> Move:
    """A move that was decided."""
    move = asked(desks, teacher, to_unit, **said)
    advance(agreed(desks, move), "approve", actor=desks.bureau, data={"document": "青教人〔2026〕18号"})
    return Move.objects.select_related("case", "teacher", "from_unit", "to_unit").get(pk=move.pk)
