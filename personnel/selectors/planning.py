"""What planning stands on, read once for many schools: figures of years, seats, who retires, who teaches. Ten queries or so in all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Q

from core.exchange.units import NEW_SCHOOL_YEAR
from core.org.models import Unit, UnitKind, UnitProfile, UnitStatistics
from core.parameters.selectors import ParameterMissing, at
from personnel.rules import PupilProjection, QuotaStandard, StagePart, StandardQuota, county_quota, standard_quota
from personnel.rules.planning import Counted, Projected, StaffGap, project_pupils
from personnel.selectors.establishment import school_year_of
from personnel.selectors.retirement import retirements
from personnel.selectors.seats import NOTHING, Balance, balances, holders

# Who reached the statutory age before today and still holds a seat leaves it before any planned year.
LONG_AGO: Final = date(1990, 1, 1)
# Beside the figures themselves: how many years of them a projection looks at.
YEARS_BACK: Final = 10
# Offices hold seats, but no standard counts for them.
OFFICES: Final = frozenset({UnitKind.PROVINCE, UnitKind.CITY, UnitKind.COUNTY, UnitKind.DEPARTMENT})
BUREAUS: Final = frozenset({UnitKind.PROVINCE, UnitKind.CITY, UnitKind.COUNTY})


@dataclass(frozen=True, slots=True)
class Assumed:
    """What a plan assumes and proposes beyond what is on record.

    `entered` pupils and classes by unit and stage, `seats` that come to a unit (below nought: go), `recruits` by unit, stage, subject.
    """

    method: str = ""
    change: Any = None
    entered: Mapping[tuple[int, str], tuple[int, int]] = field(default_factory=dict)
    seats: Mapping[int, int] = field(default_factory=dict)
    recruits: Mapping[tuple[int, str, str], int] = field(default_factory=dict)


NOTHING_ASSUMED: Final = Assumed()


@dataclass(frozen=True, slots=True)
class SchoolPlan:
    """One unit: its stages now and in the planned year, the standard of both, and what it lacks by then. `recruits` are proposed.

    Without a seat ledger (`balance.known`) nothing tells what it lacks.
    """

    unit: Any
    now: tuple[StagePart, ...]
    then: tuple[Projected, ...]
    standard_now: int | None
    standards: tuple[StandardQuota, ...]
    balance: Balance
    gap: StaffGap
    recruits: int = 0

    @property
    def standard(self) -> int | None:
        """Seats by the standard of the planned year, each stage rounded by itself; None where it says nothing of any."""
        return seats_of(self.standards)

    def people_by_stage(self) -> dict[str, tuple[Decimal, Decimal]]:
        """By stage, who is still there and who retires; a school of several stages is divided as its standard is.

        Nothing where the ledger or the standard does not tell.
        """
        whole = sum((one.exact for one in self.standards), Decimal(0))
        if self.gap.lacking is None or not whole:
            return {}
        return {
            one.stage: (self.gap.staying * one.exact / whole, self.gap.retiring * one.exact / whole)
            for one in self.standards
        }

    @property
    def pupils_now(self) -> int:
        """Pupils of all stages by the newest figures."""
        return sum(part.pupils for part in self.now)

    @property
    def pupils(self) -> int:
        """Pupils of all stages in the planned year."""
        return sum(one.pupils for one in self.then)

    @property
    def left(self) -> int | None:
        """What is lacking once those proposed were recruited."""
        return None if self.gap.lacking is None else self.gap.lacking - self.recruits


@dataclass(frozen=True, slots=True)
class Plan:
    """All units in a planned year. `stages`: the standard by stage, the ratio applied to each county as a whole."""

    year: int
    rows: tuple[SchoolPlan, ...]
    stages: tuple[StandardQuota, ...]
    parameters: PupilProjection

    @property
    def total(self) -> Total:
        """The units together."""
        gaps = [row.gap for row in self.rows]
        known = [row.gap for row in self.rows if row.gap.standard is not None]
        return Total(
            pupils_now=sum(row.pupils_now for row in self.rows), pupils=sum(row.pupils for row in self.rows),
            standard_now=sum(row.standard_now or 0 for row in self.rows), standard=sum(row.standard or 0 for row in self.rows),
            approved=sum(one.approved for one in gaps), occupied=sum(one.occupied for one in gaps),
            retiring=sum(one.retiring for one in gaps), lacking=sum(max(one.lacking or 0, 0) for one in known),
            beyond=sum(max(-(one.lacking or 0), 0) for one in known), hire=sum(one.hire for one in gaps),
            seats_short=sum(one.seats_short for one in gaps), recruits=sum(row.recruits for row in self.rows),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Total:
    """Units together: `lacking` and `beyond` add up the units below and above their standard, since people do not move by themselves."""

    pupils_now: int
    pupils: int
    standard_now: int
    standard: int
    approved: int
    occupied: int
    retiring: int
    lacking: int
    beyond: int
    hire: int
    seats_short: int
    recruits: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What is on record, for any number of plans.

    `held` are today's balances, `booked` those of the first day of each planned year, as far as they are booked ahead; `leaving`: month of
    retirement, unit and person of each seat that becomes free by it.
    """

    unit: Any
    on: date
    kind: str
    units: Sequence[Any]
    counts: Sequence[Counted]
    places: Mapping[int, str]
    held: Mapping[int, Balance]
    booked: Mapping[int, Mapping[int, Balance]]
    leaving: Sequence[tuple[date, int, int]]

    def retiring(self, year: int) -> dict[int, int]:
        """By unit, how many seats are left by retirement before the school year begins."""
        first, found = year_begins(year), dict[int, int]()
        for month, unit, _teacher in self.leaving:
            if month < first:
                found[unit] = found.get(unit, 0) + 1
        return found

    def retired(self, year: int) -> frozenset[int]:
        """The people who retire before the school year begins, by their keys."""
        first = year_begins(year)
        return frozenset(teacher for month, _unit, teacher in self.leaving if month < first)


def year_begins(year: int) -> date:
    """The first day of a school year."""
    return date(year, NEW_SCHOOL_YEAR, 1)


def projection(on: date, unit: Any = None) -> PupilProjection:
    """How pupils are projected, by the parameters of a day. Raises `ParameterMissing`."""
    return at(PupilProjection, on, unit=unit)


def planned_years(on: date, unit: Any = None) -> range:
    """The school years that may be planned: the next one and those after it."""
    now = school_year_of(on)
    return range(now + 1, now + 1 + projection(on, unit).most_years)


def facts_under(actor: Any, unit: Unit, kind: str, *, years: Collection[int]) -> Facts:
    """What is on record of a unit and all below it, for plans of some school years. As many queries, whatever the units.

    Figures of the whole county are read, though the unit is one of its schools: leavers of its primary schools come to the junior ones.
    """
    on = actor.on
    units = list(Unit.objects.visible_to(actor).under(unit).open_on(on).named(on).in_tree())
    keys = [one.pk for one in units]
    areas = _areas(unit)
    counts, places = _counts(areas, on)
    seats = holders(on, Q(account__unit__in=keys, account__kind=kind))
    leaving = [
        (one.plan.month, seats[one.teacher.pk].unit, one.teacher.pk)
        for one in retirements(actor, from_month=LONG_AGO, to_month=year_begins(max(years)), unit=unit)
        if one.teacher.pk in seats
    ]
    booked = {year: balances(keys, kind, year_begins(year)) for year in sorted(set(years))}
    return Facts(unit, on, kind, units, counts, places, balances(keys, kind, on), booked, leaving)


def _areas(unit: Unit) -> Any:
    """The units whose figures belong together with those of a unit: its county, or all below a city."""
    return Unit.objects.under(unit.bureau())


def _counts(units: Any, on: date) -> tuple[list[Counted], dict[int, str]]:
    """Figures by unit, stage and year, and the code of the place of each unit. Three queries.

    Figures of the whole school count for its only stage; a school that told its stages in its newest year is read by stages.
    """
    tree = {pk: (path, kind) for pk, path, kind in units.values_list("pk", "path", "kind")}
    profiles = UnitProfile._base_manager.filter(unit__in=list(tree), valid__contains=on)
    known = {
        pk: (location or "", stages or [])
        for pk, location, stages in profiles.values_list("unit", "location", "stages")
    }
    year = school_year_of(on)
    rows = UnitStatistics._base_manager.filter(
        unit__in=list(tree), school_year__lte=year, school_year__gt=year - YEARS_BACK, pupils__isnull=False
    )
    newest: dict[int, int] = {}
    found = []
    for unit, counted, stage, pupils, classes, boarders in rows.order_by("-school_year").values_list(
        "unit", "school_year", "stage", "pupils", "classes", "boarders"
    ):
        newest.setdefault(unit, counted)
        taught = known.get(unit, ("", []))[1]
        said = stage or (taught[0] if len(taught) == 1 else "")
        found.append(Counted(unit, _county(unit, tree), said, counted, pupils or 0, classes or 0, boarders or 0))
    told = {(one.unit, one.stage) for one in found if one.year == newest[one.unit]}
    return [one for one in found if (one.unit, one.stage) in told], {
        pk: location for pk, (location, _) in known.items()
    }


def _county(unit: int, tree: Mapping[int, tuple[str, str]]) -> int:
    """The nearest bureau above a unit among those that were read."""
    steps = [int(step) for step in reversed(tree[unit][0].split("."))]
    return next((step for step in steps if step in tree and tree[step][1] in BUREAUS), 0)


def planned(facts: Facts, year: int, assumed: Assumed = NOTHING_ASSUMED) -> Plan:
    """The plan of a school year from what is on record and assumed. No query. Raises `ParameterMissing`."""
    rules = projection(facts.on, facts.unit)
    if assumed.method:
        rules = replace(rules, method=assumed.method, change=assumed.change)  # type: ignore[arg-type]
    then: dict[int, list[Projected]] = {}
    for one in project_pupils(counts=facts.counts, year=year, parameters=rules, entered=assumed.entered):
        then.setdefault(one.unit, []).append(one)
    now, retiring, recruits = _newest(facts), facts.retiring(year), _summed(assumed.recruits)
    rows, parts = [], []
    for unit in facts.units:
        held, seats = facts.held.get(unit.pk, NOTHING), assumed.seats.get(unit.pk, 0)
        counts = held.known and unit.kind not in OFFICES
        if unit.pk not in then and not counts and not seats and unit.pk not in recruits:
            continue
        ahead, place = tuple(then.get(unit.pk, ())), facts.places.get(unit.pk, "")
        own = [StagePart(one.stage, one.pupils, one.classes, place, one.boarders) for one in ahead]
        parts += own
        present, standards = tuple(now.get(unit.pk, ())), _standards(own, unit, facts.on)
        booked = facts.booked[year].get(unit.pk, held)
        gap = StaffGap(
            seats_of(standards) if held.known else None, booked.approved + seats, held.occupied, booked.reserved, retiring.get(unit.pk, 0)
        )  # fmt: skip
        standard_now = seats_of(_standards(present, unit, facts.on))
        rows.append(SchoolPlan(unit, present, ahead, standard_now, standards, held, gap, recruits.get(unit.pk, 0)))
    return Plan(year, tuple(rows), _stages(parts, facts), rules)


@dataclass(frozen=True, slots=True)
class StageGap:
    """One stage of a plan: pupils, the standard of the county as a whole, who retires and who is still there by then.

    People of a school of several stages are divided as its standard is. None where ledger or standard does not tell.
    """

    stage: str
    pupils_now: int
    pupils: int
    standard: int | None
    retiring: int | None
    staying: int | None

    @property
    def lacking(self) -> int | None:
        """People to the standard, below nought: more than it gives."""
        return None if self.standard is None or self.staying is None else self.standard - self.staying


def stage_gaps(plan: Plan) -> list[StageGap]:
    """The stages of a plan. No query."""
    now: dict[str, int] = {}
    then: dict[str, int] = {}
    people: dict[str, tuple[Decimal, Decimal]] = {}
    for row in plan.rows:
        for part in row.now:
            now[part.stage] = now.get(part.stage, 0) + part.pupils
        for one in row.then:
            then[one.stage] = then.get(one.stage, 0) + one.pupils
        for stage, (staying, going) in row.people_by_stage().items():
            before = people.get(stage, (Decimal(0), Decimal(0)))
            people[stage] = (before[0] + staying, before[1] + going)
    found = []
    for told in plan.stages:
        held = people.get(told.stage)
        retiring, there = (round(held[1]), round(held[0])) if held is not None else (None, None)
        found.append(StageGap(told.stage, now.get(told.stage, 0), then.get(told.stage, 0), told.seats, retiring, there))
    return found


def pupils_by_stage(facts: Facts, years: Sequence[int]) -> dict[str, list[int]]:
    """Pupils of the units in each of some school years by stage, projected without a scenario."""
    rules, keys = projection(facts.on, facts.unit), {one.pk for one in facts.units}
    found: dict[str, list[int]] = {}
    for place, year in enumerate(years):
        for one in project_pupils(counts=facts.counts, year=year, parameters=rules):
            if one.unit in keys:
                found.setdefault(one.stage, [0] * len(years))[place] += one.pupils
    return dict(sorted(found.items()))


def newest_parts(facts: Facts) -> list[StagePart]:
    """The newest figures of the units themselves, stage by stage."""
    found = _newest(facts)
    return [part for one in facts.units for part in found.get(one.pk, ())]


def _newest(facts: Facts) -> dict[int, list[StagePart]]:
    """The newest figures by unit."""
    newest: dict[tuple[int, str], Counted] = {}
    for one in facts.counts:
        held = newest.get((one.unit, one.stage))
        if held is None or held.year < one.year:
            newest[one.unit, one.stage] = one
    found: dict[int, list[StagePart]] = {}
    for one in newest.values():
        place = facts.places.get(one.unit, "")
        found.setdefault(one.unit, []).append(StagePart(one.stage, one.pupils, one.classes, place, one.boarders))
    return found


def seats_of(standards: Iterable[StandardQuota]) -> int | None:
    """The seats of several stages, each rounded by itself; None where the standard says nothing of any."""
    known = [one.seats for one in standards if one.seats is not None]
    return sum(known) if known else None


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


def _stages(parts: Iterable[StagePart], facts: Facts) -> tuple[StandardQuota, ...]:
    try:
        rules = at(QuotaStandard, facts.on, unit=facts.unit)
    except ParameterMissing:
        return ()
    return county_quota(parts=parts, parameters=rules)


def _summed(recruits: Mapping[tuple[int, str, str], int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for (unit, _stage, _subject), number in recruits.items():
        found[unit] = found.get(unit, 0) + number
    return found
