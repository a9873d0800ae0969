"""Turning stored data into the owner's dataclass, and refusing what does not fit."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal

import pytest

from core.parameters.schema import InvalidParameter, build
from core.rules import Parameters


@dataclass(frozen=True)
class Band:
    upto: int | None
    rate: Decimal


@dataclass(frozen=True, kw_only=True)
class Tax(Parameters):
    table: ClassVar[str] = "test.tax"
    floor: Decimal
    rounding: Literal["cent", "yuan"]
    bands: tuple[Band, ...]
    since: date
    rates: Mapping[str, int]
    note: str = ""
    merged: bool = False

    def __post_init__(self):
        if not self.bands:
            raise ValueError("no bands")


DATA = {
    "floor": "5000.10",
    "rounding": "cent",
    "bands": [{"upto": 36000, "rate": "0.03"}, {"upto": None, "rate": "0.1"}],
    "since": "2019-01-01",
    "rates": {"10": 3, "20": 4},
}


def made(**changed):
    return build(Tax, {**DATA, **changed}, reference="某法第三条", mark="verified")


def test_a_fitting_version_becomes_the_dataclass():
    assert made(merged=True) == Tax(
        floor=Decimal("5000.10"),
        rounding="cent",
        bands=(Band(36000, Decimal("0.03")), Band(None, Decimal("0.1"))),
        since=date(2019, 1, 1),
        rates={"10": 3, "20": 4},
        merged=True,
        reference="某法第三条",
        mark="verified",
    )


def test_what_it_holds_cannot_be_changed():
    parameters = made()

    with pytest.raises(TypeError):
        parameters.rates["10"] = 9
    with pytest.raises(AttributeError):
        parameters.floor = Decimal(0)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"floor": 5000.1}, "test.tax.floor: 5000.1 is not what belongs here"),
        ({"floor": "five"}, "test.tax.floor: 'five' is not"),
        ({"floor": True}, "test.tax.floor: True is not"),
        ({"rounding": "jiao"}, "test.tax.rounding: 'jiao' is not"),
        ({"bands": [{"upto": "x", "rate": "0.03"}]}, "test.tax.bands[0].upto: 'x' is not"),
        ({"bands": [{"upto": 1}]}, "test.tax.bands[0]: missing: rate"),
        ({"bands": {"upto": 1}}, "test.tax.bands: {'upto': 1} is not"),
        ({"bands": [5]}, "test.tax.bands[0]: 5 is not a set of named values"),
        ({"bands": []}, "test.tax: no bands"),
        ({"since": "2019-02-30"}, "test.tax.since: '2019-02-30' is not"),
        ({"rates": {"10": "3"}}, "test.tax.rates.10: '3' is not"),
        ({"rates": [3]}, "test.tax.rates: [3] is not"),
        ({"merged": 1}, "test.tax.merged: 1 is not"),
        ({"note": None}, "test.tax.note: None is not"),
        ({"ceiling": 1}, "test.tax: unknown: ceiling"),
        ({"mark": "verified"}, "reference and mark stand beside the data"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_place(changed, reason):
    with pytest.raises(InvalidParameter, match=re.escape(reason)):
        made(**changed)


def test_a_missing_value_is_never_a_default():
    data = {name: value for name, value in DATA.items() if name != "floor"}

    with pytest.raises(InvalidParameter, match=re.escape("test.tax: missing: floor")):
        build(Tax, data, reference="某法", mark="verified")
