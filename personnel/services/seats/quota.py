"""What the authority for seats decided: approved, taken back, adjusted between units; and how a mistake is put right."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from core.org.errors import NotAllowed
from core.org.models import Unit
from core.records.changes import change
from core.workflow.models import Case
from personnel.models import SeatEntry, SeatMovement
from personnel.selectors.seats import DECIDE, KEEP
from personnel.services.seats.booking import (
    Booking,
    Bucket,
    Kind,
    Line,
    accounts,
    book,
    moved,
    must_count,
    must_keep,
    refusals,
)
from personnel.services.seats.quotas_told import tell_quotas


def approve(
    *, actor: Any, unit: Unit, kind: str, count: int, on: date, document: str, reason: str = "", source: str = "page"
) -> SeatMovement:  # fmt: skip
    """Book seats that were approved for a unit from a day on (核定), or, with `count` below zero, taken back (核减).

    Raises `NotAllowed` without the right, without a document or for no seats; `SeatsRefused` where what is taken back is not vacant
    on every day from then on.
    """
    must_keep(actor, KEEP)
    if count == 0:
        raise NotAllowed(_("Say how many seats: at least one."), field="count")
    _must_have_paper(document)
    with (
        refusals(),
        change("personnel.seats_approve", actor=actor, reason=reason or document, document=document, source=source),
    ):
        account = accounts([(unit, kind)], actor=actor, on=on)[unit.pk, kind]
        lines = moved(account, Bucket.GRANTED, Bucket.VACANT, on, count)
        (made,) = book([Booking(Kind.APPROVE, unit, on, lines)], actor=actor, document=document, reason=reason)
        tell_quotas([account], since=on)
    return made


def adjust(
    *, actor: Any, case: Case, from_unit: Unit, to_unit: Unit, kind: str, count: int, on: date, document: str, reason: str = "",
    source: str = "page",
) -> SeatMovement:  # fmt: skip
    """Move vacant approved seats from one unit to another from a day on (调剂), as the decision of a case that a second person asked for.

    Raises as `approve`, and without the right to decide.
    """
    must_keep(actor, DECIDE)
    must_count(count)
    _must_have_paper(document)
    if from_unit.pk == to_unit.pk:
        raise NotAllowed(_("Seats are moved to another unit than the one that gives them."), field="to_unit")
    with (
        refusals(),
        change("personnel.seats_adjust", actor=actor, reason=reason or document, document=document, source=source),
    ):
        known = accounts([(from_unit, kind), (to_unit, kind)], actor=actor, on=on)
        gives, takes = known[from_unit.pk, kind], known[to_unit.pk, kind]
        lines = moved(gives, Bucket.VACANT, Bucket.GRANTED, on, count)
        lines += moved(takes, Bucket.GRANTED, Bucket.VACANT, on, count)
        booking = Booking(Kind.ADJUST, to_unit, on, lines)
        (made,) = book([booking], actor=actor, document=document, reason=reason, case=case)
        tell_quotas([gives, takes], since=on)
    return made


def counter(
    *, actor: Any, movement: SeatMovement, reason: str, document: str = "", source: str = "page"
) -> SeatMovement:
    """Put a mistaken movement right: the same entries the other way round, on the same days.

    Raises `NotAllowed` without the right or a reason, for an opening, a counter movement, what was put right before, and for seats
    that went to another unit: those two people moved; `SeatsRefused` where later movements stand on it.
    """
    must_keep(actor, KEEP)
    if not reason.strip():
        raise NotAllowed(_("Say why, in words."), field="reason")
    if movement.kind == Kind.ADJUST:
        raise NotAllowed(
            _("Seats that were moved to another unit come back the same way: ask for it, a second person decides.")
        )
    return _countered(actor=actor, movement=movement, reason=reason, document=document, source=source)


def counter_of_case(*, actor: Any, movement: SeatMovement, reason: str) -> SeatMovement:
    """Take back a movement that a case booked, when what was decided there is taken back. Whoever calls it has asked whether the actor may.

    Raises as `counter`.
    """
    return _countered(actor=actor, movement=movement, reason=reason, case=movement.case)


def _countered(
    *, actor: Any, movement: SeatMovement, reason: str, document: str = "", case: Any = None, source: str = "page"
) -> SeatMovement:  # fmt: skip
    if movement.kind in (Kind.OPENING, Kind.COUNTER):
        raise NotAllowed(_("An opening or a counter movement is put right by booking what is right."))
    if SeatMovement._base_manager.filter(counters=movement).exists():
        raise NotAllowed(_("This movement was put right already."))
    rows = list(
        SeatEntry._base_manager.filter(movement=movement).select_related("account__unit", "teacher", "reservation")
    )
    lines = [Line(row.account, row.bucket, row.on, -row.count, row.teacher, row.reservation) for row in rows]
    with refusals(), change("personnel.seats_counter", actor=actor, reason=reason, document=document, source=source):
        booking = Booking(Kind.COUNTER, movement.unit, movement.on, lines, movement)
        (made,) = book([booking], actor=actor, document=document, reason=reason, case=case)
        if any(row.bucket == Bucket.GRANTED for row in rows):
            tell_quotas({row.account for row in rows}, since=min(row.on for row in rows))
    return made


def _must_have_paper(document: str) -> None:
    if not document.strip():
        raise NotAllowed(_("Seats are approved on paper: give the number of the document."), field="document")
