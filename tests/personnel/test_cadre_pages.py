"""The pages of leading cadres: the county's list with its conditions, a unit's heads, proposing, recording, the reserve."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.registry import Module, PersonFact, registry
from core.workflow.services import advance
from personnel.models import Headship, HeadshipProposal, Reserve
from tests.factories.people import make_teacher, make_unit
from tests.ground.clock import TODAY
from tests.personnel.cadres import DOCUMENT, classes, heads, proposed

pytestmark = pytest.mark.django_db


def page_of(client, name, *args, **query):
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_county_finds_its_cadres_by_headship_term_and_what_is_due(
    school_a, second_school_a, school_b, county_clerk, login
):
    soon, over = TODAY + timedelta(days=100), TODAY - timedelta(days=1)
    heads(school_a, "principal", "王一", term_last=soon)
    heads(school_a, "vice_principal", "李二", term=2, term_last=over)
    heads(second_school_a, "principal", "赵三", term_last=date(2030, 8, 31), probation_last=over)
    heads(school_b, "principal", "外县", term_last=soon)
    client = login(county_clerk)

    def names(**query):
        page = page_of(client, "cadres", **query)
        return {name for name in ("王一", "李二", "赵三", "外县") if name in page}

    assert names() == {"王一", "李二", "赵三"}
    assert names(headship="principal") == {"王一", "赵三"}
    assert names(term="ending") == {"王一", "李二"}
    assert names(term="over") == {"李二"}
    assert names(term="probation") == {"赵三"}
    assert names(term="acting") == set()
    page = page_of(client, "cadres")
    assert "共3人；任期已满或一年内届满：2人，超过规定届数：1人" in page
    assert "100天后届满" in page
    assert "超过届数" in page
    assert page.count("未启用培训模块") == 1


def test_training_that_another_module_knows_is_due_on_its_day(school_a, county_clerk, login, monkeypatch):
    held = heads(school_a, "principal", "王一", since=date(2020, 9, 1))
    known = Module(
        name="test",
        label="",
        person_facts=(PersonFact("last_training", lambda _keys, _on: {held.teacher_id: date(2023, 11, 22)}),),
    )
    monkeypatch.setitem(registry.modules, "test", known)
    page = page_of(login(county_clerk), "cadres")
    assert "2026-11-21" in page
    assert "应参训" in page
    assert "未启用培训模块" not in page


def test_a_unit_shows_its_heads_beside_the_numbers(school_a, county_clerk, county_approver, school_clerk, login):
    classes(school_a, 12)
    heads(school_a, "vice_principal", "李二")
    heads(school_a, "principal", "老王", since=date(2015, 9, 1), until=date(2020, 9, 1), ended_how="retired")
    for actor in (county_clerk, school_clerk):
        page = page_of(login(actor), "unit_heads", school_a.public_id)
        assert "李二" in page
        assert "老王" in page
        assert "到龄免职" in page
        assert "直接主管教育局" in page
    assert reverse("headship_record", args=[school_a.public_id]) in page_of(
        login(county_approver), "unit_heads", school_a.public_id
    )


def test_the_pages_ask_as_much_for_many_as_for_few(county_a, county_clerk, login):
    client = login(county_clerk)

    def asked():
        client.get(reverse("cadres"))
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("cadres"))
        return len(found)

    def more(number):
        for place in range(number):
            unit = make_unit("school", f"第{place}小学", county_a)
            heads(unit, "principal", f"校长{place}", term_last=date(2027, 8, 31))

    more(1)
    few = asked()
    more(10)
    assert asked() <= few
    assert few < 60


def test_a_headship_is_proposed_from_the_file_and_decided_on_the_case(school_a, county_clerk, county_approver, login):
    zhang = make_teacher("张三丰", school_a, birth=date(1980, 5, 1), sex="1")
    client = login(county_clerk)
    file = page_of(client, "teacher", zhang.public_id, tab="work")
    url = reverse("headship_propose", args=[zhang.public_id])
    assert url in file
    data = {
        "headship": "principal",
        "unit": str(school_a.public_id),
        "begins": "2026-12-01",
        "years": "5",
        "words": "工作需要",
    }
    refused = client.post(url, {**data, "years": "2"})
    assert (refused.status_code, "3至6年" in refused.content.decode()) == (422, True)
    half = client.post(url, {**data, "headship": ""})
    assert (half.status_code, "须同时填写" in half.content.decode()) == (422, True)
    sent = client.post(url, data)
    case = HeadshipProposal.objects.get().case
    assert sent.url == reverse("case", args=[case.public_id])
    assert "此人已有任免事项待批" in page_of(client, "headship_propose", zhang.public_id)
    decider = login(county_approver)
    shown = page_of(decider, "case", case.public_id)
    for words in ("青石县第一初级中学 校长", "连续任期", "退休前能任满一个任期", "职数"):
        assert words in shown
    step = reverse("case_step", args=[case.public_id, "decide"])
    assert decider.post(step, {}).status_code == 422
    assert decider.post(step, {"document": DOCUMENT, "revision": case.revision}).status_code == 302
    assert Headship.objects.get().document == DOCUMENT
    assert "校长" in page_of(client, "teacher", zhang.public_id, tab="work")


def test_who_leads_already_is_recorded_on_the_page_of_the_unit(school_a, county_approver, login):
    make_teacher("张三丰", school_a, staff_number="A1")
    make_teacher("李梅", school_a)
    make_teacher("李梅", school_a, staff_number="A2")
    client = login(county_approver)
    url = reverse("headship_record", args=[school_a.public_id])
    data = {
        "who": "张三丰",
        "headship": "principal",
        "since": "2022-09-01",
        "term": "1",
        "term_last": "2027-08-31",
        "document": "旧文",
    }
    for who, words in (("谁", "没有此姓名"), ("李梅", "有多人同名")):
        refused = client.post(url, {**data, "who": who})
        assert (refused.status_code, words in refused.content.decode()) == (422, True)
    assert client.post(url, data).url == reverse("unit_heads", args=[school_a.public_id])
    taken = client.post(url, {**data, "who": "A2"})
    assert (taken.status_code, "张三丰任校长" in taken.content.decode()) == (422, True)


def test_the_probation_of_a_head_is_judged_on_its_page(school_a, county_approver, login):
    held = heads(school_a, "principal", probation_last=date(2024, 8, 31))
    client = login(county_approver)
    url = reverse("headship_probation", args=[held.teacher.public_id])
    assert client.post(url, {"verdict": "passed", "on": "2024-09-05"}).status_code == 302
    held.refresh_from_db()
    assert (held.probation_verdict, held.verdict_on) == ("passed", date(2024, 9, 5))
    assert client.get(url).status_code == 404


def test_a_reserve_is_entered_sent_and_shows_who_decided(school_a, county_clerk, county_approver, login):
    make_teacher("张三丰", school_a, staff_number="A1")
    client = login(county_clerk)
    assert "尚无名单" in page_of(client, "reserves")
    made = client.post(reverse("reserve_new"), {"year": "2026", "words": "县委组织部会议"})
    reserve = Reserve.objects.get()
    assert made.url == reverse("reserve", args=[reserve.public_id])
    enter = reverse("reserve_enter", args=[reserve.public_id])
    data = {"who": "张三丰", "headship": "principal", "named_by": "青石一中党总支"}
    assert client.post(enter, {**data, "who": "无此人"}).status_code == 422
    assert client.post(enter, data).status_code == 302
    member = reserve.members.get()
    assert client.post(reverse("reserve_take_out", args=[member.public_id])).status_code == 302
    assert not reserve.members.exists()
    client.post(enter, data)
    advance(reserve.case, "send", actor=county_clerk)
    assert "张三丰" in page_of(login(county_approver), "case", reserve.case.public_id)
    advance(reserve.case, "decide", actor=county_approver)
    page = page_of(client, "reserve", reserve.public_id)
    for words in ("张三丰", "青石一中党总支", "青石县办事员", "青石县审批人", "已审定"):
        assert words in page
    assert enter not in page


def test_a_school_sees_its_heads_and_no_reserve(school_a, school_clerk, county_clerk, login):
    client = login(school_clerk)
    assert page_of(client, "cadres")
    one = proposed(county_clerk, make_teacher("张三丰", school_a, birth=date(1980, 1, 1), sex="1"), school_a)
    assert client.get(reverse("case", args=[one.case.public_id])).status_code == 404
    assert "此人已有任免事项待批" not in page_of(client, "headship_propose", one.teacher.public_id)
