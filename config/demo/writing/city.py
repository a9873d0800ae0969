"""The units with their earlier names, the statistics of each school year, and the approved quotas."""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random
from typing import Final

from config.demo.ledger import Act, Ledger, Row, insert_rows, period
from config.demo.people import Person
from config.demo.units import UnitPlan
from config.demo.writing.offices import QUOTA_PAPERS, Offices
from core.org.actor import system_actor
from core.org.models import ApprovedQuota, Unit, UnitProfile, UnitStatistics
from core.records.bulk import allocate
from core.records.changes import change

# The first units were entered with the names that they bore then; what was renamed since is a change of its own.
ENTERED: Final = date(2019, 1, 15)
PUPILS_EACH: Final = {
    "preschool": 10.5,
    "primary": 18.0,
    "junior": 13.0,
    "senior": 12.0,
    "vocational": 14.0,
    "special": 3.6,
}
CLASS_SIZE: Final = {"preschool": 30, "primary": 44, "junior": 47, "senior": 50, "vocational": 42, "special": 11}
# How pupils of a stage grow or shrink from year to year, at the seats of counties and in the country.
GROWTH: Final = {
    "preschool": (-0.05, -0.09),
    "primary": (0.015, -0.05),
    "junior": (0.03, -0.02),
    "senior": (0.02, 0.01),
}


def write_units(units: list[UnitPlan]) -> None:
    """All units, parents first, in one change by the system: pk and path are set on the plans."""
    reason = "建立单位树：临江市教育局及所属单位（2018年教育事业统计单位名录）"
    with change("org.create_unit", actor=system_actor(ENTERED), reason=reason, source="command"):
        lines = []
        for unit, pk in zip(units, allocate(Unit, len(units)), strict=True):
            unit.pk, unit.path = pk, f"{unit.parent.path}.{pk}" if unit.parent else str(pk)
            parent = unit.parent.pk if unit.parent else None
            values = {
                "code": unit.code,
                "kind": str(unit.kind),
                "parent_id": parent,
                "path": unit.path,
                "opened": unit.opened,
            }
            lines.append((Row(Unit, pk), values))
        insert_rows(Unit, lines, [row.pk for row, _values in lines])


def write_profiles(ledger: Ledger, units: list[UnitPlan], offices: Offices) -> None:
    """What units are called and are: earlier names as known at the start, later ones by the papers that brought them."""
    first = ledger.act(
        "org.create_unit", system_actor(ENTERED), ENTERED, "单位名称、办学类型沿革（教育事业统计单位名录）"
    )
    for unit in units:
        known = [naming for naming in unit.former if naming.until <= ENTERED]
        later = [naming for naming in unit.former if naming.until > ENTERED]
        start = unit.opened
        for naming in known:
            _profile(first, unit, naming.name, naming.office_type, start, naming.until)
            start = naming.until
        now_type = unit.type.office_type if unit.type else ""
        row = _profile(
            first, unit, later[0].name if later else unit.name, later[0].office_type if later else now_type, start, None
        )
        for naming in later:
            _rename(ledger, unit, row, start, naming.until, offices)


def close_units(ledger: Ledger, units: list[UnitPlan], offices: Offices) -> None:
    """Schools that were closed meanwhile, written with the moves of their people: nobody comes to a closed one."""
    for unit in units:
        if unit.closed is not None:
            _close(ledger, unit, unit.closed, offices)


def _profile(act: Act, unit: UnitPlan, name: str, office_type: str, start: date, end: date | None) -> Row:
    short = unit.short if name == unit.name else name.removeprefix(unit.name.removesuffix(unit.short))
    return act.insert(
        UnitProfile, unit_id=unit.pk, name=name, short_name=short, office_type=office_type, location=unit.location,
        sponsor=unit.sponsor, stages=list(unit.stages), valid=period(start, end),
    )  # fmt: skip


def _rename(ledger: Ledger, unit: UnitPlan, row: Row, start: date, on: date, offices: Offices) -> None:
    act = ledger.act(
        "org.change_unit", offices.clerk(unit.place, on), on, "学校更名", series=QUOTA_PAPERS[unit.place], source="page"
    )
    act.update(row, valid=period(start, on))
    _profile(act, unit, unit.name, unit.type.office_type if unit.type else "", on, None)


def _close(ledger: Ledger, unit: UnitPlan, on: date, offices: Offices) -> None:
    actor, paper = offices.clerk(unit.place, on), QUOTA_PAPERS[unit.place]
    act = ledger.act("org.change_unit", actor, on, "布局调整，并入中心小学", series=paper, source="page")
    act.update(Row(Unit, unit.pk, 1), closed=on)


def write_statistics(ledger: Ledger, units: list[UnitPlan], people: list[Person], offices: Offices, seed: int) -> None:
    """Pupils and classes of the school years from 2018 on; of several stages each by itself."""
    staff = Counter(person.post.unit.code for person in people)
    for unit in units:
        if unit.is_school:
            rng = Random(f"{seed}:statistics:{unit.code}")  # noqa: S311 - invented figures, the same at every run
            _statistics(ledger, unit, max(staff[unit.code], 3), offices, rng)


def _statistics(ledger: Ledger, unit: UnitPlan, staff: int, offices: Offices, rng: Random) -> None:
    last = offices.day.year - (offices.day < date(offices.day.year, 10, 10))
    for stage in unit.stages:
        named = stage if len(unit.stages) > 1 else ""
        pupils = PUPILS_EACH[stage] * staff / len(unit.stages) * rng.uniform(0.8, 1.15) * (0.55 if unit.rural else 1.0)
        growth = GROWTH.get(stage, (0.0, 0.0))[unit.rural]
        for year in range(last, 2017, -1):
            if unit.open_during(date(year, 9, 1), date(year, 9, 2)):
                count = max(round(pupils), 4)
                _count(ledger, unit, offices, year, named, count, _classes(stage, count))
            pupils /= 1 + growth + rng.uniform(-0.02, 0.02)


def _classes(stage: str, pupils: int) -> int:
    """A primary school has at least one class for each of its six years."""
    return max(1, round(pupils / CLASS_SIZE[stage]), 6 if stage == "primary" and pupils > 60 else 1)


def _count(ledger: Ledger, unit: UnitPlan, offices: Offices, year: int, stage: str, pupils: int, classes: int) -> None:
    day = date(year, 10, 10)
    actor = offices.clerk(unit.place, max(day, ENTERED))
    act = ledger.act("org.record_statistics", actor, max(day, ENTERED), f"{year}—{year + 1}学年初教育事业统计")
    act.insert(UnitStatistics, unit_id=unit.pk, school_year=year, stage=stage, pupils=pupils, classes=classes)


def write_quotas(ledger: Ledger, units: list[UnitPlan], people: list[Person], offices: Offices, seed: int) -> None:
    """Approved quotas near the staff in quota: those of earlier years as known at the start, one more by a decision of 2022."""
    occupied = Counter(
        spell.unit.code for person in people if (spell := person.spell_on(offices.day)) and spell.in_quota
    )
    first = date(2019, 3, 1)
    for unit in units:
        if not unit.is_school or unit.closed is not None:
            continue
        rng = Random(f"{seed}:quota:{unit.code}")  # noqa: S311 - invented figures, the same at every run
        held = occupied[unit.code]
        seats = max(
            1, held + (rng.choice((-2, -1)) if rng.random() < 0.08 and held > 20 else rng.randrange(1 + held // 12 + 1))
        )
        before = max(1, seats + rng.choice((-4, -2, 2, 3, 5)) * (1 + seats // 60))
        earlier = max(1, before - rng.randrange(1 + before // 12))
        act = ledger.act(
            "org.approve_quota",
            offices.clerk(unit.place, first),
            first,
            "历年核定编制录入",
            document=f"{QUOTA_PAPERS[unit.place]}〔2012〕31号",
        )
        start = max(unit.opened, date(2012, 9, 1))
        middle = date(2017, 9, 1)
        if start < middle:
            act.insert(ApprovedQuota, unit_id=unit.pk, seats=earlier, valid=period(start, middle))
            row = act.insert(ApprovedQuota, unit_id=unit.pk, seats=before, valid=period(middle))
            start = middle
        else:
            row = act.insert(ApprovedQuota, unit_id=unit.pk, seats=before, valid=period(start))
        _adjust(ledger, unit, row, start, seats, offices)


def _adjust(ledger: Ledger, unit: UnitPlan, row: Row, start: date, seats: int, offices: Offices) -> None:
    on = date(2022, 9, 1)
    act = ledger.act(
        "org.approve_quota",
        offices.clerk(unit.place, on),
        on,
        "中小学幼儿园教职工编制动态调整",
        series=QUOTA_PAPERS[unit.place],
        source="page",
    )
    act.update(row, valid=period(start, on))
    act.insert(ApprovedQuota, unit_id=unit.pk, seats=seats, valid=period(on))
