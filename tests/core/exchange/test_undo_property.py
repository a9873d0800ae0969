"""Property: whatever valid rows come, import and undo leave the state before, field by field, but for what was edited in between."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings, target
from hypothesis import strategies as st

from core.exchange.services import NotNow
from core.exchange.undo.columns import groups
from core.org.errors import NotAllowed
from core.records.checks import record_models
from personnel import services
from personnel.models import Contact, Education, Employment, Teacher, TeachingAssignment
from tests.core.exchange.books import CHEN, LI, OTHER_SCHOOL, SCHOOL, WANG, line, roster, sent
from tests.core.exchange.undoing import Snapshot, differences, snapshot, undone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("school_a", "second_school_a")]

PEOPLE = (WANG, LI, CHEN)
HEAD = (
    "来校时间", "职务", "籍贯", "民族", "联系电话", "邮箱", "政治面貌", "最高学历", "毕业院校", "毕业时间", "任教学段", "任教学科",
    "职称", "取得时间", "人员状态", "曾用名",
)  # fmt: skip
CELLS: tuple[tuple[str, ...], ...] = (
    ("", "2010.09", "2015-09-01", "2018.03"), ("", "教师", "教导主任"), ("", "太原", "太谷", "祁县"), ("汉族", "回族", ""),
    ("", "13800138000", "13800138001"), ("", "a@b.cn"), ("", "群众", "中共党员"), ("", "大学本科", "大学专科"),
    ("", "山西大学", "长治学院"), ("", "2005.07"), ("", "初中"), ("", "语文", "数学"), ("", "二级教师", "一级教师"), ("", "2012.09"),
    ("", "退休", "在岗"), ("", "王梅"),
)  # fmt: skip
DAYS = (date(2024, 9, 1), date(2025, 9, 1), date(2026, 9, 1), date(2026, 10, 1))
EDITS: dict[str, tuple[Any, str, tuple[str, ...]]] = {
    "native_place": (Teacher, "native_place", ("榆次", "介休")),
    "health": (Teacher, "health", ("1",)),
    "email": (Contact, "email", ("x@y.cn",)),
    "school": (Education, "school", ("忻州师范学院",)),
    "post": (Employment, "post", ("副校长",)),
    "hours": (TeachingAssignment, "weekly_hours", (12, 14)),
}

rows = st.tuples(
    st.sampled_from(range(len(PEOPLE))), st.sampled_from((SCHOOL, OTHER_SCHOOL)), *map(st.sampled_from, CELLS)
)
workbooks = st.lists(rows, min_size=1, max_size=3, unique_by=lambda row: row[0])
edits = st.lists(
    st.tuples(st.sampled_from(sorted(EDITS)), st.integers(0, 3), st.integers(0, 1)), min_size=0, max_size=3
)


def imported(actor: Any, unit: Any, told: list[Any], day: date) -> Any:
    """A roster of these rows, accepted."""
    lines = [line(PEOPLE[person], *cells, unit=school) for person, school, *cells in told]
    return sent(actor, unit, roster(HEAD, *lines), day=day)


def edit(actor: Any, told: list[tuple[str, int, int]]) -> None:
    """Somebody corrects facts on the page."""
    for name, place, choice in told:
        model, field, values = EDITS[name]
        records = list(model.objects.order_by("pk"))
        if records:
            record, value = records[place % len(records)], values[choice % len(values)]
            try:
                services.correct_fact(actor=actor, record=record, values={field: value}, reason="更正")
            except NotAllowed:
                continue  # it says so already


def take_back(batch: Any, actor: Any) -> None:
    """The undo; where nothing of the batch can go back, nothing happens."""
    if batch.state != "applied":
        return
    try:
        undone(batch, actor)
    except NotNow:
        return


def fields_alike(label: str, name: str) -> set[str]:
    """The columns that go back together with one."""
    model = next(one for one in record_models() if one._meta.label == label)
    field = model._meta.get_field(name)
    return next((set(group.columns) for group in groups(model) if field.column in group.columns), {name})


def explained(
    place: tuple[str, int], name: str, after: Snapshot, left: Snapshot, now: Snapshot, before: Snapshot
) -> bool:
    """Whether a field that is not as before was edited since the import, or goes together with one that was."""
    touched = {
        field
        for one in now[place]
        if place in left and left[place][one] != now[place][one]
        for field in fields_alike(place[0], one) | {one}
    }
    return name in touched or (name == "source_row" and after[place][name] == now[place][name])


def as_before(county_clerk, county_a, first, then, days):
    with transaction.atomic():
        nothing = snapshot()
        earlier = imported(county_clerk, county_a, first, days[0])
        before = snapshot()
        batch = imported(county_clerk, county_a, then, days[1])
        target(float(len(differences(before, snapshot()))))  # workbooks that change much

        take_back(batch, county_clerk)
        assert snapshot() == before
        take_back(earlier, county_clerk)
        assert snapshot() == nothing
        transaction.set_rollback(True)


def as_before_but_for_edits(county_clerk, second_county_clerk, county_a, first, then, days, between):
    with transaction.atomic():
        imported(county_clerk, county_a, first, days[0])
        before = snapshot()
        batch = imported(county_clerk, county_a, then, days[1])
        left = snapshot()
        edit(second_county_clerk, between)
        now = snapshot()

        take_back(batch, county_clerk)
        after = snapshot()

        for place in now:
            for name in now[place]:
                if place in left and left[place][name] != now[place][name]:
                    assert after[place][name] == now[place][name], "what somebody edited is as they left it"
        assert_kept_for_a_reason(before, left, now, after)
        transaction.set_rollback(True)


def assert_kept_for_a_reason(before: Snapshot, left: Snapshot, now: Snapshot, after: Snapshot) -> None:
    """Whoever has no edit is as before; of the others, each field is as before, or edited, or of a file or chain that an edit keeps."""
    edited = {place for place in now if place in left and left[place] != now[place]}
    persons = {now[place].get("teacher_id", place[1]) for place in edited}
    for place in before.keys() | after.keys():
        record = after.get(place) or before[place]
        if record.get("teacher_id", place[1] if place[0] == "personnel.Teacher" else None) not in persons:
            assert after.get(place) == before.get(place), place
    new = {place[1] for place in left.keys() - before.keys() if place[0] == "personnel.Teacher"}
    for place in before.keys() & after.keys():
        chain = {
            one for one in edited
            if one[0] == place[0] and "valid" in now[one] and now[one].get("teacher_id") == now[place].get("teacher_id")
        }  # fmt: skip
        for name in before[place]:
            if before[place][name] != after[place][name] and not chain:
                assert explained(place, name, after, left, now, before), (place, name)
    for place in after.keys() - before.keys():
        record = after[place]
        person = record.get("teacher_id", place[1])
        same_chain = any(one[0] == place[0] and now[one].get("teacher_id") == person for one in edited)
        assert person in new or place in edited or same_chain, place
    assert not before.keys() - after.keys()
    assert differences(before, after) or not edited


def often(examples: int) -> settings:
    """As many examples; each of them imports two or three workbooks."""
    return settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))


two_days = st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS))
plain = given(first=workbooks, then=workbooks, days=two_days)
edited = given(first=workbooks, then=workbooks, days=two_days, between=edits)


@often(3)
@plain
def test_import_and_undo_leave_the_state_before(county_clerk, county_a, first, then, days):
    as_before(county_clerk, county_a, first, then, days)


@often(4)
@edited
def test_what_was_edited_in_between_stays_and_all_else_is_as_before(
    county_clerk, second_county_clerk, county_a, first, then, days, between
):
    as_before_but_for_edits(county_clerk, second_county_clerk, county_a, first, then, days, between)


test_many_imports_and_undos = pytest.mark.soak(often(300)(plain(as_before)))
test_many_imports_and_undos_with_edits = pytest.mark.soak(often(300)(edited(as_before_but_for_edits)))
