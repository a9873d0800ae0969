"""Whatever comes twice happens once: messages of the broker, clicks, files; and what is cancelled has not happened."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse

from core.exchange.applying import apply_batch
from core.exchange.models import Batch, BatchRow
from core.exchange.services import NotNow, accept_batch, create_batch
from core.jobs.models import Job
from core.jobs.services import cancel, run
from core.records.models import Change
from personnel.models import IdentityDocument, Teacher
from tests.core.exchange.importing import send
from tests.factories.people import set_user
from tests.ground.worker import wait_until
from tests.workbooks.generator import Files, make_county, write_county

PEOPLE = 600
RUN = "import django; django.setup(); from core.jobs.services import run; print(run({job}))"


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> Files:
    return write_county(tmp_path_factory.mktemp("county"), make_county(42, PEOPLE))


@pytest.fixture
def good(county) -> int:
    return sum(not row["problems"] for row in json.loads(county.roster_expected.read_text(encoding="utf-8")))


@pytest.fixture
def units(committed_db, county_clerk, county_a, county) -> Batch:
    return send(county_clerk, county_a, county.units)


def upload(actor, unit, county: Files) -> Batch:
    return create_batch(actor=actor, unit=unit, name="roster.xlsx", content=county.roster.read_bytes())


def checked(actor, unit, county: Files) -> Batch:
    return send(actor, unit, county.roster, accept=False)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act gave, or the error that it raised; all begin at the same time, each on its own connection."""

    def answer(act: Callable[[], Any]) -> Any:
        try:
            return act()
        except Exception as error:  # noqa: BLE001 - the error is the answer
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(answer, acts))


def answers_of(processes: Iterable[subprocess.Popen[str]]) -> list[str]:
    return sorted(process.communicate(timeout=120)[0].strip() for process in processes)


def changes_of(*batches: Batch) -> int:
    return Change.objects.filter(source__in=[f"batch:{batch.pk}" for batch in batches]).count()


@pytest.mark.parametrize("verb", ["check", "apply"])
def test_a_job_that_is_delivered_to_two_workers_at_once_runs_in_one(
    committed_db, units, county_clerk, county_a, county, good, verb
):
    batch = upload(county_clerk, county_a, county) if verb == "check" else checked(county_clerk, county_a, county)
    job = batch.job if verb == "check" else accept_batch(actor=county_clerk, batch=batch)
    command = [sys.executable, "-c", RUN.format(job=job.pk)]
    started = [
        subprocess.Popen(
            command, env=committed_db.environment, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]

    assert answers_of(started) == ["False", "True"]

    batch.refresh_from_db()
    assert Job.objects.get(pk=job.pk).attempts == 1
    assert batch.counts["new"] == good
    assert (batch.state, Teacher.objects.count()) == (("checked", 0) if verb == "check" else ("applied", good))


def test_a_message_that_comes_again_when_the_job_is_done_does_nothing(units, county_clerk, county_a, county, good):
    batch = checked(county_clerk, county_a, county)
    job = accept_batch(actor=county_clerk, batch=batch)
    assert run(job.pk)
    before = (Teacher.history.count(), Change.objects.count(), BatchRow.objects.count())

    assert not run(job.pk)

    assert (Teacher.history.count(), Change.objects.count(), BatchRow.objects.count()) == before
    assert (Teacher.objects.count(), changes_of(batch)) == (good, 1)


def test_a_batch_that_was_written_is_not_written_again(units, county_clerk, county_a, county, good):
    batch = send(county_clerk, county_a, county.roster)
    changes = Change.objects.count()

    apply_batch(batch.pk, county_clerk)

    assert Change.objects.count() == changes
    assert Teacher.history.count() == good


def test_accept_clicked_twice_at_once_starts_one_job(units, county_clerk, second_county_clerk, county_a, county, good):
    batch = checked(county_clerk, county_a, county)

    answers = at_once(
        *(lambda actor=actor: accept_batch(actor=actor, batch=batch) for actor in (county_clerk, second_county_clerk))
    )

    assert {type(answer) for answer in answers} == {Job, NotNow}
    jobs = Job.objects.filter(kind="exchange.apply")
    assert jobs.count() == 1
    assert run(jobs.get().pk)
    assert Teacher.objects.count() == good


def test_accept_pressed_again_on_the_page_says_why_not(units, login, county_clerk, county_a, county):
    batch = checked(county_clerk, county_a, county)
    client = login(county_clerk)
    address = reverse("batch_accept", args=[batch.public_id])

    first, second = client.post(address, follow=True), client.post(address, follow=True)

    assert (first.status_code, second.status_code) == (200, 200)
    assert "不能" in second.content.decode()
    assert Job.objects.filter(kind="exchange.apply").count() == 1


def test_one_file_sent_by_two_clerks_at_once_makes_each_person_once(
    units, county_clerk, second_county_clerk, county_a, county, good
):
    batches = [checked(actor, county_a, county) for actor in (county_clerk, second_county_clerk)]
    jobs = [
        accept_batch(actor=actor, batch=batch)
        for actor, batch in zip((county_clerk, second_county_clerk), batches, strict=True)
    ]

    assert at_once(*(lambda job=job: run(job.pk) for job in jobs)) == [True, True]

    assert Teacher.objects.count() == IdentityDocument.objects.count() == Teacher.history.count() == good
    assert set(Job.objects.filter(pk__in=[job.pk for job in jobs]).values_list("state", flat=True)) == {"done"}
    for batch in batches:
        batch.refresh_from_db()
    assert sorted(batch.counts["new"] for batch in batches) == [0, good]
    late = min(batches, key=lambda batch: batch.counts["new"])
    stale = BatchRow.objects.filter(batch=late, outcome="refused", problems__contains=["stale"])
    assert (late.state, stale.count()) == (Batch.State.APPLIED, good)
    assert send(county_clerk, county_a, county.roster).counts["same"] == good


def stop_half_way(job: Job, actor, batch: Batch) -> None:
    """Run a job that finds its batch held by somebody; it is cancelled while it waits, and then goes on to its next step."""
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Batch.objects.select_for_update().get(pk=batch.pk)
            running = pool.submit(at_once, lambda: run(job.pk))
            wait_until(lambda: Job.objects.get(pk=job.pk).state == Job.State.RUNNING)
            assert at_once(lambda: cancel(actor=actor, job=job)) == [None]
        assert running.result(60) == [True]


def test_a_check_that_is_cancelled_leaves_nothing(units, county_clerk, county_a, county):
    batch = upload(county_clerk, county_a, county)

    stop_half_way(batch.job, county_clerk, batch)

    batch.refresh_from_db()
    assert (batch.state, Job.objects.get(pk=batch.job.pk).state) == (Batch.State.ABANDONED, Job.State.CANCELLED)
    assert not BatchRow.objects.filter(batch=batch).exists()


def test_an_acceptance_that_is_cancelled_writes_nothing_and_can_be_given_again(
    units, county_clerk, county_a, county, good
):
    batch = checked(county_clerk, county_a, county)
    job = accept_batch(actor=county_clerk, batch=batch)

    stop_half_way(job, county_clerk, batch)

    batch.refresh_from_db()
    assert (batch.state, Job.objects.get(pk=job.pk).state) == (Batch.State.CHECKED, Job.State.CANCELLED)
    assert (Teacher.objects.count(), changes_of(batch)) == (0, 0)
    assert run(accept_batch(actor=county_clerk, batch=batch).pk)
    assert Teacher.objects.count() == good


@pytest.mark.parametrize(("verb", "after"), [("check", Batch.State.ABANDONED), ("apply", Batch.State.CHECKED)])
def test_a_job_that_is_cancelled_before_it_begins_leaves_the_batch_open(
    units, county_clerk, county_a, county, verb, after
):
    batch = upload(county_clerk, county_a, county) if verb == "check" else checked(county_clerk, county_a, county)
    job = batch.job if verb == "check" else accept_batch(actor=county_clerk, batch=batch)

    cancel(actor=county_clerk, job=job)

    batch.refresh_from_db()
    assert (batch.state, Job.objects.get(pk=job.pk).state) == (after, Job.State.CANCELLED)
    assert not run(job.pk)


def test_an_acceptance_by_somebody_who_no_longer_may_leaves_the_batch_open(units, county_clerk, county_a, county):
    batch = checked(county_clerk, county_a, county)
    job = accept_batch(actor=county_clerk, batch=batch)
    set_user(county_clerk.user, is_active=False)

    assert run(job.pk)

    batch.refresh_from_db()
    assert (batch.state, Job.objects.get(pk=job.pk).state) == (Batch.State.CHECKED, Job.State.FAILED)
    assert Teacher.objects.count() == 0
