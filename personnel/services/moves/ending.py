"""What follows a decision: report for duty, coming back, and taking a decision back before its day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.dates import DAY
from core.workflow.definition import Act, Unfit
from core.workflow.models import Case
from personnel.models import Contract, Dispatch, Employment, Move, PostAppointment, SeatMovement
from personnel.services.as_before import as_before
from personnel.services.facts import hold_open
from personnel.services.moves.deciding import decides, moves_of_cases
from personnel.services.post_settings import lock_posts
from personnel.services.seats import cancel_reservation, counter_of_cases
from personnel.services.seats.booking import Kind

WRITTEN: Final = (Employment, PostAppointment, Contract)


def why_not_report(act: Act) -> str:
    """Nobody reports for duty ahead of today or before the first day."""
    day = act.data.get("on") or act.actor.on
    if day > act.actor.on:
        return _("The day lies ahead.")
    return _("The day lies before the first day there.") if day < act.case.move.starts else ""


def report(act: Act) -> None:
    """Record on which day the person reported for duty."""
    move: Move = act.case.move
    move.reported_on = act.data.get("on") or act.actor.on
    move.save(update_fields={"reported_on"})


def why_not_back(act: Act) -> str:
    """The last day lies within the time that was decided; who comes back earlier says why."""
    move: Move = act.case.move
    until = _until(act)
    if until <= move.starts:
        return _("It would end before it began. Take the decision back instead.")
    assert move.ends is not None  # noqa: S101 - kept by the database: whose employment stays comes back
    if until > move.ends:
        return _("It ends by %(day)s. For a longer time ask for another one from that day on.") % {
            "day": move.ends - DAY
        }
    if until < move.ends and not act.comment:
        return _("It ends before its time: say why, in words.")
    return ""


def _until(act: Act) -> date:
    """The first day back."""
    last: date | None = act.data.get("last_day")
    move: Move = act.case.move
    return last + DAY if last is not None else min(act.actor.on, move.ends or act.actor.on)


def come_back(act: Act) -> None:
    """The person is back: the time at the other unit ends on that day, which may lie in the past or ahead."""
    until = _until(act)
    for away in Dispatch._base_manager.filter(move=act.case.move):
        if away.valid.upper is None or away.valid.upper > until:
            away.valid = Range(away.valid.lower, until)
            away.save(update_fields={"valid"})


def why_not_revoke(acts: Sequence[Act]) -> dict[int, str]:
    """Why decisions are not taken back, by their cases.

    A move for good that has taken effect is not: the person moves back from a day on. Who was sent and never came may be.
    """
    moves = moves_of_cases(acts)
    told = {act.case.pk: _why_not_revoke(act, moves[act.case.pk]) for act in acts}
    return {key: text for key, text in told.items() if text}


def _why_not_revoke(act: Act, move: Move) -> str:
    if move.employment and act.actor.on >= move.starts:
        return _("It has taken effect. From now on the person moves back by a move of its own.")
    if act.actor.unit is None or not decides(act.actor.unit, move):
        if move.to_unit_id is None:
            return _("Only the bureau that decided it, or one above it, takes it back.")
        return _("Only a bureau above both units takes it back.")
    return ""


def revoke(acts: Sequence[Act]) -> None:
    """Take decisions back as one set: everything that they wrote is as before, and seats that were kept are vacant again.

    Who changed places go back to each other's. Raises `Unfit` for those of whom something was changed since.
    """
    moves = moves_of_cases(acts)
    hold_open(*(one.teacher for one in moves.values()))
    for away in Dispatch._base_manager.filter(move__in=[one for one in moves.values() if not one.employment]):
        away.delete()
    going = [one for one in moves.values() if one.employment]
    if not going:
        return
    lock_posts({key for one in going for key in one.units})
    if against := as_before(_decided(going), WRITTEN):
        words = _("What this decision wrote was changed since. Put the file right by hand, then ask for a move again.")
        raise Unfit({one.case_id: words for one in going if one.teacher_id in against})
    said: dict[str, Any] = {"actor": acts[0].actor, "reason": acts[0].comment}
    booked = SeatMovement._base_manager.filter(case__in=[one.case_id for one in going])
    movements = booked.exclude(kind__in=[Kind.RESERVE, Kind.COUNTER]).select_related("unit", "case").order_by("pk")
    counter_of_cases(movements=list(movements), **said)
    for one in going:
        if one.reservation is not None:
            cancel_reservation(reservation=one.reservation, on=acts[0].actor.on, case=one.case, **said)


def _decided(moves: Sequence[Move]) -> dict[int, set[int]]:
    """The changes in which moves were decided, with the people of each."""
    decided = Case.history.model._base_manager.filter(id__in=[one.case_id for one in moves], state="decided")
    changes: dict[int, int] = {}
    for case, change in decided.order_by("revision").values_list("id", "change_id"):
        changes.setdefault(case, change)
    found: dict[int, set[int]] = defaultdict(set)
    for one in moves:
        found[changes[one.case_id]].add(one.teacher_id)
    return found
