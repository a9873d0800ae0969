"""Numbers, terms and the curriculum vitae of cadres, by the golden cases and the parameters as shipped."""

from __future__ import annotations

from datetime import date

import pytest

from personnel import rules
from personnel.documents.cadres import line_words
from tests.personnel.test_rules_golden import cases, shipped

ON = date(2026, 11, 22)


def day(text):
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize("case", cases("headships"))
def test_nominations(case):
    asked = rules.Nomination(
        case["headship"], day(case["begins"]), case.get("years"), case["term"], case.get("classes"), case["held"],
        day(case.get("retires")), case.get("member", False), case.get("acting", False),
    )  # fmt: skip
    found = rules.check_nomination(asked, shipped(rules.Headships, ON))
    assert [one.rule.rpartition(".")[2] for one in found if one.met is False] == case.get("unmet", [])
    assert all(one.reference for one in found)


@pytest.mark.parametrize("case", cases("vitae"))
def test_vitae(case):
    def stays(rows):
        return [rules.Stay(day(first), day(last), where, what) for first, last, where, what in rows]

    others = [
        rules.Stay(day(first), None, text, beside=beside, said=said)
        for first, text, beside, said in case.get("others", [])
    ]
    lines = rules.curriculum(stays(case["jobs"]), stays(case["heads"]), others)
    assert [line_words(line) for line in lines] == case["lines"]


@pytest.mark.parametrize(
    ("term", "last", "over"),
    [
        (1, date(2026, 1, 1), False),
        (2, date(2026, 11, 21), True),
        (2, date(2026, 11, 22), False),
        (2, None, False),
        (3, None, True),
    ],
)
def test_terms_are_over_after_the_last_one_allowed(term, last, over):
    assert rules.over_terms(term, last, ON, shipped(rules.Headships, ON)) is over


def test_terms_and_probations_end_on_the_day_before():
    told = shipped(rules.Headships, ON)
    assert rules.term_last(date(2026, 9, 1), 5) == date(2031, 8, 31)
    assert rules.term_last(date(2024, 2, 29), 3) == date(2027, 2, 27)
    assert rules.probation_last(date(2026, 9, 1), told) == date(2027, 8, 31)


def test_training_is_due_so_many_days_after_the_last_one_else_after_the_beginning():
    told = shipped(rules.Headships, ON)
    since = date(2020, 9, 1)
    assert rules.training_due(None, since, ON, told) == date(2023, 9, 1)
    assert rules.training_due(date(2024, 1, 1), since, ON, told) == date(2026, 12, 31)
    assert rules.training_due(date(2019, 6, 1), since, ON, told) == date(2022, 5, 31)


def test_numbers_that_do_not_rise_or_end_are_refused():
    with pytest.raises(ValueError, match="any size"):
        rules.HeadRule(headship="principal", decided="nearest", numbers=(rules.HeadNumber(number=1, classes=3),))
    with pytest.raises(ValueError, match="rise"):
        rules.HeadRule(
            headship="principal", decided="nearest",
            numbers=(rules.HeadNumber(number=1, classes=9), rules.HeadNumber(number=2, classes=9), rules.HeadNumber(number=3)),
        )  # fmt: skip
