"""The units of the demo city: bureaus, departments and schools of every type, with what they were called before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice, product
from typing import Final

from config.demo import places
from config.demo.places import COUNTIES, County
from core.org.models import UnitKind

FEWEST_SCHOOLS, MOST_SCHOOLS = 20, 400
CITY_SHARE, FIRST_COUNTY_SHARE = 0.1, 0.4
CITY_DEPARTMENTS: Final = ("办公室", "人事科", "基础教育科", "职业教育与成人教育科", "计划财务科", "教师工作科")
COUNTY_DEPARTMENTS: Final = ("办公室", "人事股", "基础教育股", "计划财务股", "教育督导室")
VILLAGES: Final = "西山 前洋 后垄 大坪 溪口 东坑 上堡 马岭 吉岭 岩下 新桥 高洋 里坑 官田 外洋 梨洋 石坑 小际".split()
COUNTY_SPONSOR, CITY_SPONSOR, PRIVATE_SPONSOR = "831", "821", "999"


@dataclass(frozen=True, slots=True)
class SchoolType:
    """A type of school: its office type of GB/T 33782, the stages taught, its usual weight when staff are shared out."""

    office_type: str
    stages: tuple[str, ...]
    weight: int


KINDERGARTEN: Final = SchoolType("111", ("preschool",), 24)
PRIMARY: Final = SchoolType("211", ("primary",), 52)
POINT: Final = SchoolType("218", ("primary",), 3)
JUNIOR: Final = SchoolType("311", ("junior",), 58)
NINE_YEAR: Final = SchoolType("312", ("primary", "junior"), 66)
COMPLETE: Final = SchoolType("341", ("junior", "senior"), 120)
SENIOR: Final = SchoolType("342", ("senior",), 140)
VOCATIONAL: Final = SchoolType("365", ("vocational",), 84)
SPECIAL: Final = SchoolType("514", ("special",), 20)


@dataclass(frozen=True, slots=True)
class Naming:
    """What a unit was called, and was, up to a day."""

    until: date
    name: str
    office_type: str


@dataclass(eq=False, slots=True)
class UnitPlan:
    """One unit to be made: `place` is 0 for the city and 1 … 3 for the counties. A closed one went into its `heir`.

    `pk` and `path` come when it is written.
    """

    code: str
    kind: str
    name: str
    short: str
    parent: UnitPlan | None
    place: int
    opened: date
    type: SchoolType | None = None
    location: str = ""
    sponsor: str = ""
    weight: int = 0
    closed: date | None = None
    heir: UnitPlan | None = None
    former: list[Naming] = field(default_factory=list)
    pk: int = 0
    path: str = ""

    @property
    def is_school(self) -> bool:
        """Whether pupils are taught there."""
        return self.type is not None

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages taught."""
        return self.type.stages if self.type else ()

    @property
    def rural(self) -> bool:
        """In the countryside or in a small town."""
        return self.location in {"210", "220"}

    def open_during(self, start: date, end: date | None) -> bool:
        """Whether it existed for the whole of a period."""
        return self.opened <= start and (self.closed is None or (end is not None and end <= self.closed))


def plan_units(schools: int) -> list[UnitPlan]:
    """All units, parents before children, with `schools` schools (teaching points among them).

    Raises ValueError outside FEWEST_SCHOOLS … MOST_SCHOOLS.
    """
    if not FEWEST_SCHOOLS <= schools <= MOST_SCHOOLS:
        raise ValueError(f"the demo city has {FEWEST_SCHOOLS} to {MOST_SCHOOLS} schools")
    in_city = max(6, round(schools * CITY_SHARE))
    in_first = round(schools * FIRST_COUNTY_SHARE)
    in_second = (schools - in_city - in_first) // 2
    shares = (in_first, in_second, schools - in_city - in_first - in_second)
    city = _bureau(places.CITY_CODE, UnitKind.CITY, places.CITY_BUREAU, None, 0)
    units = [city, *_departments(city, CITY_DEPARTMENTS)]
    bureaus = [_county_bureau(city, place, county) for place, county in enumerate(COUNTIES, 1)]
    for bureau in bureaus:
        units += [bureau, *_departments(bureau, COUNTY_DEPARTMENTS)]
    units += islice(_city_schools(city), in_city)
    for bureau, county, share in zip(bureaus, COUNTIES, shares, strict=True):
        units += islice(_county_schools(bureau, county), share)
    _number(units)
    return units


def _bureau(code: str, kind: str, name: str, parent: UnitPlan | None, place: int) -> UnitPlan:
    return UnitPlan(code, kind, name, name, parent, place, date(1984, 1, 1), weight=3)


def _county_bureau(city: UnitPlan, place: int, county: County) -> UnitPlan:
    bureau = _bureau(county.region, UnitKind.COUNTY, county.bureau, city, place)
    _rename_with_county(bureau, county)
    return bureau


def _departments(bureau: UnitPlan, names: tuple[str, ...]) -> Iterator[UnitPlan]:
    for number, name in enumerate(names, 1):
        full = f"{bureau.name}{name}"
        code = f"{bureau.code}{number:02}"
        yield UnitPlan(code, UnitKind.DEPARTMENT, full, name, bureau, bureau.place, bureau.opened, weight=4)


def _school(parent: UnitPlan, prefix: str, short: str, kind: SchoolType, location: str, weight: int = 0) -> UnitPlan:
    """A school; its code, and the day it opened, come with its number."""
    level = UnitKind.TEACHING_POINT if kind is POINT else UnitKind.SCHOOL
    sponsor = CITY_SPONSOR if parent.place == 0 else COUNTY_SPONSOR
    name = f"{prefix}{short}"
    size = weight or kind.weight
    return UnitPlan("", level, name, short, parent, parent.place, date.min, kind, location, sponsor, size)


def _city_schools(city: UnitPlan) -> Iterator[UnitPlan]:
    name = places.CITY_NAME
    first = _school(city, "", f"{name}第一中学", COMPLETE, "111", 170)
    yield first
    yield _school(city, "", f"{name}实验小学", PRIMARY, "111", 110)
    yield _school(city, "", f"{name}实验幼儿园", KINDERGARTEN, "111", 40)
    vocational = _school(city, "", "临江职业技术学校", VOCATIONAL, "112", 110)
    vocational.former = [Naming(date(2009, 9, 1), "临江市职业中等专业学校", "362")]
    yield vocational
    special = _school(city, "", f"{name}特殊教育学校", SPECIAL, "111", 34)
    special.former = [Naming(date(2005, 9, 1), "临江市聋哑学校", "512")]
    yield special
    yield _school(city, "", f"{name}第三中学", SENIOR, "111", 130)
    private = _school(city, "", f"{name}小太阳幼儿园", KINDERGARTEN, "112", 18)
    private.sponsor, private.opened = PRIVATE_SPONSOR, date(2012, 9, 1)
    yield private
    for number, kind in zip(range(4, 400), (JUNIOR, PRIMARY, COMPLETE, KINDERGARTEN) * 100, strict=False):
        word = {JUNIOR: "中学", COMPLETE: "中学", PRIMARY: "小学", KINDERGARTEN: "幼儿园"}[kind]
        yield _school(city, "", f"{name}第{number}{word}", kind, "111")


def _county_schools(bureau: UnitPlan, county: County) -> Iterator[UnitPlan]:
    for school in _all_county_schools(bureau, county):
        _rename_with_county(school, county)
        yield school


def _all_county_schools(bureau: UnitPlan, county: County) -> Iterator[UnitPlan]:
    yield from _seat_schools(bureau, county)
    for town in county.towns[1:]:
        yield from _town_schools(bureau, county, town)
    for village, town in product(VILLAGES[3:], county.towns[1:]):
        yield _school(bureau, county.name, f"{town}{village}小学", PRIMARY, "220", 12)


def _seat_schools(bureau: UnitPlan, county: County) -> Iterator[UnitPlan]:
    """The schools at the seat of the county."""
    seat = "111" if county.former else "121"
    word = "城关" if not county.former else "河东"
    first = _school(bureau, county.name, "第一中学", SENIOR, seat, 150)
    first.short = first.name
    yield first
    yield _school(bureau, county.name, "实验小学", PRIMARY, seat, 108)
    yield _school(bureau, county.name, f"{word}初级中学", JUNIOR, seat, 112)
    primary = _school(bureau, county.name, f"{word}小学", PRIMARY, seat, 96)
    primary.former = [Naming(date(2006, 9, 1), f"{county.name}{word}第一小学", "211")]
    yield primary
    yield _school(bureau, county.name, "县直机关幼儿园" if not county.former else "机关幼儿园", KINDERGARTEN, seat, 44)
    second = _school(bureau, county.name, "第二中学", COMPLETE, seat, 118)
    second.short = second.name
    second.former = [Naming(date(2021, 9, 1), f"{county.name}{word}中学", "341")]
    yield second
    if county.former:
        new = _school(bureau, county.name, "新城实验学校", NINE_YEAR, "112", 82)
        new.opened = date(2020, 8, 1)
        yield new
    vocational = _school(bureau, county.name, "职业技术学校", VOCATIONAL, "112", 78)
    vocational.former = [Naming(date(2013, 9, 1), f"{county.name}职业高级中学", "365")]
    yield vocational
    yield _school(bureau, county.name, "特殊教育学校", SPECIAL, seat, 22)


def _town_schools(bureau: UnitPlan, county: County, town: str) -> Iterator[UnitPlan]:
    """The schools of a town or a township, from the largest to the teaching point."""
    place = county.towns.index(town)
    centre = "210" if town.endswith("乡") else "121"
    village, other = VILLAGES[place * 2 % len(VILLAGES)], VILLAGES[(place * 2 + 1) % len(VILLAGES)]
    if town.endswith("乡") and town != "枫岭乡":
        main = _school(bureau, county.name, f"{town}中心学校", NINE_YEAR, centre, 46)
        yield main
        yield _school(bureau, county.name, f"{town}{village}小学", PRIMARY, "220", 12)
        yield _school(main, county.name, f"{town}{other}教学点", POINT, "220")
        yield _school(bureau, county.name, f"{town}中心幼儿园", KINDERGARTEN, centre, 14)
        return
    main = _school(bureau, county.name, f"{town}中心小学", PRIMARY, centre, 54)
    if town == "枫岭乡":
        main.former = [Naming(date(2008, 9, 1), "临溪县枫岭中心校", "312")]
    yield main
    yield _school(bureau, county.name, f"{town[:-1]}初级中学", JUNIOR, centre, 52)
    yield _school(bureau, county.name, f"{town}中心幼儿园", KINDERGARTEN, centre, 22)
    small = _school(bureau, county.name, f"{town}{village}小学", PRIMARY, "220", 13)
    if town == "南坪镇":
        small.closed, small.heir = date(2021, 8, 31), main
    yield small
    yield _school(main, county.name, f"{town}{other}教学点", POINT, "220")


def _rename_with_county(unit: UnitPlan, county: County) -> None:
    """When a county becomes a district, all units that exist are renamed on that day."""
    day = date(county.renamed or 1, 1, 1)
    if not county.former or unit.opened > day:
        return
    earlier = [old for old in unit.former if old.until <= day]
    later = [old for old in unit.former if old.until > day]
    office_type = unit.type.office_type if unit.type else ""
    until_then = later[0] if later else Naming(day, unit.name, office_type)
    renamed = [*earlier, Naming(day, until_then.name, until_then.office_type)]
    unit.former = [Naming(old.until, old.name.replace(county.name, county.former), old.office_type) for old in renamed]
    unit.former += later


def _number(units: list[UnitPlan]) -> None:
    """Give schools their code (学校标识码: type, province, number) and an opening day where none is told.

    Numbers run by place, so that a school keeps its code in a city of any size.
    """
    last = Counter[int]()
    for unit in units:
        if unit.type is None:
            continue
        last[unit.place] += 1
        number = last[unit.place]
        unit.code = f"{unit.type.office_type[:2]}359{unit.place}{number:04}"
        if unit.opened == date.min:
            unit.opened = date(1950 + (number * 7 + unit.place) % 32, 9, 1)
