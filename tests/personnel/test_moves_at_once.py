"""Many connections decide transfers and loans at once: seats and posts go to as many as there are, and nothing is half done."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import OperationalError

from core.org.errors import NotAllowed
from core.workflow.services import advance, advance_many
from personnel.models import Dispatch, Employment, Move
from personnel.selectors.seat_holding import differences
from personnel.selectors.seats import seat_of
from personnel.services import seats
from tests.factories.people import make_actor, make_teacher, make_unit
from tests.ground.clock import TODAY
from tests.personnel.moving import EVE, FEBRUARY, agreed, asked, desks_of
from tests.personnel.posts import put, set_posts
from tests.personnel.seats import KIND, approved, told, wrong_days
from tests.personnel.test_posts_at_once import WRITERS, at_once, most_over

pytestmark = pytest.mark.usefixtures("committed_db")


def seated(county_clerk, unit, number, level=""):
    people = [make_teacher(f"甲{place}", unit) for place in range(number)]
    approved(county_clerk, unit, number)
    for one in people:
        seats.occupy(actor=county_clerk, teacher=one, unit=unit, kind=KIND, on=date(2026, 3, 1))
        if level:
            put(unit, level, date(2021, 9, 1), None, one)
    return people


def test_of_many_who_are_moved_to_the_last_seat_one_comes(county_clerk, county_a, school_a, second_school_a):
    people = seated(county_clerk, school_a, WRITERS)
    approved(county_clerk, second_school_a, 1)
    desks = desks_of(school_a, second_school_a, county_a)
    cases = [agreed(desks, asked(desks, one, second_school_a)) for one in people]
    refused = []

    def work(number):
        try:
            advance(cases[number], "approve", actor=desks.bureau)
        except NotAllowed as error:
            refused.append(str(error))

    at_once(work)

    assert len(refused) == WRITERS - 1
    assert told(second_school_a, FEBRUARY) == (1, 1, 0, 0, 0)
    came = [one for one in people if seat_of(one, FEBRUARY).unit == second_school_a.pk]
    assert [one.pk for one in came] == list(
        Employment.objects.filter(unit=second_school_a, valid__contains=FEBRUARY).values_list("teacher", flat=True)
    )
    assert differences([school_a, second_school_a], FEBRUARY) == []
    assert wrong_days() == []


def test_random_moves_of_many_writers_leave_ledger_posts_and_files_in_agreement(
    county_clerk, county_a, school_a, second_school_a
):
    schools = [school_a, second_school_a, make_unit("school", "三小", county_a)]
    people = []
    for unit in schools:
        set_posts(unit, p10=7)
        people.append(seated(county_clerk, unit, 5, "p10"))
        approved(county_clerk, unit, 2)
    desks = {one.pk: {other.pk: desks_of(one, other, county_a) for other in schools if other != one} for one in schools}

    def work(number):
        dice = random.Random(number)
        for _turn in range(4):
            place = dice.randrange(len(schools))
            person, target = dice.choice(people[place]), dice.choice([one for one in schools if one != schools[place]])
            _act(dice, desks[schools[place].pk][target.pk], person, target)

    at_once(work)

    assert Move.objects.filter(case__state="decided").count() > 3
    assert wrong_days() == []
    assert most_over()[0] <= 0
    for day in (TODAY, EVE, FEBRUARY, FEBRUARY + timedelta(days=200)):
        assert differences(schools, day) == []
    away = sorted(Dispatch.objects.values_list("teacher", "valid"), key=lambda row: (row[0], row[1].lower))
    assert all(one[0] != two[0] or one[1].upper <= two[1].lower for one, two in pairwise(away))


def test_sets_that_change_places_between_full_schools_at_once_are_whole_or_not_at_all(
    county_clerk, county_a, school_a, second_school_a
):
    """Each writer decides a swap; half of them share a person with another, so that of two sets one finds its case decided."""
    schools = [school_a, second_school_a, make_unit("school", "三小", county_a)]
    people = [seated(county_clerk, unit, WRITERS) for unit in schools]
    swaps = []
    for number in range(WRITERS):
        one, two = number % 3, (number + 1) % 3
        pair = []
        for source, target in ((one, two), (two, one)):
            desks = desks_of(schools[source], schools[target], county_a)
            pair.append(agreed(desks, asked(desks, people[source][number], schools[target])))
        swaps.append(pair)
    sets = [[*swaps[number], swaps[(number + 1) % WRITERS][0]] for number in range(WRITERS)]
    bureau = make_actor("county_approver", county_a)
    moved, wrong = [], []

    def work(number):
        # The third of the set swaps with somebody of another writer's set: alone it never fits.
        done, refused = advance_many(sets[number], "approve", actor=bureau)
        moved.extend(case.pk for case in done)
        wrong.extend(why for _case, why in refused if not why)

    at_once(work)

    assert wrong == []
    assert len(moved) == len(set(moved)) == Move.objects.filter(case__state="decided").count()
    assert len(moved) >= 2
    assert [told(unit, FEBRUARY) for unit in schools] == [(WRITERS, WRITERS, 0, 0, 0)] * 3
    assert wrong_days() == []
    for day in (EVE, FEBRUARY):
        assert differences(schools, day) == []


def _act(dice, desks, person, target):
    """Ask, agree and decide, sometimes take back; what is refused or meets another writer is left."""
    starts = FEBRUARY + timedelta(days=dice.randrange(60))
    said = (
        {"kind": "loan", "ends": starts + timedelta(days=90)} if dice.random() < 0.3 else {"level": "p10"}
    )  # fmt: skip
    try:
        case = advance(
            agreed(desks, asked(desks, person, target, starts=starts, **said)), "approve", actor=desks.bureau
        )
        if dice.random() < 0.3:
            advance(case, "revoke", actor=desks.bureau, comment="撤销")
    except (NotAllowed, OperationalError):
        return
