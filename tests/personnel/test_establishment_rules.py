"""Seats by the standard, case by case, and who holds a seat."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from core.parameters.files import shipped
from core.parameters.schema import InvalidParameter, build
from personnel.rules import QuotaStandard, StagePart, county_quota, standard_quota
from personnel.rules.establishment import Addition, PupilRatio, SmallSchools

CASES = yaml.safe_load((Path(__file__).parents[1] / "golden/quota.yaml").read_text(encoding="utf-8"))
ROUNDINGS = ("half_up", "floor", "ceiling")


def standard(on: date) -> QuotaStandard:
    versions = shipped()[QuotaStandard.table].versions
    (one,) = [row for row in versions if row.starts <= on and (row.ends is None or on < row.ends)]
    return build(QuotaStandard, one.data, reference=one.reference, mark=one.mark)


NOW = standard(date(2026, 9, 1))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['stage']} {case['pupils']}")
def test_the_cases(case):
    rules = standard(case.get("day", date(2026, 9, 1)))
    said = {"stage": case["stage"], "pupils": case["pupils"], "classes": 0, "location": case.get("location", "")}
    for rounding, seats in zip(ROUNDINGS, case["seats"], strict=True):
        found = standard_quota(**said, parameters=replace(rules, rounding=rounding))
        assert (found.seats, str(found.exact)) == (seats, case["exact"])
        assert found.reference


def test_a_county_is_rounded_once_by_stage():
    parts = [StagePart("primary", 187, 6), StagePart("primary", 187, 6), StagePart("junior", 412, 9)]
    found = {one.stage: one.seats for one in county_quota(parts=parts, parameters=NOW)}
    assert found == {"primary": 20, "junior": 31}
    apart = [standard_quota(stage="primary", pupils=10, classes=1, location="", parameters=NOW).seats for _ in range(3)]
    (together,) = county_quota(parts=[StagePart("primary", 10, 1)] * 3, parameters=NOW)
    assert (sum(apart), together.seats) == (3, 2)


def test_small_schools_and_additions_are_lines_of_their_own():
    rules = replace(
        NOW,
        small=(
            SmallSchools(stage="primary", most_pupils=200, per_class=Decimal("1.7"), location="2", reference="省定"),
        ),
        additions=(Addition(name="寄宿", name_en="boarding", stage="primary", by="boarder", number=Decimal("0.02")),),
    )
    found = standard_quota(stage="primary", pupils=88, classes=6, location="220", boarders=50, parameters=rules)
    assert [(line.rule, str(line.seats)) for line in found.lines] == [
        ("ratio", "4.63"), ("small", "5.57"), ("added", "1.00"), ("rounded", "-0.20")
    ]  # fmt: skip
    assert (found.seats, str(found.exact)) == (11, "11.20")
    assert standard_quota(stage="primary", pupils=88, classes=6, location="111", parameters=rules).seats == 5
    plus = replace(rules, small=(replace(rules.small[0], how="plus"),))
    assert str(standard_quota(stage="primary", pupils=88, classes=6, location="220", parameters=plus).exact) == "14.83"


def test_a_stage_without_a_ratio_has_no_number():
    found = standard_quota(stage="special", pupils=80, classes=8, location="", parameters=NOW)
    assert (found.seats, found.lines) == (None, ())


@pytest.mark.parametrize("wrong", [{"pupils": -1}, {"classes": -1}, {"boarders": -1}])
def test_numbers_below_nought_are_refused(wrong):
    said = {"pupils": 10, "classes": 1, "boarders": 0, **wrong}
    with pytest.raises(ValueError, match="below nought"):
        standard_quota(stage="primary", location="", parameters=NOW, **said)


def test_a_ratio_of_nought_is_no_parameter():
    with pytest.raises(ValueError, match="more than none"):
        PupilRatio(stage="primary", per_seat=Decimal(0))
    with pytest.raises(InvalidParameter):
        build(QuotaStandard, {"rounding": "bankers", "ratios": []}, reference="x", mark="local")
