"""Sanctions: the golden cases, and what holds of any of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.dates import add_months
from personnel.rules import (
    DISMISSAL,
    Combined,
    Decision,
    Sanctions,
    combine,
    excellent_cap,
    extended_end,
    period_end,
)
from tests.personnel.test_rules_golden import cases, shipped

ON = date(2026, 11, 22)
SHIPPED = shipped(Sanctions, ON)
ORDER = list(SHIPPED.kinds("manager"))
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


def decisions(person="manager"):
    kinds = SHIPPED.kinds(person)
    return st.lists(
        st.builds(lambda kind, on: Decision(kind, kinds[kind].months, on), st.sampled_from(list(kinds)), DAYS),
        min_size=1, max_size=5,
    )  # fmt: skip


def read(case):
    return [Decision(kind, months, on) for kind, months, on in case["decisions"]]


@pytest.mark.parametrize("case", cases("sanctions"))
def test_sanctions_together(case):
    given_ones = read(case)

    found = combine(given_ones, person_kind=case["person"])

    assert found == Combined(case["kind"], *case["range"])
    if last := case.get("last"):
        first, second = given_ones
        running = period_end(first.on, first.months)
        assert extended_end(running, second.on, second.months, SHIPPED.most) == last


def test_a_stored_table_that_kept_no_order_gives_the_same():
    """A database gives back the kinds sorted by their names."""
    mixed = replace(
        SHIPPED, ordinary=dict(sorted(SHIPPED.ordinary.items())), manager=dict(sorted(SHIPPED.manager.items()))
    )
    found = [Decision("warning", 6, ON), Decision("demerit", 12, ON)]

    assert combine(found, person_kind="ordinary", parameters=mixed).kind == "demerit"
    assert list(mixed.kinds("manager")) == ORDER


@pytest.mark.parametrize("case", cases("sanction_ends"))
def test_the_last_day_of_a_period(case):
    assert period_end(case["start"], case["months"]) == case["last"]


@given(decisions(), st.randoms())
def test_the_order_of_entry_does_not_matter_and_nothing_lasts_longer_than_the_law_says(made, lot):
    found = combine(made, person_kind="manager")
    mixed = list(made)
    lot.shuffle(mixed)

    assert combine(mixed, person_kind="manager") == found
    assert 0 <= found.minimum_months <= found.maximum_months <= SHIPPED.most
    assert (found.maximum_months == 0) == (found.kind == DISMISSAL)
    newest = max(one.on for one in made)
    assert ORDER.index(found.kind) >= max(ORDER.index(one.kind) for one in made if one.on == newest)


@given(
    st.sampled_from([kind for kind in ORDER if kind != DISMISSAL]),
    DAYS,
    st.sampled_from(ORDER[:-1]),
    st.integers(0, 760),
)
def test_a_new_one_never_ends_before_what_is_left_of_the_running_one(kind, on, other, later):
    running, made = (
        Decision(one, SHIPPED.manager[one].months, day) for one, day in ((kind, on), (other, on + timedelta(later)))
    )
    last = period_end(running.on, running.months)
    assume(running.on < made.on <= last)

    found = combine([running, made], person_kind="manager")
    ends = extended_end(last, made.on, made.months, SHIPPED.most)

    assert ends >= last
    assert ends >= min(period_end(made.on, made.months), period_end(made.on, SHIPPED.most))
    assert period_end(made.on, found.minimum_months) >= ends >= period_end(made.on, found.minimum_months - 1)
    assert ends < add_months(made.on, SHIPPED.most) or made.on.day > ends.day


@given(DAYS, st.integers(1, 48))
def test_the_day_after_the_last_one_is_the_corresponding_day(start, months):
    last = period_end(start, months)
    assert last + timedelta(1) == add_months(start, months) or last == add_months(start, months)
    assert (last == add_months(start, months)) == (add_months(start, months).day < start.day)


@pytest.mark.parametrize(
    ("made", "person", "words"),
    [
        ([], "ordinary", "no decision"),
        ([Decision("removal", 24, ON)], "ordinary", "does not exist"),
        ([Decision("major_demerit", 18, ON)], "ordinary", "does not exist"),
        ([Decision("warning", 5, ON)], "ordinary", "outside"),
        ([Decision("lower_post", 49, ON)], "manager", "outside"),
        ([Decision("dismissal", 12, ON)], "manager", "outside"),
        ([Decision("warning", 6, ON)], "retired", "neither"),
    ],
)
def test_what_the_law_does_not_know_is_refused(made, person, words):
    with pytest.raises(ValueError, match=words):
        combine(made, person_kind=person)


@pytest.mark.parametrize(("eligible", "share", "cap"), [
    (87, "0.20", 17), (87, "0.25", 21), (87, "0.15", 13), (4, "0.20", 0), (5, "0.20", 1), (0, "0.20", 0), (100, "0.20", 20),
    (40, "0.02", 0), (29, "1", 29),
])  # fmt: skip
def test_never_more_than_the_share_may_be_excellent(eligible, share, cap):
    assert excellent_cap(eligible, Decimal(share)) == cap


@pytest.mark.parametrize(("eligible", "share"), [(-1, "0.2"), (5, "-0.1"), (5, "1.01")])
def test_a_share_that_is_none_is_refused(eligible, share):
    with pytest.raises(ValueError, match=r"nobody|share"):
        excellent_cap(eligible, Decimal(share))
