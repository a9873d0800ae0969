"""Organisation changes that are refused: closed and young units, a merge into itself, names, codes, days, roles."""

from datetime import date

import pytest
from django.utils import translation

from core.org.errors import NotAllowed
from core.records.changes import change
from core.workflow.services import advance
from personnel.services.unit_changes.asking import Proposed, propose
from tests.factories.people import make_actor, make_unit
from tests.ground.clock import TODAY
from tests.personnel.unit_changes import FEBRUARY, PAPER, Ground, decided

pytestmark = pytest.mark.django_db
NAMED = {"name": "青石县新华学校", "code": "QS900", "level": "school"}


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def made(county_a, school_a, second_school_a):
    return Ground(
        county_a,
        school_a,
        second_school_a,
        make_actor("county_clerk", county_a),
        make_actor("county_approver", county_a),
    )


def ask(made, kind, **said):
    given = {"subject": made.old, "on": FEBRUARY, "words": "布局调整"}
    return propose(actor=said.pop("actor", made.clerk), asked=Proposed(kind, **{**given, **said}))


def close(unit, day):
    with change("test.close", actor=make_actor("county_clerk", unit.parent), reason="test ground"):
        unit.closed = day
        unit.save(update_fields={"closed"})


def test_into_itself(made):
    with pytest.raises(NotAllowed, match="into itself"):
        ask(made, "merge", receiver=made.old)


def test_a_receiver_that_is_closed(made):
    close(made.new, date(2026, 12, 1))
    with pytest.raises(NotAllowed, match="closed"):
        ask(made, "merge", receiver=made.new)


def test_a_day_before_the_unit_opened(made):
    with pytest.raises(NotAllowed, match="opened on"):
        ask(made, "rename", on=date(1980, 1, 1), profile={"name": "青石县新华学校"})


@pytest.mark.parametrize("kind", ["rename", "open", "split"])
def test_a_name_that_another_unit_of_the_county_has(made, kind):
    profile = {**NAMED, "name": "青石县实验小学"} if kind != "rename" else {"name": "青石县实验小学"}
    said = {"subject": None, "parent": made.county} if kind == "open" else {}
    said |= {"seats": {"institution": 1}} if kind == "split" else {}
    with pytest.raises(NotAllowed, match="青石县实验小学"):
        ask(made, kind, profile=profile, **said)


def test_a_name_of_another_county_is_free(made, school_b):
    assert ask(made, "rename", profile={"name": "白河县第一中学"}).pk


def test_a_code_that_is_taken(made):
    with pytest.raises(NotAllowed, match="code"):
        ask(made, "open", subject=None, parent=made.county, profile={**NAMED, "code": made.new.code})


def test_a_unit_of_another_county_and_the_bureau_itself(made, school_b):
    for unit in (school_b, made.county):
        with pytest.raises(NotAllowed, match="no school"):
            ask(made, "merge", receiver=unit)


def test_roles_that_may_not(made):
    for role, unit in (("school_clerk", made.old), ("county_approver", made.county)):
        with pytest.raises(NotAllowed, match="role"):
            ask(made, "merge", receiver=made.new, actor=make_actor(role, unit))


def test_a_second_change_of_the_same_unit(made):
    ask(made, "merge", receiver=made.new)
    with pytest.raises(NotAllowed, match="Another change"):
        ask(made, "rename", profile={"name": "青石县新华学校"})


def test_a_code_is_checked_and_words_are_asked(made):
    for said in ({"profile": {**NAMED, "code": "有汉字"}}, {"profile": NAMED, "words": " "}):
        with pytest.raises(NotAllowed):
            ask(made, "open", subject=None, parent=made.county, **said)


def test_without_a_document_nothing_is_decided(made):
    row = ask(made, "rename", profile={"name": "青石县新华学校"})
    with pytest.raises(NotAllowed, match="document"):
        advance(row.case, "decide", actor=made.approver, data={})


def test_a_closed_unit_takes_no_role_and_no_unit_below(made):
    decided(made, "close", on=TODAY)
    made.old.refresh_from_db()
    with pytest.raises(NotAllowed, match="closed"):
        ask(made, "open", subject=None, parent=made.old, profile={**NAMED, "level": "teaching_point"})


def test_a_teaching_point_below_stands_in_the_way_of_closing(made):
    point = make_unit("teaching_point", "清水教学点", made.old)
    row = ask(made, "close")
    with pytest.raises(NotAllowed, match=str(point)):
        advance(row.case, "decide", actor=made.approver, data={"document": PAPER})
