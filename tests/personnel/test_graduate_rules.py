"""What publicly funded students have served and owe, and whom gaps and wishes suggest where, by the golden cases."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from personnel import rules
from tests.personnel.test_rules_golden import cases, shipped


def day(text):
    return date.fromisoformat(text) if text else None


def stays(rows):
    return [rules.Days(day(first), day(last)) for first, last in rows]


@pytest.mark.parametrize("case", cases("service_owed"))
def test_service_and_breach(case):
    agreed = rules.Agreed(day(case["starts"]), case["years"], Decimal(case["fees"]))
    served = rules.served_months(agreed, stays(case["jobs"]), stays(case.get("pauses", [])), day(case["day"]))
    told = rules.owed(agreed, served.value, shipped(rules.ServiceTerms, day(case["signed"])))
    assert (served.value, told.refund, told.penalty) == (
        case["months"],
        Decimal(case["refund"]),
        Decimal(case["penalty"]),
    )
    assert told.total == told.refund + told.penalty
    assert told.reference


@pytest.mark.parametrize("case", cases("placings"))
def test_suggestions(case):
    asked = [rules.Placed(key, tuple(one[0]), one[1] if len(one) > 1 else "") for key, one in enumerate(case["people"])]
    found = rules.suggest(asked, case["free"], case.get("stages", {}))
    told = [["-", "-"] if one.unit is None else [one.unit, one.wish or 0] for one in found]
    assert told == case["placed"]


def test_the_years_are_those_of_the_day_of_signing():
    assert shipped(rules.ServiceTerms, date(2018, 7, 29)).years == 10
    assert shipped(rules.ServiceTerms, date(2018, 7, 30)).years == 6


def test_a_place_that_pays_everything_back_is_a_parameter():
    terms = rules.ServiceTerms(years=6, rural_years=1, penalty=30, proportional=False)
    told = rules.owed(rules.Agreed(date(2026, 9, 1), 6, Decimal(1000)), 71, terms)
    assert (told.refund, told.penalty) == (Decimal("1000.00"), Decimal("300.00"))
