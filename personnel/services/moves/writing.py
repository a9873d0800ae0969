"""What a move for good writes: ends and beginnings with their days, so that it takes effect by the date alone."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.dates import DAY
from core.org.errors import NotAllowed
from core.workflow.definition import Act
from personnel.models import Contract, Employment, Move, PostAppointment, Reservation
from personnel.selectors.moves import Asked, approved_use, seat_wanted
from personnel.selectors.posts import books_begin
from personnel.selectors.seats import least_vacant, seat_of
from personnel.services.post_settings import lock_posts
from personnel.services.posts import place_at
from personnel.services.seats import move as move_seat
from personnel.services.seats import occupy, release, reserve

CAME: Final = "transfer"
AGREED: Final = "agreed"


def move_for_good(move: Move, act: Act) -> Reservation | None:
    """Let employment, post, contract and seat follow a move from its first day on. Returns the reservation of the seat until then.

    Raises `NotAllowed` where something is recorded at the sender, or anywhere else, for later days; `SeatsRefused` and `NoVacancy`
    where seat or post were taken meanwhile.
    """
    _employment(move)
    _posts(move)
    _contract(move)
    return _seat(move, act)


def _employment(move: Move) -> None:
    teacher, starts = move.teacher, move.starts
    rows = list(Employment._base_manager.select_for_update().filter(teacher=teacher).order_by("valid"))
    held = next((one for one in rows if one.valid.lower < starts and one.period.contains(starts - DAY)), None)
    later = [one for one in rows if one.valid.lower >= starts]
    if held is None or held.unit_id != move.from_unit_id:
        raise NotAllowed(_("%(name)s does not belong to the sender on the day before.") % {"name": teacher.name})
    if any(one.unit_id != move.from_unit_id for one in later):
        raise NotAllowed(_("The person belongs to another unit on a later day already. Put that right first."))
    if held.period.contains(starts):
        following = held.supersede(on=starts, unit=move.to_unit, came_how=CAME, left_how="", post=move.post)
    elif later and later[0].valid.lower == starts:
        following = later.pop(0)
        following.unit, following.came_how, following.post = move.to_unit, CAME, move.post
        following.save(update_fields={"unit", "came_how", "post"})
    else:
        raise NotAllowed(_("%(name)s does not belong to the sender on the first day.") % {"name": teacher.name})
    held.left_how = CAME
    held.save(update_fields={"left_how"})
    # What was recorded of the same employment for later days, such as another form, goes on at the receiver.
    for one in later:
        one.unit = move.to_unit
        one.save(update_fields={"unit"})


def _posts(move: Move) -> None:
    rows = PostAppointment._base_manager.filter(teacher=move.teacher, unit=move.from_unit)
    if rows.filter(valid__startswith__gte=move.starts).exists():
        raise NotAllowed(_("An appointment at the sender begins on that day or later. End or take it back first."))
    lock_posts([move.from_unit_id, move.to_unit_id])
    for one in rows.filter(valid__contains=move.starts):
        one.valid = Range(one.valid.lower, move.starts)
        one.save(update_fields={"valid"})
    if move.level:
        begins = books_begin([move.to_unit_id]).get(move.to_unit_id)
        PostAppointment.objects.create(
            teacher=move.teacher, unit=move.to_unit, level=move.level, place=place_at(begins, move.starts),
            valid=Range(move.starts, None), document=move.document,
        )  # fmt: skip


def _contract(move: Move) -> None:
    """The contract with the sender ends by agreement; the receiver concludes its own."""
    rows = Contract._base_manager.filter(teacher=move.teacher, unit=move.from_unit, ground="")
    for one in rows.filter(valid__contains=move.starts, valid__startswith__lt=move.starts):
        one.valid = Range(one.valid.lower, move.starts)
        one.ground, one.end_document = AGREED, move.document
        one.save(update_fields={"valid", "ground", "end_document"})


def _seat(move: Move, act: Act) -> Reservation | None:
    """The seat is kept from today on, left and taken on the day: all is booked now. None where nothing need be kept."""
    said: dict[str, Any] = {
        "actor": act.actor, "case": act.case, "document": move.document, "reason": str(move.get_kind_display()),
    }  # fmt: skip
    kind = seat_wanted(Asked.of(move))
    holds = seat_of(move.teacher, move.starts) is not None
    if not kind:
        if holds:
            release(teacher=move.teacher, on=move.starts, **said)
        return None
    kept = approved_use(move.to_unit, kind, move.starts)
    own = None
    if kept is None and move.starts > act.actor.on and least_vacant(move.to_unit, kind, act.actor.on) > 0:
        own = reserve(unit=move.to_unit, kind=kind, count=1, on=act.actor.on, until=move.starts + DAY, **said)
    seat: dict[str, Any] = {
        "teacher": move.teacher,
        "on": move.starts,
        "kind": kind,
        "reservation": kept or own,
        **said,
    }
    if holds:
        move_seat(to_unit=move.to_unit, **seat)
    else:
        occupy(unit=move.to_unit, **seat)
    return own
