"""Whatever is changed, undone in reverse leaves every record as it was, field by field."""

from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.range import Range

from core.org.errors import NotAllowed
from core.records.models import Change
from personnel import services
from personnel.models import FormerName, PersonStatus
from personnel.selectors.versions import compared, stored
from tests.personnel.files import make_file, set_contact
from titles.models import TitleHeld

pytestmark = pytest.mark.django_db

DAYS = st.dates(date(2010, 9, 2), date(2030, 1, 1))
RANKS = st.sampled_from(["senior", "first", "second", "third"])
FREE = st.text("青石白河县", min_size=1, max_size=4)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("change"), DAYS, RANKS, st.booleans()),
        st.tuples(st.just("correct"), DAYS, RANKS, st.booleans()),
        st.tuples(st.just("end"), DAYS, RANKS, st.booleans()),
        st.tuples(st.just("person"), DAYS, FREE, st.booleans()),
        st.tuples(st.just("phone"), DAYS, st.sampled_from(["13900000001", "13900000002"]), st.booleans()),
        st.tuples(st.just("name"), DAYS, FREE, st.booleans()),
        st.tuples(st.just("status"), DAYS, st.sampled_from(["on_loan", "studying"]), st.booleans()),
    ),
    min_size=1,
    max_size=6,
)


@contextmanager
def rolled_back():
    """A world of its own for each example."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def whole(teacher):
    """All that the touched sections say, by record."""
    found = {}
    for model in (type(teacher), TitleHeld, type(teacher.contacts.get()), FormerName, PersonStatus):
        for row in model._base_manager.order_by("pk"):
            found[model, row.pk] = {name: stored(model, name, row) for name in compared(model)}
    return found


def act(actor, teacher, told):
    """One act on a file; None where the file forbids it."""
    what, day, value, yes = told
    titles = list(TitleHeld.objects.filter(teacher=teacher).order_by("valid"))
    record = titles[day.day % len(titles)]
    why = {"reason": "测试"}
    if what == "change":
        return services.change_fact(actor=actor, record=record, on=day, values={"rank": value}, follow=yes, **why)
    if what == "correct":
        valid = Range(record.valid.lower, day) if yes else None
        return services.correct_fact(actor=actor, record=record, values={"rank": value}, valid=valid, follow=yes, **why)
    if what == "end":
        return services.end_fact(actor=actor, record=record, until=day, values={}, **why)
    if what == "person":
        teacher.refresh_from_db()
        return services.correct_fact(actor=actor, record=teacher, values={"native_place": value, "name": value}, **why)
    if what == "phone":
        contact = teacher.contacts.select_related("teacher__key").get()
        return services.correct_fact(actor=actor, record=contact, values={"phone": value}, **why)
    if what == "name":
        return services.add_fact(actor=actor, teacher=teacher, model=FormerName, values={"name": value}, **why)
    until = day + timedelta(days=100) if yes else None
    return services.add_fact(
        actor=actor,
        teacher=teacher,
        model=PersonStatus,
        values={"status": value},
        since=day,
        until=until,
        closing=yes,
        **why,
    )


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_undone_in_reverse_all_is_as_before(county_clerk, school_a, acts):
    with rolled_back():
        teacher = make_file("林婉清", school_a)
        set_contact(teacher)
        states, made = [whole(teacher)], []
        for told in acts:
            try:
                act(county_clerk, teacher, told)
            except NotAllowed:
                continue
            made.append(Change.objects.latest("pk"))
            states.append(whole(teacher))

        for change in reversed(made):
            states.pop()
            services.undo_change(actor=county_clerk, change=change, reason="撤销")
            assert whole(teacher) == states[-1]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS, place=st.integers(0, 5))
def test_one_in_the_middle_is_undone_whole_or_not_at_all(county_clerk, school_a, acts, place):
    with rolled_back():
        teacher = make_file("林婉清", school_a)
        set_contact(teacher)
        made = []
        for told in acts:
            try:
                act(county_clerk, teacher, told)
            except NotAllowed:
                continue
            made.append(Change.objects.latest("pk"))
        if not made:
            return
        before, count = whole(teacher), Change.objects.count()
        chosen = made[place % len(made)]

        try:
            services.undo_change(actor=county_clerk, change=chosen, reason="撤销")
        except NotAllowed:
            assert (whole(teacher), Change.objects.count()) == (before, count)
        else:
            assert Change.objects.latest("pk").source == f"change:{chosen.pk}"
            assert whole(teacher) != before
