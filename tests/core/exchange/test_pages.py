"""The import pages: upload, progress, look, accept; and nothing of another county's."""

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.exchange.models import Batch

COUNTY = Path(__file__).parents[2] / "workbooks" / "county-a"

pytestmark = pytest.mark.django_db


def upload(client, unit, name, *, day=""):
    content = (COUNTY / name).read_bytes()
    data = {"file": SimpleUploadedFile(name, content), "unit": str(unit.public_id), "day": day}
    return client.post(reverse("import_new"), data)


def test_a_clerk_uploads_looks_accepts(login, county_clerk, county_a, run_jobs):
    client = login(county_clerk)
    for name, outcome in (("1-units.xlsx", "new"), ("2-roster.xlsx", "refused")):
        answer = upload(client, county_a, name)
        assert answer.status_code == 302
        working = client.get(answer.url).content.decode()
        assert "正在核对" in working
        run_jobs()
        page = client.get(answer.url, {"tab": outcome}).content.decode()
        assert "采纳" in page
        batch = Batch.objects.latest("pk")
        accepted = client.post(reverse("batch_accept", args=[batch.public_id]))
        assert accepted.status_code == 302
        run_jobs()
        batch.refresh_from_db()
        assert batch.state == Batch.State.APPLIED
    refused = client.get(reverse("batch", args=[batch.public_id]), {"tab": "refused"}).content.decode()
    assert "校验位" in refused
    for tab in ("new", "changed", "same", "columns"):
        assert client.get(reverse("batch", args=[batch.public_id]), {"tab": tab}).status_code == 200


def people_of(client, batch, tab):
    """Whom the rows of a batch lead to: address → name."""
    page = client.get(reverse("batch", args=[batch.public_id]), {"tab": tab}).content.decode()
    return {
        url: re.sub(r"<[^>]*>", "", name)
        for url, name in re.findall(r'<a href="(/teachers/[0-9a-f-]{36}/)">(.*?)</a>', page)
    }


def test_the_rows_of_a_batch_lead_to_the_people(login, county_clerk, county_a, run_jobs):
    client = login(county_clerk)
    for name in ("1-units.xlsx", "2-roster.xlsx", "3-roster-next-year.xlsx"):
        upload(client, county_a, name)
        run_jobs()
        batch = Batch.objects.latest("pk")
        if name.startswith("2"):
            assert people_of(client, batch, "new") == {}, "nobody is on file yet"
        if not name.startswith("3"):
            client.post(reverse("batch_accept", args=[batch.public_id]))
            run_jobs()
    for kind, number in (("changed", 40), ("same", 40)):
        found = people_of(client, batch, kind)
        assert len(found) == number
        url, name = next(iter(found.items()))
        assert name in client.get(url).content.decode()
    earlier = Batch.objects.order_by("-pk")[1]
    assert len(people_of(client, earlier, "new")) == 40


def test_an_unreadable_file_says_why(login, county_clerk, county_a, run_jobs):
    client = login(county_clerk)
    data = {
        "file": SimpleUploadedFile("花名册.xlsx", b"not a workbook at all \x00"),
        "unit": str(county_a.public_id),
        "day": "",
    }
    answer = client.post(reverse("import_new"), data)
    run_jobs()

    page = client.get(answer.url).content.decode()

    assert "不是工作簿" in page


def test_another_county_finds_nothing(login, county_clerk, other_county_clerk, county_a, run_jobs):
    upload(login(county_clerk), county_a, "1-units.xlsx")
    run_jobs()
    batch = Batch.objects.get()
    stranger = login(other_county_clerk)

    nowhere = stranger.get("/imports/00000000-0000-4000-8000-000000000000/")
    for name in ("batch", "batch_progress", "batch_file"):
        found = stranger.get(reverse(name, args=[batch.public_id]))
        assert (found.status_code, found.content) == (404, nowhere.content)
    for name in ("batch_accept", "batch_abandon", "batch_day", "batch_cancel"):
        assert stranger.post(reverse(name, args=[batch.public_id])).status_code == 404
    assert str(batch.public_id) not in stranger.get(reverse("imports")).content.decode()


def test_identity_numbers_are_masked_in_the_preview(login, county_clerk, county_a, run_jobs):
    client = login(county_clerk)
    for name in ("1-units.xlsx", "2-roster.xlsx"):
        upload(client, county_a, name)
        run_jobs()
        batch = Batch.objects.latest("pk")
        if name.startswith("1"):
            client.post(reverse("batch_accept", args=[batch.public_id]))
            run_jobs()

    page = client.get(reverse("batch", args=[batch.public_id]), {"tab": "new"}).content.decode()

    assert "阳敏轩" in page
    assert "140781198410132342" not in page
    assert "18505898502" not in page


def test_a_check_that_failed_says_why_and_is_started_again(login, county_clerk, county_a, run_jobs, monkeypatch):
    client = login(county_clerk)
    answer = upload(client, county_a, "1-units.xlsx")

    def broken(*_args, **_more):
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("core.exchange.tasks.check_batch", broken)
        run_jobs()
    page, again = client.get(answer.url).content.decode(), reverse("batch_check", args=[Batch.objects.get().public_id])
    assert "ZeroDivisionError" in page
    assert again in page

    assert client.post(again).url == answer.url
    run_jobs()
    assert Batch.objects.get().state == Batch.State.CHECKED
    refused = client.post(again, follow=True).content.decode()
    assert again not in refused
    assert Batch.objects.get().state == Batch.State.CHECKED
