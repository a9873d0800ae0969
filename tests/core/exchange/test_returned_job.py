"""The workbook with the reasons as a clerk asks for it: page, job, file, program; and what goes wrong on the way."""

from __future__ import annotations

import errno
import io
import random
import time
from pathlib import Path

import openpyxl
import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.api.services import issue_token
from core.exchange.models import Batch, BatchRow
from core.exchange.returning import tasks
from core.exchange.returning.services import ask_for_return
from core.exchange.services import NotNow
from core.jobs.context import JobContext
from core.jobs.models import Job
from core.jobs.services import resend, run
from core.org.models import RoleAssignment
from core.records import storage
from core.records.models import AccessLog, StoredFile
from core.records.storage import content_of
from tests.core.exchange.books import LI, WANG, line, roster, sent
from tests.core.exchange.crafted import package, sheet_xml, xls
from tests.core.exchange.importing import send
from tests.ground.clock import TODAY
from tests.ground.worker import wait_until, worker
from tests.workbooks.generator import make_county, write_county

COUNTY = Path(__file__).parents[2] / "workbooks" / "county-a"
PEOPLE = 2_000
LONGEST = 0.8
SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(1, 8))]


def wrong(clerk, unit) -> Batch:
    """A checked batch with one refused row: the day of birth is none."""
    content = roster(["出生日期"], line(WANG, "1985-02-30"), line(LI, "1978-03-02"))
    send(clerk, unit, COUNTY / "1-units.xlsx")
    return sent(clerk, unit, content, accept=False)


def files() -> int:
    return StoredFile.objects.count()


def halves() -> list[Path]:
    return list(Path(storage.settings.UPLOAD_DIR).rglob("*.part"))


@pytest.mark.django_db
def test_a_clerk_asks_says_why_and_takes_the_file(login, county_clerk, county_a, run_jobs):
    batch, client = wrong(county_clerk, county_a), login(county_clerk)
    address = reverse("batch_returned", args=[batch.public_id])
    assert address in client.get(reverse("batch", args=[batch.public_id])).content.decode()
    assert client.post(address, {"reason": ""}).status_code == 422
    assert not AccessLog.objects.filter(what="exchange.Batch.returned").exists()

    answer = client.post(address, {"reason": "退回改正"})
    twice = client.post(address, {"reason": "再要一次"})
    run_jobs()
    page = client.get(answer.url).content.decode()
    job = Job.objects.get(kind="exchange.return_workbook")
    taken = client.get(reverse("job_file", args=[job.public_id]))

    assert answer.url == twice.url == reverse("job", args=[job.public_id])
    assert reverse("job_file", args=[job.public_id]) in page
    assert job.result["name"] == "花名册-问题.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(taken.content))
    assert book.sheetnames == ["问题清单", "花名册", "师档批次"]
    assert "身份证号里是 1985-07-13" in book["花名册"]["D2"].comment.text
    log = AccessLog.objects.get(what="exchange.Batch.returned")
    assert (log.reason, log.subject_id, log.actor_id) == ("退回改正", batch.pk, county_clerk.user.pk)


@pytest.mark.django_db
def test_nobody_else_takes_it(login, county_clerk, other_county_clerk, county_a, run_jobs):
    batch = wrong(county_clerk, county_a)
    job = ask_for_return(actor=county_clerk, batch=batch, reason="退回")
    run_jobs()

    stranger = login(other_county_clerk)

    assert stranger.get(reverse("batch_returned", args=[batch.public_id])).status_code == 404
    assert stranger.post(reverse("batch_returned", args=[batch.public_id]), {"reason": "看看"}).status_code == 404
    assert stranger.get(reverse("job_file", args=[job.public_id])).status_code == 404


@pytest.mark.django_db
def test_there_is_none_where_nothing_is_to_be_said(login, county_clerk, county_a):
    send(county_clerk, county_a, COUNTY / "1-units.xlsx")
    good = sent(county_clerk, county_a, roster(["性别"], line(WANG, "女", unit="西阳镇第八小学")), accept=False)
    assert good.counts["new"] == 1
    client = login(county_clerk)
    address = reverse("batch_returned", args=[good.public_id])

    assert address not in client.get(reverse("batch", args=[good.public_id])).content.decode()
    assert "无须标注" in client.post(address, {"reason": "退回"}).content.decode()
    with pytest.raises(NotNow):
        ask_for_return(actor=county_clerk, batch=good, reason="退回")


@pytest.mark.django_db
@pytest.mark.parametrize(("content", "said"), [(b"PK\x03\x04", "没有可标注的单元格"), (None, "带宏的工作簿不予打开")])
def test_of_a_file_that_was_not_read_there_is_none_and_the_page_says_why(login, county_clerk, county_a, content, said):
    if content is None:
        content = package(sheet_xml(""), xl__vbaProject_DOT_bin=b"macro")
    batch = sent(county_clerk, county_a, content)
    assert batch.state == Batch.State.UNREADABLE

    page = login(county_clerk).get(reverse("batch", args=[batch.public_id])).content.decode()

    assert said in page
    assert reverse("batch_returned", args=[batch.public_id]) not in page


@pytest.mark.django_db
def test_an_xls_comes_back_as_an_xlsx(county_clerk, county_a, run_jobs):
    send(county_clerk, county_a, COUNTY / "1-units.xlsx")
    content = xls(["姓名", "身份证号", "工作单位", "性别"], [*line(WANG), "男"], [*line(LI), "男"])
    batch = sent(county_clerk, county_a, content, name="花名册.xls", accept=False)
    job = ask_for_return(actor=county_clerk, batch=batch, reason="退回")
    run_jobs()
    job.refresh_from_db()

    book = openpyxl.load_workbook(io.BytesIO(content_of(StoredFile.objects.get(public_id=job.result["file"]))))

    assert job.result["name"] == "花名册-问题.xlsx"
    assert (book["表"]["B2"].value, book["表"]["A3"].value) == (WANG[1], LI[0])
    assert "身份证号里是 女" in book["表"]["D2"].comment.text


@pytest.mark.django_db
def test_a_program_asks_for_it_and_takes_it(county_clerk, county_a, run_jobs):
    cache.clear()
    held = RoleAssignment.objects.select_related("user").get(pk=county_clerk.assignment)
    _token, text = issue_token(assignment=held, name="测试", now=timezone.now(), on=TODAY)
    client = Client(headers={"Authorization": f"Bearer {text}", "Accept-Language": "en"})
    batch = wrong(county_clerk, county_a)
    address = f"/api/v1/imports/{batch.public_id}/returned/"

    none_yet = client.get(address)
    without = client.post(address, {}, content_type="application/json")
    asked = client.post(address, {"reason": "退回"}, content_type="application/json")
    too_early = client.get(f"{address}file/")
    run_jobs()

    assert (none_yet.status_code, without.status_code, asked.status_code, too_early.status_code) == (200, 400, 202, 404)
    assert client.get(address).json()["state"]["code"] == "done"
    taken = client.get(f"{address}file/")
    assert openpyxl.load_workbook(io.BytesIO(taken.content)).sheetnames[0] == "问题清单"


@pytest.mark.django_db
def test_a_full_disk_is_said_and_leaves_nothing(county_clerk, county_a, run_jobs, monkeypatch):
    batch = wrong(county_clerk, county_a)
    before, rows = files(), BatchRow.objects.count()

    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(storage.os, "fsync", full)
        job = ask_for_return(actor=county_clerk, batch=batch, reason="退回")
        run_jobs()
    job.refresh_from_db()
    assert (job.state, job.result, files(), BatchRow.objects.count()) == (Job.State.FAILED, {}, before, rows)
    assert "No space left on device" in job.error
    assert halves() == []

    again = ask_for_return(actor=county_clerk, batch=batch, reason="退回")
    run_jobs()
    again.refresh_from_db()
    assert again.state == Job.State.DONE


@pytest.mark.django_db
def test_cancelled_half_way_nothing_is_kept_and_it_can_be_asked_for_again(county_clerk, county_a, monkeypatch):
    batch = wrong(county_clerk, county_a)
    before, whole = files(), tasks.returned

    def asked_to_stop(found, tell, stamps):
        """What the side connection reports once somebody has cancelled."""
        monkeypatch.setattr(JobContext, "_tell", lambda *_args: True)
        return whole(found, tell, stamps)

    monkeypatch.setattr(JobContext, "_tell", lambda *_args: False)
    monkeypatch.setattr(tasks, "returned", asked_to_stop)
    job = ask_for_return(actor=county_clerk, batch=batch, reason="退回")
    run(job.pk)
    job.refresh_from_db()
    monkeypatch.undo()

    batch.refresh_from_db()
    assert (job.state, files(), batch.state) == (Job.State.CANCELLED, before, Batch.State.CHECKED)
    assert ask_for_return(actor=county_clerk, batch=batch, reason="退回").state == Job.State.WAITING


@pytest.mark.parametrize("seed", SEEDS)
def test_a_killed_worker_leaves_nothing_half_done_and_the_next_one_makes_it(
    committed_db, broker, county_clerk, county_a, tmp_path, seed
):
    chance = random.Random(seed)
    environment = {**committed_db.environment, "BROKER_URL": broker.url, "CELERY_BROKER_URL": broker.url}
    county = write_county(tmp_path, make_county(43, PEOPLE, share_wrong=0.2))
    send(county_clerk, county_a, county.units)
    batch = send(county_clerk, county_a, county.roster, accept=False)
    before = files()

    with worker(environment) as first:
        job = ask_for_return(actor=county_clerk, batch=batch, reason="退回")
        wait_until(lambda: Job.objects.get(pk=job.pk).state != Job.State.WAITING)
        time.sleep(chance.uniform(0, LONGEST))
        first.kill()
    job.refresh_from_db()
    assert (files() > before) == (job.state == Job.State.DONE) or files() == before + 1
    batch.refresh_from_db()
    assert batch.state == Batch.State.CHECKED

    def ended() -> bool:
        resend()
        return Job.objects.get(pk=job.pk).state not in Job.OPEN

    with worker(environment):
        wait_until(ended, 120, pause=0.3)
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    content = content_of(StoredFile.objects.get(public_id=job.result["file"]))
    assert openpyxl.load_workbook(io.BytesIO(content), read_only=True).sheetnames[0] == "问题清单"
