"""How long something is published, and what stands in the way."""

from datetime import date, timedelta

import pytest
import yaml
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from core import workdays
from core.publicity.rules import OPEN, PASSED, STOPPED, last_day, may_go_on, provisional, standing

CASES = yaml.safe_load((settings.BASE_DIR / "tests/golden/publicity_days.yaml").read_text())


@pytest.mark.parametrize("case", CASES, ids=[one["what"] for one in CASES])
def test_the_last_day_is_that_of_the_calendar(case):
    assert last_day(case["opened"], case["days"]) == case["last"]


def test_years_without_a_notice_are_named():
    assert provisional(date(2026, 9, 28), date(2026, 10, 13)) == ()
    assert provisional(date(2026, 12, 28), date(2027, 1, 8)) == (2027,)


@given(st.dates(date(2020, 1, 1), date(2030, 12, 1)), st.integers(1, 30))
def test_between_opening_and_end_lie_exactly_the_working_days(opened, days):
    last = last_day(opened, days)

    assert workdays.is_workday(last)
    assert workdays.between(opened + timedelta(1), last + timedelta(1)) == days


@given(
    st.sampled_from([OPEN, PASSED, STOPPED]), st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 3),
)  # fmt: skip
def test_one_goes_on_only_after_the_clock_without_objections_and_unless_stopped(state, last, on, waiting):
    found = standing(state=state, last=last, on=on, waiting=waiting)

    assert may_go_on(found) == (state != STOPPED and on > last and waiting == 0)
