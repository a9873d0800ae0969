"""Who takes a seat, gives it up, moves to one elsewhere (上编、下编). Whoever calls these verbs has asked whether the actor may."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.org.errors import NotAllowed
from core.org.models import Unit
from core.records.changes import change
from personnel.models import Reservation, SeatAccount, SeatMovement, Teacher
from personnel.selectors.seats import seats_of
from personnel.services.seats.booking import Booking, Bucket, Kind, Line, accounts, book, moved, refusals


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat that somebody is to hold from a day on: a vacant one, or one of a reservation."""

    teacher: Teacher
    unit: Unit
    kind: str
    on: date
    reservation: Reservation | None = None


def occupy(
    *, actor: Any, teacher: Teacher, unit: Unit, kind: str, on: date, reservation: Reservation | None = None, case: Any = None,
    document: str = "", reason: str = "", source: str = "page",
) -> SeatMovement:  # fmt: skip
    """Let a person hold a seat of a unit from a day on, a vacant one or one of a reservation.

    Raises `SeatsRefused` where none is vacant (or left in the reservation) on any day from then on, or the person holds another.
    """
    seat = Seat(teacher, unit, kind, on, reservation)
    (made,) = occupy_many(actor=actor, seats=[seat], case=case, document=document, reason=reason, source=source)
    return made


def occupy_many(
    *, actor: Any, seats: Sequence[Seat], case: Any = None, document: str = "", reason: str = "", source: str = "page"
) -> list[SeatMovement]:  # fmt: skip
    """Let many people hold a seat each, all or none; a fixed number of queries. Raises as `occupy`."""
    said = reason or document or _("Seats occupied")
    with refusals(), change("personnel.seats_occupy", actor=actor, reason=said, document=document, source=source):
        known = _accounts_for([(one.unit, one.kind, one.on) for one in seats], actor)
        bookings = [Booking(Kind.OCCUPY, one.unit, one.on, taking(known[one.unit.pk, one.kind], one)) for one in seats]
        return book(bookings, actor=actor, document=document, reason=reason, case=case)


def release(
    *, actor: Any, teacher: Teacher, on: date, case: Any = None, document: str = "", reason: str = "", source: str = "page"
) -> SeatMovement | None:  # fmt: skip
    """Let a person's seat be vacant from a day on (the first day without it). None, and nothing written, where they hold none then."""
    made = release_many(
        actor=actor, teachers=[teacher], on=on, case=case, document=document, reason=reason, source=source
    )
    return made[0] if made else None


def release_many(
    *, actor: Any, teachers: Collection[Teacher], on: date, case: Any = None, document: str = "", reason: str = "", source: str = "page"
) -> list[SeatMovement]:  # fmt: skip
    """Let the seats of many people be vacant from a day on; who holds none then is passed over. Raises as `release`."""
    said = reason or document or _("Seats released")
    with refusals(), change("personnel.seats_release", actor=actor, reason=said, document=document, source=source):
        held = seats_of([one.pk for one in teachers], on)
        known = _by_key(held[one.pk].account for one in teachers if one.pk in held)
        bookings = []
        for one in teachers:
            if one.pk in held:
                account = known[held[one.pk].account]
                bookings.append(
                    Booking(
                        Kind.RELEASE, account.unit, on, moved(account, Bucket.OCCUPIED, Bucket.VACANT, on, teacher=one)
                    )
                )
        return book(bookings, actor=actor, document=document, reason=reason, case=case)


def move(
    *, actor: Any, teacher: Teacher, to_unit: Unit, on: date, kind: str = "", reservation: Reservation | None = None, case: Any = None,
    document: str = "", reason: str = "", source: str = "page",
) -> SeatMovement:  # fmt: skip
    """Let a person give up their seat and take one at another unit on the same day, of the same kind unless another is named.

    Raises `NotAllowed` where they hold none on the day or hold that very one, `SeatsRefused` as `occupy`.
    """
    seat = Seat(teacher, to_unit, kind, on, reservation)
    (made,) = move_many(actor=actor, seats=[seat], case=case, document=document, reason=reason, source=source)
    return made


def move_many(
    *, actor: Any, seats: Sequence[Seat], case: Any = None, document: str = "", reason: str = "", source: str = "page"
) -> list[SeatMovement]:  # fmt: skip
    """Move many people to the seats named, all or none, so that some may change places. Raises as `move`."""
    said = reason or document or _("Seats moved")
    with refusals(), change("personnel.seats_move", actor=actor, reason=said, document=document, source=source):
        held: dict[int, Any] = {}
        for day in {one.on for one in seats}:
            held |= seats_of([one.teacher.pk for one in seats if one.on == day], day)
        if without := [one.teacher.name for one in seats if one.teacher.pk not in held]:
            text = ngettext("%(names)s holds no seat on the day.", "%(names)s hold no seat on the day.", len(without))
            raise NotAllowed(text % {"names": "、".join(without[:5])})
        wanted = [
            Seat(one.teacher, one.unit, one.kind or held[one.teacher.pk].kind, one.on, one.reservation) for one in seats
        ]
        known = _accounts_for([(one.unit, one.kind, one.on) for one in wanted], actor)
        left = _by_key(one.account for one in held.values())
        bookings = []
        for one in wanted:
            gives, takes = left[held[one.teacher.pk].account], known[one.unit.pk, one.kind]
            if gives.pk == takes.pk:
                raise NotAllowed(_("%(name)s holds a seat of that unit already.") % {"name": one.teacher.name})
            lines = moved(gives, Bucket.OCCUPIED, Bucket.VACANT, one.on, teacher=one.teacher)
            bookings.append(Booking(Kind.MOVE, one.unit, one.on, lines + taking(takes, one)))
        return book(bookings, actor=actor, document=document, reason=reason, case=case)


def taking(account: SeatAccount, seat: Seat) -> list[Line]:
    """The entries by which a person takes a seat. One of a reservation is not given back at the reservation's end."""
    reserved = seat.reservation
    if reserved is None:
        return moved(account, Bucket.VACANT, Bucket.OCCUPIED, seat.on, teacher=seat.teacher)
    if reserved.account_id != account.pk:
        raise NotAllowed(_("The reservation is one of another unit or of another kind of seat."), field="reservation")
    lines = moved(account, Bucket.RESERVED, Bucket.OCCUPIED, seat.on, teacher=seat.teacher, reservation=reserved)
    # Used on its last day or later there is nothing to hold back: the database says that it has run out.
    if seat.on < reserved.until:
        lines += moved(account, Bucket.VACANT, Bucket.RESERVED, reserved.until, reservation=reserved)
    return lines


def _accounts_for(wanted: Sequence[tuple[Unit, str, date]], actor: Any) -> dict[tuple[int, str], SeatAccount]:
    found: dict[tuple[int, str], SeatAccount] = {}
    for day in {on for _unit, _kind, on in wanted}:
        found |= accounts([(unit, kind) for unit, kind, on in wanted if on == day], actor=actor, on=day)
    return found


def _by_key(keys: Any) -> dict[int, SeatAccount]:
    return {row.pk: row for row in SeatAccount._base_manager.filter(pk__in=set(keys)).select_related("unit")}
