"""Beside what is sealed nothing of people is kept in clear: names of files and sheets, captions, notes, searches."""

from __future__ import annotations

import json

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.urls import reverse

from core.exchange.models import Batch
from core.jobs.models import Job
from tests.core.exchange.books import HEAD, LI, WANG, book, line, sent

pytestmark = pytest.mark.django_db
NUMBER, PHONE, ACCOUNT = "350726199001010011", "13900001234", "6222021234567890123"
SAID = f"王校长 电话{PHONE} 身份证{NUMBER} 账号 6222 0212 3456 7890 123"
SPREAD = "6222 0212 3456 7890 123"


@pytest.fixture
def batch(county_clerk, county_a, school_a):
    """A workbook whose caption, note, heading, sheets and name hold numbers."""
    rows = [[SAID], [*HEAD, f"备注{PHONE}"], line(WANG, "x"), line(LI, "y"), [f"说明：{SAID}"]]
    content = book(**{f"名册{PHONE}": rows, f"旧{NUMBER}": [["没有表"]]})
    return sent(county_clerk, county_a, content, name=f"{NUMBER}的名册.xlsx")


def kept(batch):
    """All that the batch and its file say in clear."""
    columns = [field for field in Batch._meta.concrete_fields if field.attname != "id"]
    told = [getattr(batch, field.attname) for field in columns] + [batch.file.name, batch.change.reason]
    return json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False)


def test_what_is_kept_of_a_workbook_in_clear_holds_no_number(batch):
    said = kept(batch)

    assert batch.counts["new"] == 2
    assert [one for one in (NUMBER, PHONE, ACCOUNT, SPREAD) if one in said] == []
    assert "王校长 电话*******1234 身份证**************0011" in said
    assert batch.file.name == "**************0011的名册.xlsx"


def test_the_tab_of_how_it_was_read_shows_them_masked(batch, login, county_clerk):
    shown = login(county_clerk).get(reverse("batch", args=[batch.public_id]) + "?tab=columns").content.decode()

    assert [one for one in (NUMBER, PHONE, ACCOUNT, SPREAD) if one in shown] == []
    assert "王校长 电话*******1234" in shown


def test_why_a_file_is_not_read_is_told_without_them_too(county_clerk, county_a):
    batch = sent(county_clerk, county_a, book(**{f"表{NUMBER}": [["没有", "表"]]}))

    assert batch.state == Batch.State.UNREADABLE
    assert NUMBER not in json.dumps(batch.trouble)
    assert "0011" in json.dumps(batch.trouble)


@pytest.mark.parametrize("asked", [NUMBER, f"{NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]}"])
def test_an_export_of_who_was_searched_for_keeps_no_number(login, county_clerk, batch, run_jobs, asked):
    login(county_clerk).post(reverse("teachers") + f"?q={asked}&x={PHONE}&sort=name", {"export": "csv"})

    job = Job.objects.get(kind="exchange.export_list")
    assert job.arguments == {"page": "teachers", "form": "csv", "query": "sort=name", "selected": []}


def test_an_export_by_number_holds_the_found_person(login, county_clerk, batch, run_jobs):
    login(county_clerk).post(reverse("teachers") + f"?q={WANG[1]}", {"export": "csv"})
    run_jobs()

    job = Job.objects.get(kind="exchange.export_list")
    assert WANG[1] not in json.dumps(job.arguments)
    assert (len(job.arguments["selected"]), job.result["rows"]) == (1, 1)


@pytest.mark.parametrize("name", [NUMBER, "我的"])
def test_a_view_with_a_number_is_refused_in_words(login, county_clerk, name):
    query = f"q={NUMBER}&sort=name" if name == "我的" else "sort=name"

    answer = login(county_clerk).post("/views/teachers/", {"name": name, "query": query, "next": "/"}, follow=True)

    assert "视图不保存身份证号" in answer.content.decode()
    county_clerk.user.refresh_from_db()
    assert county_clerk.user.preferences == {}


def test_a_wrong_number_is_masked_and_found_by_its_place(login, county_clerk, county_a, school_a):
    wrong = WANG[1][:-1] + ("1" if WANG[1][-1] != "1" else "2")
    batch = sent(county_clerk, county_a, book(花名册=[HEAD, line((WANG[0], wrong)), line(LI)]), accept=False)

    shown = login(county_clerk).get(reverse("batch", args=[batch.public_id]) + "?tab=refused").content.decode()

    assert batch.counts["refused"] == 1
    assert wrong not in shown
    assert "*" * 14 + wrong[-4:] in shown
    assert "工作表「花名册」B2" in shown
