"""Seats that are kept for a purpose until a day: reserve, put off, give back. Their end is booked ahead."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from core.org.errors import NotAllowed
from core.org.models import Unit
from core.records.changes import change
from personnel.models import Reservation, SeatEntry, SeatUse
from personnel.services.seats.booking import Booking, Bucket, Kind, accounts, book, moved, must_count, refusals


def reserve(
    *, actor: Any, unit: Unit, kind: str, count: int, on: date, until: date, use: SeatUse | None = None, case: Any = None,
    document: str = "", reason: str = "", source: str = "page",
) -> Reservation:  # fmt: skip
    """Keep vacant seats of a unit from a day up to, not including, `until`. Whoever calls it has asked whether the actor may.

    From `until` on what was not used is vacant again without anything being run: that is booked at once. Raises `NotAllowed` for no
    seats and an end before the beginning, `SeatsRefused` where too few are vacant on any of the days.
    """
    must_count(count)
    if until <= on:
        raise NotAllowed(_("The last day lies before the first one."), field="until")
    with (
        refusals(),
        change(
            "personnel.seats_reserve",
            actor=actor,
            reason=reason or document or _("Seats reserved"),
            document=document,
            source=source,
        ),
    ):
        account = accounts([(unit, kind)], actor=actor, on=on)[unit.pk, kind]
        made = Reservation.objects.create(
            account=account, count=count, on=on, until=until, use=use, document=document, note=reason[:200]
        )
        lines = moved(account, Bucket.VACANT, Bucket.RESERVED, on, count, reservation=made)
        lines += moved(account, Bucket.RESERVED, Bucket.VACANT, until, count, reservation=made)
        book([Booking(Kind.RESERVE, unit, on, lines)], actor=actor, document=document, reason=reason, case=case)
    return made


def extend_reservation(
    *, actor: Any, reservation: Reservation, until: date, on: date, case: Any = None, document: str = "", reason: str = "",
) -> Reservation:  # fmt: skip
    """Put the end of a reservation off to `until`, for the seats of it that are left; `on` is the day of the act.

    Raises `NotAllowed` where it has run out by then, nothing of it is left, or the new end is not later; `SeatsRefused` where the
    seats were promised to others from the old end on.
    """
    with (
        refusals(),
        change("personnel.seats_extend", actor=actor, reason=reason or _("Reservation put off"), document=document),
    ):
        held = _locked(reservation)
        left = _left(held, on)
        if on >= held.until or not left:
            raise NotAllowed(_("Nothing of this reservation is left that could be put off. Apply anew."))
        if until <= held.until:
            raise NotAllowed(_("The new last day lies after the old one."), field="until")
        lines = moved(held.account, Bucket.VACANT, Bucket.RESERVED, held.until, left, reservation=held)
        lines += moved(held.account, Bucket.RESERVED, Bucket.VACANT, until, left, reservation=held)
        held.until = until
        held.save(update_fields={"until"})
        book(
            [Booking(Kind.EXTEND, held.account.unit, on, lines)],
            actor=actor,
            document=document,
            reason=reason,
            case=case,
        )
    return held


def cancel_reservation(
    *, actor: Any, reservation: Reservation, on: date, case: Any = None, document: str = "", reason: str = ""
) -> int:  # fmt: skip
    """Give back from a day on what is left of a reservation, so that it is vacant again. Returns how many seats; 0 where none was left."""
    with (
        refusals(),
        change("personnel.seats_cancel", actor=actor, reason=reason or _("Reservation given back"), document=document),
    ):
        held = _locked(reservation)
        left = _left(held, on)
        if on >= held.until or not left:
            return 0
        lines = moved(held.account, Bucket.RESERVED, Bucket.VACANT, on, left, reservation=held)
        lines += moved(held.account, Bucket.VACANT, Bucket.RESERVED, held.until, left, reservation=held)
        book(
            [Booking(Kind.CANCEL, held.account.unit, on, lines)],
            actor=actor,
            document=document,
            reason=reason,
            case=case,
        )
    return left


def _locked(reservation: Reservation) -> Reservation:
    Reservation._base_manager.select_for_update(no_key=True).filter(pk=reservation.pk).values_list("pk").get()
    found: Reservation = Reservation._base_manager.select_related("account__unit").get(pk=reservation.pk)
    return found


def _left(reservation: Reservation, on: date) -> int:
    """The seats that are left on every day from a day to the end: some may be used later already."""
    rows = SeatEntry._base_manager.filter(reservation=reservation, on__lt=reservation.until)
    running = rows.filter(on__lte=on).aggregate(n=Sum("count"))["n"] or 0
    least = running
    for net in rows.filter(on__gt=on).values("on").annotate(n=Sum("count")).order_by("on").values_list("n", flat=True):
        running += net
        least = min(least, running)
    return max(least, 0)
