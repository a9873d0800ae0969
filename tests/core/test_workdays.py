"""Working days against the announced years 2004 to 2026, the statute beyond them, and entered notices."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from chinese_calendar import constants as announced
from chinese_calendar import is_workday as announced_workday
from hypothesis import given
from hypothesis import strategies as st

from core import workdays
from core.workdays import (
    SHIPPED,
    Calendar,
    InvalidNotice,
    UnknownYear,
    add,
    between,
    is_provisional,
    is_workday,
    provisional_years,
    statutory_days_off,
)

FIRST_ANNOUNCED, LAST_ANNOUNCED = 2004, 2026
LUNAR_TABLE = Path(workdays.__file__).parent / "data" / "lunar_days.csv"
STATUTE_ONLY = Calendar()

days = st.dates(date(2001, 1, 1), date(2099, 12, 31))


def lunar_table() -> dict[int, dict[str, date]]:
    with LUNAR_TABLE.open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    return {
        int(row["year"]): {
            name: date.fromisoformat(f"{row['year']}-{day}") for name, day in row.items() if name != "year"
        }
        for row in rows
    }


# Counting


def test_publicity_of_seven_working_days_over_the_national_holiday_of_2026():
    assert add(date(2026, 9, 28), 7) == date(2026, 10, 13)


@pytest.mark.parametrize(
    ("day", "n", "result"),
    [
        (date(2026, 9, 28), 0, date(2026, 9, 28)),
        (date(2026, 10, 1), 0, date(2026, 10, 1)),
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 10, 9), 1, date(2026, 10, 10)),
        (date(2026, 10, 13), -7, date(2026, 9, 28)),
        (date(2026, 10, 8), -1, date(2026, 9, 30)),
        (date(2026, 10, 4), -1, date(2026, 9, 30)),
        (date(2025, 12, 31), 1, date(2026, 1, 4)),
        (date(2026, 1, 4), -1, date(2025, 12, 31)),
    ],
)
def test_add(day, n, result):
    assert add(day, n) == result


@pytest.mark.parametrize(
    ("a", "b", "count"),
    [
        (date(2026, 9, 28), date(2026, 9, 28), 0),
        (date(2026, 9, 28), date(2026, 9, 29), 1),
        (date(2026, 10, 1), date(2026, 10, 8), 0),
        (date(2026, 10, 8), date(2026, 10, 12), 3),
        (date(2026, 9, 28), date(2026, 10, 13), 7),
        (date(2026, 10, 13), date(2026, 9, 28), -7),
        (date(2024, 1, 1), date(2027, 1, 1), 251 + 248 + 248),
    ],
)
def test_between(a, b, count):
    assert between(a, b) == count


@given(st.dates(date(2004, 1, 1), date(2095, 12, 31)), st.integers(1, 600))
def test_add_and_between_are_one_count(day, n):
    later, earlier = add(day, n), add(day, -n, calendar=STATUTE_ONLY)

    assert is_workday(later)
    assert between(day + timedelta(1), later + timedelta(1)) == n
    assert is_workday(earlier, calendar=STATUTE_ONLY)
    assert between(earlier, day, calendar=STATUTE_ONLY) == n


@given(days, days, days)
def test_counts_add_up(a, b, c):
    assert between(a, b) + between(b, c) == between(a, c)


@given(days, st.integers(0, 60))
def test_between_counts_the_working_days_one_by_one(start, length):
    span = [start + timedelta(count) for count in range(length)]

    assert between(start, start + timedelta(length)) == sum(is_workday(day) for day in span)


# Announced years


@pytest.mark.parametrize("year", range(FIRST_ANNOUNCED, LAST_ANNOUNCED + 1))
def test_announced_years_are_as_announced(year):
    span = [date(year, 1, 1) + timedelta(count) for count in range(366)]

    assert [is_workday(day) for day in span if day.year == year] == [
        announced_workday(day) for day in span if day.year == year
    ]


def test_the_year_after_the_last_notice_is_provisional():
    last = max(announced.holidays).year

    assert [is_provisional(year) for year in (2003, 2004, 2026, last, last + 1)] == [
        True,
        False,
        False,
        False,
        True,
    ]
    assert provisional_years(date(last, 12, 20), date(last + 2, 1, 5)) == (last + 1, last + 2)
    assert provisional_years(date(2024, 12, 20), date(2026, 1, 5)) == ()


# The statute


@pytest.mark.parametrize("year", range(FIRST_ANNOUNCED, LAST_ANNOUNCED + 1))
def test_every_statutory_day_was_off_when_announced(year):
    fixed = {date(year, month, day) for month, day in ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))}
    lunar = {day for name, day in lunar_table()[year].items() if year >= 2008 or name == "spring_festival"}

    assert fixed | lunar <= statutory_days_off(year)
    assert not [day for day in fixed | lunar if is_workday(day)]


def test_lunar_days_carry_the_announced_festival():
    names = {
        "spring_festival": "Spring Festival",
        "qingming": "Tomb-sweeping Day",
        "dragon_boat": "Dragon Boat Festival",
        "mid_autumn": "Mid-autumn Festival",
    }
    table = lunar_table()

    otherwise = {
        str(table[year][column])
        for year in range(2008, LAST_ANNOUNCED + 1)
        for column, name in names.items()
        if announced.holidays.get(table[year][column]) != name
    }

    # A Saturday that the notice did not have to name, and a Mid-autumn on National Day.
    assert otherwise == {"2012-06-23", "2020-10-01"}


def test_the_statute_gives_as_many_working_days_as_were_announced():
    differences = {
        year: len(SHIPPED.working_days(year)) - len(STATUTE_ONLY.working_days(year))
        for year in range(FIRST_ANNOUNCED, LAST_ANNOUNCED + 1)
    }

    # Days exchanged over New Year (2006/7, 2011/12), the 70th anniversary of victory (2015), the epidemic
    # (2020).
    assert {year: difference for year, difference in differences.items() if difference} == {
        2006: 1,
        2007: -2,
        2011: 1,
        2012: -1,
        2015: -1,
        2020: -2,
    }


@pytest.mark.parametrize(
    ("year", "eve_off", "second_of_may_off", "qingming_off"),
    [
        (2007, False, True, False),
        (2012, True, False, True),
        (2014, False, False, True),
        (2029, True, True, True),
    ],
)
def test_the_version_in_force_counts(year, eve_off, second_of_may_off, qingming_off):
    off = statutory_days_off(year)
    eve = lunar_table()[year]["spring_festival"] - timedelta(1)

    found = (eve in off, date(year, 5, 2) in off, lunar_table()[year]["qingming"] in off)

    assert found == (eve_off, second_of_may_off, qingming_off)


def test_festival_days_on_a_weekend_are_made_up():
    # In 2027 Spring Festival Eve is Friday 5 February: two of the four days fall on the weekend.
    february = sorted(day for day in statutory_days_off(2027) if day.month == 2)

    assert february == [date(2027, 2, day) for day in (5, 6, 7, 8, 9, 10)]


def test_two_festivals_on_one_day_give_a_day_more():
    october = sorted(day for day in statutory_days_off(2020) if day.month == 10)

    assert october == [date(2020, 10, day) for day in (1, 2, 3, 5, 6)]


@given(st.integers(2025, 2100))
def test_thirteen_days_a_year_since_2025_cost_thirteen_working_days(year):
    weekdays = sum(
        (date(year, 1, 1) + timedelta(count)).weekday() < 5
        for count in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)
    )

    assert len(STATUTE_ONLY.working_days(year)) == weekdays - 13


@pytest.mark.parametrize("year", [1999, 2101])
def test_years_without_a_table_are_refused(year):
    with pytest.raises(UnknownYear) as refusal:
        is_workday(date(year, 6, 1))

    assert refusal.value.year == year


def test_a_count_that_runs_out_of_the_table_is_refused():
    with pytest.raises(UnknownYear):
        add(date(2100, 12, 1), 60)
    with pytest.raises(UnknownYear):
        add(date(2000, 1, 20), -60)


# The lunar table: made with sxtwl and checked with lunar_python and lunardate (all agree for 2000 to 2100),
# guarded here by astronomy


def test_the_table_has_every_year():
    assert list(lunar_table()) == list(range(2000, 2101))


def days_since_mean_new_moon(day: date) -> float:
    """Days from the nearest mean new moon (Meeus, Astronomical Algorithms, 49.1) to noon in Beijing."""
    julian = day.toordinal() + 1721424.5 + 0.5 - 8 / 24
    phase = (julian - 2451550.09766) / 29.530588861
    return (phase - round(phase)) * 29.530588861


@pytest.mark.parametrize(("column", "day_of_month"), [("spring_festival", 1), ("dragon_boat", 5), ("mid_autumn", 15)])
def test_lunar_days_keep_their_distance_to_the_new_moon(column, day_of_month):
    # The true new moon is up to 0.6 days off the mean one, and noon half a day off the moment that counts.
    wrong = [
        row[column]
        for row in lunar_table().values()
        if abs(days_since_mean_new_moon(row[column] - timedelta(day_of_month - 1))) > 1.2
    ]

    assert wrong == []


def test_lunar_days_are_whole_months_apart():
    rows = list(lunar_table().values())

    assert all(
        date(row["spring_festival"].year, 1, 21)
        <= row["spring_festival"]
        <= row["spring_festival"].replace(month=2, day=21)
        for row in rows
    )
    assert {(row["dragon_boat"] - row["spring_festival"]).days for row in rows} <= {
        121,
        122,
        123,
        151,
        152,
        153,
    }
    assert {(row["mid_autumn"] - row["dragon_boat"]).days for row in rows} <= {97, 98, 99, 127, 128, 129}


@pytest.mark.parametrize("year", range(2000, 2100))
def test_qingming_follows_the_sun(year):
    # The customary formula for the twenty-first century.
    assert lunar_table()[year]["qingming"].day == int((year - 2000) * 0.2422 + 4.81) - (year - 2000) // 4


# Notices


def test_a_notice_makes_a_year_certain():
    holidays = [date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3), date(2027, 10, 1)]
    calendar = STATUTE_ONLY.with_notice(2027, holidays=holidays, makeup_days=[date(2027, 1, 9)])

    assert not is_provisional(2027, calendar=calendar)
    assert is_workday(date(2027, 1, 9), calendar=calendar)
    assert not is_workday(date(2027, 10, 1), calendar=calendar)
    assert is_workday(date(2027, 2, 8), calendar=calendar)
    assert is_provisional(2027, calendar=STATUTE_ONLY)
    assert not is_workday(date(2027, 1, 9), calendar=STATUTE_ONLY)


def test_a_later_notice_replaces_the_earlier_one():
    first = STATUTE_ONLY.with_notice(2027, holidays=[date(2027, 1, 1)], makeup_days=[date(2027, 1, 9)])
    second = first.with_notice(2027, holidays=[date(2027, 1, 1)])

    assert not is_workday(date(2027, 1, 9), calendar=second)
    assert second == STATUTE_ONLY.with_notice(2027, holidays={date(2027, 1, 1)})
    assert hash(second) == hash(STATUTE_ONLY.with_notice(2027, holidays={date(2027, 1, 1)}))
    assert second != first


def test_a_notice_may_change_the_december_before():
    calendar = STATUTE_ONLY.with_notice(
        2028, holidays=[date(2027, 12, 31), date(2028, 1, 1)], makeup_days=[date(2027, 12, 25)]
    )

    found = [is_workday(day, calendar=calendar) for day in (date(2027, 12, 25), date(2027, 12, 31), date(2027, 12, 30))]

    assert found == [True, False, True]
    assert is_provisional(2027, calendar=calendar)


def test_an_announced_year_can_be_corrected():
    calendar = SHIPPED.with_notice(2026, holidays=[date(2026, 10, 1)])

    assert is_workday(date(2026, 10, 2), calendar=calendar)
    assert not is_workday(date(2026, 10, 2))


@pytest.mark.parametrize(
    ("holidays", "makeup_days", "code", "wrong"),
    [
        ([], [date(2027, 1, 9)], "empty", ()),
        ([date(2027, 1, 1), date(2028, 1, 1)], [], "outside_year", (date(2028, 1, 1),)),
        ([date(2027, 1, 1)], [date(2026, 11, 28)], "outside_year", (date(2026, 11, 28),)),
        ([date(2027, 1, 2)], [date(2027, 1, 2)], "worked_and_off", (date(2027, 1, 2),)),
        ([date(2027, 1, 1)], [date(2027, 1, 9), date(2027, 1, 8)], "makeup_on_weekday", (date(2027, 1, 8),)),
    ],
)
def test_a_notice_that_cannot_be_right_is_refused(holidays, makeup_days, code, wrong):
    with pytest.raises(InvalidNotice) as refusal:
        SHIPPED.with_notice(2027, holidays=holidays, makeup_days=makeup_days)

    assert (refusal.value.code, refusal.value.days) == (code, wrong)
