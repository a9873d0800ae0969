"""Deciding and putting right on the page and by program: what is shown, what may be sent, by whom."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.api.services import issue_token
from core.exchange.applying import apply_batch
from core.exchange.checking import check_batch
from core.exchange.models import BatchRow
from core.jobs.models import Job
from core.org.models import RoleAssignment
from personnel.models import Contact, Teacher
from personnel.services.facts import correct_fact
from tests.core.exchange.books import LI, WANG, counts, line, roster, sent
from tests.core.exchange.rounds import edited, set_cell, taken_out
from tests.ground.clock import TODAY

pytestmark = pytest.mark.usefixtures("committed_db", "school_a", "second_school_a")
HEAD = ("民族", "联系电话", "籍贯")


@pytest.fixture
def waiting(county_clerk, county_a):
    """A batch that asks: the phone of Wang was changed by both, the native place of Li by a clerk only."""
    sent(
        county_clerk,
        county_a,
        roster(HEAD, line(WANG, "汉族", "13800001111", "青石"), line(LI, "汉族", "13800002222", "青石")),
    )
    out = edited(taken_out(county_clerk, county_a), set_cell(WANG[0], "联系电话", "13900009999"))
    held = Contact.objects.get(teacher__name=WANG[0])
    correct_fact(
        actor=county_clerk,
        record=held,
        values={"phone": "13811112222"},
        reason="本人来电更正",
        document="青人〔2026〕3号",
    )
    correct_fact(
        actor=county_clerk, record=Teacher.objects.get(name=LI[0]), values={"native_place": "太原"}, reason="核对档案"
    )
    batch = sent(county_clerk, county_a, out, accept=False)
    assert (counts(batch)["asked"], counts(batch)["undecided"]) == (2, 1)
    return batch


@pytest.fixture
def api():
    """`api(actor)`: a client with a token of the actor."""
    cache.clear()

    def client(actor):
        held = RoleAssignment.objects.select_related("user").get(pk=actor.assignment)
        _token, text = issue_token(assignment=held, name="测试", now=timezone.now(), on=TODAY)
        return Client(headers={"Authorization": f"Bearer {text}"})

    return client


def address(batch, name="batch"):
    return reverse(name, args=[batch.public_id])


def key(batch, section, field):
    row = next(row for row in BatchRow.objects.filter(batch=batch).exclude(asked=[]) if field in row.asked)
    return f"q:{row.pk}:{section}:{field}"


def phone():
    return Contact.objects.select_related("teacher__key").get(teacher__name=WANG[0]).phone.reveal()


def test_the_three_values_stand_side_by_side_with_who_and_why_and_numbers_are_masked(waiting, login, county_clerk):
    page = login(county_clerk).get(address(waiting) + "?tab=undecided").content.decode()
    for words in (
        "本人来电更正",
        "青人〔2026〕3号",
        "双方都改过",
        "下载之后有改动",
        "太原",
        "采用表中的值",
        "保留档案现值",
        "待决定",
    ):
        assert words in page, words
    for number in ("13900009999", "13811112222", "13800001111"):
        assert number not in page
    assert "9999" in page


def test_choices_of_a_page_are_saved(waiting, login, county_clerk):
    client = login(county_clerk)
    phone_key = key(waiting, "personnel.Contact", "phone")
    place_key = key(waiting, "personnel.Teacher", "native_place")

    client.post(address(waiting, "batch_decide"), {phone_key: "file", place_key: "now"})

    waiting.refresh_from_db()
    assert (counts(waiting).get("undecided"), counts(waiting)["changed"]) == (None, 1)
    apply_batch(waiting.pk, county_clerk)
    assert (phone(), Teacher.objects.get(name=LI[0]).native_place) == ("13900009999", "太原")


def test_another_value_is_typed_and_counts(waiting, login, county_clerk):
    client = login(county_clerk)
    name = key(waiting, "personnel.Contact", "phone")
    tail = name.removeprefix("q:")

    client.post(
        address(waiting, "batch_decide"), {name: "other", f"other:{tail}": "13700007777", f"column:{tail}": "phone"}
    )
    batch = check_batch(waiting.pk, county_clerk)

    assert counts(batch).get("undecided") is None
    apply_batch(batch.pk, county_clerk)
    assert phone() == "13700007777"


def test_the_rest_is_decided_alike_on_the_page(waiting, login, county_clerk):
    login(county_clerk).post(address(waiting, "batch_decide"), {"rest": "file"})
    apply_batch(waiting.pk, county_clerk)
    # What the sender had not touched was decided before: what is on file stays.
    assert (phone(), Teacher.objects.get(name=LI[0]).native_place) == ("13900009999", "太原")


@pytest.mark.parametrize(
    "said", [{}, {"q:x:y:z": "file"}, {"q:1": "now"}, {"rest": "both"}, {"q:999999:personnel.Contact:phone": "file"}]
)
def test_nonsense_decides_nothing(waiting, login, county_clerk, said):
    answer = login(county_clerk).post(address(waiting, "batch_decide"), said)
    waiting.refresh_from_db()
    assert (answer.status_code, counts(waiting)["undecided"]) == (302, 1)


def test_another_county_finds_no_such_batch(waiting, login, other_county_clerk):
    client = login(other_county_clerk)
    for name in ("batch_decide", "batch_fix"):
        assert client.post(address(waiting, name), {"rest": "file"}).status_code == 404


def test_by_program_questions_are_told_and_decided(waiting, api, county_clerk):
    client = api(county_clerk)
    rows = client.get(f"/api/v1/imports/{waiting.public_id}/rows/?outcome=undecided").json()["results"]
    (question,) = rows[0]["questions"]
    assert (question["field"], question["choice"], question["edited"]) == ("phone", "", True)
    assert "13900009999" not in str(rows)
    told = {"choice": "file", "sheet": rows[0]["sheet"], "row": rows[0]["row"], "field": "phone"}

    for wrong in (
        {"choice": "both"},
        {**told, "field": "name"},
        {**told, "sheet": "没有"},
        {"choice": "now", "row": 3},
    ):
        assert client.post(f"/api/v1/imports/{waiting.public_id}/decide/", wrong).status_code == 400
    answer = client.post(f"/api/v1/imports/{waiting.public_id}/decide/", told)

    assert (answer.status_code, answer.json()["rows"]["undecided"]) == (200, 0)


def test_by_program_a_cell_is_put_right(county_clerk, county_a, api):
    batch = sent(county_clerk, county_a, roster(HEAD, line(WANG, "汉足"), line(LI, "汉足")), accept=False)
    client, where = api(county_clerk), f"/api/v1/imports/{batch.public_id}/fix/"
    sheet = batch.report["sheets"][0]["name"]
    for wrong in (
        {"sheet": sheet, "column": "ethnicity", "value": "汉族"},
        {"sheet": sheet, "column": "no_such", "value": "汉族", "row": 2},
        {"sheet": "没有", "column": "ethnicity", "value": "汉族", "row": 2},
    ):
        assert client.post(where, wrong).status_code == 400

    answer = client.post(where, {"sheet": sheet, "column": "ethnicity", "value": "汉族", "sent": "汉足"})

    assert (answer.status_code, answer.json()["state"]["code"]) == (202, "uploaded")
    assert counts(check_batch(batch.pk, county_clerk)) == {"new": 2}
    assert Job.objects.filter(kind="exchange.check").count() == 1
