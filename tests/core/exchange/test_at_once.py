"""Somebody writes at the page what a batch is writing at the same moment: the page's row is kept, that one is stale, all others come in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection, transaction

from core.exchange.applying import apply_batch
from core.org.actor import system_actor
from core.records.changes import change
from personnel.models import Teacher
from tests.core.exchange.books import CHEN, LI, WANG, counts, line, roster, sent, told
from tests.factories.people import make_teacher
from tests.ground.clock import TODAY
from tests.ground.worker import wait_until

SEPTEMBER = date(2026, 9, 1)


def accept(batch, actor):
    """What the worker does, on a connection of its own."""
    try:
        return apply_batch(batch.pk, actor)
    finally:
        connection.close()


def blocked(superuser_sql):
    """Whether a connection waits for another one's lock on a row."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return superuser_sql.execute(query).fetchone() == (1,)


@pytest.fixture
def ground(committed_db, school_a):
    """A school, in a database where commits stay."""
    return school_a


def test_a_person_who_is_changed_while_the_batch_writes_is_stale(ground, superuser_sql, county_clerk, county_a):
    sent(county_clerk, county_a, roster(["籍贯"], line(WANG, "太原"), line(LI, "榆林")), day=SEPTEMBER)
    batch = sent(
        county_clerk, county_a, roster(["籍贯"], line(WANG, "太谷"), line(LI, "神木")), day=SEPTEMBER, accept=False
    )

    with ThreadPoolExecutor() as pool:
        with transaction.atomic(), change("personnel.correct_fact", actor=county_clerk, reason="更正"):
            teacher = Teacher.objects.get(name="王小梅")
            teacher.native_place = "祁县"
            teacher.save()
            worker = pool.submit(accept, batch, county_clerk)
            wait_until(lambda: blocked(superuser_sql))
        worker.result()

    batch.refresh_from_db()
    assert (batch.state, counts(batch)) == ("applied", {"changed": 1, "refused": 1})
    assert told(batch) == {("花名册", 2, "身份证号", "stale")}
    assert dict(Teacher.objects.values_list("name", "native_place")) == {"王小梅": "祁县", "李建国": "神木"}


def test_a_person_who_is_entered_while_the_batch_enters_them_is_entered_once(
    ground, superuser_sql, county_clerk, county_a
):
    batch = sent(county_clerk, county_a, roster([], line(WANG), line(LI), line(CHEN)), day=SEPTEMBER, accept=False)

    with ThreadPoolExecutor() as pool:
        with transaction.atomic(), change("personnel.create_teacher", actor=system_actor(TODAY), reason="录入"):
            make_teacher("王小梅", ground, identity_number=WANG[1])
            worker = pool.submit(accept, batch, county_clerk)
            wait_until(lambda: blocked(superuser_sql))
        worker.result()

    batch.refresh_from_db()
    assert (counts(batch), Teacher.objects.count()) == ({"new": 2, "refused": 1}, 3)
    assert told(batch) == {("花名册", 2, "身份证号", "stale")}
