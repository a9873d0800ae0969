"""Undo on the pages and by program: previewed, ordered with a reason, told on the batch, in the list, in the change and in the files."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.api.services import issue_token
from core.exchange.models import Batch
from core.exchange.undo.services import undo_preview
from core.jobs.models import Job
from core.org.models import RoleAssignment
from personnel import services
from personnel.models import Contact, Teacher
from personnel.selectors import versions as past
from personnel.selectors.provenance import Provenance
from tests.core.exchange.books import CHEN, LI, SCHOOL, WANG, line, roster, sent
from tests.core.exchange.undoing import undone
from tests.ground.clock import TODAY
from tests.workbooks.people import identity_number

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("school_a")]
SEPTEMBER = date(2026, 9, 1)
PHONES = ("13800138000", "13900139000")


def page(client, address, language="en", **more):
    response = client.get(address, headers={"Accept-Language": language}, **more)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()


@pytest.fixture
def browser(login, county_clerk):
    """The county's clerk, reading English."""
    client = login(county_clerk)
    client.cookies["sd-language"] = "en"
    return client


@pytest.fixture
def batches(county_clerk, second_county_clerk, county_a):
    """Two batches: people who were entered, and a later one that changed one of them and entered a third; one edited since."""
    first = sent(
        county_clerk,
        county_a,
        roster(["籍贯", "联系电话"], line(WANG, "太原", PHONES[0]), line(LI, "太原", "")),
        day=SEPTEMBER,
    )
    second = sent(
        county_clerk, county_a,
        roster(["籍贯", "联系电话"], line(WANG, "太谷", PHONES[1]), line(LI, "介休", ""), line(CHEN, "榆次", "")), day=SEPTEMBER,
    )  # fmt: skip
    teacher = Teacher.objects.get(name="李建国")
    services.correct_fact(
        actor=second_county_clerk, record=teacher, values={"native_place": "祁县"}, reason="本人来函更正"
    )
    return first, second


def test_the_preview_tells_the_three_buckets_and_writes_nothing(browser, batches):
    first, second = batches
    count = Teacher.history.count()

    back = page(browser, f"/imports/{second.public_id}/undo/?tab=take_back")
    kept = page(browser, f"/imports/{second.public_id}/undo/?tab=keep")
    blocked = page(browser, f"/imports/{first.public_id}/undo/?tab=block")

    assert "王小梅" in back
    assert "陈雪" in back
    assert "李建国" not in back
    assert "太谷" in back
    assert "李建国" in kept
    assert "本人来函更正" in kept
    assert "青石县另一办事员" in kept
    assert "祁县" in kept
    assert "/changes/" in kept
    assert "王小梅" not in kept
    assert Teacher.history.count() == count
    assert not any(number in text for text in (back, kept, blocked) for number in (*PHONES, WANG[1], LI[1], CHEN[1]))


def test_the_batch_leads_to_its_undo_and_tells_it(browser, batches, run_jobs):
    _first, second = batches
    here = f"/imports/{second.public_id}/"
    assert f"{here}undo/" in page(browser, here)

    without = browser.post(f"{here}undo/", {"reason": ""})
    answer = browser.post(f"{here}undo/", {"reason": "发错了文件", "document": "青教人〔2026〕9号"})
    waiting = page(browser, here)
    (job,) = run_jobs()
    done = page(browser, here)
    second.refresh_from_db()

    assert (without.status_code, answer.status_code, answer.headers["Location"]) == (422, 302, here)
    assert "hx-get" in waiting
    assert f"{here}cancel/" in waiting
    assert (job.state, second.state) == (Job.State.DONE, Batch.State.UNDONE)
    assert f"/changes/{second.undo_change.public_id}/" in done
    assert f"/changes/{second.change.public_id}/" in done
    left = page(browser, f"{here}undo/")
    assert "李建国" in left
    assert "<textarea" not in left
    assert 'name="reason"' not in left
    listed = page(browser, "/imports/?state=undone")
    assert second.file.name in listed
    assert str(second.public_id) in listed
    assert str(_first.public_id) not in listed
    refused = browser.post(f"{here}undo/", {"reason": "再来"})
    assert refused.status_code == 422


def test_a_running_undo_is_cancelled_on_the_page(browser, batches, run_jobs):
    _first, second = batches
    here = f"/imports/{second.public_id}/"
    browser.post(f"{here}undo/", {"reason": "发错了文件"})

    browser.post(f"{here}cancel/")
    run_jobs()

    second.refresh_from_db()
    assert second.state == Batch.State.APPLIED
    assert f"{here}undo/" in page(browser, here)


def test_the_change_and_the_file_tell_the_undo(browser, batches, county_clerk):
    _first, second = batches
    done = undone(second, county_clerk, reason="发错了文件")
    wang = Teacher.objects.get(name="王小梅")

    change = page(browser, f"/changes/{done.undo_change.public_id}/")
    history = page(browser, f"/teachers/{wang.public_id}/history/?source=undo:")

    assert "王小梅" in change
    assert "陈雪" in change  # whose file went
    assert "发错了文件" in change
    assert "青教人〔2026〕9号" in change
    assert f"/imports/{second.public_id}/" in change
    assert "发错了文件" in history
    assert "太谷" in history


def test_who_sees_nothing_of_it_is_not_told_whose_file_went(login, batches, county_clerk, other_county_clerk):
    _first, second = batches
    done = undone(second, county_clerk)

    assert login(other_county_clerk).get(f"/changes/{done.undo_change.public_id}/").status_code == 404


def test_another_county_and_other_roles_find_no_undo(
    login, batches, other_county_clerk, county_approver, auditor, teacher_actor
):
    _first, second = batches
    address = f"/imports/{second.public_id}/undo/"

    assert login(other_county_clerk).get(address).status_code == 404
    assert login(other_county_clerk).post(address, {"reason": "x"}).status_code == 404
    assert login(teacher_actor).get(address).status_code in {403, 404}
    assert login(auditor).get(address).status_code in {403, 404}
    assert login(county_approver).get(address).status_code == 200
    assert not Job.objects.filter(kind="exchange.undo").exists()


def test_a_value_that_is_back_comes_from_where_it_came_before(batches, county_clerk):
    first, second = batches
    undone(second, county_clerk)
    wang = Teacher.objects.get(name="王小梅")
    sections = {section.name: section for section in past.sections_for(county_clerk)}
    found = past.versions(sections.values(), [wang.pk])
    name = next(section for section, one in sections.items() if one.model == "personnel.Teacher")

    source = Provenance(found).of(name, wang.pk, "native_place")

    assert source is not None
    assert (source.kind, source.change) == ("cell", first.change)
    assert source.row is not None
    assert source.row.batch == first.pk


@pytest.fixture
def api(stored):
    """`api(actor)`: a client with a token of the actor, asking in English."""
    cache.clear()

    def client(actor):
        held = RoleAssignment.objects.select_related("user").get(pk=actor.assignment)
        _token, text = issue_token(assignment=held, name="测试", now=timezone.now(), on=TODAY)
        return Client(headers={"Authorization": f"Bearer {text}", "Accept-Language": "en"})

    return client


def test_a_program_looks_orders_and_follows(api, batches, county_clerk, other_county_clerk, run_jobs):
    _first, second = batches
    client, address = api(county_clerk), f"/api/v1/imports/{second.public_id}/undo/"

    seen = client.get(address).json()
    without = client.post(address, json.dumps({}), content_type="application/json")
    ordered = client.post(address, json.dumps({"reason": "发错了", "document": "9号"}), content_type="application/json")
    run_jobs()
    after = client.get(address).json()
    again = client.post(address, json.dumps({"reason": "发错了"}), content_type="application/json")

    assert (seen["state"]["code"], seen["keep"], seen["entered"]) == ("applied", {"subjects": 1, "records": 1}, 1)
    assert [(one["name"], one["notes"][0]["reason"]) for one in seen["subjects"]] == [("李建国", "本人来函更正")]
    assert without.status_code == 400
    assert (ordered.status_code, ordered.json()["job"]["state"]["code"]) == (202, "waiting")
    assert (after["state"]["code"], after["job"]["state"]["code"]) == ("undone", "done")
    assert (after["keep"]["subjects"], after["take_back"]["subjects"]) == (1, 0)
    second.refresh_from_db()
    assert after["change"] == str(second.undo_change.public_id)
    assert again.status_code in {400, 403, 409, 422}
    assert api(other_county_clerk).get(address).status_code == 404


def person(number: int) -> tuple[str, str]:
    return (
        f"王{'一二三四五六七八九十'[number % 10]}{'甲乙丙丁'[number // 10]}",
        identity_number("140702", date(1980, 1, 1 + number % 28), 100 + number),
    )


def test_an_undo_takes_as_many_queries_for_many_as_for_few(county_clerk, county_a):
    counted = []
    for size in (4, 24):
        people = [person(number + (0 if size == 4 else 10)) for number in range(size)]
        batch = sent(
            county_clerk, county_a, roster(["籍贯", "联系电话"], *[line(one, "太原", PHONES[0], unit=SCHOOL) for one in people]),
            day=SEPTEMBER,
        )  # fmt: skip
        assert batch.counts["new"] == size
        with CaptureQueriesContext(connection) as looked:
            undo_preview(actor=county_clerk, batch=batch)
        with CaptureQueriesContext(connection) as written:
            undone(batch, county_clerk)
        counted.append((len(looked), len(written)))

    assert counted[0] == counted[1]
    assert not Contact.objects.exists()
