"""What strangers and officers read and do."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.publicity.kinds import Shown
from core.publicity.models import Objection, ObjectionFile
from core.publicity.rules import Counted
from core.publicity.services import object_to, publish, stop
from core.records.models import AccessLog, StoredFile
from core.records.storage import content_of
from tests.core.exchange.papers import PDF, PLACE, photo
from tests.core.publicity.conftest import LAST, said

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert('x')</script>论文抄袭"


@pytest.fixture
def anybody():
    return Client()


def words(answer):
    return answer.content.decode()


def address(name, published):
    return reverse(name, args=[published.code])


def test_anybody_reads_masked_names_and_public_values_and_nothing_else(anybody, published):
    answer = anybody.get(address("public_notice", published))

    page = words(answer)
    for shown in (
        "2026年优秀教师公示",
        "李*",
        "第一初级中学",
        "青石县教育局",
        "2026-11-25",
        "7 个工作日",
        "测试办法第一条",
        "0591-12345678",
    ):
        assert shown in page
    for hidden in ("李秀英", "350726197902031234", "li.xiuying", str(published.public_id)):
        assert hidden not in page
    assert (answer.headers["X-Robots-Tag"], answer.headers["Cache-Control"]) == ("noindex", "no-store, private")
    assert 'name="robots" content="noindex"' in page


def test_what_is_published_is_listed_by_unit_and_goes_after_its_time(anybody, published, county_clerk, at_day):
    listed = reverse("public_notices")
    assert "2026年优秀教师公示" in words(anybody.get(listed))
    assert "2026年优秀教师公示" in words(anybody.get(listed, {"unit": published.unit.code}))
    assert "2026年优秀教师公示" not in words(anybody.get(listed, {"unit": "nowhere"}))
    stop(actor=county_clerk, publicity=published, reason="名单有误")
    assert "名单有误" in words(anybody.get(address("public_notice", published)))
    at_day(county_clerk.on + timedelta(31))
    assert anybody.get(address("public_notice", published)).status_code == 404
    assert "2026年优秀教师公示" not in words(anybody.get(listed))


@pytest.mark.parametrize("code", ["nothing", "0" * 16, "x" * 300])
def test_an_unknown_address_is_not_found(anybody, published, code):
    for name in ("public_notice", "public_objection"):
        assert anybody.get(reverse(name, args=[code])).status_code == 404


def test_a_year_whose_holidays_are_not_announced_is_said(anybody, published, county_clerk, honour):
    later = publish(
        actor=replace(county_clerk, on=date(2026, 11, 20)), kind=replace(honour, days=lambda _on, _unit: Counted(40, "办法")),
        unit=county_clerk.unit, title="跨年公示", subject="test.Honour", subject_id=9, rows=[Shown("张*")], reason="推荐",
    )  # fmt: skip
    assert "2027" in words(anybody.get(address("public_notice", later)))
    assert "节假日安排尚未公布" in words(anybody.get(address("public_notice", later)))
    assert "节假日安排尚未公布" not in words(anybody.get(address("public_notice", published)))


def test_anybody_objects_without_a_name_and_asks_by_the_receipt(anybody, published, county_approver, login):
    url = address("public_objection", published)
    answer = anybody.post(url, {"row": "1", "text": SCRIPT, "how": "anonymous"})

    made = Objection.objects.get()
    receipt = answer.context["receipt"]
    assert (answer.status_code, made.row.place, made.named, made.name.reveal()) == (200, 1, False, "")
    assert receipt in words(answer)
    asked = anybody.post(reverse("public_receipt"), {"receipt": receipt})
    assert "正在核查" in words(asked)
    assert "论文抄袭" not in words(asked), "the number alone does not open what was written"
    officer = login(county_approver)
    case = reverse("case", args=[made.case.public_id])
    page = words(officer.get(case))
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;论文抄袭" in page
    assert "<script>alert(" not in page
    step = reverse("case_step", args=[made.case.public_id, "reject"])
    done = officer.post(step, {"answer": f"查无此事 {SCRIPT}", "comment": "已核对知网", "revision": made.case.revision})
    assert done.status_code == 302
    asked = words(anybody.post(reverse("public_receipt"), {"receipt": receipt}))
    assert "查无此事 &lt;script&gt;" in asked
    assert "已核对知网" not in asked, "what officers tell each other stays with them"


def test_a_named_objection_asks_for_a_name(anybody, published):
    answer = anybody.post(address("public_objection", published), {"row": "", "text": "有误", "how": "named"})

    assert answer.status_code == 422
    assert "需要填写" in words(answer)
    assert "有误" in words(answer), "what was typed stays"
    assert not Objection.objects.exists()


@pytest.mark.parametrize("row", ["99", "-1", "x", "1 OR 1=1"])
def test_a_line_that_is_none_is_refused(anybody, published, row):
    assert (
        anybody.post(
            address("public_objection", published), {"row": row, "text": "有误", "how": "anonymous"}
        ).status_code
        == 422
    )


def test_evidence_is_told_by_its_content_and_loses_its_place(anybody, published, county_approver, login):
    sent = {"file_1": SimpleUploadedFile("../../证据.pdf", PDF), "file_2": SimpleUploadedFile("现场.jpg", photo())}
    answer = anybody.post(
        address("public_objection", published), {"row": "", "text": "见附件", "how": "anonymous", **sent}
    )

    assert answer.status_code == 200
    first, second = ObjectionFile.objects.order_by("pk")
    assert (first.file.name, second.file.name) == ("证据.pdf", "现场.jpg")
    assert PLACE not in content_of(second.file)
    assert first.file.key_id == first.objection.key_id
    got = login(county_approver).get(reverse("objection_file", args=[first.public_id]))
    assert (b"".join([got.content]), got.headers["Content-Disposition"][:10]) == (PDF, "attachment")
    assert AccessLog.objects.filter(what="publicity.ObjectionFile.file").count() == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.pdf", b"MZ\x90\x00 not a pdf"), ("a.jpg", b"\xff\xd8\xff broken"), ("a.svg", b"<svg onload=x>")],
)
def test_a_hostile_file_is_refused_and_nothing_kept(anybody, published, name, content):
    answer = anybody.post(
        address("public_objection", published),
        {"row": "", "text": "见附件", "how": "anonymous", "file_1": SimpleUploadedFile(name, content)},
    )

    assert answer.status_code == 422
    assert not Objection.objects.exists()
    assert not StoredFile.objects.exists()


def test_more_than_strangers_may_send_is_refused(anybody, published, settings):
    settings.MOST_STRANGERS_BYTES = 5000
    answer = anybody.post(
        address("public_objection", published),
        {"row": "", "text": "x", "how": "anonymous", "file_1": SimpleUploadedFile("a.pdf", PDF + b"0" * 6000)},
    )
    assert answer.status_code == 413


def test_who_asks_too_often_waits(anybody, published):
    url = reverse("public_receipt")
    answers = [anybody.post(url, {"receipt": "0000-0000-0000-0000"}).status_code for _ in range(12)]

    assert answers == [200] * 10 + [429] * 2


def test_when_the_time_is_over_the_form_is_gone(anybody, published, at_day):
    at_day(LAST + timedelta(1))
    assert "<form class" not in words(anybody.get(address("public_objection", published)))
    assert (
        anybody.post(address("public_objection", published), {"row": "", "text": "x", "how": "anonymous"}).status_code
        == 422
    )


def test_the_office_sees_clock_lines_and_objections(
    published, login, county_clerk, county_approver, other_county_clerk
):
    made, _receipt = object_to(publicity=published, **said(row=published.rows.get(place=2)))
    url = reverse("publicity", args=[published.public_id])

    deciding, publishing = words(login(county_approver).get(url)), words(login(county_clerk).get(url))
    assert reverse("case", args=[made.case.public_id]) in deciding
    assert reverse("case", args=[made.case.public_id]) not in publishing
    assert "1 件异议尚未答复" in publishing
    assert login(other_county_clerk).get(url).status_code == 404
    assert "1 件未答复" in words(login(county_clerk).get(reverse("publicities")))


def test_who_objected_is_shown_once_with_a_reason_that_is_written_down(published, login, county_approver, county_clerk):
    made, _receipt = object_to(publicity=published, **said(named=True, name="陈举报", phone="13977000001"))
    url = reverse("objection_who", args=[made.public_id])
    officer = login(county_approver)

    assert "陈举报" not in words(officer.get(reverse("case", args=[made.case.public_id]))) + words(officer.get(url))
    assert officer.post(url, {"reason": ""}).status_code == 422
    told = officer.post(url, {"reason": "电话核实"})
    assert "陈举报" in words(told)
    assert "13977000001" in words(told)
    assert AccessLog.objects.get().reason == "电话核实"
    assert login(county_clerk).get(url).status_code == 403
    nameless, _two = object_to(publicity=published, **said())
    assert officer.get(reverse("objection_who", args=[nameless.public_id])).status_code == 404


def test_an_officer_stops_a_publicity_with_a_reason(published, login, county_clerk):
    url = reverse("publicity_stop", args=[published.public_id])

    done = login(county_clerk).post(url, {"reason": "名单有误", "revision": published.revision})

    published.refresh_from_db()
    assert (done.status_code, published.state, published.closed_why) == (302, "stopped", "名单有误")


@pytest.mark.parametrize("field", ["name", "phone"])
def test_who_signs_with_what_no_reader_sees_has_not_signed(published, at_day, field):
    at_day(LAST)
    given = {"text": "材料不实", "how": "named", "name": "王小明", "phone": "13900000001", field: "\u202e\u200b"}
    answer = Client().post(reverse("public_objection", args=[published.code]), given)
    assert (answer.status_code, list(answer.context["form"].errors), Objection.objects.count()) == (422, [field], 0)
