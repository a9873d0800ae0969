"""Seats for programs: by unit and kind on a day, the standard with its lines, the ledger, what differs from the files, a month."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.api import schema as shapes
from core.api.queries import Query
from core.api.schema import component, many, maybe
from core.api.values import code, plain, unit_of
from core.api.viewsets import ApiViewSet, ScopedViewSet
from core.codes.values import Values, values_of
from core.org.models import Unit
from personnel.api.asked import (
    DayField,
    DayQuery,
    UnitsQuery,
    known_seat_kind,
    rules_known,
    seat_kind_asked,
    unit_asked,
)
from personnel.api.posts import ID_OF_UNIT
from personnel.models import SeatAccount, SeatEntry, Teacher
from personnel.rules import StandardQuota
from personnel.selectors.establishment import SchoolSeats, by_stage, school_seats, seats_under, with_seats
from personnel.selectors.seat_holding import QUOTA, Difference, differences
from personnel.selectors.seat_movements import Month, booked_by, month_list, reservations
from personnel.selectors.seats import KEEP, VIEW, Balance, balances_of

KINDS: Final = "seat_kind"
BALANCE = component(
    "SeatBalance", _("The seats of one kind at a unit on a day; “free” below nought: people over the quota."),
    kind=shapes.CODE, approved=shapes.WHOLE, occupied=shapes.WHOLE, reserved=shapes.WHOLE, free=shapes.WHOLE,
)  # fmt: skip
LINE = component(
    "StandardLine", _("One part of a standard: by pupils (ratio), small schools, an addition, rounding; and its source."),
    rule=shapes.TEXT, seats=shapes.TEXT, note=shapes.TEXT, reference=shapes.TEXT,
)  # fmt: skip
STANDARD = component(
    "StageStandard", _("Seats that the standard gives for a stage, rounded and exact; null where it has no ratio for the stage."),
    stage=maybe(shapes.CODE), seats=maybe(shapes.WHOLE), exact=shapes.TEXT, lines=many(LINE), reference=shapes.TEXT,
)  # fmt: skip
RESERVATION = component(
    "SeatReservation", _("Seats that are kept from a day up to, not including, “until”; “left” are not used yet on the day."),
    id=shapes.ID, kind=shapes.CODE, count=shapes.WHOLE, left=shapes.WHOLE, on=shapes.DAY, until=shapes.DAY, case=maybe(shapes.ID),
    document=shapes.TEXT, note=shapes.TEXT,
)  # fmt: skip
COUNTED: Final[dict[str, Any]] = {
    "unit": shapes.UNIT, "school_year": maybe(shapes.WHOLE), "pupils": maybe(shapes.WHOLE), "classes": maybe(shapes.WHOLE),
    "standard": maybe(shapes.WHOLE), "seats": many(BALANCE),
}  # fmt: skip
UNIT_SEATS = component(
    "UnitSeats",
    _("The seats of a unit on a day beside its standard, by the newest figures of pupils until then."),
    **COUNTED,
)
ONE_UNIT = component(
    "SeatsOfUnit", _("The seats of one unit on a day: its standard stage by stage, and what is reserved."), **COUNTED,
    standards=many(STANDARD), reservations=many(RESERVATION),
)  # fmt: skip
COUNTY = component(
    "CountyStandard", _("The standard of a unit and all below it by stage: the ratio applies to the county’s pupils as a whole."),
    unit=shapes.UNIT, on=shapes.DAY, seats=shapes.WHOLE, stages=many(STANDARD),
)  # fmt: skip
MOVEMENT = component(
    "SeatMovement", _("An act on the ledger; “by” booked it."),
    id=shapes.ID, kind=shapes.CODE, on=shapes.DAY, document=shapes.TEXT, note=shapes.TEXT, by=shapes.TEXT,
)  # fmt: skip
ENTRY = component(
    "SeatEntry",
    _(
        "Seats that come into a part of an account on a day (below nought: leave it). Parts are granted (below nought: approved), vacant, "
        "reserved and occupied; the entries of one act sum to nought."
    ),
    id=shapes.ID, on=shapes.DAY, kind=shapes.CODE, part=shapes.CODE, count=shapes.WHOLE, person=maybe(shapes.TEXT),
    reservation=maybe(shapes.ID), movement=MOVEMENT,
)  # fmt: skip
HELD = component(
    "SeatSaid", _("A seat as files or ledger say it."), unit=shapes.UNIT, kind=shapes.CODE, since=shapes.DAY
)
DIFFERENCE = component(
    "SeatDifference",
    _(
        "Where ledger and files differ today: “what” is missing (a seat by the file only), surplus (by the ledger only), elsewhere, "
        "other_kind, or quota (“numbers”: approved by the unit’s quota, then by the ledger)."
    ),
    what=shapes.TEXT, unit=shapes.UNIT, person=maybe(shapes.ID), name=shapes.TEXT, since=maybe(shapes.DAY), file=maybe(HELD),
    ledger=maybe(HELD), numbers=many(shapes.WHOLE),
)  # fmt: skip
OF_MONTH = component(
    "SeatOfMonth", _("Who held a seat on some day of the month; “came” and “went” are days within it."),
    person=shapes.ID, staff_number=shapes.TEXT, name=shapes.TEXT, unit=shapes.UNIT, kind=shapes.CODE, came=maybe(shapes.DAY),
    went=maybe(shapes.DAY),
)  # fmt: skip
KIND_FIELD: Final[dict[str, Any]] = {"required": False, "max_length": 20, "label": _("kind of seat")}


class SeatQuery(UnitsQuery):
    """Conditions of the list of seats."""

    kind = serializers.CharField(**KIND_FIELD)


class LedgerQuery(Query):
    """Conditions of the entries of a unit."""

    kind = serializers.CharField(**KIND_FIELD)
    part = serializers.ChoiceField(required=False, choices=SeatEntry.Bucket.values, label=_("part of the account"))
    since = DayField(required=False, label=_("entries from this day on"))
    until = DayField(required=False, label=_("entries before this day"))


class MonthQuery(Query):
    """Which month."""

    month = serializers.RegexField(
        r"^20\d\d-(0[1-9]|1[0-2])$", required=False, label=_("the month, by default this one")
    )


@extend_schema(tags=[_("Seats")])  # type: ignore[list-item]
class Seats(ScopedViewSet):
    """Units with figures or seats."""

    permissions: ClassVar = {"list": VIEW, "retrieve": VIEW, "standard": VIEW}
    model = Unit

    def get_queryset(self) -> Any:
        return Unit.objects.visible_to(self.actor).named(self.day)

    @extend_schema(
        summary=_("Seats by unit"), parameters=[SeatQuery], responses={200: UNIT_SEATS}, operation_id="seats_list"
    )
    def list(self, request: Any) -> Response:
        said = SeatQuery.read(request)
        self.day = said.get("on", self.actor.on)
        self.kind = known_seat_kind(self.actor, said["kind"], self.day) if "kind" in said else ""
        units = self.get_queryset().under(unit_asked(self.actor, said)).open_on(self.day)
        return self.paged(with_seats(units, self.day), on=self.day)

    @extend_schema(
        summary=_("Seats of a unit"),
        parameters=[ID_OF_UNIT, DayQuery],
        responses={200: ONE_UNIT},
        operation_id="seats_of_unit",
    )
    def retrieve(self, _request: Any, **_ids: Any) -> Response:
        self.day, self.kind = DayQuery.read(self.request).get("on", self.actor.on), ""
        unit, values = self.get_object(), values_of(self.actor, self.day)
        self.prime(values, [unit])
        kept = reservations(unit, "", self.day)
        return Response({
            **self.row(values, unit), "standards": [_standard(values, one) for one in self.found[unit.pk].standards],
            "reservations": [
                {
                    "id": str(one.public_id), "kind": code(values, KINDS, one.account.kind), "count": one.count, "left": left,
                    "on": plain(one.on), "until": plain(one.until), "case": str(one.use.case.public_id) if one.use else None,
                    "document": one.document, "note": one.note,
                }
                for one, left in kept
            ],
        })  # fmt: skip

    @extend_schema(
        summary=_("Standard by stage"), parameters=[UnitsQuery], responses={200: COUNTY}, operation_id="seats_standard",
    )  # fmt: skip
    def standard(self, request: Any) -> Response:
        said = UnitsQuery.read(request)
        day, unit = said.get("on", self.actor.on), unit_asked(self.actor, said)
        values = values_of(self.actor, day)
        values.prime(units=[unit.pk])
        stages = by_stage(seats_under(unit, seat_kind_asked(self.actor, {}, day), day), unit, day)
        return Response({
            "unit": unit_of(values, unit), "on": plain(day), "seats": sum(one.seats or 0 for one in stages),
            "stages": [_standard(values, one) for one in stages],
        })  # fmt: skip

    def prime(self, values: Values, page: Any) -> None:
        keys = [one.pk for one in page]
        values.prime(units=keys)
        self.held = balances_of(keys, self.day)
        self.found: dict[int, SchoolSeats] = {one.unit.pk: one for one in school_seats(page, {}, self.day)}

    def row(self, values: Values, record: Any) -> dict[str, Any]:
        found, held = self.found[record.pk], self.held.get(record.pk, {})
        return {
            "unit": unit_of(values, record), "school_year": found.school_year, "pupils": found.pupils if found.parts else None,
            "classes": found.classes if found.parts else None, "standard": found.standard,
            "seats": [_balance(values, kind, one) for kind, one in held.items() if self.kind in ("", kind)],
        }  # fmt: skip


@extend_schema(tags=[_("Seats")])  # type: ignore[list-item]
class Ledger(ScopedViewSet):
    """The entries of the accounts of one unit."""

    permissions: ClassVar = {"list": VIEW}
    model = Unit
    ordering = "-id"

    @extend_schema(
        summary=_("Seat ledger of a unit"), parameters=[ID_OF_UNIT, LedgerQuery], responses={200: ENTRY}, operation_id="seat_ledger",
        description=_("In the order in which they were booked, the latest first; “on” is the day from which an entry counts."),
    )  # fmt: skip
    def list(self, request: Any, **_ids: Any) -> Response:
        said = LedgerQuery.read(request)
        accounts = SeatAccount.objects.visible_to(self.actor).filter(unit=self.get_object())
        if "kind" in said:
            accounts = accounts.filter(kind=known_seat_kind(self.actor, said["kind"], self.actor.on))
        rows = SeatEntry.objects.visible_to(self.actor).filter(account__in=accounts)
        for name, condition in (("part", "bucket"), ("since", "on__gte"), ("until", "on__lt")):
            rows = rows.filter(**{condition: said[name]}) if name in said else rows
        return self.paged(rows.select_related("account", "movement", "teacher", "reservation"))

    def prime(self, values: Values, page: Any) -> None:
        self.who = booked_by({one.movement_id for one in page})

    def row(self, values: Values, record: Any) -> dict[str, Any]:
        movement = record.movement
        return {
            "id": str(record.public_id), "on": plain(record.on), "kind": code(values, KINDS, record.account.kind),
            "part": {"code": record.bucket, "label": record.get_bucket_display()}, "count": record.count,
            "person": record.teacher.name if record.teacher else None,
            "reservation": str(record.reservation.public_id) if record.reservation else None,
            "movement": {
                "id": str(movement.public_id), "kind": {"code": movement.kind, "label": movement.get_kind_display()},
                "on": plain(movement.on), "document": movement.document, "note": movement.note, "by": self.who.get(movement.pk, ""),
            },
        }  # fmt: skip


@extend_schema(tags=[_("Seats")])  # type: ignore[list-item]
class SeatDifferences(ApiViewSet):
    """The ledger beside the files of today."""

    permissions: ClassVar = {"list": KEEP}

    @extend_schema(
        summary=_("Seat ledger and files"), responses={200: DIFFERENCE}, operation_id="seat_differences",
        description=_("Of all units that the actor sees, as the page reckons them; by unit and name."),
    )  # fmt: skip
    def list(self, request: Any) -> Response:
        Query.read(request)
        with rules_known():
            found = differences(Unit.objects.visible_to(self.actor).in_tree(), self.actor.on)
        return self.cut(found)

    def prime(self, values: Values, page: Any) -> None:
        keys = {one.unit for one in page} | {said.unit for one in page for said in (one.file, one.ledger) if said}
        self.units = Unit._base_manager.in_bulk(keys)
        values.prime(units=list(keys))
        self.people = _ids_of([one.teacher for one in page if one.teacher])

    def row(self, values: Values, record: Difference) -> dict[str, Any]:
        return {
            "what": record.what, "unit": unit_of(values, self.units[record.unit]),
            "person": self.people.get(record.teacher) if record.teacher else None, "name": record.name, "since": plain(record.day),
            "file": self._said(values, record.file), "ledger": self._said(values, record.ledger),
            "numbers": list(record.numbers) if record.what == QUOTA else [],
        }  # fmt: skip

    def _said(self, values: Values, seat: Any) -> dict[str, Any] | None:
        if seat is None:
            return None
        unit = unit_of(values, self.units[seat.unit])
        return {"unit": unit, "kind": code(values, KINDS, seat.kind), "since": plain(seat.since)}


@extend_schema(tags=[_("Seats")])  # type: ignore[list-item]
class SeatsOfMonth(ApiViewSet):
    """Who holds which seat in a month."""

    permissions: ClassVar = {"list": VIEW}

    @extend_schema(
        summary=_("Seats of a month"), parameters=[MonthQuery], responses={200: OF_MONTH}, operation_id="seats_month",
        description=_("For the monthly comparison with the wage list. Who moved stands there once for each seat."),
    )  # fmt: skip
    def list(self, request: Any) -> Response:
        asked = MonthQuery.read(request).get("month") or f"{self.actor.on:%Y-%m}"
        year, month = map(int, asked.split("-"))
        return self.cut(month_list(self.actor.unit, year, month))

    def prime(self, values: Values, page: Any) -> None:
        self.units = Unit._base_manager.in_bulk({one.unit for one in page})
        values.prime(units=list(self.units))
        self.people = _ids_of([one.teacher for one in page])

    def row(self, values: Values, record: Month) -> dict[str, Any]:
        return {
            "person": self.people[record.teacher], "staff_number": record.staff_number, "name": record.name,
            "unit": unit_of(values, self.units[record.unit]), "kind": code(values, KINDS, record.kind), "came": plain(record.came),
            "went": plain(record.went),
        }  # fmt: skip


def _ids_of(teachers: Any) -> dict[int, str]:
    rows = Teacher._base_manager.filter(pk__in=teachers)
    return {key: str(public_id) for key, public_id in rows.values_list("pk", "public_id")}


def _balance(values: Values, kind: str, one: Balance) -> dict[str, Any]:
    return {
        "kind": code(values, KINDS, kind), "approved": one.approved, "occupied": one.occupied, "reserved": one.reserved, "free": one.free,
    }  # fmt: skip


def _standard(values: Values, one: StandardQuota) -> dict[str, Any]:
    return {
        "stage": code(values, "stage", one.stage), "seats": one.seats, "exact": plain(one.exact), "reference": one.reference,
        "lines": [
            {"rule": line.rule, "seats": plain(line.seats), "note": line.note, "reference": line.reference} for line in one.lines
        ],
    }  # fmt: skip
