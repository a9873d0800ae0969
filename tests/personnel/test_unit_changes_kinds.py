"""Opening, closing, splitting and renaming a unit on a day."""

import pytest
from django.utils import translation

from core.org.errors import NotAllowed
from core.org.models import Unit, UnitProfile, unit_name
from core.workflow.services import advance
from personnel.models import Employment, PostAppointment
from personnel.selectors.seat_holding import differences
from personnel.selectors.unit_changes import obstacles
from personnel.services.unit_changes.asking import Proposed, try_change
from tests.factories.people import make_actor, make_teacher
from tests.ground.clock import TODAY
from tests.personnel.posts import set_posts
from tests.personnel.posts import told as posts_told
from tests.personnel.seats import told, wrong_days
from tests.personnel.unit_changes import (
    EVE,
    FEBRUARY,
    PAPER,
    Ground,
    decided,
    ground,
    proposed,
    standing,
    units_on,
)

pytestmark = pytest.mark.django_db
NAMED = {"name": "青石县新华学校", "code": "QS900", "level": "school", "office_type": "211"}


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def made(county_a):
    return ground(county_a, 6)


@pytest.fixture
def plain(county_a, school_a, second_school_a):
    return Ground(
        county_a,
        school_a,
        second_school_a,
        make_actor("county_clerk", county_a),
        make_actor("county_approver", county_a),
    )


def split(made, count=2, **said):
    given = {
        "profile": NAMED,
        "people": made.people[1 : 1 + count],
        "seats": {"institution": count + 1},
        "posts": {("p10", False): count},
    }
    return {**given, **said}


def names(unit, *days):
    return [Unit.objects.filter(pk=unit.pk).annotate(told=unit_name("pk", day)).get().told for day in days]


def test_of_a_split_the_named_people_go_and_the_others_stay(made):
    row = decided(made, "split", **split(made))

    new = row.made
    assert (new.opened, new.parent_id, new.kind) == (FEBRUARY, made.county.pk, "school")
    assert names(new, FEBRUARY) == ["青石县新华学校"]
    for model in (Employment, PostAppointment):
        assert units_on(model, made.people, EVE) == {made.old.pk: 6}
        assert units_on(model, made.people, FEBRUARY) == {made.old.pk: 4, new.pk: 2}
    assert told(made.old, FEBRUARY) == (6, 4, 1, 1, 0)
    assert told(new, FEBRUARY) == (3, 2, 0, 1, 0)
    assert posts_told(new, FEBRUARY) == {"p10": (2, 2, 0)}
    assert posts_told(made.old, FEBRUARY)["p10"] == (4, 4, 0)
    assert differences([made.old, new], FEBRUARY) == []
    assert wrong_days() == []


def test_a_split_that_is_taken_back_leaves_all_as_before_and_a_unit_that_is_never_open(made):
    before = standing()
    row = decided(made, "split", **split(made))
    advance(row.case, "take_back", actor=made.approver, comment="文件撤回")
    assert standing() == before
    row.made.refresh_from_db()
    assert not Unit.objects.open_on(FEBRUARY).filter(pk=row.made.pk).exists()
    assert told(made.old, FEBRUARY) == (9, 6, 1, 2, 0)
    assert wrong_days() == []
    # The name and the code are free again.
    again = decided(made, "split", **split(made))
    assert again.made.pk != row.made.pk


def test_a_split_is_not_taken_back_when_somebody_came_to_the_new_unit(made):
    row = decided(made, "split", **split(made))
    make_teacher("新教师", row.made, since=FEBRUARY)
    with pytest.raises(NotAllowed, match="新教师"):
        advance(row.case, "take_back", actor=made.approver, comment="文件撤回")


@pytest.mark.parametrize("said", [{"seats": {"institution": 1}}, {"posts": {("p10", False): 1}}])
def test_more_people_than_seats_or_posts_is_told_by_the_trial(made, said):
    asked = Proposed("split", FEBRUARY, "布局调整", subject=made.old, **split(made, **said))
    trial = try_change(actor=made.clerk, asked=asked)
    assert trial.found == []
    assert trial.refused


def test_who_is_not_of_the_unit_does_not_go(made):
    with pytest.raises(NotAllowed, match="do not belong"):
        proposed(made, "split", **split(made, people=[make_teacher("外校教师", made.new)]))


def test_a_renamed_unit_bears_the_name_of_each_day(plain):
    was = names(plain.old, EVE)
    row = decided(plain, "rename", profile={"name": "青石县新华学校", "office_type": "211"})
    assert names(plain.old, EVE, FEBRUARY) == [*was, "青石县新华学校"]

    advance(row.case, "take_back", actor=plain.approver, comment="文件撤回")

    assert names(plain.old, EVE, FEBRUARY) == [*was, *was]
    assert UnitProfile.objects.filter(unit=plain.old).count() == 1


def test_an_opened_unit_is_there_from_its_day(plain):
    row = decided(plain, "open", subject=None, parent=plain.county, profile=NAMED)
    assert not Unit.objects.open_on(EVE).filter(pk=row.made.pk).exists()
    assert Unit.objects.open_on(FEBRUARY).filter(pk=row.made.pk).exists()
    assert plain.county.covers(row.made)


def test_a_unit_is_closed_only_when_nobody_and_nothing_is_left(made, plain):
    person = made.people[0]
    row = proposed(made, "close")
    found = obstacles(row)
    assert person in [one.about for one in found if one.what == "employed"]
    assert {"guest", "head", "seats", "appointed", "case"} <= {one.what for one in found}
    with pytest.raises(NotAllowed, match=person.name):
        advance(row.case, "decide", actor=made.approver, data={"document": PAPER})

    set_posts(plain.old, p10=2)
    row = decided(plain, "close", on=TODAY)
    plain.old.refresh_from_db()
    assert plain.old.closed == TODAY
    assert posts_told(plain.old, TODAY) == {}
    advance(row.case, "take_back", actor=plain.approver, comment="文件撤回")
    assert posts_told(plain.old, TODAY) == {"p10": (2, 0, 0)}
