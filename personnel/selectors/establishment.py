"""Seats of many units beside the standard: pupils, standard, approved, occupied, reserved. Five queries whatever their number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef

from core.exchange.units import NEW_SCHOOL_YEAR
from core.org.models import Unit, UnitProfile, UnitStatistics
from core.parameters.selectors import ParameterMissing, at
from personnel.models import SeatEntry
from personnel.rules import QuotaStandard, StagePart, StandardQuota, county_quota, standard_quota
from personnel.selectors.seats import NOTHING, Balance, balances


@dataclass(frozen=True, slots=True)
class SchoolSeats:
    """One unit on a day: pupils by stage in the newest school year until then, the standard of each stage, its balance."""

    unit: Any
    parts: tuple[StagePart, ...]
    standards: tuple[StandardQuota, ...]
    balance: Balance
    school_year: int | None = None

    @property
    def pupils(self) -> int:
        """Pupils of all stages."""
        return sum(part.pupils for part in self.parts)

    @property
    def classes(self) -> int:
        """Classes of all stages."""
        return sum(part.classes for part in self.parts)

    @property
    def standard(self) -> int | None:
        """Seats by the standard, each stage rounded by itself; None where none of the stages has a ratio."""
        known = [one.seats for one in self.standards if one.seats is not None]
        return sum(known) if known else None


@dataclass(frozen=True, slots=True)
class Together:
    """Several units: `vacant` and `over` add up the units below and above their quota, since seats do not move by themselves."""

    approved: int
    occupied: int
    reserved: int
    vacant: int
    over: int
    over_units: int
    pupils: int


def school_year_of(day: date) -> int:
    """The school year of a day, named by its first calendar year."""
    return day.year - (day.month < NEW_SCHOOL_YEAR)


def seats_under(unit: Unit, kind: str, on: date) -> list[SchoolSeats]:
    """A unit and all below it that are open on a day and have pupils or an account, in the order of the tree."""
    units = list(Unit.objects.under(unit).open_on(on).named(on).in_tree())
    held = balances([one.pk for one in units], kind, on)
    return [row for row in school_seats(units, held, on) if row.parts or row.balance.known]


def school_seats(units: Sequence[Any], held: Mapping[int, Balance], on: date) -> list[SchoolSeats]:
    """Units, which have `location` annotated, with their figures and standards, and the balances by their keys. Two queries."""
    parts, years = stage_parts(units, on)
    return [
        SchoolSeats(
            one, parts.get(one.pk, ()), _standards(parts.get(one.pk, ()), one, on), held.get(one.pk, NOTHING), years.get(one.pk)
        )
        for one in units
    ]  # fmt: skip


def with_seats(units: Any, on: date) -> Any:
    """Those units of a queryset of which `seats_under` tells: they have figures or a seat account of any kind by a day."""
    entries = SeatEntry._base_manager.filter(account__unit=OuterRef("pk"), on__lte=on)
    figures = UnitStatistics._base_manager.filter(unit=OuterRef("pk"), school_year__lte=school_year_of(on))
    return units.filter(Exists(entries) | Exists(figures))


def stage_parts(units: Sequence[Any], on: date) -> tuple[dict[int, tuple[StagePart, ...]], dict[int, int]]:
    """Pupils by stage of the newest school year that each unit has figures of on a day, and which year that is. Two queries.

    Figures of the whole school count for its only stage. `units` have `location` annotated.
    """
    rows = UnitStatistics._base_manager.filter(unit__in=[one.pk for one in units], school_year__lte=school_year_of(on))
    newest = rows.order_by("unit", "-school_year", "stage")
    profiles = UnitProfile._base_manager.filter(unit__in=[one.pk for one in units], valid__contains=on)
    stages = dict(profiles.values_list("unit", "stages"))
    places = {one.pk: one.location or "" for one in units}
    found: dict[int, list[StagePart]] = {}
    years: dict[int, int] = {}
    for key, year, stage, pupils, classes, boarders in newest.values_list(
        "unit", "school_year", "stage", "pupils", "classes", "boarders"
    ):
        if years.setdefault(key, year) != year:
            continue
        taught = stages.get(key) or []
        said = stage or (taught[0] if len(taught) == 1 else "")
        found.setdefault(key, []).append(StagePart(said, pupils or 0, classes or 0, places[key], boarders or 0))
    return {key: tuple(parts) for key, parts in found.items()}, years


def _standards(parts: Iterable[StagePart], unit: Unit, on: date) -> tuple[StandardQuota, ...]:
    try:
        rules = at(QuotaStandard, on, unit=unit)
    except ParameterMissing:
        return ()
    return tuple(
        standard_quota(
            stage=one.stage, pupils=one.pupils, classes=one.classes, location=one.location, boarders=one.boarders, parameters=rules
        )
        for one in parts
    )  # fmt: skip


def by_stage(rows: Iterable[SchoolSeats], unit: Unit, on: date) -> tuple[StandardQuota, ...]:
    """The standard of all units together by stage: the ratio applies to the pupils of the whole county."""
    try:
        rules = at(QuotaStandard, on, unit=unit)
    except ParameterMissing:
        return ()
    return county_quota(parts=(part for row in rows for part in row.parts), parameters=rules)


def together(rows: Iterable[SchoolSeats]) -> Together:
    """Units together."""
    every = list(rows)
    return Together(
        sum(row.balance.approved for row in every), sum(row.balance.occupied for row in every),
        sum(row.balance.reserved for row in every), sum(row.balance.vacant for row in every),
        sum(row.balance.over for row in every), sum(row.balance.over > 0 for row in every), sum(row.pupils for row in every),
    )  # fmt: skip
