"""Posts are laid out by ratios and checked against them; moving between levels has conditions."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.parameters.schema import InvalidParameter, build
from personnel import rules
from tests.personnel.test_rules_golden import cases, shipped

ON = date(2026, 9, 10)
METHODS = ("largest_remainder", "floor", "half_up")


@pytest.mark.parametrize("case", cases("post_layouts"))
def test_layout(case):
    ratio = rules.Ratio(parts=case["ratio"], whole=sum(case["ratio"].values()))
    laid = rules.lay_out(case["total"], ratio, case["method"], "文号")
    assert rules.numbers_of(laid) == case["numbers"]
    assert laid.rule.endswith(case["method"])


@given(
    total=st.integers(0, 500),
    parts=st.lists(st.integers(0, 9), min_size=1, max_size=4).filter(sum),
    method=st.sampled_from(METHODS),
)
def test_a_layout_adds_up_and_no_part_is_negative_or_a_whole_post_off(total, parts, method):
    ratio = rules.Ratio(parts={f"p{place + 5}": part for place, part in enumerate(parts)}, whole=sum(parts))
    numbers = list(rules.numbers_of(rules.lay_out(total, ratio, method)).values())
    assert sum(numbers) == total
    assert min(numbers) >= 0
    for number, part in zip(numbers[:-1], parts, strict=False):
        assert abs(number - total * part / sum(parts)) < 1 or method == "half_up"


def test_ratios_that_do_not_add_up_are_refused_with_words():
    data = {
        "overall": {"parts": {"high": 1, "middle": 3, "junior": 7}, "whole": 10}, "by_type": {}, "bands": [], "tiers": {},
        "method": "floor",
    }  # fmt: skip
    with pytest.raises(InvalidParameter, match=r"1 \+ 3 \+ 7 = 11, not 10"):
        build(rules.PostStructure, data, reference="x", mark="local")


def test_a_setting_by_the_ratio_is_found_right_and_one_above_it_wrong():
    structure = shipped(rules.PostStructure, ON)
    laid = rules.laid_out(86, "211", structure)
    assert sum(laid.values()) == 86
    assert all(finding.met for finding in rules.check_structure(laid, "211", structure))
    (tiers, band, _more, _last) = rules.check_structure(
        {**laid, "p5": laid["p5"] + 3, "p7": laid["p7"] - 3}, "211", structure
    )
    assert (tiers.met, band.met, band.rule) == (True, False, "personnel.post_structure.p5-p7")
    assert band.reference


def test_what_is_not_used_above_may_be_set_below():
    structure = shipped(rules.PostStructure, ON)
    (found,) = [
        one
        for one in rules.check_structure({"p8": 0, "p9": 26, "p10": 11}, "", structure)
        if one.rule.endswith("p8-p10")
    ]
    assert found.met
    assert dict(found.expected) == {"p8": 11, "p9": 15, "p10": 11}


def test_a_place_has_ratios_by_school_type():
    data = {
        "overall": {"parts": {"high": 1, "middle": 3, "junior": 6}, "whole": 10},
        "by_type": {"34": {"parts": {"high": 30, "middle": 40, "junior": 30}, "whole": 100}}, "bands": [], "tiers": {}, "method": "floor",
    }  # fmt: skip
    structure = build(rules.PostStructure, data, reference="x", mark="local")
    assert structure.of_type("342").parts["high"] == 30
    assert structure.of_type("211").parts["high"] == 1


def moved(level, *held, on=date(2026, 9, 1)):
    found = rules.check_move(level, on, held, shipped(rules.PostStructure, on), shipped(rules.PostMoves, on))
    return {finding.rule.rpartition(".")[2]: finding.met for finding in found}


def test_conditions_of_moving_up():
    held = rules.HeldLevel
    assert moved("p9", held("p10", date(2023, 9, 1))) == {"step": True, "years": True}
    assert moved("p9", held("p10", date(2023, 9, 2))) == {"step": True, "years": False}
    assert moved("p8", held("p10", date(2015, 9, 1))) == {"step": False, "years": True}
    assert moved("p7", held("p8", date(2025, 9, 1))) == {"years": True, "title": None}
    assert moved("p10", held("p9", date(2025, 9, 1))) == {}
    assert moved("m8", held("p9", date(2025, 9, 1))) == {}
    assert moved("p9") == {}


def test_years_count_on_without_a_gap_and_from_higher_levels():
    held = rules.HeldLevel
    assert moved("p9", held("p10", date(2020, 1, 1), date(2025, 1, 1)), held("p10", date(2025, 1, 1)))["years"]
    assert moved("p9", held("p8", date(2020, 1, 1), date(2025, 1, 1)), held("p10", date(2025, 1, 1)))["years"]
    assert not moved("p9", held("p10", date(2020, 1, 1), date(2024, 1, 1)), held("p10", date(2025, 1, 1)))["years"]
