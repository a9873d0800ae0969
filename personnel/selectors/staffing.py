"""Who fills the approved quota: seats, people and people away, unit by unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from core.org.models import ApprovedQuota, Unit
from personnel.choices import IN_POST
from personnel.models import Dispatch, Employment, PersonStatus
from personnel.selectors.gone import gone


@dataclass(frozen=True, slots=True)
class Staffing:
    """One unit on a day: approved seats (None where none are approved), people employed, those in quota, those of them away."""

    unit: Any
    seats: int | None
    people: int
    in_quota: int
    away: int

    @property
    def free(self) -> int | None:
        """Seats that nobody fills; negative where there are more people in quota than seats."""
        return None if self.seats is None else self.seats - self.in_quota


@dataclass(frozen=True, slots=True)
class Sum:
    """Several units together. `free` and `over` add up the units below and above their seats, since seats do not move.

    `seatless` are people in quota in units without approved seats: seats − in_quota = free − over − seatless.
    """

    seats: int
    people: int
    in_quota: int
    free: int
    over: int
    over_units: int
    seatless: int


def staffing(unit: Unit, on: date) -> list[Staffing]:
    """A unit and all below it that are open on a day, in the order of the tree. Three queries whatever their number."""
    units = Unit.objects.under(unit).open_on(on).named(on).in_tree()
    seats = dict(
        ApprovedQuota.objects.filter(unit__in=units.values("pk"), valid__contains=on).values_list("unit", "seats")
    )
    counted = {row["unit"]: row for row in _counts(unit, on)}
    none = {"people": 0, "filling": 0, "away": 0}
    return [
        Staffing(one, seats.get(one.pk), *(counted.get(one.pk, none)[name] for name in ("people", "filling", "away")))
        for one in units
    ]


def staffing_of(unit: Unit, on: date) -> Staffing:
    """One unit by itself on a day. Two queries."""
    seats = ApprovedQuota.objects.filter(unit=unit, valid__contains=on).values_list("seats", flat=True).first()
    counted = {row["unit"]: row for row in _counts(unit, on)}.get(unit.pk, {})
    return Staffing(unit, seats, *(counted.get(name, 0) for name in ("people", "filling", "away")))


def _counts(unit: Unit, on: date) -> Any:
    away = Exists(_status(on).exclude(status=IN_POST)) | Exists(_dispatched(on))
    return (
        _employed(on)
        .filter(unit__path__descendants=unit.path)
        .values("unit")
        .annotate(
            people=Count("pk"),
            filling=Count("pk", filter=Q(in_quota=True)),
            away=Count("pk", filter=Q(in_quota=True) & Q(away)),
        )
        .order_by()
    )


def _dispatched(on: date) -> Any:
    return Dispatch._base_manager.filter(teacher=OuterRef("teacher"), valid__contains=on)


def _status(on: date) -> Any:
    return PersonStatus._base_manager.filter(teacher=OuterRef("teacher"), valid__contains=on)


def _employed(on: date) -> Any:
    """Employments of a day whose people work for the unit: neither retired nor left nor dead."""
    return Employment._base_manager.filter(~Exists(gone(on).filter(teacher=OuterRef("teacher"))), valid__contains=on)


def summed(rows: Iterable[Staffing]) -> Sum:
    """Units together."""
    every = list(rows)
    gaps = [row.free for row in every if row.free is not None]
    return Sum(
        seats=sum(row.seats or 0 for row in every),
        people=sum(row.people for row in every),
        in_quota=sum(row.in_quota for row in every),
        free=sum(gap for gap in gaps if gap > 0),
        over=-sum(gap for gap in gaps if gap < 0),
        over_units=sum(gap < 0 for gap in gaps),
        seatless=sum(row.in_quota for row in every if row.seats is None),
    )


def with_staffing(units: Any, on: date) -> Any:
    """Annotate units with `people`, `in_quota` and `free` (NULL without approved seats) of the unit itself on a day."""
    own = _employed(on).filter(unit=OuterRef("pk")).order_by().values("unit")
    counted = own.annotate(number=Count("pk")).values("number")
    in_quota = own.filter(in_quota=True).annotate(number=Count("pk")).values("number")
    seats = ApprovedQuota.objects.filter(unit=OuterRef("pk"), valid__contains=on).values("seats")[:1]
    return units.annotate(
        people=Coalesce(Subquery(counted), 0),
        in_quota=Coalesce(Subquery(in_quota), 0),
        free=Subquery(seats) - F("in_quota"),
    )
