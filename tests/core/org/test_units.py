"""The tree of units: paths, dated names, what lies below what."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from psycopg.types.range import Range

from core.org.actor import Actor
from core.org.models import Unit, UnitProfile
from core.org.services import create_unit
from core.records import change
from tests.factories.people import OPENED, make_unit
from tests.ground.clock import TODAY


def test_a_unit_lies_below_its_parent(city: Unit, county_a: Unit, county_b: Unit, school_a: Unit) -> None:
    assert school_a.path == f"{city.pk}.{county_a.pk}.{school_a.pk}"
    assert set(Unit.objects.under(city)) == {city, county_a, county_b, school_a}
    assert set(Unit.objects.under(county_a)) == {county_a, school_a}
    assert set(Unit.objects.under(county_b)) == {county_b}
    assert list(Unit.objects.filter(path__ancestors=school_a.path).order_by("path")) == [city, county_a, school_a]


def test_a_unit_whose_number_begins_alike_is_not_below(city: Unit, system: Actor) -> None:
    """1.2 is not above 1.20: paths are labels, not texts."""
    with change("test.prepare", actor=system, reason="numbers"):
        short = Unit.objects.create(code="s", kind="county", parent=city, path=f"{city.pk}.2")
        Unit.objects.create(code="l", kind="county", parent=city, path=f"{city.pk}.20")
    assert [unit.code for unit in Unit.objects.under(short)] == ["s"]


def test_a_unit_and_its_name_are_made_in_one_change(city: Unit, city_clerk: Actor) -> None:
    made = create_unit(
        actor=city_clerk, code="3300001234", kind="school", name="临江市第一中学", parent=city, opened=date(2026, 9, 1),
        reason="新建", office_type="312", location="111", stages=["junior"],
    )  # fmt: skip
    profile = made.profiles.get()
    assert (profile.name, profile.office_type, profile.stages) == ("临江市第一中学", "312", ["junior"])
    assert profile.valid == Range(date(2026, 9, 1), None)
    assert made.history.get().change == profile.history.get().change
    assert made.history.get().change.kind == "org.create_unit"


def test_a_name_is_the_name_of_a_day(school_a: Unit, system: Actor) -> None:
    with change("org.rename", actor=system, reason="更名"):
        school_a.profiles.get().supersede(on=date(2020, 9, 1), name="青石县青石中学")
    names = [
        Unit.objects.named(day).get(pk=school_a.pk).name
        for day in (date(1989, 1, 1), OPENED, date(2020, 8, 31), date(2020, 9, 1), TODAY)
    ]
    assert names == [None, "青石县第一初级中学", "青石县第一初级中学", "青石县青石中学", "青石县青石中学"]


def test_units_are_open_from_their_first_to_before_their_closing_day(city: Unit, system: Actor) -> None:
    school = make_unit("school", "撤并小学", city)
    with change("org.close", actor=system, reason="撤并"):
        school.closed = date(2026, 8, 31)
        school.save()
    days = (date(1989, 12, 31), OPENED, date(2026, 8, 30), date(2026, 8, 31), TODAY)
    assert [Unit.objects.open_on(day).filter(pk=school.pk).exists() for day in days] == [
        False,
        True,
        True,
        False,
        False,
    ]


def test_a_code_belongs_to_one_unit(city: Unit) -> None:
    make_unit("school", "甲", city, code="3300001234")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_unit("school", "乙", city, code="3300001234")


def test_a_unit_has_one_name_on_any_day(school_a: Unit, system: Actor) -> None:
    with pytest.raises(IntegrityError, match="unit_profile_once"):
        with change("org.rename", actor=system, reason="a second name"):
            UnitProfile.objects.create(unit=school_a, name="又名", valid=Range(TODAY, None))


@pytest.mark.parametrize(
    ("kind", "bureau"), [("city", True), ("county", True), ("department", False), ("school", False)]
)
def test_bureaus_lead_other_units(stored: None, kind: str, bureau: bool) -> None:
    assert make_unit(kind, "某单位").is_bureau is bureau
