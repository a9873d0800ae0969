"""What moves for good write: ends and beginnings with their days, so that they take effect by the date alone. All leave, then all come."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.dates import DAY
from core.records.bulk import allocate
from core.workflow.definition import Unfit
from personnel.models import Contract, Employment, Move, PostAppointment, Reservation
from personnel.selectors.move_facts import Asked
from personnel.selectors.move_places import Placed, Places, accounts_of
from personnel.selectors.move_words import no_place
from personnel.selectors.posts import books_begin
from personnel.services.post_settings import lock_posts
from personnel.services.posts import place_at
from personnel.services.seats.booking import Booking, Bucket, Kind, accounts, book, moved, refusals
from personnel.services.seats.people import Seat, taking

CAME: Final = "transfer"
AGREED: Final = "agreed"


def move_for_good(moves: Sequence[Move], actor: Any) -> None:
    """Let employments, posts, contracts and seats follow moves from their first days on, as one set in the open change.

    Each move is told the reservation that keeps its seat until the day. Raises `Unfit` for those against which something is recorded for
    later days, and for those whose seat or post was taken meanwhile; nothing is written then.
    """
    units = {key for one in moves for key in one.units}
    lock_posts(units)
    list(accounts_of(units).select_for_update(no_key=True).values_list("pk"))
    asked = {one.pk: Asked.of(one) for one in moves}
    placed = Places(list(asked.values())).place(asked.values(), actor.on)
    found = {one.pk: placed[id(asked[one.pk])] for one in moves}
    if lacking := {one.case_id: no_place(found[one.pk].lacks) for one in moves if found[one.pk].lacks}:
        raise Unfit(lacking)
    _employments(moves)
    _posts(moves)
    _contracts(moves)
    _seats(moves, found, actor)


def _employments(moves: Sequence[Move]) -> None:
    rows: dict[int, list[Employment]] = defaultdict(list)
    held_by = Employment._base_manager.select_for_update().filter(teacher__in=[one.teacher_id for one in moves])
    for row in held_by.order_by("teacher", "valid"):
        rows[row.teacher_id].append(row)
    changed: list[Employment] = []
    made: list[Employment] = []
    why: dict[int, str] = {}
    for move in moves:
        if text := _employment(move, rows[move.teacher_id], changed, made):
            why[move.case_id] = text
    if why:
        raise Unfit(why)
    Employment.objects.bulk_update(changed, ["valid", "left_how", "unit", "came_how", "post"])
    Employment.objects.bulk_create(made)


def _employment(move: Move, rows: Sequence[Employment], changed: list[Employment], made: list[Employment]) -> str:
    """Change the employments of one person in thought; why it cannot be done, in words."""
    starts, said = move.starts, {"name": move.teacher.name}
    held = next((one for one in rows if one.valid.lower < starts and one.period.contains(starts - DAY)), None)
    later = [one for one in rows if one.valid.lower >= starts]
    if held is None or held.unit_id != move.from_unit_id:
        return _("%(name)s does not belong to the sender on the day before.") % said
    if any(one.unit_id != move.from_unit_id for one in later):
        return _("The person belongs to another unit on a later day already. Put that right first.")
    if move.to_unit is None:
        if later:
            return _("Something is recorded of the employment for later days. Take that back first.")
        if not held.period.contains(starts):
            return _("%(name)s does not belong to the sender on the first day.") % said
        held.valid = Range(held.valid.lower, starts)
    elif held.period.contains(starts):
        made.append(_following(held, move))
        held.valid = Range(held.valid.lower, starts)
    elif later and later[0].valid.lower == starts:
        later[0].came_how, later[0].post = CAME, move.post
    else:
        return _("%(name)s does not belong to the sender on the first day.") % said
    held.left_how = CAME
    # What was recorded of the same employment for later days, such as another form, goes on at the receiver.
    for one in later:
        one.unit = _there(move)
    changed += [held, *later]
    return ""


def _there(move: Move) -> Any:
    """The receiver of a move within the system."""
    assert move.to_unit is not None  # noqa: S101 - who leaves the system comes to no unit of it
    return move.to_unit


def _following(held: Employment, move: Move) -> Employment:
    made = Employment(**{field.attname: getattr(held, field.attname) for field in held._meta.concrete_fields})
    made.pk, made.public_id, made.revision, made.source_row = None, uuid.uuid4(), 1, None
    made._state.adding = True
    made.valid, made.unit, made.came_how, made.left_how = Range(move.starts, held.valid.upper), _there(move), CAME, ""
    made.post = move.post
    return made


def _posts(moves: Sequence[Move]) -> None:
    """Posts at the senders end, then those at the receivers begin: the database counts after each of both."""
    by_person = {one.teacher_id: one for one in moves}
    rows = [
        one
        for one in PostAppointment._base_manager.filter(teacher__in=by_person)
        if one.unit_id == by_person[one.teacher_id].from_unit_id
    ]
    if ahead := [one for one in rows if one.valid.lower >= by_person[one.teacher_id].starts]:
        text = _("An appointment at the sender begins on that day or later. End or take it back first.")
        raise Unfit({by_person[one.teacher_id].case_id: text for one in ahead})
    ending = [one for one in rows if one.period.contains(by_person[one.teacher_id].starts)]
    for one in ending:
        one.valid = Range(one.valid.lower, by_person[one.teacher_id].starts)
    PostAppointment.objects.bulk_update(ending, ["valid"])
    coming = [one for one in moves if one.level and one.to_unit is not None]
    begins = books_begin([_there(one).pk for one in coming])
    PostAppointment.objects.bulk_create(
        PostAppointment(
            teacher=one.teacher, unit=one.to_unit, level=one.level, place=place_at(begins.get(_there(one).pk), one.starts),
            valid=Range(one.starts, None), document=one.document,
        )
        for one in coming
    )  # fmt: skip


def _contracts(moves: Sequence[Move]) -> None:
    """The contracts with the senders end by agreement; the receivers conclude their own."""
    by_person = {one.teacher_id: one for one in moves}
    ending = []
    for one in Contract._base_manager.filter(teacher__in=by_person, ground=""):
        move = by_person[one.teacher_id]
        if one.unit_id == move.from_unit_id and one.valid.lower < move.starts and one.period.contains(move.starts):
            one.valid = Range(one.valid.lower, move.starts)
            one.ground, one.end_document = AGREED, move.document
            ending.append(one)
    Contract.objects.bulk_update(ending, ["valid", "ground", "end_document"])


def _seats(moves: Sequence[Move], placed: dict[int, Placed], actor: Any) -> None:
    """Seats are kept from today on, left and taken on the day: all is booked now, all movements of the set in one statement."""
    coming = [one for one in moves if placed[one.pk].kind]
    with refusals():
        known: dict[tuple[int, str], Any] = {}
        for day in {one.starts for one in coming}:
            known |= accounts(
                [(_there(one), placed[one.pk].kind) for one in coming if one.starts == day], actor=actor, on=day
            )
        left = {row.pk: row for row in accounts_of({one.from_unit_id for one in moves}).select_related("unit")}
        _keep([one for one in coming if placed[one.pk].keep], placed, known, actor)
        bookings = []
        for one in moves:
            place = placed[one.pk]
            lines = []
            if place.held is not None:
                gives = left[place.held.account]
                lines = moved(gives, Bucket.OCCUPIED, Bucket.VACANT, one.starts, teacher=one.teacher)
            if place.kind:
                there = _there(one)
                takes = known[there.pk, place.kind]
                seat = Seat(one.teacher, there, place.kind, one.starts, place.approved or one.reservation)
                bookings.append(
                    _booking(one, Kind.MOVE if lines else Kind.OCCUPY, one.to_unit, lines + taking(takes, seat))
                )
            elif lines:
                bookings.append(_booking(one, Kind.RELEASE, left[place.held.account].unit, lines))  # type: ignore[union-attr]
        book(bookings, actor=actor)


def _keep(moves: Sequence[Move], placed: dict[int, Placed], known: dict[tuple[int, str], Any], actor: Any) -> None:
    """Keep the vacant seats from today on until they are taken."""
    made = [
        Reservation(
            pk=key, account=known[_there(one).pk, placed[one.pk].kind], count=1, on=actor.on, until=one.starts + DAY, document=one.document,
            note=str(one.get_kind_display()),
        )
        for key, one in zip(allocate(Reservation, len(moves)), moves, strict=True)
    ]  # fmt: skip
    Reservation.objects.bulk_create(made)
    bookings = []
    for one, kept in zip(moves, made, strict=True):
        one.reservation = kept
        lines = moved(kept.account, Bucket.VACANT, Bucket.RESERVED, kept.on, reservation=kept)
        lines += moved(kept.account, Bucket.RESERVED, Bucket.VACANT, kept.until, reservation=kept)
        bookings.append(_booking(one, Kind.RESERVE, one.to_unit, lines, actor.on))
    book(bookings, actor=actor)


def _booking(move: Move, kind: str, unit: Any, lines: list[Any], on: Any = None) -> Booking:
    said = str(move.get_kind_display())
    return Booking(kind, unit, on or move.starts, lines, document=move.document, note=said, case=move.case)
