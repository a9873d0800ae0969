"""The pages of jobs: whose they are, how far they are, how they end, how they are stopped."""

import re
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.jobs.models import Job
from core.jobs.registered import JobKind
from core.jobs.services import JobError, enqueue
from core.registry import registry
from tests.factories.people import make_actor, set_user

pytestmark = pytest.mark.django_db

QUICK, REFUSING, BROKEN, STEADFAST = "test.quick", "test.refusing", "test.broken", "test.steadfast"


def refuse(_context):
    raise JobError("工作表是空的。")


def break_down(_context):
    raise ZeroDivisionError


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    """Four kinds of jobs of the test's own."""
    known = [
        JobKind(QUICK, "A quick job", lambda _context: {}),
        JobKind(REFUSING, "A refusing job", refuse),
        JobKind(BROKEN, "A broken job", break_down),
        JobKind(STEADFAST, "A steadfast job", lambda _context: {}, cancellable=False),
    ]
    for kind in known:
        monkeypatch.setitem(registry.jobs, kind.name, kind)


def url(job, name="job"):
    return reverse(name, args=[job.public_id])


def page(client, job, name="job"):
    return client.get(url(job, name))


def running(job, **values):
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, started_at=timezone.now(), **values)
    return job


def test_one_sees_ones_own_jobs_and_nobody_elses(login, county_clerk, second_county_clerk):
    mine, other = enqueue(QUICK, actor=county_clerk), enqueue(QUICK, actor=second_county_clerk)
    client = login(county_clerk)

    listed = client.get("/jobs/").content.decode()

    assert url(mine) in listed
    assert url(other) not in listed
    assert page(client, mine).status_code == 200
    for name in ("job", "job_progress"):
        assert page(client, other, name).status_code == 404
    assert client.post(url(other, "job_cancel")).status_code == 404
    assert Job.objects.get(pk=other.pk).state == Job.State.WAITING


def test_jobs_of_another_role_of_ones_own_are_not_shown(login, county_clerk, school_b):
    job = enqueue(QUICK, actor=county_clerk)
    elsewhere = make_actor("school_clerk", school_b, user=county_clerk.user)

    assert page(login(elsewhere), job).status_code == 404
    assert url(job) not in login(elsewhere).get("/jobs/").content.decode()


def test_who_runs_the_system_sees_all_jobs_and_who_started_them(login, system_administrator, county_clerk):
    job = enqueue(QUICK, actor=county_clerk)
    client = login(system_administrator)

    listed = client.get("/jobs/").content.decode()

    assert url(job) in listed
    assert "青石县办事员" in listed
    assert page(client, job).status_code == 200


@pytest.mark.parametrize("role", ["auditor", "security_administrator", "teacher_actor", "panel_member"])
def test_roles_without_jobs_are_refused(login, request, role):
    assert login(request.getfixturevalue(role)).get("/jobs/").status_code == 403


def test_a_running_job_tells_how_far_it_is_and_asks_again(login, county_clerk):
    job = running(enqueue(QUICK, actor=county_clerk), done=250, total=1000)
    Job.objects.filter(pk=job.pk).update(started_at=timezone.now() - timedelta(seconds=10))
    client = login(county_clerk)

    whole = page(client, job).content.decode()
    part = client.get(url(job, "job_progress"), headers={"HX-Request": "true"})

    assert f'hx-get="{url(job, "job_progress")}"' in whole
    assert url(job, "job_cancel") in whole
    said = part.content.decode()
    assert "<html" not in said
    assert 'max="1000" value="250"' in said
    assert "250" in said
    assert re.search(r"每秒 2\d 行|2\d a second|每秒 2\d", said), said


def test_the_poll_of_a_job_that_ended_shows_the_page_anew(login, county_clerk, run_jobs):
    job = enqueue(QUICK, actor=county_clerk)
    client = login(county_clerk)
    assert "HX-Refresh" not in page(client, job, "job_progress")

    run_jobs()

    assert page(client, job, "job_progress")["HX-Refresh"] == "true"
    assert 'hx-trigger="load' not in page(client, job).content.decode()


def test_a_refusal_is_shown_in_its_own_words(login, county_clerk, run_jobs):
    job = enqueue(REFUSING, actor=county_clerk)
    run_jobs()

    assert "工作表是空的。" in page(login(county_clerk), job).content.decode()


def test_a_fault_of_the_program_is_said_in_words(login, county_clerk, run_jobs):
    job = enqueue(BROKEN, actor=county_clerk)
    run_jobs()
    client = login(county_clerk)

    chinese = page(client, job).content.decode()
    client.post("/language/", {"language": "en"})
    english = page(client, job).content.decode()

    assert "程序故障（ZeroDivisionError）" in chinese
    assert "A fault of the program (ZeroDivisionError)" in english


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-hans", "启动该任务时所用的角色已不再担任。"),
        ("en", "The role in which this job was started is no longer held."),
    ],
)
def test_a_job_whose_role_ended_says_so_in_the_language_of_its_user(county_clerk, run_jobs, language, said):
    set_user(county_clerk.user, language=language)
    job = enqueue(QUICK, actor=county_clerk)
    Job.objects.filter(pk=job.pk).update(assignment=county_clerk.assignment + 1_000_000)

    run_jobs()

    job.refresh_from_db()
    assert (job.state, job.error) == (Job.State.FAILED, said)


def test_a_waiting_job_is_cancelled_at_once(login, county_clerk, run_jobs):
    job = enqueue(QUICK, actor=county_clerk)
    client = login(county_clerk)

    answer = client.post(url(job, "job_cancel"))

    assert (answer.status_code, answer["Location"]) == (302, url(job))
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert run_jobs() == []
    assert url(job, "job_cancel") not in page(client, job).content.decode()


def test_a_running_job_is_asked_to_stop_once(login, county_clerk):
    job = running(enqueue(QUICK, actor=county_clerk))
    client = login(county_clerk)

    client.post(url(job, "job_cancel"))

    job.refresh_from_db()
    assert (job.state, job.cancel_asked) == (Job.State.RUNNING, True)
    shown = page(client, job).content.decode()
    assert url(job, "job_cancel") not in shown
    assert "正在停止" in shown


def test_a_job_that_cannot_stop_half_way_is_not_asked_to(login, county_clerk):
    job = running(enqueue(STEADFAST, actor=county_clerk))
    client = login(county_clerk)

    assert url(job, "job_cancel") not in page(client, job).content.decode()
    client.post(url(job, "job_cancel"))

    job.refresh_from_db()
    assert job.cancel_asked is False


def test_cancelling_is_no_link(login, county_clerk):
    job = enqueue(QUICK, actor=county_clerk)

    assert login(county_clerk).get(url(job, "job_cancel")).status_code == 405


def test_an_export_ends_in_a_file_that_only_who_asked_gets(
    login, county_clerk, second_county_clerk, system_administrator, run_jobs
):
    answer = login(county_clerk).post("/units/", {"export": "csv"})
    run_jobs()
    job = Job.objects.get()
    file = url(job, "job_file")

    assert answer["Location"] == url(job)
    assert file in page(login(county_clerk), job).content.decode()
    got = login(county_clerk).get(file)
    assert "青石县教育局" in got.content.decode("utf-8-sig")
    assert got["Content-Disposition"].startswith("attachment; ")
    assert login(second_county_clerk).get(file).status_code == 404
    assert file not in page(login(system_administrator), job).content.decode()
    assert login(system_administrator).get(file).status_code == 404


def test_a_filter_narrows_by_state(login, county_clerk):
    waiting = enqueue(QUICK, actor=county_clerk)
    working = running(enqueue(QUICK, actor=county_clerk))

    listed = login(county_clerk).get("/jobs/?state=running").content.decode()

    assert url(working) in listed
    assert url(waiting) not in listed


def test_the_number_of_queries_does_not_grow_with_the_jobs(
    login, system_administrator, county_clerk, other_county_clerk
):
    client = login(system_administrator)

    def count():
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/jobs/").status_code == 200
        return len(asked)

    enqueue(QUICK, actor=county_clerk)
    count()
    few = count()
    for actor in (county_clerk, other_county_clerk) * 10:
        enqueue(QUICK, actor=actor)

    assert count() == few


def test_the_first_page_of_who_runs_the_system_counts_what_failed(login, system_administrator, county_clerk, run_jobs):
    enqueue(BROKEN, actor=county_clerk)
    run_jobs()
    enqueue(QUICK, actor=county_clerk)

    shown = login(system_administrator).get("/").content.decode()

    assert re.search(r'/jobs/\?state=failed">.*?<span class="sd-fig">1<', shown)
    assert re.search(r'/jobs/\?state=waiting">.*?<span class="sd-fig">1<', shown)


def test_a_worker_that_has_read_no_addresses_exports_all_the_same(committed_db, login, county_clerk):
    login(county_clerk).post("/units/", {"export": "csv"})
    job = Job.objects.get()

    worker = f"from core.jobs.services import run; run({job.pk})"
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", worker]
    subprocess.run(command, env=committed_db.environment, cwd=settings.BASE_DIR, check=True, timeout=60)

    job.refresh_from_db()
    assert (job.state, job.error) == (Job.State.DONE, "")
