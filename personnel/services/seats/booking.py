"""Writing movements with their entries set-wise, and saying in words what the ledger refuses."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.codes.selectors import entries
from core.codes.selectors import label as code_label
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.records.bulk import allocate, copy_rows
from core.records.changes import change
from personnel.models import Reservation, SeatAccount, SeatEntry, SeatMovement, Teacher
from personnel.models.seat_triggers import STATE

Bucket, Kind = SeatEntry.Bucket, SeatMovement.Kind
MOVEMENT: Final = ("id", "kind", "unit_id", "on", "document", "note", "case_id", "counters_id")
ENTRY: Final = ("movement_id", "account_id", "bucket", "on", "count", "teacher_id", "reservation_id")


class SeatsRefused(NotAllowed):
    """The ledger refuses a movement.

    `what` is the part that would fall below zero or another word of the triggers, `missing` by how much, `unit`, `kind` and `day` where
    and when; `teacher` whose seat it is about.
    """

    def __init__(
        self, text: object, *, what: str, unit: Any = None, kind: str = "", day: date | None = None, missing: int = 0, teacher: Any = None
    ) -> None:  # fmt: skip
        super().__init__(text)
        self.what, self.unit, self.kind, self.day, self.missing, self.teacher = what, unit, kind, day, missing, teacher


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: seats that come into a part of an account on a day, or leave it."""

    account: SeatAccount
    bucket: str
    on: date
    count: int
    teacher: Teacher | None = None
    reservation: Reservation | None = None


@dataclass(slots=True)
class Booking:
    """One movement that is to be written: its entries sum to zero in each account on each day."""

    kind: str
    unit: Unit
    on: date
    lines: list[Line] = field(default_factory=list)
    counters: SeatMovement | None = None
    document: str = ""
    note: str = ""
    case: Any = None


def book(
    bookings: Sequence[Booking], *, actor: Any, document: str = "", reason: str = "", case: Any = None, source: str = "page"
) -> list[SeatMovement]:  # fmt: skip
    """Write movements in one change and two statements, all of them or none. Raises `SeatsRefused`."""
    if not bookings:
        return []
    with refusals(), change(
        f"personnel.seats_{bookings[0].kind}", actor=actor, reason=reason.strip() or document.strip() or str(Kind(bookings[0].kind).label),
        document=document.strip(), source=source,
    ):  # fmt: skip
        keys = allocate(SeatMovement, len(bookings))
        copy_rows(
            SeatMovement, MOVEMENT,
            (
                (key, one.kind, one.unit.pk, one.on, one.document or document.strip(), one.note or reason.strip(),
                 of.pk if (of := one.case or case) is not None else None, one.counters.pk if one.counters is not None else None)
                for key, one in zip(keys, bookings, strict=True)
            ),
        )  # fmt: skip
        copy_rows(
            SeatEntry, ENTRY,
            (
                (key, line.account.pk, line.bucket, line.on, line.count, line.teacher.pk if line.teacher is not None else None,
                 line.reservation.pk if line.reservation is not None else None)
                for key, one in zip(keys, bookings, strict=True) for line in one.lines
            ),
        )  # fmt: skip
    return list(SeatMovement._base_manager.filter(pk__in=keys).order_by("pk"))


def moved(account: SeatAccount, source: str, target: str, on: date, count: int = 1, **whose: Any) -> list[Line]:
    """Seats that go from one part of an account to another on a day. `whose` is laid on the side that it belongs to."""
    teacher, reservation = whose.get("teacher"), whose.get("reservation")

    def line(bucket: str, number: int) -> Line:
        of_person = teacher if bucket == Bucket.OCCUPIED else None
        return Line(account, bucket, on, number, of_person, reservation if bucket == Bucket.RESERVED else None)

    return [line(source, -count), line(target, count)]


def accounts(wanted: Iterable[tuple[Unit, str]], *, actor: Any, on: date) -> dict[tuple[int, str], SeatAccount]:
    """The accounts of units and kinds, by both; those that are missing are opened in the open change.

    Raises `NotAllowed` for a kind of seat that the list does not have, and for a unit that does not exist on the day.
    """
    pairs = {(unit.pk, kind): unit for unit, kind in wanted}
    _must_be_known({kind for _unit, kind in pairs}, on)
    for unit in pairs.values():
        if (unit.opened is not None and on < unit.opened) or (unit.closed is not None and on >= unit.closed):
            said = {"unit": unit_words(unit.pk, on), "day": on.isoformat()}
            raise NotAllowed(_("%(unit)s does not exist on %(day)s: no seats are booked there.") % said)
    known = _known(pairs)
    fresh = sorted(set(pairs) - set(known))
    if fresh:
        with change("personnel.seats_account", actor=actor, reason=_("Seat account opened")):
            made = [SeatAccount(unit_id=unit, kind=kind) for unit, kind in fresh]
            SeatAccount.objects.bulk_create(made, ignore_conflicts=True)
        known = _known(pairs)
    return known


def _known(pairs: Collection[tuple[int, str]]) -> dict[tuple[int, str], SeatAccount]:
    rows = SeatAccount._base_manager.filter(unit__in={unit for unit, _kind in pairs}).select_related("unit")
    return {(row.unit_id, row.kind): row for row in rows if (row.unit_id, row.kind) in pairs}


def _must_be_known(kinds: Iterable[str], on: date) -> None:
    known = {one.code for one in entries("seat_kind", on)}
    for kind in kinds:
        if kind not in known:
            raise NotAllowed(_("This kind of seat is not in its list."), field="kind")


def must_keep(actor: Any, permission: str) -> None:
    """Refuse who does not keep the ledger."""
    if not actor.may(permission):
        raise NotAllowed(_("Your role does not book seats."))


def must_count(count: int) -> None:
    """Refuse no seats at all."""
    if count < 1:
        raise NotAllowed(_("Say how many seats: at least one."), field="count")


def unit_words(unit: int, on: date) -> str:
    """What a unit is called on a day."""
    return str(Unit.objects.named(on).get(pk=unit))


@contextmanager
def refusals() -> Iterator[None]:
    """Say in words what the ledger refuses. The words are looked up once the refused statement was rolled back."""
    try:
        yield
    except DatabaseError as error:
        told = _told(error)
        if told is None:
            raise
        raise _refused(told) from error


def _told(error: BaseException) -> dict[str, Any] | None:
    cause: Any = error.__cause__ if getattr(error.__cause__, "sqlstate", None) else error
    if getattr(cause, "sqlstate", None) != STATE or not getattr(cause, "diag", None) or not cause.diag.message_detail:
        return None
    told: dict[str, Any] = json.loads(cause.diag.message_detail)
    return None if told["what"] == "unbalanced" else told


def _refused(told: dict[str, Any]) -> SeatsRefused:
    account = SeatAccount._base_manager.select_related("unit").filter(pk=told["account"]).first()
    day = date.fromisoformat(told["day"])
    missing, what = int(told["missing"] or 0), told["what"]
    teacher = Teacher._base_manager.filter(pk=told["teacher"]).first() if told["teacher"] else None
    said = {
        "unit": unit_words(account.unit_id, day) if account else _("The unit"), "day": day.isoformat(), "n": missing,
        "kind": code_label("seat_kind", account.kind) if account else "", "person": teacher.name if teacher else "",
    }  # fmt: skip
    return SeatsRefused(
        _words(what, missing) % said, what=what, unit=account.unit if account else None, kind=account.kind if account else "",
        day=day, missing=missing, teacher=teacher,
    )  # fmt: skip


def _words(what: str, missing: int) -> str:
    if what == Bucket.VACANT:
        return ngettext(
            "%(unit)s lacks %(n)s vacant seat (%(kind)s) on %(day)s. Take a later day, or have seats approved or moved there.",
            "%(unit)s lacks %(n)s vacant seats (%(kind)s) on %(day)s. Take a later day, or have seats approved or moved there.",
            missing,
        )
    if what in (Bucket.RESERVED, "reservation"):
        return _(
            "The reservation of %(unit)s (%(kind)s) has too few seats left on %(day)s: used, given back or run out. Apply anew."
        )
    if what == "two_seats":
        return _("%(person)s holds a seat already on %(day)s. Release that one first: nobody holds two.")
    if what in ("no_seat", Bucket.OCCUPIED):
        return _(
            "%(person)s holds no seat at %(unit)s (%(kind)s) on %(day)s that could be released: look at the days of what is booked later."
        )
    if what == "opened":
        return _(
            "The seats of %(unit)s (%(kind)s) have moved since they were opened on %(day)s. Book approvals and releases instead."
        )
    if what == "before_opening":
        return _("The seats of %(unit)s (%(kind)s) are kept since %(day)s: nothing is booked before that day.")
    return _("The approved seats of %(unit)s (%(kind)s) would fall below none on %(day)s, by %(n)s.")
