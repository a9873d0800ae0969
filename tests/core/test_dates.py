"""Partial dates, typed dates, periods, whole months and years."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dates import (
    InvalidDate,
    PartialDate,
    Period,
    add_months,
    full_years,
    month_period,
    months_between,
    read_date,
    read_number_date,
    today,
)

days = st.dates(date(1900, 1, 1), date(2099, 12, 31))
partial_dates = st.one_of(
    days.map(PartialDate.of),
    days.map(lambda day: PartialDate(day.year, day.month)),
    days.map(lambda day: PartialDate(day.year)),
)


@st.composite
def periods(draw):
    start = draw(days)
    return Period(start, draw(st.none() | st.integers(1, 4000).map(lambda length: start + timedelta(length))))


# Partial dates


@pytest.mark.parametrize("iso", ["1985", "1985-07", "1985-07-13", "1900-01-01", "2099-12-31", "2000-02-29"])
def test_stored_form_is_read_back(iso):
    assert str(PartialDate.parse(iso)) == iso


@pytest.mark.parametrize(
    "iso",
    ["", "85", "1985-7", "1985-00", "1985-13", "1985-02-29", "1985-07-13T00:00", "1899", "2100", "１９８５"],
)
def test_stored_form_is_strict(iso):
    with pytest.raises(InvalidDate) as refusal:
        PartialDate.parse(iso)

    assert refusal.value.code == "not_a_date"


def test_a_day_needs_its_month():
    with pytest.raises(InvalidDate):
        PartialDate(1985, None, 13)


@pytest.mark.parametrize(
    ("iso", "precision", "first", "last"),
    [
        ("1984", "year", date(1984, 1, 1), date(1984, 12, 31)),
        ("1984-02", "month", date(1984, 2, 1), date(1984, 2, 29)),
        ("1984-02-10", "day", date(1984, 2, 10), date(1984, 2, 10)),
    ],
)
def test_precision_and_span(iso, precision, first, last):
    value = PartialDate.parse(iso)

    assert (value.precision, value.first_day(), value.last_day()) == (precision, first, last)


@pytest.mark.parametrize(
    ("left", "right", "agree"),
    [
        ("1985-07", "1985-07-13", True),
        ("1985-07", "1985-08-01", False),
        ("1985", "1985-07-13", True),
        ("1985", "1986-07", False),
        ("1985-07-13", "1985-07-13", True),
        ("1985-07-13", "1985-07-14", False),
        ("1984-07", "1985-07", False),
    ],
)
def test_agreement_is_equality_at_the_coarser_precision(left, right, agree):
    assert PartialDate.parse(left).agrees(PartialDate.parse(right)) is agree
    assert PartialDate.parse(right).agrees(PartialDate.parse(left)) is agree


def test_order_puts_the_less_precise_first():
    ordered = ["1984-12-31", "1985", "1985-01", "1985-01-01", "1985-02", "1985-11"]

    assert [str(value) for value in sorted(map(PartialDate.parse, reversed(ordered)))] == ordered


@given(partial_dates, partial_dates)
def test_partial_dates_behave_as_values(left, right):
    assert PartialDate.parse(str(left)) == left
    assert (left < right) + (left == right) + (left > right) == 1
    assert (left == right) is (hash(left) == hash(right) and str(left) == str(right))
    assert left.agrees(right) is (left.first_day() <= right.last_day() and right.first_day() <= left.last_day())


# What people type


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("1985.07", "1985-07"),
        ("1985.7", "1985-07"),
        ("1985.1", "1985-01"),
        ("1985.10", "1985-10"),
        ("1985年7月", "1985-07"),
        ("1985年7月份", "1985-07"),
        ("1985.7月", "1985-07"),
        ("1985年", "1985"),
        ("1985", "1985"),
        ("1985-7-1", "1985-07-01"),
        ("1985.7.", "1985-07"),
        ("1985.7.1。", "1985-07-01"),
        ("1985—07", "1985-07"),
        ("1985 07", "1985-07"),
        ("1985 年 7 月 1 日", "1985-07-01"),
        ("1985年7月1号", "1985-07-01"),
        ("１９８５．０７", "1985-07"),
        ("１９８５年７月", "1985-07"),
        ("\u200b1985/07/01\u3000", "1985-07-01"),
        ("20170908", "2017-09-08"),
        ("201709", "2017-09"),
        ("2009/7/1", "2009-07-01"),
        ("2009-07-01 00:00:00", "2009-07-01"),
        ("2009/7/1 0:00", "2009-07-01"),
        ("2009-07-01T00:00:00", "2009-07-01"),
        ("2009-07-01T08:30:00.250+08:00", "2009-07-01"),
        ("2009年7月1日 8:30", "2009-07-01"),
        ("1900.1.1", "1900-01-01"),
        ("2099-12-31", "2099-12-31"),
        ("2000-02-29", "2000-02-29"),
    ],
)
def test_typed_dates_are_read_at_the_precision_typed(text, iso):
    assert str(read_date(text)) == iso


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "无",
            "/",
            "至今",
            "85",
            "41234",
            "七月",
            "1985.13",
            "1985.00",
            "1985-07-00",
            "20141415",
            "201413",
            "1979-02-30",
        ),
        *(
            "1899.12",
            "2100-01-01",
            "18991231",
            "2009-07-01 25:00",
            "08:30",
            "1985.7-1",
            "1985.7-1987.3",
            "1985,7",
            "85.13",
            "13/13/1985",
        ),
        *("1900-02-29", "1985年13月", "1" * 5000, "1985年7.1"),
    ],
)
def test_what_names_no_date_is_refused(text):
    with pytest.raises(InvalidDate) as refusal:
        read_date(text)

    assert refusal.value.code == "not_a_date"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "85.7",
            "85-7-1",
            "85年7月",
            "85/07/13",
            "'85.7",
            "8507",
            "850713",
            "201231",
            "19857",
            "1985112",
            "1985071",
        ),
        *("7/1/1985", "13-7-1985", "7/1985", "2009-06-30T16:00:00Z", "2009-07-01 00:00:00-05:00"),
    ],
)
def test_what_can_be_read_in_several_ways_is_ambiguous(text):
    with pytest.raises(InvalidDate) as refusal:
        read_date(text)

    assert refusal.value.code == "ambiguous_date"


@given(
    days,
    st.sampled_from(
        [
            "{0}-{1}-{2}",
            "{0}.{1:02}.{2:02}",
            "{0}/{1}/{2}",
            "{0}年{1}月{2}日",
            "{0}{1:02}{2:02}",
            "{0} {1} {2}",
        ]
    ),
)
def test_every_day_is_read_in_every_way_of_writing(day, form):
    assert read_date(form.format(day.year, day.month, day.day)) == PartialDate.of(day)


@given(partial_dates)
def test_the_stored_form_can_be_typed(value):
    assert read_date(str(value)) == value


@given(st.text() | st.text("0123456789./-年月日 T:", max_size=14))
def test_any_text_is_a_date_or_refused_with_a_code(text):
    outcome = outcome_of(text)

    assert outcome in {"not_a_date", "ambiguous_date"} or 1900 <= PartialDate.parse(outcome).year <= 2099


def outcome_of(text: str) -> str:
    try:
        return str(read_date(text))
    except InvalidDate as refusal:
        return refusal.code


# Dates stored as numbers


@pytest.mark.parametrize(
    ("value", "shown", "iso"),
    [
        (20170716, None, "2017-07-16"),
        (20170716.0, "20170716", "2017-07-16"),
        (201707, None, "2017-07"),
        (1985, None, "1985"),
        (1985.07, None, "1985-07"),
        (1985.0700000000002, None, "1985-07"),
        (1985.12, "1985.12", "1985-12"),
        (1985.2, None, "1985-02"),
        (1985.1, "1985.10", "1985-10"),
        (1985.1, "１９８５．１０ ", "1985-10"),
        (1985.07, "1985", "1985-07"),
        (2005.11, "2005.1", "2005-11"),
        (2005.04, "2005.0", "2005-04"),
        (2005.7, "2005.70", "2005-07"),
    ],
)
def test_numbers_are_read_by_their_digits(value, shown, iso):
    assert str(read_number_date(value, shown)) == iso


@pytest.mark.parametrize(
    ("value", "shown", "code"),
    [
        (1985.1, None, "ambiguous_date"),
        (1985.1, "1985.1", "ambiguous_date"),
        (1985.1, "1985", "ambiguous_date"),
        (1985.1, "1985.07", "ambiguous_date"),
        (850713, None, "ambiguous_date"),
        (1985.13, None, "not_a_date"),
        (1985.125, None, "not_a_date"),
        (2005.97, "2006", "not_a_date"),
        (20170716.5, None, "not_a_date"),
        (20141415, None, "not_a_date"),
        (41234, None, "not_a_date"),
        (0, None, "not_a_date"),
        (-1985.07, None, "not_a_date"),
        (float("nan"), None, "not_a_date"),
        (float("inf"), None, "not_a_date"),
        (1e300, None, "not_a_date"),
        (True, None, "not_a_date"),
    ],
)
def test_numbers_that_name_no_single_date_are_refused(value, shown, code):
    with pytest.raises(InvalidDate) as refusal:
        read_number_date(value, shown)

    assert refusal.value.code == code


# Days, periods, months


def test_today_is_the_day_in_china(monkeypatch):
    monkeypatch.setattr("core.dates.datetime", datetime)  # the real clock, which stands still in all other tests
    before = datetime.now(UTC) + timedelta(hours=8)

    asked = today()

    after = datetime.now(UTC) + timedelta(hours=8)
    assert before.date() <= asked <= after.date()


def test_a_period_contains_its_start_and_not_its_end():
    period = Period(date(2026, 9, 1), date(2026, 10, 1))

    inside = [
        day
        for day in (date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 30), date(2026, 10, 1))
        if period.contains(day)
    ]

    assert inside == [date(2026, 9, 1), date(2026, 9, 30)]


def test_periods_that_touch_do_not_overlap():
    summer = Period(date(2026, 7, 1), date(2026, 9, 1))
    autumn = Period(date(2026, 9, 1))

    assert not summer.overlaps(autumn)
    assert summer.intersect(autumn) is None


def test_an_open_period_is_cut_by_a_closed_one():
    assert Period(date(2020, 1, 1)).intersect(Period(date(2019, 1, 1), date(2021, 1, 1))) == Period(
        date(2020, 1, 1), date(2021, 1, 1)
    )
    assert Period(date(2020, 1, 1)).intersect(Period(date(2021, 1, 1))) == Period(date(2021, 1, 1))


@pytest.mark.parametrize("end", [date(2026, 1, 1), date(2025, 12, 31)])
def test_a_period_is_never_empty(end):
    with pytest.raises(ValueError, match="ends after it starts"):
        Period(date(2026, 1, 1), end)


@given(periods(), periods(), days)
def test_an_intersection_holds_what_both_hold(left, right, day):
    both = left.intersect(right)

    assert left.overlaps(right) is right.overlaps(left) is (both is not None)
    assert (both is not None and both.contains(day)) is (left.contains(day) and right.contains(day))
    assert both == right.intersect(left)


@pytest.mark.parametrize(("month", "end"), [(2, date(2026, 3, 1)), (12, date(2027, 1, 1))])
def test_month_periods(month, end):
    assert month_period(2026, month) == Period(date(2026, month, 1), end)


@pytest.mark.parametrize(
    ("day", "n", "result"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -13, date(2024, 12, 15)),
        (date(2026, 1, 15), 0, date(2026, 1, 15)),
    ],
)
def test_months_are_added_to_the_end_of_a_shorter_month(day, n, result):
    assert add_months(day, n) == result


@pytest.mark.parametrize("n", [12 * 8000, -12 * 3000])
def test_months_beyond_the_calendar_are_refused(n):
    with pytest.raises(ValueError, match="leaves the calendar"):
        add_months(date(2026, 1, 1), n)


@pytest.mark.parametrize(
    ("start", "on", "months"),
    [
        (date(2026, 1, 15), date(2026, 2, 14), 0),
        (date(2026, 1, 15), date(2026, 2, 15), 1),
        (date(2026, 1, 31), date(2026, 2, 28), 1),
        (date(2026, 2, 28), date(2026, 1, 31), -1),
        (date(2026, 2, 15), date(2026, 1, 15), -1),
        (date(2026, 2, 15), date(2026, 1, 14), -2),
    ],
)
def test_whole_months_between(start, on, months):
    assert months_between(start, on) == months


@pytest.mark.parametrize(
    ("birth", "on", "age"),
    [
        (date(1966, 9, 10), date(2026, 9, 9), 59),
        (date(1966, 9, 10), date(2026, 9, 10), 60),
        (date(2000, 2, 29), date(2018, 2, 27), 17),
        (date(2000, 2, 29), date(2018, 2, 28), 18),
        (date(2026, 9, 10), date(2026, 9, 9), -1),
    ],
)
def test_full_years(birth, on, age):
    assert full_years(birth, on) == age


@given(days, days)
def test_months_between_is_the_largest_that_fits(start, on):
    months = months_between(start, on)

    assert add_months(start, months) <= on < add_months(start, months + 1)
