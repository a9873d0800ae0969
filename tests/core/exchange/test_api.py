"""The import by program: upload, follow, look at rows, accept; the same rules and masks as on the pages."""

from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from core.api.services import issue_token
from core.exchange.models import Batch
from core.org.models import RoleAssignment
from core.records.models import Change
from personnel.models import Teacher
from tests.ground.clock import TODAY

COUNTY = Path(__file__).parents[2] / "workbooks" / "county-a"
URL = "/api/v1/imports/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(stored):
    """`api(actor)`: a client with a token of the actor, asking in English."""
    cache.clear()

    def client(actor, language="en"):
        held = RoleAssignment.objects.select_related("user").get(pk=actor.assignment)
        _token, text = issue_token(assignment=held, name="测试", now=timezone.now(), on=TODAY)
        return Client(headers={"Authorization": f"Bearer {text}", "Accept-Language": language})

    return client


def send(client, name, content=None, **more):
    return client.post(URL, {"file": SimpleUploadedFile(name, content or (COUNTY / name).read_bytes()), **more})


def rows(client, batch, query=""):
    found, address = [], f"{URL}{batch['id']}/rows/?size=200{query}"
    while address:
        page = client.get(address).json()
        found += page["results"]
        address = page["next"]
    return found


def test_a_program_uploads_follows_and_accepts(api, county_clerk, county_a, run_jobs):
    client = api(county_clerk)
    units = send(client, "1-units.xlsx").json()
    run_jobs()
    client.post(f"{URL}{units['id']}/accept/")
    run_jobs()

    sent = send(client, "2-roster.xlsx", unit=str(county_a.public_id), day="2026-09-01")
    uploaded = sent.json()
    run_jobs()
    checked = client.get(f"{URL}{uploaded['id']}/").json()
    accepted = client.post(f"{URL}{uploaded['id']}/accept/")
    run_jobs()
    applied = client.get(f"{URL}{uploaded['id']}/").json()

    assert (sent.status_code, uploaded["state"]["code"], uploaded["progress"]["state"]["code"]) == (
        202,
        "uploaded",
        "waiting",
    )
    assert sent.headers["Location"] == f"http://testserver{URL}{uploaded['id']}/"
    assert (checked["state"]["code"], checked["kind"]["code"], checked["file"]) == (
        "checked",
        "teachers",
        "2-roster.xlsx",
    )
    assert (checked["unit"]["id"], checked["sent_by"], checked["day"]) == (
        str(county_a.public_id),
        "青石县办事员",
        "2026-09-01",
    )
    assert accepted.status_code == 202
    assert (applied["state"]["code"], applied["progress"]["state"]["code"]) == ("applied", "done")
    assert Change.objects.get(public_id=applied["change"]).source == f"batch:{applied['number']}"
    assert Teacher.objects.count() == applied["rows"]["new"] > 0


def test_the_rows_say_what_is_wrong_with_masked_values(api, county_clerk, run_jobs):
    client = api(county_clerk)
    units = send(client, "1-units.xlsx").json()
    run_jobs()
    client.post(f"{URL}{units['id']}/accept/")
    run_jobs()
    batch = send(client, "2-roster.xlsx").json()
    run_jobs()
    batch = client.get(f"{URL}{batch['id']}/").json()

    every, refused = rows(client, batch), rows(client, batch, "&outcome=refused")

    counted = {name: sum(row["outcome"] == name for row in every) for name in batch["rows"]}
    assert counted == batch["rows"]
    assert [row for row in every if row["outcome"] == "refused"] == refused
    digits = next(p for row in refused for p in row["problems"] if p["code"] == "check_digit")
    assert (digits["column"], digits["severity"], digits["value"][:14]) == ("身份证号码", "error", "*" * 14)
    assert "check digit" in digits["message"]
    assert len(digits["value"]) == 18


def test_another_county_finds_nothing(api, county_clerk, other_county_clerk, run_jobs):
    batch = send(api(county_clerk), "1-units.xlsx").json()
    run_jobs()
    stranger = api(other_county_clerk)

    answers = [
        stranger.get(f"{URL}{batch['id']}/"), stranger.get(f"{URL}{batch['id']}/rows/"),
        stranger.post(f"{URL}{batch['id']}/accept/"), stranger.post(f"{URL}{batch['id']}/abandon/"),
    ]  # fmt: skip

    unknown = stranger.get("/api/v1/nowhere/").content
    assert [(answer.status_code, answer.content) for answer in answers] == [(404, unknown)] * 4
    assert stranger.get(URL).json()["results"] == []
    assert Batch.objects.get().state == "checked"


def test_a_workbook_for_somebody_elses_unit_is_refused(api, county_clerk, county_b):
    answer = send(api(county_clerk), "1-units.xlsx", unit=str(county_b.public_id))

    assert (answer.status_code, [place["pointer"] for place in answer.json()["errors"]]) == (400, ["#/unit"])
    assert Batch.objects.count() == 0


def test_who_may_not_import_or_accept_is_told_so(api, county_clerk, county_approver, auditor, run_jobs):
    batch = send(api(county_clerk), "1-units.xlsx").json()
    run_jobs()

    assert send(api(county_approver), "1-units.xlsx").status_code == 403
    assert api(county_approver).get(f"{URL}{batch['id']}/").status_code == 200
    assert api(auditor).get(f"{URL}{batch['id']}/").status_code == 403


@pytest.mark.parametrize(
    ("data", "pointer", "code"),
    [
        ({}, "#/file", "required"),
        ({"file": "text"}, "#/file", "invalid"),
        ({"file": SimpleUploadedFile("a.xlsx", b"")}, "#/file", "empty"),
        ({"file": SimpleUploadedFile("a.xlsx", b"x"), "day": "soon"}, "#/day", "invalid"),
        ({"file": SimpleUploadedFile("a.xlsx", b"x"), "kind": "dragons"}, "#/kind", "invalid"),
    ],
)
def test_a_wrong_upload_is_refused_by_its_place(api, county_clerk, data, pointer, code):
    answer = api(county_clerk).post(URL, data)

    assert (answer.status_code, [(place["pointer"], place["code"]) for place in answer.json()["errors"]]) == (
        400,
        [(pointer, code)],
    )
    assert Batch.objects.count() == 0


def test_a_file_over_the_limit_is_refused(api, county_clerk, settings):
    settings.MAX_WORKBOOK_BYTES = 10

    answer = send(api(county_clerk), "a.xlsx", b"more than ten bytes")

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_an_unreadable_file_says_why(api, county_clerk, run_jobs):
    client = api(county_clerk)
    batch = send(client, "花名册.xlsx", b"not a workbook at all \x00").json()
    run_jobs()

    batch = client.get(f"{URL}{batch['id']}/").json()

    assert (batch["state"]["code"], batch["trouble"]["code"], batch["rows"]) == ("unreadable", "not_a_workbook", None)
    assert "no workbook" in batch["trouble"]["detail"]
    assert rows(client, batch) == []


def test_what_cannot_be_done_now_is_a_conflict(api, county_clerk, run_jobs):
    client = api(county_clerk)
    batch = send(client, "1-units.xlsx").json()

    early = client.post(f"{URL}{batch['id']}/accept/")
    run_jobs()
    given_up = client.post(f"{URL}{batch['id']}/abandon/").json()
    late = client.post(f"{URL}{batch['id']}/accept/")

    assert (early.status_code, early.json()["code"]) == (409, "not_now")
    assert given_up["state"]["code"] == "abandoned"
    assert (late.status_code, late.json()["code"]) == (409, "not_now")


def test_json_is_not_how_files_are_sent(api, county_clerk):
    answer = api(county_clerk).post(URL, {"file": "x"}, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
