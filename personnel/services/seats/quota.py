"""What the authority for seats decided: approved, taken back, adjusted between units; and how a mistake is put right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
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
    (made,) = _countered(actor=actor, movements=[movement], reason=reason, document=document, source=source)
    return made


def counter_of_cases(*, actor: Any, movements: Sequence[SeatMovement], reason: str) -> list[SeatMovement]:
    """Take back movements that cases booked, when what was decided there is taken back. Whoever calls it has asked whether the actor may.

    It is one set, so that people go back to each other's places. Raises as `counter`.
    """
    return _countered(actor=actor, movements=movements, reason=reason, of_cases=True)


def _countered(
    *, actor: Any, movements: Sequence[SeatMovement], reason: str, document: str = "", source: str = "page",
    of_cases: bool = False,
) -> list[SeatMovement]:  # fmt: skip
    if not movements:
        return []
    if any(one.kind in (Kind.OPENING, Kind.COUNTER) for one in movements):
        raise NotAllowed(_("An opening or a counter movement is put right by booking what is right."))
    if SeatMovement._base_manager.filter(counters__in=movements).exists():
        raise NotAllowed(_("This movement was put right already."))
    entries = SeatEntry._base_manager.filter(movement__in=movements)
    rows = list(entries.select_related("account__unit", "teacher", "reservation"))
    lines: dict[int, list[Line]] = defaultdict(list)
    for row in rows:
        lines[row.movement_id].append(Line(row.account, row.bucket, row.on, -row.count, row.teacher, row.reservation))
    with refusals(), change("personnel.seats_counter", actor=actor, reason=reason, document=document, source=source):
        bookings = [
            Booking(Kind.COUNTER, one.unit, one.on, lines[one.pk], one, case=one.case if of_cases else None)
            for one in movements
        ]
        made = book(bookings, actor=actor, document=document, reason=reason)
        granted = [row for row in rows if row.bucket == Bucket.GRANTED]
        if granted:
            tell_quotas({row.account for row in granted}, since=min(row.on for row in granted))
    return made


def _must_have_paper(document: str) -> None:
    if not document.strip():
        raise NotAllowed(_("Seats are approved on paper: give the number of the document."), field="document")
