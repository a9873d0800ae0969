"""Stored values as JSON."""

from datetime import date
from decimal import Decimal

import pytest
from psycopg.types.range import Range

from core.api.values import period, plain, role_of
from core.dates import PartialDate


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        (date(2026, 9, 1), "2026-09-01"), (PartialDate.parse("1985-07"), "1985-07"), (Decimal("12.50"), "12.50"),
        ([date(2026, 9, 1), "x"], ["2026-09-01", "x"]), (True, True), (7, 7), (None, None),
    ],
)  # fmt: skip
def test_plain_values_keep_their_precision(stored, told):
    assert plain(stored) == told


def test_periods_are_half_open():
    assert period(Range(date(2020, 9, 1), date(2026, 9, 1))) == {"from": "2020-09-01", "until": "2026-09-01"}
    assert period(Range(date(2020, 9, 1), None)) == {"from": "2020-09-01", "until": None}
    assert period(Range(empty=True)) is None
    assert period(None) is None


def test_a_role_that_nobody_defines_any_more_keeps_its_name():
    assert role_of("county_clerk")["label"] == "县区经办"
    assert role_of("herald") == {"code": "herald", "label": "herald"}
