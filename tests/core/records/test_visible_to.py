"""Who sees which rows: the subtree given to the actor, through employments that hold on the day; a teacher their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from psycopg.types.range import Range

from core.codes.models import Code
from core.org.actor import Actor
from core.org.models import Unit, UnitProfile
from core.records import change
from core.records.models import EffectiveRecord, Record
from personnel.models import Achievement, Employment, Teacher
from tests.factories.build import create, every_record
from tests.factories.people import make_teacher
from tests.ground.clock import TODAY

MOVED = date(2026, 2, 1)


@pytest.fixture
def moved(system: Actor, school_a: Unit, school_b: Unit) -> Teacher:
    """A person who went from county A to county B on 1 February 2026, with one achievement."""
    teacher = make_teacher("刘洋", school_a, until=MOVED)
    with change("test.prepare", actor=system, reason="a transfer"):
        create(Employment, teacher=teacher, unit=school_b, valid=Range(MOVED, None))
        create(Achievement, teacher=teacher)
    return teacher


def seen(actor: Actor | None, model: type[Record], **given: Any) -> set[Any]:
    return set(model.objects.visible_to(actor, **given))


def test_a_clerk_sees_the_people_of_the_own_county_only(
    county_clerk: Actor, other_county_clerk: Actor, city_clerk: Actor, teacher_a: Teacher, teacher_b: Teacher
) -> None:
    assert seen(county_clerk, Teacher) == {teacher_a}
    assert seen(other_county_clerk, Teacher) == {teacher_b}
    assert seen(city_clerk, Teacher) == {teacher_a, teacher_b}


def test_a_clerk_sees_the_units_below_the_own_one(
    county_clerk: Actor,
    school_clerk: Actor,
    city: Unit,
    county_a: Unit,
    school_a: Unit,
    second_school_a: Unit,
    school_b: Unit,
) -> None:
    assert seen(county_clerk, Unit) == {county_a, school_a, second_school_a}
    assert seen(school_clerk, Unit) == {school_a}
    assert {profile.unit for profile in UnitProfile.objects.visible_to(county_clerk)} == {
        county_a, school_a, second_school_a,
    }  # fmt: skip


def test_a_school_clerk_sees_the_own_school_only(
    school_clerk: Actor, other_school_clerk: Actor, teacher_a: Teacher, second_school_a: Unit
) -> None:
    colleague_elsewhere = make_teacher("隔壁学校", second_school_a)
    assert seen(school_clerk, Teacher) == {teacher_a}
    assert colleague_elsewhere not in seen(school_clerk, Teacher)
    assert seen(other_school_clerk, Teacher) == set()


# A teacher belongs to a unit by an employment; that is tested by name above.
IN_A_UNIT = [model for model in every_record() if model is not Teacher]


@pytest.mark.parametrize("model", IN_A_UNIT, ids=lambda model: model._meta.label_lower)
def test_rows_of_every_record_are_seen_from_the_own_county_and_not_from_the_other(
    model: Any, county_clerk: Actor, other_county_clerk: Actor, city_clerk: Actor, system: Actor, school_a: Unit
) -> None:
    """The row is made minimal and moved to a school of county A along the way that its scope names."""
    with change("test.prepare", actor=system, reason="a row of county A"):
        row = create(model, **_in_unit(model, school_a))
    expected = {"county": True, "other": model.scope == "public", "city": True, "history": True}
    assert {
        "county": row in seen(county_clerk, model),
        "other": row in seen(other_county_clerk, model),
        "city": row in seen(city_clerk, model),
        "history": model.history.visible_to(county_clerk).filter(id=row.pk).exists(),
    } == expected
    assert model.history.visible_to(other_county_clerk).filter(id=row.pk).exists() is expected["other"]


def _in_unit(model: Any, unit: Unit) -> dict[str, Any]:
    """What puts a new row of the model into a unit."""
    if model.scope == "public":
        return {}
    if model.scope == "self":
        return {"parent": unit, "path": f"{unit.path}.999"}
    first, *rest = model.scope.split("__")
    if model is Employment:
        return {"unit": unit}
    # A period of its own: the unit of the ground has its facts of today already.
    period = {"valid": Range(date(1951, 1, 1), date(1952, 1, 1))} if issubclass(model, EffectiveRecord) else {}
    target = model._meta.get_field(first).related_model
    if rest and target is not Teacher:
        return {first: create(target, **_in_unit(target, unit)), **period}
    return {first: make_teacher("某人", unit) if rest else unit, **period}


def test_a_teacher_sees_the_own_file_only(
    teacher_actor: Actor, own_file: Teacher, teacher_a: Teacher, system: Actor
) -> None:
    with change("test.prepare", actor=system, reason="achievements"):
        mine, theirs = create(Achievement, teacher=own_file), create(Achievement, teacher=teacher_a)
    assert seen(teacher_actor, Teacher) == {own_file}
    assert seen(teacher_actor, Achievement) == {mine} != {theirs}
    assert seen(teacher_actor, Employment) == set(own_file.employments.all())
    assert seen(teacher_actor, Unit) == set()
    assert set(Achievement.history.visible_to(teacher_actor).values_list("id", flat=True)) == {mine.pk}


def test_a_teacher_without_an_account_is_nobodys_own(
    teacher_actor: Actor, own_file: Teacher, teacher_a: Teacher
) -> None:
    assert teacher_a.user is None
    stranger = replace(teacher_actor, user=teacher_actor.user.__class__(pk=987654))
    assert seen(stranger, Teacher) == set()


@pytest.mark.parametrize("model", [Teacher, Achievement, Employment])
def test_who_was_transferred_is_seen_where_they_belong_on_the_day(
    model: Any, moved: Teacher, county_clerk: Actor, other_county_clerk: Actor, city_clerk: Actor
) -> None:
    rows = set(model.objects.filter(**{"pk" if model is Teacher else "teacher": moved.pk}))
    assert (seen(county_clerk, model), seen(other_county_clerk, model)) == (set(), rows)
    before = MOVED - timedelta(days=1)
    assert seen(county_clerk, model, on=before) == rows
    assert seen(other_county_clerk, model, on=before) == set()
    assert seen(replace(county_clerk, on=before), model) == rows
    assert seen(other_county_clerk, model, on=MOVED) == rows
    assert seen(city_clerk, model) == seen(city_clerk, model, on=before) == rows


def test_a_transfer_dated_ahead_needs_no_job(
    system: Actor, school_a: Unit, school_b: Unit, county_clerk: Actor, other_county_clerk: Actor
) -> None:
    day = TODAY + timedelta(days=70)
    teacher = make_teacher("将调出", school_a, until=day)
    with change("test.prepare", actor=system, reason="a transfer"):
        create(Employment, teacher=teacher, unit=school_b, valid=Range(day, None))
    eve = day - timedelta(days=1)
    assert [teacher in seen(county_clerk, Teacher, on=on) for on in (TODAY, eve, day)] == [True, True, False]
    assert [teacher in seen(other_county_clerk, Teacher, on=on) for on in (TODAY, eve, day)] == [False, False, True]


def test_who_is_employed_nowhere_is_seen_by_the_system_only(
    system: Actor, school_a: Unit, county_clerk: Actor, city_clerk: Actor
) -> None:
    teacher = make_teacher("未入职")
    retired = make_teacher("已退休", school_a, until=TODAY)
    assert seen(county_clerk, Teacher) == seen(city_clerk, Teacher) == set()
    assert {teacher, retired} <= seen(system, Teacher)


def test_a_role_without_a_unit_sees_only_what_is_public(county_clerk: Actor, teacher_a: Teacher, system: Actor) -> None:
    nowhere = replace(county_clerk, unit=None)
    with change("test.prepare", actor=system, reason="a code"):
        code = create(Code)
    for model in every_record():
        if model.scope != "public":
            assert seen(nowhere, model) == set(), model._meta.label
    assert code in seen(nowhere, Code)


def test_without_an_actor_nothing_is_seen(teacher_a: Teacher, system: Actor) -> None:
    with change("test.prepare", actor=system, reason="a code"):
        create(Code)
    for model in every_record():
        assert seen(None, model) == set(), model._meta.label


def test_the_system_sees_all(system: Actor, teacher_a: Teacher, teacher_b: Teacher) -> None:
    assert seen(system, Teacher) == {teacher_a, teacher_b}


def test_a_row_is_seen_once_however_many_ways_lead_to_it(
    city_clerk: Actor, moved: Teacher, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assert list(Teacher.objects.visible_to(city_clerk)) == [moved]


def test_the_history_of_what_is_not_visible_is_not_visible(
    county_clerk: Actor, other_county_clerk: Actor, teacher_a: Teacher, system: Actor
) -> None:
    with change("test.write", actor=system, reason="a new name"):
        teacher_a.name = "张炜"
        teacher_a.save()
    assert Teacher.history.visible_to(county_clerk).filter(id=teacher_a.pk).count() == 2
    assert Teacher.history.visible_to(other_county_clerk).filter(id=teacher_a.pk).count() == 0
    assert teacher_a.history.visible_to(other_county_clerk).count() == 0
