"""Working days in China: as announced, and by the statute where a year is not announced yet.

`SHIPPED` knows the State Council's yearly notices up to the last one that was out when the product was built.
Every later year is provisional until its notice is entered with `with_notice`: say so wherever a day computed
from it is shown (`provisional_years`).
"""

import csv
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

import yaml
from chinese_calendar import constants as announced

NoticeProblem = Literal["empty", "outside_year", "worked_and_off", "makeup_on_weekday"]

_DATA: Final = Path(__file__).parent / "data"
_DAY: Final = timedelta(1)
_SATURDAY: Final = 5


class UnknownYear(ValueError):
    """No notice, statute or lunar date is known for the year `.year`."""

    def __init__(self, year: int) -> None:
        super().__init__(f"no holidays are known for {year}")
        self.year: Final = year


class InvalidNotice(ValueError):
    """A notice that cannot be right; `.code` says why, `.days` which days are meant (none for "empty")."""

    def __init__(self, code: NoticeProblem, days: Iterable[date] = ()) -> None:
        super().__init__(code)
        self.code: Final = code
        self.days: Final = tuple(sorted(days))


@dataclass(frozen=True, slots=True)
class Notice:
    """The days off and the worked weekend days that the State Council announces for one year."""

    year: int
    holidays: frozenset[date]
    makeup_days: frozenset[date]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The notices of some years; the other years follow the statute. A value: a notice makes a new one."""

    notices: tuple[Notice, ...] = ()
    # Working days by year, filled as they are asked for; no part of the value.
    _known: dict[int, tuple[date, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def with_notice(self, year: int, *, holidays: Iterable[date], makeup_days: Iterable[date] = ()) -> "Calendar":
        """This calendar with the notice for a year, in place of any earlier one for that year.

        `holidays` are all days off that it names, weekends among them or not; `makeup_days` the Saturdays and
        Sundays worked. Days of the December before may be among them (the notice for 2012 made 2011-12-31 a
        working day). Raises InvalidNotice: "empty" without holidays, "outside_year", "worked_and_off" for a
        day in both, "makeup_on_weekday".
        """
        notice = Notice(year, frozenset(holidays), frozenset(makeup_days))
        _check(notice)
        others = tuple(other for other in self.notices if other.year != year)
        return Calendar(tuple(sorted((*others, notice), key=lambda each: each.year)))

    def working_days(self, year: int) -> tuple[date, ...]:
        """The working days of a year in order. UnknownYear when it is neither announced nor computable."""
        days = self._known.get(year)
        if days is None:
            days = self._known[year] = self._working_days(year)
        return days

    def _working_days(self, year: int) -> tuple[date, ...]:
        notices = {notice.year: notice for notice in self.notices}
        own = notices.get(year) or Notice(year, statutory_days_off(year), frozenset())
        off, worked = own.holidays, own.makeup_days
        following = notices.get(year + 1)
        if following is not None:
            off = (off - following.makeup_days) | following.holidays
            worked = (worked - following.holidays) | following.makeup_days
        return tuple(day for day in _days_of(year) if day in worked or (day.weekday() < _SATURDAY and day not in off))


def statutory_days_off(year: int) -> frozenset[date]:
    """The days off of a year by the Measures on Holidays alone, as far as they are known without a notice.

    Each day off that falls on a weekend or together with another one is made up on the next working day (art.
    6 says that it is made up, only the notice says when). Raises UnknownYear outside the shipped lunar table
    and before the first statute.
    """
    off: set[date] = set()
    owed: list[date] = []
    for day in _statutory_days(year):
        if day.weekday() >= _SATURDAY or day in off:
            owed.append(day)
        off.add(day)
    for day in owed:
        substitute = day
        while substitute in off or substitute.weekday() >= _SATURDAY:
            substitute += _DAY
        off.add(substitute)
    return frozenset(off)


def _statutory_days(year: int) -> list[date]:
    """The days off of each festival of a year in order; a day of two festivals stands twice."""
    lunar = _lunar_days().get(year)
    versions = [version for version in _statutes() if version.valid_from <= date(year, 1, 1)]
    if lunar is None or not versions:
        raise UnknownYear(year)
    days = []
    for festival in versions[-1].festivals:
        start = date.fromisoformat(f"{year}-{lunar.get(festival.day, festival.day)}") + festival.first * _DAY
        days += [start + count * _DAY for count in range(festival.days)]
    return sorted(days)


@dataclass(frozen=True, slots=True)
class _Festival:
    name: str
    day: str
    first: int
    days: int


@dataclass(frozen=True, slots=True)
class _Statute:
    valid_from: date
    reference: str
    festivals: tuple[_Festival, ...]


@lru_cache(maxsize=1)
def _statutes() -> tuple[_Statute, ...]:
    """The versions of the Measures on Holidays, oldest first."""
    versions = yaml.safe_load((_DATA / "statutory_holidays.yaml").read_text(encoding="utf-8"))
    statutes = (
        _Statute(each["valid_from"], each["reference"], tuple(_Festival(**one) for one in each["festivals"]))
        for each in versions
    )
    return tuple(sorted(statutes, key=lambda statute: statute.valid_from))


@lru_cache(maxsize=1)
def _lunar_days() -> dict[int, dict[str, str]]:
    """By year, the day (MM-DD) of each festival that follows the moon or, for Qingming, the sun."""
    with (_DATA / "lunar_days.csv").open(encoding="utf-8", newline="") as table:
        return {int(row.pop("year")): row for row in csv.DictReader(table)}


def _check(notice: Notice) -> None:
    """Refuse what no notice of the State Council would say, so that a slip of the keyboard moves no deadline."""
    if not notice.holidays:
        raise InvalidNotice("empty")
    days = notice.holidays | notice.makeup_days
    first = date(notice.year - 1, 12, 1)
    problems: tuple[tuple[NoticeProblem, set[date]], ...] = (
        ("outside_year", {day for day in days if not first <= day <= date(notice.year, 12, 31)}),
        ("worked_and_off", set(notice.holidays & notice.makeup_days)),
        ("makeup_on_weekday", {day for day in notice.makeup_days if day.weekday() < _SATURDAY}),
    )
    for code, wrong in problems:
        if wrong:
            raise InvalidNotice(code, wrong)


def _days_of(year: int) -> list[date]:
    start = date(year, 1, 1)
    return [start + count * _DAY for count in range((date(year, 12, 31) - start).days + 1)]


def _shipped() -> Calendar:
    """The notices in the package chinesecalendar, from 2004 on."""
    years = sorted({day.year for day in announced.holidays})
    return Calendar(
        tuple(
            Notice(
                year,
                frozenset(day for day in announced.holidays if day.year == year),
                frozenset(day for day in announced.workdays if day.year == year),
            )
            for year in years
        ),
    )


SHIPPED: Final = _shipped()


def is_workday(day: date, *, calendar: Calendar = SHIPPED) -> bool:
    """Whether offices work on the day. UnknownYear where that cannot be known."""
    days = calendar.working_days(day.year)
    place = bisect_left(days, day)
    return place < len(days) and days[place] == day


def is_provisional(year: int, *, calendar: Calendar = SHIPPED) -> bool:
    """Whether the calendar has no notice for the year, so that its days follow the statute and may change."""
    return all(notice.year != year for notice in calendar.notices)


def provisional_years(first: date, last: date, *, calendar: Calendar = SHIPPED) -> tuple[int, ...]:
    """The provisional years that a count from `first` to `last` touches; empty when the count is certain."""
    return tuple(year for year in range(first.year, last.year + 1) if is_provisional(year, calendar=calendar))


def add(day: date, n: int, *, calendar: Calendar = SHIPPED) -> date:
    """The n-th working day after the day, which does not count; before it for a negative n; itself for 0.

    Raises UnknownYear when the count runs into a year without known holidays.
    """
    if n == 0:
        return day
    year = day.year
    days = calendar.working_days(year)
    place = bisect_right(days, day) + n - 1 if n > 0 else bisect_left(days, day) + n
    while place >= len(days):
        place -= len(days)
        year += 1
        days = calendar.working_days(year)
    while place < 0:
        year -= 1
        days = calendar.working_days(year)
        place += len(days)
    return days[place]


def between(a: date, b: date, *, calendar: Calendar = SHIPPED) -> int:
    """How many working days from a, included, to b, excluded; negative when b is earlier.

    Raises UnknownYear when the count runs into a year without known holidays.
    """
    if b < a:
        return -between(b, a, calendar=calendar)
    whole_years = sum(len(calendar.working_days(year)) for year in range(a.year, b.year))
    return whole_years + bisect_left(calendar.working_days(b.year), b) - bisect_left(calendar.working_days(a.year), a)
