"""Amounts are exact, rounded half up, and never a float."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import InvalidAmount, format_yuan, round_half_up, yuan

amounts = st.decimals(Decimal(-(10**15)), Decimal(10**15), places=4)


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (741, "741"),
        (Decimal("74.10"), "74.10"),
        ("12345.67", "12345.67"),
        ("12,345.67", "12345.67"),
        ("¥12,345.67", "12345.67"),
        ("￥１２，３４５．６７", "12345.67"),
        (" 1200 元 ", "1200"),
        ("-0.50", "-0.50"),
        ("-¥0.50", "-0.50"),
        ("¥-0.50", "-0.50"),
        ("+5", "5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("0.1", "0.1"),
    ],
)
def test_amounts_are_read_exactly(value, amount):
    assert str(yuan(value)) == amount


@pytest.mark.parametrize(
    "value",
    [
        *(
            "",
            "无",
            "12,34.5",
            "1,23",
            "1 200",
            "--5",
            "-¥-5",
            "1e3",
            "NaN",
            "Infinity",
            "1.2.3",
            "十元",
            "5元整",
            "9" * 41,
            ".",
        ),
        *(Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity")),
    ],
)
def test_what_is_no_amount_is_refused(value):
    with pytest.raises(InvalidAmount) as refusal:
        yuan(value)

    assert refusal.value.code == "not_an_amount"


@pytest.mark.parametrize("function", [yuan, round_half_up, format_yuan])
@pytest.mark.parametrize("value", [0.1, 1.0, True, None])
def test_floats_and_truth_values_are_a_mistake_of_the_caller(function, value):
    with pytest.raises(TypeError):
        function(value)


@pytest.mark.parametrize(
    ("amount", "places", "rounded"),
    [
        ("0.125", 2, "0.13"),
        ("0.135", 2, "0.14"),
        ("-0.125", 2, "-0.13"),
        ("0.1249999", 2, "0.12"),
        ("2611.14", 0, "2611"),
        ("2610.5", 0, "2611"),
        ("125", -1, "130"),
        ("741", 2, "741.00"),
        ("9" * 30 + ".995", 2, "1" + "0" * 30 + ".00"),
    ],
)
def test_a_half_is_rounded_away_from_zero(amount, places, rounded):
    assert str(round_half_up(Decimal(amount), places)) == rounded


@pytest.mark.parametrize(
    ("amount", "places", "shown"),
    [
        ("12345.67", 2, "¥12,345.67"),
        ("1234567.005", 2, "¥1,234,567.01"),
        ("-0.5", 2, "-¥0.50"),
        ("-0.001", 2, "¥0.00"),
        ("0", 2, "¥0.00"),
        ("2611.14", 0, "¥2,611"),
    ],
)
def test_amounts_are_shown_with_sign_and_groups(amount, places, shown):
    assert format_yuan(Decimal(amount), places) == shown


@given(amounts)
def test_rounding_is_near_final_and_symmetric(amount):
    rounded = round_half_up(amount)

    assert abs(rounded - amount) <= Decimal("0.005")
    assert round_half_up(rounded) == rounded
    assert round_half_up(-amount) == -rounded


@given(amounts)
def test_what_is_shown_is_read_back(amount):
    assert yuan(format_yuan(amount)) == round_half_up(amount)
