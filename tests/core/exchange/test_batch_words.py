"""What the pages of batches and jobs say: from which day a change holds, which words are allowed, what a job is about."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.exchange.models import Batch
from core.exchange.views.batch import size_words
from core.exchange.written import sheet_name
from core.jobs.models import Job
from tests.core.exchange.books import OTHER_SCHOOL, SCHOOL, WANG, line, roster, sent
from tests.factories.people import make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def schools(county_a):
    """The two schools of the small workbooks."""
    return [make_unit("school", name, county_a) for name in (SCHOOL, OTHER_SCHOOL)]


def page_of(client, batch, tab):
    return client.get(reverse("batch", args=[batch.public_id]), {"tab": tab}).content.decode()


def test_a_changed_unit_says_from_which_day(login, county_clerk, county_a, schools):
    sent(county_clerk, county_a, roster([], line(WANG)), day=date(2025, 9, 1))
    moved = roster([], line(WANG, unit=OTHER_SCHOOL))

    batch = sent(county_clerk, county_a, moved, accept=False, day=date(2026, 9, 1))

    assert "2026-09-01 起</span>" in page_of(login(county_clerk), batch, "changed")


def test_a_word_in_no_list_leads_to_the_words_of_its_list(login, county_clerk, county_a, schools):
    batch = sent(county_clerk, county_a, roster(["民族"], line(WANG, "火星族")), accept=False)

    page = page_of(login(county_clerk), batch, "refused")

    assert f'href="{reverse("code_list", args=["ethnicity"])}">可填的词：民族' in page


def test_a_file_that_cannot_be_read_fails_the_second_step(login, county_clerk, county_a):
    batch = sent(county_clerk, county_a, b"no workbook", name="花名册.xlsx")

    page = page_of(login(county_clerk), batch, "")

    assert '<li class="failed">' in page
    assert 'class="sd-empty is-red"' in page
    assert "花名册.xlsx, 11 B" in page or "花名册.xlsx，11 B" in page


def test_a_size_is_never_nought():
    assert [size_words(size) for size in (11, 1024, 90_000, 3_000_000)] == ["11 B", "1 KB", "88 KB", "2.9 MB"]


def upload(client, unit, day, content=b"no workbook"):
    data = {"file": SimpleUploadedFile("花名册.xlsx", content), "unit": str(unit.public_id), "day": day}
    return client.post(reverse("import_new"), data)


@pytest.mark.parametrize("day", ["2026-09-01", "2026.9.1", "2026/9/1", "2026年9月1日", "2026 年 9 月 1 日"])
def test_a_day_may_be_written_as_people_write_it(login, county_clerk, county_a, day):
    upload(login(county_clerk), county_a, day)

    assert Batch.objects.get().day == date(2026, 9, 1)


def test_a_wrong_day_says_the_form_and_that_the_file_must_be_chosen_again(login, county_clerk, county_a):
    client = login(county_clerk)

    page = upload(client, county_a, "九月").content.decode()

    assert "请写成 2026-09-01" in page
    assert "请重新选择文件" in page
    assert "请重新选择文件" not in client.get(reverse("import_new")).content.decode()


def test_a_job_says_which_batch_or_list_it_is_about(login, county_clerk, county_a, run_jobs):
    client = login(county_clerk)
    upload(client, county_a, "")
    client.post("/teachers/", {"export": "csv"})
    run_jobs()

    page = client.get("/jobs/").content.decode()
    job = client.get(reverse("job", args=[Job.objects.earliest("pk").public_id])).content.decode()

    assert f"批次 {Batch.objects.get().pk}：花名册.xlsx" in page
    assert "教职工（csv）" in page
    assert "0.0 秒" not in page
    assert f"批次 {Batch.objects.get().pk}：花名册.xlsx" in job


def test_a_sheet_has_a_name_that_spreadsheets_take():
    assert sheet_name("教职工: 2026/27 [全]" + "长" * 40) == "教职工  2026 27  全 " + "长" * 15
