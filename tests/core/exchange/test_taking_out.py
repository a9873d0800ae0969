"""What becomes of a filled template, or an export, that is interrupted: a whole file with its trace, or neither."""

from __future__ import annotations

import random
import time
from types import SimpleNamespace

import pytest

from core.exchange.filling import fill_template
from core.exchange.reading import open_workbook
from core.jobs.context import Cancelled
from core.jobs.models import Job
from core.jobs.services import JobError, enqueue, resend
from core.records import storage
from core.records.models import AccessLog, StoredFile
from core.records.storage import content_of
from core.web.looks import TAKEN_OUT
from personnel.models import Teacher
from tests.core.exchange.importing import send
from tests.ground.worker import wait_until, worker
from tests.workbooks.generator import make_county, write_county

SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(1, 6))]
LONGEST = 2.0
PEOPLE = 1500


@pytest.fixture
def county(county_clerk, county_a, tmp_path):
    """A county with its people on file."""
    files = write_county(tmp_path, make_county(44, 60, share_wrong=0))
    for file in (files.units, files.roster):
        send(county_clerk, county_a, file)


def taken(actor, unit, progress=lambda *_args, **_more: None):
    context = SimpleNamespace(actor=actor, progress=progress)
    return fill_template(context, kind="teachers", unit=unit.pk, sections=[], reason="核对")


def made():
    return StoredFile.objects.filter(name__contains="教职工").count()


@pytest.mark.django_db
def test_cancelled_nothing_is_kept_and_nothing_logged(county, county_clerk, county_a):
    def stop(*_args, **_more):
        raise Cancelled

    before = made()
    with pytest.raises(Cancelled):
        taken(county_clerk, county_a, stop)
    assert (made(), AccessLog.objects.filter(what=TAKEN_OUT).count()) == (before, 0)


@pytest.mark.django_db
def test_a_full_disk_leaves_no_file(county, county_clerk, county_a, monkeypatch):
    def full(*_args, **_more):
        raise OSError(28, "No space left on device")

    before = made()
    monkeypatch.setattr(storage.Sealing, "write", full)
    with pytest.raises(JobError):
        taken(county_clerk, county_a)
    assert (made(), AccessLog.objects.filter(what=TAKEN_OUT).count()) == (before, 0)


@pytest.mark.django_db
def test_only_who_may_reveal_takes_out_and_only_ones_own(county, county_clerk, county_approver, county_a, county_b):
    for actor, unit in ((county_approver, county_a), (county_clerk, county_b)):
        with pytest.raises(JobError):
            taken(actor, unit)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", ["exchange.fill_template", "exchange.export_list"])
def test_killed_a_job_is_done_whole_by_the_next_worker(
    committed_db, broker, county_clerk, county_a, tmp_path, kind, seed
):
    chance = random.Random(f"{kind}{seed}")
    environment = {**committed_db.environment, "BROKER_URL": broker.url, "CELERY_BROKER_URL": broker.url}
    files = write_county(tmp_path, make_county(45, PEOPLE, share_wrong=0))
    for file in (files.units, files.roster):
        send(county_clerk, county_a, file)
    arguments = {
        "exchange.fill_template": {"kind": "teachers", "unit": county_a.pk, "sections": [], "reason": "核对"},
        "exchange.export_list": {"page": "teachers", "query": "", "form": "xlsx"},
    }[kind]
    before = StoredFile.objects.count()

    with worker(environment) as first:
        job = enqueue(kind, actor=county_clerk, arguments=arguments)
        wait_until(lambda: Job.objects.get(pk=job.pk).state != Job.State.WAITING)
        time.sleep(chance.uniform(0, LONGEST))
        first.kill()
    job.refresh_from_db()
    assert StoredFile.objects.count() in {before, before + 1}

    def ended() -> bool:
        resend()
        return Job.objects.get(pk=job.pk).state not in Job.OPEN

    with worker(environment):
        wait_until(ended, 120, pause=0.3)
    job.refresh_from_db()
    content = content_of(StoredFile.objects.get(public_id=job.result["file"]))
    sheet = open_workbook(content).sheets[0]
    people = Teacher.objects.count()
    assert (job.state, job.result["rows"]) == (Job.State.DONE, people)
    assert sum(1 for row in sheet.rows() if any(row.cells)) >= people
