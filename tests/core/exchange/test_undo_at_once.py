"""Undo while others write: two at once, an acceptance and an edit at the same moment, a cancelled and a killed one. All or nothing."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection, transaction

from core.exchange.applying import apply_batch
from core.exchange.models import Batch
from core.exchange.undo.services import take_back, undo_batch, undo_job
from core.jobs.context import Cancelled
from core.jobs.models import Job
from core.jobs.services import AlreadyRunning, cancel, resend
from core.org.actor import system_actor
from core.records.changes import change
from core.records.models import Change
from core.records.settling import settle
from core.records.verifying import verify
from personnel import services
from personnel.models import Employment, FormerName, IdentityDocument, Teacher
from tests.core.exchange.books import LI, WANG, counts, line, roster, sent
from tests.core.exchange.importing import send
from tests.core.exchange.test_at_once import blocked
from tests.core.exchange.undoing import snapshot
from tests.ground.clock import TODAY
from tests.ground.worker import wait_until, worker
from tests.workbooks.generator import Files, make_county, write_county

SEPTEMBER = date(2026, 9, 1)
PEOPLE = 3000
# How long the undo of 3,000 people may take on a slow machine; kills are spread over it.
LONGEST = 1.0
SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(1, 12))]


def undo(batch, actor):
    """What the worker does, on a connection of its own."""
    try:
        return take_back(batch.pk, actor, reason="发错了")
    finally:
        connection.close()


def accept(batch, actor):
    """An acceptance, on a connection of its own."""
    try:
        return apply_batch(batch.pk, actor)
    finally:
        connection.close()


@pytest.fixture
def ground(committed_db, school_a):
    """A school, in a database where commits stay."""
    return school_a


def test_two_undos_at_once_are_one(ground, county_clerk, county_a):
    batch = sent(county_clerk, county_a, roster([], line(WANG), line(LI)), day=SEPTEMBER)

    with ThreadPoolExecutor() as pool:
        done = [future.result() for future in [pool.submit(undo, batch, county_clerk) for _turn in range(2)]]

    assert {one.state for one in done} == {Batch.State.UNDONE}
    assert Change.objects.filter(source=f"undo:{batch.pk}").count() == 1
    assert Teacher.objects.count() == 0


def test_while_one_undo_waits_no_other_job_of_the_batch_begins(ground, county_clerk, county_a):
    batch = sent(county_clerk, county_a, roster([], line(WANG)), day=SEPTEMBER)
    undo_batch(actor=county_clerk, batch=batch, reason="发错了")

    with pytest.raises(AlreadyRunning):
        undo_batch(actor=county_clerk, batch=batch, reason="又点了一次")


def test_an_edit_at_the_same_moment_is_kept(ground, superuser_sql, county_clerk, county_a):
    sent(county_clerk, county_a, roster(["籍贯"], line(WANG, "太原"), line(LI, "榆林")), day=SEPTEMBER)
    batch = sent(county_clerk, county_a, roster(["籍贯"], line(WANG, "太谷"), line(LI, "神木")), day=SEPTEMBER)

    with ThreadPoolExecutor() as pool:
        with transaction.atomic(), change("personnel.correct_fact", actor=county_clerk, reason="更正"):
            teacher = Teacher.objects.get(name="王小梅")
            teacher.native_place = "祁县"
            teacher.save()
            worker_ = pool.submit(undo, batch, county_clerk)
            wait_until(lambda: blocked(superuser_sql))
        done = worker_.result()

    assert dict(Teacher.objects.values_list("name", "native_place")) == {"王小梅": "祁县", "李建国": "榆林"}
    assert done.undo_report["keep"]["records"] == 1


def test_a_record_that_is_added_at_the_same_moment_blocks(ground, superuser_sql, county_clerk, county_a):
    batch = sent(county_clerk, county_a, roster([], line(WANG), line(LI)), day=SEPTEMBER)

    with ThreadPoolExecutor() as pool:
        with transaction.atomic(), change("personnel.add_fact", actor=system_actor(TODAY), reason="档案"):
            FormerName.objects.create(teacher=Teacher.objects.get(name="王小梅"), name="王梅")
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # holds the person, as the end of the transaction will
            worker_ = pool.submit(undo, batch, county_clerk)
            wait_until(lambda: blocked(superuser_sql))
        done = worker_.result()

    assert set(Teacher.objects.values_list("name", flat=True)) == {"王小梅"}
    assert done.undo_report["block"]["subjects"] == 1


def test_a_batch_that_is_accepted_meanwhile_waits_and_finds_its_people_gone(
    ground, superuser_sql, county_clerk, county_a
):
    batch = sent(county_clerk, county_a, roster(["籍贯"], line(WANG, "太原")), day=SEPTEMBER)
    waiting = sent(county_clerk, county_a, roster(["籍贯"], line(WANG, "太谷")), day=SEPTEMBER, accept=False)

    with ThreadPoolExecutor() as pool, transaction.atomic():
        take_back(batch.pk, county_clerk, reason="发错了")
        late = pool.submit(accept, waiting, county_clerk)
        wait_until(lambda: blocked(superuser_sql))
        transaction.on_commit(late.result)

    waiting.refresh_from_db()
    assert (waiting.state, counts(waiting)) == (Batch.State.APPLIED, {"refused": 1})
    assert Teacher.objects.count() == 0


def test_a_cancelled_undo_takes_nothing_back(ground, county_clerk, county_a):
    batch = sent(county_clerk, county_a, roster([], line(WANG), line(LI)), day=SEPTEMBER)
    before = snapshot()

    def stop(done, _total, stage, **_more):
        if stage == "undo" and done:
            raise Cancelled

    with pytest.raises(Cancelled):
        take_back(batch.pk, county_clerk, reason="发错了", progress=stop)
    batch.refresh_from_db()

    assert snapshot() == before
    assert (batch.state, batch.undo_change, batch.undo_report) == (Batch.State.APPLIED, None, {})
    assert not Change.objects.filter(kind="exchange.undo").exists()


def test_a_job_that_is_cancelled_before_it_begins_leaves_the_batch_accepted(ground, county_clerk, county_a, run_jobs):
    batch = sent(county_clerk, county_a, roster([], line(WANG)), day=SEPTEMBER)
    job = undo_batch(actor=county_clerk, batch=batch, reason="发错了")

    cancel(actor=county_clerk, job=job)
    run_jobs()

    batch.refresh_from_db()
    assert (batch.state, Teacher.objects.count()) == (Batch.State.APPLIED, 1)
    undo_batch(actor=county_clerk, batch=batch, reason="这回是真的")
    assert [done.state for done in run_jobs()] == [Job.State.DONE]
    assert Teacher.objects.count() == 0


def test_a_job_whose_people_were_all_edited_since_says_so(ground, county_clerk, county_a, run_jobs):
    batch = sent(county_clerk, county_a, roster([], line(WANG)), day=SEPTEMBER)
    undo_batch(actor=county_clerk, batch=batch, reason="发错了")
    teacher = Teacher.objects.get()
    services.correct_fact(actor=county_clerk, record=teacher, values={"native_place": "祁县"}, reason="更正")

    (job,) = run_jobs()

    batch.refresh_from_db()
    assert (job.state, batch.state, Teacher.objects.count()) == (Job.State.FAILED, Batch.State.APPLIED, 1)
    assert job.error


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> Files:
    return write_county(tmp_path_factory.mktemp("county"), make_county(43, PEOPLE))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_killed_undo_leaves_all_or_nothing_and_the_next_worker_finishes(
    committed_db, broker, county_clerk, county_a, county, seed
):
    chance = random.Random(seed)
    environment = {**committed_db.environment, "BROKER_URL": broker.url, "CELERY_BROKER_URL": broker.url}
    send(county_clerk, county_a, county.units)
    batch = send(county_clerk, county_a, county.roster)
    good = batch.counts["new"]
    models = (Teacher, Employment, IdentityDocument)

    with worker(environment) as first:
        job = undo_batch(actor=county_clerk, batch=batch, reason="发错了")
        wait_until(lambda: Job.objects.get(pk=job.pk).state != Job.State.WAITING)
        time.sleep(chance.uniform(0, LONGEST))
        first.kill()
    state = Batch.objects.values_list("state", flat=True).get(pk=batch.pk)
    assert [model.objects.count() for model in models] == [good if state == Batch.State.APPLIED else 0] * 3

    with worker(environment):

        def ended() -> bool:
            resend()
            return Job.objects.get(pk=job.pk).state not in Job.OPEN

        wait_until(ended, 120, pause=0.3)

    latest = undo_job(batch)
    batch.refresh_from_db()
    assert latest is not None
    assert (latest.state, batch.state, batch.undo_report["entered"]) == (Job.State.DONE, Batch.State.UNDONE, good)
    assert [model.objects.count() for model in models] == [0, 0, 0]
    assert Change.objects.filter(source=f"undo:{batch.pk}").count() == 1
    settle()
    with transaction.atomic():
        assert list(verify()) == []
