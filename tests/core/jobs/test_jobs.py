"""A job runs once, tells how far it is, ends in one of its states, and starts again when its worker or its database is gone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from celery import current_app
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction

from core.jobs.context import Cancelled
from core.jobs.models import Job
from core.jobs.registered import JobKind
from core.jobs.services import MOST_ATTEMPTS, AlreadyRunning, JobError, cancel, enqueue, resend, run
from core.registry import registry
from tests.factories.people import set_user


@pytest.fixture
def register(monkeypatch):
    """`register(function, **options)`: make a function the job `test.work`."""

    def put(function: Callable[..., Any], **options: Any) -> None:
        monkeypatch.setitem(registry.jobs, "test.work", JobKind("test.work", "Work", function, **options))

    return put


def state(job: Job) -> str:
    return Job.objects.get(pk=job.pk).state


@pytest.mark.django_db
def test_a_job_of_an_unknown_kind_is_refused(county_clerk):
    with pytest.raises(KeyError):
        enqueue("test.unknown", actor=county_clerk)

    assert not Job.objects.exists()


def test_a_job_gets_its_arguments_and_its_actor_and_keeps_its_result(committed_db, county_clerk, register):
    seen = []

    def work(context, *, number):
        seen.append((context.actor.user, context.actor.role, context.actor.unit, number))
        return {"twice": number * 2}

    register(work)
    job = enqueue("test.work", actor=county_clerk, arguments={"number": 21})

    assert run(job.pk)

    job.refresh_from_db()
    assert seen == [(county_clerk.user, "county_clerk", county_clerk.unit, 21)]
    assert (job.state, job.result, job.attempts) == (Job.State.DONE, {"twice": 42}, 1)
    assert job.started_at <= job.finished_at
    assert not run(job.pk)


def test_a_second_job_with_the_same_lock_is_refused_until_the_first_has_ended(committed_db, county_clerk, register):
    register(lambda context: None)
    first = enqueue("test.work", actor=county_clerk, lock="county")

    with pytest.raises(AlreadyRunning) as refused:
        enqueue("test.work", actor=county_clerk, lock="county")
    assert refused.value.job == first

    run(first.pk)
    assert enqueue("test.work", actor=county_clerk, lock="county").state == Job.State.WAITING


def test_a_job_of_a_transaction_that_fails_was_never_there(committed_db, county_clerk, register):
    register(lambda context: None)

    @transaction.atomic
    def enqueue_and_fail():
        enqueue("test.work", actor=county_clerk)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        enqueue_and_fail()

    assert not Job.objects.exists()


def test_a_running_job_is_not_run_beside_itself(committed_db, county_clerk, register):
    begun, go_on = threading.Event(), threading.Event()

    def work(context):
        begun.set()
        assert go_on.wait(30)

    register(work)
    job = enqueue("test.work", actor=county_clerk)
    answers = []
    beside = threading.Thread(target=lambda: (answers.append(run(job.pk)), connection.close()))
    beside.start()
    assert begun.wait(30)

    assert not run(job.pk)
    assert resend() == 0

    go_on.set()
    beside.join(30)
    assert answers == [True]
    assert state(job) == Job.State.DONE


def test_progress_shows_while_the_transaction_of_the_job_is_open(committed_db, county_clerk, register, app_sql):
    shown = []

    def work(context):
        with transaction.atomic():
            context.progress(40, 100, "check")
            told = app_sql.execute("SELECT state, done, total, stage FROM jobs_job WHERE id = %s", [context.job.pk])
            shown.append(told.fetchone())

    register(work)
    run(enqueue("test.work", actor=county_clerk).pk)

    assert shown == [("running", 40, 100, "check")]


def test_a_running_job_stops_at_its_next_step_when_it_is_cancelled(committed_db, county_clerk, register):
    steps, ended = [], []

    def work(context):
        for step in range(10):
            if step == 3:
                cancel(actor=county_clerk, job=context.job)
            context.progress(10, 10, "step")
            steps.append(step)

    register(work, given_up=lambda job: ended.append(job.state))
    job = enqueue("test.work", actor=county_clerk)

    assert run(job.pk)

    assert (state(job), steps, ended) == (Job.State.CANCELLED, [0, 1, 2], [Job.State.CANCELLED])


def test_a_waiting_job_that_is_cancelled_never_runs(committed_db, county_clerk, register):
    ran, ended = [], []
    register(lambda context: ran.append(1), given_up=lambda job: ended.append(job.state))
    job = enqueue("test.work", actor=county_clerk)

    cancel(actor=county_clerk, job=job)

    assert not run(job.pk)
    assert (state(job), ran, ended) == (Job.State.CANCELLED, [], [Job.State.CANCELLED])


def test_a_step_that_must_not_be_cancelled_goes_on(committed_db, county_clerk, register):
    def work(context):
        cancel(actor=county_clerk, job=context.job)
        context.progress(1, 1, "step", cancellable=False)

    register(work)
    job = enqueue("test.work", actor=county_clerk)

    run(job.pk)

    assert state(job) == Job.State.DONE


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (JobError("the county sent nothing"), "the county sent nothing"),
        (PermissionError("not yours"), "not yours"),
        (ZeroDivisionError("a value of a person"), "ZeroDivisionError"),
        (Cancelled(), ""),
    ],
)
def test_a_job_that_fails_says_why_and_tells_nothing_of_its_data(
    committed_db, county_clerk, register, caplog, error, told
):
    def work(context):
        raise error

    ended = []
    register(work, given_up=lambda job: ended.append(job.state))
    job = enqueue("test.work", actor=county_clerk)

    assert run(job.pk)

    job.refresh_from_db()
    expected = Job.State.CANCELLED if isinstance(error, Cancelled) else Job.State.FAILED
    assert (job.state, job.error, ended) == (expected, told, [expected])


def test_a_job_whose_role_is_no_longer_held_does_not_run(committed_db, county_clerk, register, owner_sql):
    ran = []
    register(lambda context: ran.append(1))
    job = enqueue("test.work", actor=county_clerk)
    set_user(county_clerk.user, is_active=False)

    run(job.pk)

    assert (state(job), ran) == (Job.State.FAILED, [])


@pytest.mark.parametrize("aside", [False, True])
def test_a_job_that_loses_the_database_is_sent_and_begun_again(
    committed_db, county_clerk, register, superuser_sql, aside
):
    """`aside`: the connection that tells the progress is the one that breaks."""
    begun = []

    def work(context):
        begun.append(1)
        if len(begun) > 1:
            return
        context.progress(1, 9, "step")
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = 'shidang_app'"
        mine = connection.connection.info.backend_pid
        superuser_sql.execute(others + (" AND pid <> %s" if aside else " AND pid = %s"), [committed_db.name, mine])
        context.progress(9, 9, "step")
        connection.ensure_connection()
        Job.objects.count()

    register(work)
    job = enqueue("test.work", actor=county_clerk)

    assert run(job.pk)
    assert state(job) == Job.State.RUNNING

    assert resend() == 1
    assert run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts, len(begun)) == (Job.State.DONE, 2, 2)


def test_a_job_that_kills_each_worker_is_given_up(committed_db, county_clerk, register):
    ran, ended = [], []

    def work(context):
        ran.append(1)
        raise psycopg.OperationalError

    register(work, given_up=lambda job: ended.append(job.state))
    job = enqueue("test.work", actor=county_clerk)

    for _ in range(MOST_ATTEMPTS + 1):
        assert run(job.pk)

    assert (state(job), len(ran), ended) == (Job.State.FAILED, MOST_ATTEMPTS, [Job.State.FAILED])
    assert not run(job.pk)


def test_resend_sends_what_waits_and_nothing_that_has_ended(committed_db, county_clerk, register):
    register(lambda context: None)
    waiting, done, cancelled = (enqueue("test.work", actor=county_clerk) for _ in range(3))
    run(done.pk)
    cancel(actor=county_clerk, job=cancelled)

    assert resend() == 1
    assert state(waiting) == Job.State.WAITING


def test_a_job_that_takes_too_long_fails_with_a_sentence_and_gives_up(committed_db, county_clerk, register):
    def work(context):
        with transaction.atomic():
            Job.objects.filter(pk=context.job.pk).update(stage="half")
            raise SoftTimeLimitExceeded

    ended = []
    register(work, given_up=lambda job: ended.append(job.state))
    job = enqueue("test.work", actor=county_clerk)

    assert run(job.pk)

    job.refresh_from_db()
    assert (job.state, ended, job.stage) == (Job.State.FAILED, [Job.State.FAILED], "")
    assert job.error in {
        "It took far longer than such work takes, and was stopped.",
        "用时远超此类任务的正常时间，已停止。",
    }
    assert resend() == 0


def test_a_job_is_sent_with_its_limit_of_time(committed_db, county_clerk, register, monkeypatch):
    sent = []
    monkeypatch.setattr(current_app, "send_task", lambda *args, **options: sent.append(options["soft_time_limit"]))
    register(lambda context: None, longest=90)

    enqueue("test.work", actor=county_clerk)

    assert sent == [90]
    assert registry.jobs["exchange.check"].longest < registry.jobs["records.verify"].longest
