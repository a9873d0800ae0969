"""Moves that are decided as one set: all leave, then all come, and seats and posts count on the sum."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.org.errors import NotAllowed
from core.records.changes import change
from core.records.models import Change
from core.workflow.models import Case
from core.workflow.selectors import inbox
from core.workflow.services import advance, advance_many
from personnel.models import Employment, Move, PostAppointment
from personnel.selectors.seat_holding import differences
from personnel.selectors.seats import seat_of
from personnel.services import seats
from tests.factories.people import make_actor, make_teacher, make_unit
from tests.ground.clock import TODAY
from tests.personnel.moving import EVE, FEBRUARY, agreed, asked, desks_of
from tests.personnel.posts import put, set_posts
from tests.personnel.posts import told as posts_told
from tests.personnel.seats import KIND, approved, told, wrong_days

pytestmark = pytest.mark.django_db
PAPER = {"document": "青教人〔2026〕20号"}


@pytest.fixture
def full(county_clerk, county_a, school_a, second_school_a):
    """Three schools without a vacant seat or a free post, with two people each."""
    schools = [school_a, second_school_a, make_unit("school", "三小", county_a)]
    people = {}
    for place, unit in enumerate(schools):
        set_posts(unit, p10=2)
        approved(county_clerk, unit, 2)
        people[unit] = [make_teacher(f"{'甲乙丙'[place]}{number}", unit) for number in "一二"]
        for one in people[unit]:
            seats.occupy(actor=county_clerk, teacher=one, unit=unit, kind=KIND, on=date(2026, 3, 1))
            put(unit, "p10", date(2021, 9, 1), None, one)
    return people


def wanted(county, person, from_unit, to_unit, **said):
    """A transfer that waits for the decision of the county."""
    desks = desks_of(from_unit, to_unit, county)
    return agreed(desks, asked(desks, person, to_unit, level="p10", **said))


def in_agreement(schools):
    assert wrong_days() == []
    for day in (TODAY, EVE, FEBRUARY, FEBRUARY + timedelta(days=200)):
        assert differences(schools, day) == []


def places_of(people, day=FEBRUARY):
    """Where each belongs, holds a seat and a post on a day: always the same unit."""
    found = []
    for one in people:
        unit = Employment.objects.get(teacher=one, valid__contains=day).unit
        assert seat_of(one, day).unit == unit.pk
        assert PostAppointment.objects.get(teacher=one, valid__contains=day).unit_id == unit.pk
        found.append(unit)
    return found


def test_two_change_places_between_full_schools(full, county_a, county_approver):
    one, two, _third = full
    cases = [wanted(county_a, full[one][0], one, two), wanted(county_a, full[two][0], two, one)]

    moved, refused = advance_many(cases, "approve", actor=county_approver, data=PAPER)

    assert ([case.pk for case in moved], refused) == ([case.pk for case in cases], [])
    assert places_of([full[one][0], full[two][0]]) == [two, one]
    assert places_of([full[one][0], full[two][0]], EVE) == [one, two]
    assert [told(unit, FEBRUARY) for unit in (one, two)] == [(2, 2, 0, 0, 0)] * 2
    assert [posts_told(unit, FEBRUARY)["p10"] for unit in (one, two)] == [(2, 2, 0)] * 2
    in_agreement(list(full))


def test_a_set_is_one_change_in_which_each_case_took_its_step(full, county_a, county_approver):
    one, two, _third = full
    cases = [wanted(county_a, full[one][0], one, two), wanted(county_a, full[two][0], two, one)]
    moved, _refused = advance_many(cases, "approve", actor=county_approver, data=PAPER)

    (made,) = {case.history.order_by("-revision").first().change_id for case in moved}
    told_of = Change.objects.get(pk=made)
    assert (told_of.kind, told_of.document) == ("personnel.move.approve", PAPER["document"])
    assert {(case.state, case.step, case.unit_id) for case in moved} == {
        ("decided", "approve", two.pk), ("decided", "approve", one.pk),
    }  # fmt: skip


def test_a_ring_of_three_goes_in_one_decision(full, county_a, county_approver):
    schools = list(full)
    ring = [(schools[place], schools[(place + 1) % 3]) for place in range(3)]
    cases = [wanted(county_a, full[source][0], source, target) for source, target in ring]

    moved, refused = advance_many(cases, "approve", actor=county_approver, data=PAPER)

    assert (len(moved), refused) == (3, [])
    assert places_of([full[source][0] for source, _target in ring]) == [target for _source, target in ring]
    in_agreement(schools)


def test_of_a_set_over_the_number_exactly_those_that_do_not_fit_are_refused(full, county_a, county_approver):
    """Two change places; a third wants to come as well and is the latest asked: no seat is left for him."""
    one, two, three = full
    cases = [
        wanted(county_a, full[one][0], one, two),
        wanted(county_a, full[two][0], two, one),
        wanted(county_a, full[three][0], three, two),
    ]

    moved, refused = advance_many(cases, "approve", actor=county_approver, data=PAPER)

    assert {case.pk for case in moved} == {cases[0].pk, cases[1].pk}
    ((left, why),) = refused
    assert left.pk == cases[2].pk
    assert "调入单位空编0个" in why
    assert places_of([full[three][0]]) == [three]
    assert Case.objects.get(pk=left.pk).state == "bureau"
    in_agreement(list(full))


def test_nobody_counts_on_the_place_of_who_stays_behind(full, county_a, county_approver):
    """甲一 goes to a school that is over the number then, so he stays, so nobody can come to where he is."""
    one, two, three = full
    cases = [
        wanted(county_a, full[three][0], three, one),
        wanted(county_a, full[one][0], one, two),
    ]
    moved, refused = advance_many(cases, "approve", actor=county_approver, data=PAPER)
    assert (moved, [case.pk for case, _why in refused]) == ([], [case.pk for case in cases])


def test_a_free_post_is_asked_as_well_as_a_seat(full, county_a, county_clerk, county_approver):
    one, two, three = full
    approved(county_clerk, two, 1)
    cases = [
        wanted(county_a, full[one][0], one, two),
        wanted(county_a, full[two][0], two, one),
        wanted(county_a, full[three][0], three, two),
    ]
    moved, refused = advance_many(cases, "approve", actor=county_approver, data=PAPER)
    assert {case.pk for case in moved} == {cases[0].pk, cases[1].pk}
    assert "岗位" in refused[0][1]
    assert "空编" not in refused[0][1]


def test_they_may_come_and_go_on_different_days_as_long_as_no_day_is_short(full, county_a, county_approver):
    one, two, _three = full
    later = FEBRUARY + timedelta(days=28)
    early = [
        wanted(county_a, full[one][0], one, two),
        wanted(county_a, full[two][0], two, one, starts=later),
    ]
    moved, refused = advance_many(early, "approve", actor=county_approver, data=PAPER)
    # For four weeks there would be one too many.
    assert (moved, len(refused)) == ([], 2)

    fresh = [
        wanted(county_a, full[one][1], one, two, starts=later),
        wanted(county_a, full[two][1], two, one, starts=later),
    ]
    assert len(advance_many(fresh, "approve", actor=county_approver, data=PAPER)[0]) == 2
    in_agreement(list(full))


def test_a_case_that_went_away_meanwhile_is_not_counted_on(full, county_a, county_approver):
    one, two, _three = full
    cases = [
        wanted(county_a, full[one][0], one, two),
        wanted(county_a, full[two][0], two, one),
        wanted(county_a, full[one][1], one, two),
        wanted(county_a, full[two][1], two, one),
    ]

    advance(cases[1], "refuse", actor=county_approver, comment="不同意")
    moved, refused = advance_many(cases, "approve", actor=county_approver, data=PAPER)
    # 乙一 went away from the set, so only one of the two who wanted to 二小 finds a place.
    assert {case.pk for case in moved} == {cases[0].pk, cases[3].pk}
    assert {case.pk for case, _why in refused} == {cases[1].pk, cases[2].pk}
    in_agreement(list(full))


def test_one_who_changed_places_is_not_taken_back_to_a_place_that_is_held(full, county_a, county_approver):
    one, two, _three = full
    cases = [wanted(county_a, full[one][0], one, two), wanted(county_a, full[two][0], two, one)]
    moved, _refused = advance_many(cases, "approve", actor=county_approver, data=PAPER)
    with pytest.raises(NotAllowed):
        advance(moved[0], "revoke", actor=county_approver, comment="撤销")
    assert places_of([full[one][0], full[two][0]]) == [two, one]
    in_agreement(list(full))


def test_who_changed_places_are_taken_back_as_one_set(full, county_a, county_approver):
    one, two, three = full
    cases = [
        wanted(county_a, full[one][0], one, two), wanted(county_a, full[two][0], two, three), wanted(county_a, full[three][0], three, one),
    ]  # fmt: skip
    moved, _refused = advance_many(cases, "approve", actor=county_approver, data=PAPER)
    people = [full[unit][0] for unit in (one, two, three)]
    assert places_of(people) == [two, three, one]

    back, refused = advance_many(moved, "revoke", actor=county_approver, comment="方案调整，撤销")

    assert (len(back), refused) == (3, [])
    assert {case.state for case in back} == {"revoked"}
    assert places_of(people) == [one, two, three]
    in_agreement(list(full))


def test_decisions_are_ticked_and_taken_back_in_the_list_of_cases(full, county_a, county_clerk, county_approver, login):
    one, two, _three = full
    cases = [wanted(county_a, full[one][0], one, two), wanted(county_a, full[two][0], two, one)]
    step = "personnel.move:revoke"
    assert step not in login(county_approver).get(reverse("cases")).content.decode(), "nothing is decided yet"
    moved, _refused = advance_many(cases, "approve", actor=county_approver, data=PAPER)
    assert step not in login(county_clerk).get(reverse("cases")).content.decode()
    client = login(county_approver)
    assert step in client.get(reverse("cases")).content.decode()
    assert client.post(reverse("cases"), {"step": step, "everything": "1"}).url == reverse("cases"), "ticked ones only"
    ticked = {"step": step, "selected": [str(case.public_id) for case in moved]}

    asked_again = client.post(reverse("cases"), ticked).content.decode()
    assert all(full[unit][0].name in asked_again for unit in (one, two))
    assert client.post(reverse("case_bulk"), {**ticked, "confirm": "1"}).status_code == 422, "say why"
    told_so = client.post(reverse("case_bulk"), {**ticked, "confirm": "1", "comment": "方案调整"})

    assert told_so.url == reverse("cases")
    assert places_of([full[one][0], full[two][0]]) == [one, two]


def test_of_a_set_that_is_taken_back_only_who_was_changed_since_stays(full, county_a, county_clerk, county_approver):
    one, two, three = full
    approved(county_clerk, two, 2)
    set_posts(two, p10=4)
    cases = [wanted(county_a, full[one][0], one, two), wanted(county_a, full[three][0], three, two)]
    moved, _refused = advance_many(cases, "approve", actor=county_approver, data=PAPER)
    job = Employment.objects.get(teacher=full[one][0], unit=two)
    with change("test.edit", actor=county_clerk, reason="test ground"):
        job.correct(post="数学教师")

    back, refused = advance_many(moved, "revoke", actor=county_approver, comment="撤销")

    assert [case.pk for case in back] == [moved[1].pk]
    assert ([case.pk for case, _why in refused], "改" in refused[0][1]) == ([moved[0].pk], True)
    assert places_of([full[one][0], full[three][0]]) == [two, three]
    in_agreement(list(full))


def test_one_decision_of_a_set_is_taken_back_alone(full, county_a, county_clerk, county_approver):
    one, two, three = full
    approved(county_clerk, two, 2)
    set_posts(two, p10=4)
    cases = [wanted(county_a, full[one][0], one, two), wanted(county_a, full[three][0], three, two)]
    moved, _refused = advance_many(cases, "approve", actor=county_approver, data=PAPER)

    advance(moved[0], "revoke", actor=county_approver, comment="撤销")

    assert places_of([full[one][0], full[three][0]]) == [one, two]
    assert told(two, FEBRUARY) == (4, 3, 0, 1, 0)
    in_agreement(list(full))


def test_who_decides_alone_is_told_of_the_case_that_frees_a_seat(full, county_a, county_approver, login):
    one, two, _three = full
    mine = wanted(county_a, full[one][0], one, two)
    with pytest.raises(NotAllowed) as alone:
        advance(mine, "approve", actor=county_approver, data=PAPER)
    assert "待办" not in str(alone.value)
    other = wanted(county_a, full[two][0], two, one)

    with pytest.raises(NotAllowed) as refused:
        advance(mine, "approve", actor=county_approver, data=PAPER)

    assert full[two][0].name in str(refused.value)
    page = login(county_approver).get(reverse("case_step", args=[mine.public_id, "approve"])).content.decode()
    assert reverse("case", args=[other.public_id]) in page
    sent = login(county_approver).post(
        reverse("case_step", args=[mine.public_id, "approve"]), {"document": "1", "revision": mine.revision}
    )
    assert full[two][0].name in sent.content.decode()


def test_who_does_not_see_the_case_that_frees_a_seat_is_not_told_whose_it_is(full, county_a, county_approver, login):
    one, two, three = full
    mine = wanted(county_a, full[one][0], one, two)
    asked(desks_of(two, three, county_a), full[two][0], three, level="p10")
    url = reverse("case", args=[mine.public_id])
    for reader, told_whose in ((make_actor("school_clerk", one), False), (county_approver, True)):
        page = login(reader).get(url).content.decode()
        assert "即将腾出空缺" in page
        assert (full[two][0].name in page) is told_whose


def test_both_are_ticked_in_the_inbox(full, county_a, county_approver, login):
    one, two, _three = full
    cases = [wanted(county_a, full[one][0], one, two), wanted(county_a, full[two][0], two, one)]
    given = {"step": "personnel.move:approve", "selected": [str(case.public_id) for case in inbox(county_approver)]}
    login(county_approver).post(reverse("case_bulk"), {**given, "confirm": "1", "document": "1", "comment": ""})
    assert set(Case.objects.filter(pk__in=[one.pk for one in cases]).values_list("state", flat=True)) == {"decided"}


def test_the_queries_of_a_decision_do_not_grow_with_the_set(
    kept_at_length, county_a, county_clerk, county_approver, school_a, second_school_a
):
    def counted(number):
        people = [make_teacher(f"人{number}{place}", school_a) for place in range(number)]
        approved(county_clerk, school_a, number)
        approved(county_clerk, second_school_a, number)
        for one in people:
            seats.occupy(actor=county_clerk, teacher=one, unit=school_a, kind=KIND, on=date(2026, 3, 1))
        desks = desks_of(school_a, second_school_a, county_a)
        cases = [agreed(desks, asked(desks, one, second_school_a)) for one in people]
        with CaptureQueriesContext(connection) as caught:
            moved, refused = advance_many(cases, "approve", actor=county_approver, data=PAPER)
        assert (len(moved), refused) == (number, [])
        return len(caught)

    counted(1)
    assert counted(8) == counted(2)
    assert Move.objects.filter(case__state="decided").count() == 11
