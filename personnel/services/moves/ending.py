"""What follows a decision: report for duty, coming back, and taking a decision back before its day."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.dates import DAY
from core.workflow.definition import Act
from personnel.models import Contract, Dispatch, Employment, Move, PostAppointment, SeatMovement
from personnel.services.as_before import as_before
from personnel.services.facts import hold_open
from personnel.services.moves.deciding import decides
from personnel.services.post_settings import lock_posts
from personnel.services.seats import cancel_reservation, counter_of_case
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


def why_not_revoke(act: Act) -> str:
    """A move for good that has taken effect is not taken back: the person moves back from a day on. Who was sent and never came may be."""
    move: Move = act.case.move
    if move.employment and act.actor.on >= move.starts:
        return _("It has taken effect. From now on the person moves back by a move of its own.")
    if act.actor.unit is None or not decides(act.actor.unit, move):
        if move.to_unit_id is None:
            return _("Only the bureau that decided it, or one above it, takes it back.")
        return _("Only a bureau above both units takes it back.")
    return ""


def revoke(act: Act) -> None:
    """Take a decision back: everything that it wrote is as before, and the seat that was kept is vacant again.

    Raises `NotAllowed` where something of it was changed since.
    """
    move: Move = act.case.move
    hold_open(move.teacher)
    if not move.employment:
        for away in Dispatch._base_manager.filter(move=move):
            away.delete()
        return
    lock_posts(move.units)
    version = act.case.history.filter(state="decided").order_by("revision").first()
    as_before(
        version.change_id, WRITTEN,
        _("What this decision wrote was changed since. Put the file right by hand, then ask for a move again."), of=move.teacher,
    )  # fmt: skip
    said: dict[str, Any] = {"actor": act.actor, "reason": act.comment}
    for movement in SeatMovement._base_manager.filter(case=act.case).exclude(kind__in=[Kind.RESERVE, Kind.COUNTER]):
        counter_of_case(movement=movement, **said)
    if move.reservation is not None:
        cancel_reservation(reservation=move.reservation, on=act.actor.on, case=act.case, **said)
