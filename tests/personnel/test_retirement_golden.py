"""The golden cases of retirement, run against the parameters as shipped."""

from __future__ import annotations

import calendar
from datetime import date

import pytest

from personnel import rules
from personnel.rules.retirement import statutory
from tests.personnel.test_rules_golden import cases, partial, shipped

ON = date(2026, 9, 10)


def plan_of(case):
    return rules.retirement_plan(
        partial(case["birth"]), case["category"], shipped(rules.RetirementAges, ON), shipped(rules.FlexibleRetirement, ON),
        shipped(rules.PensionMonths, ON),
    )  # fmt: skip


@pytest.mark.parametrize("case", cases("retirements"))
def test_retirement(case):
    plan = plan_of(case)

    if case["month"] is None:
        assert plan is None
        return
    told = {
        "delay": plan.delay, "age": plan.age.value, "month": f"{plan.month:%Y-%m}", "day": str(plan.day),
        "earliest": f"{plan.earliest:%Y-%m}" if plan.earliest else None,
        "latest": f"{plan.latest:%Y-%m}" if plan.latest else None, "months": plan.contributions,
    }  # fmt: skip
    assert told == told | {name: value for name, value in case.items() if name in told}
    assert sum(line.amount for line in plan.age.lines) == plan.age.value
    assert all(line.reference for line in plan.age.lines)


def test_every_month_of_forty_years_is_delayed_by_whole_steps_up_to_the_most():
    """By each class, birth month by birth month: never less than the month before, never more than the most."""
    ages = shipped(rules.RetirementAges, ON)
    for category, rule in ages.classes.items():
        before = 0
        for number in range(40 * 12):
            born = date(1955 + number // 12, number % 12 + 1, 1)
            found = rules.retirement_delay(born, rule)
            assert found in (before, before + 1), (category, born)
            assert (found == 0) == (born < rule.base)
            before = found
        assert before == rule.most


def test_least_contributions_by_year():
    pension = shipped(rules.PensionMonths, ON)
    years = {2025: 180, 2029: 180, 2030: 186, 2031: 192, 2034: 210, 2035: 216, 2038: 234, 2039: 240, 2060: 240}
    assert {year: rules.least_contributions(year, pension) for year in years} == years


def test_before_2025_nobody_was_delayed():
    ages = shipped(rules.RetirementAges, date(2024, 12, 31))
    assert all(rules.retirement_delay(date(1990, 1, 1), rule) == 0 for rule in ages.classes.values())


def test_a_category_is_never_read_from_a_title():
    ages = shipped(rules.RetirementAges, ON)
    usual = {
        (sex, family): rules.usual_category(sex, family, ages)
        for sex in ("1", "2", "")
        for family in ("professional", "worker")
    }
    assert usual == {
        ("1", "professional"): "m60", ("1", "worker"): "m60", ("2", "professional"): "f55", ("2", "worker"): "f50",
        ("", "professional"): "", ("", "worker"): "",
    }  # fmt: skip


@pytest.mark.parametrize(
    "more",
    [{"base": date(1965, 1, 2)}, {"step": 0}, {"most": -1}],
    ids=["not the first of a month", "no step", "less than none"],
)
def test_classes_that_cannot_be_are_refused(more):
    with pytest.raises(ValueError, match=r"\w"):
        rules.RetirementClass(age=60, **more)


def table_of_the_decision(category, first, last):
    """The table of the annexes built by the words of the Decision, in the other direction: by the month in which people retire.

    From January 2025 on the age rises by one month for each `step` months that go by: all who are born in one such group retire at one age.
    """
    old, base, step, most = {
        "M": (60, (1965, 1), 4, 36), "F60": (60, (1965, 1), 4, 36), "F55": (55, (1970, 1), 4, 36), "F50": (50, (1975, 1), 2, 60),
    }[category]  # fmt: skip
    month, late, ages = list(base), 1, {}
    while late < most:
        for _one in range(step):
            ages[tuple(month)] = old * 12 + late
            month = [month[0] + month[1] // 12, month[1] % 12 + 1]
        late += 1
    return {
        (year, number): ages.get((year, number), old * 12 if (year, number) < base else old * 12 + most)
        for year in range(first, last + 1)
        for number in range(1, 13)
    }


@pytest.mark.parametrize("category", ["M", "F60", "F55", "F50"])
def test_month_by_month_as_the_words_of_the_decision_say(category):
    table = table_of_the_decision(category, 1960, 2000)
    old = {"M": 60, "F60": 60, "F55": 55, "F50": 50}[category]
    for (year, month), age in table.items():
        for day in (1, 15, calendar.monthrange(year, month)[1]):
            found = statutory(date(year, month, day), category)
            last = divmod(year * 12 + month - 1 + age, 12)
            retires = date(last[0], last[1] + 1, min(day, calendar.monthrange(last[0], last[1] + 1)[1]))
            assert (found.age_months, found.on, found.delay_months) == (age, retires, age - old * 12), (
                category,
                year,
                month,
            )
            if retires < date(2025, 1, 1):
                assert (found.earliest, found.latest) == (None, None)
            else:
                assert found.latest.year * 12 + found.latest.month == retires.year * 12 + retires.month + 36
                assert found.earliest.year * 12 + found.earliest.month == max(
                    retires.year * 12 + retires.month - 36, (year + old) * 12 + month
                )
            yearly = {2030: 186, 2031: 192, 2032: 198, 2033: 204, 2034: 210, 2035: 216, 2036: 222, 2037: 228, 2038: 234}
            asked = 180 if retires.year < 2030 else yearly.get(retires.year, 240)
            assert found.minimum_contribution_months == asked


def test_a_category_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="no category"):
        statutory(date(1980, 1, 1), "F45")
