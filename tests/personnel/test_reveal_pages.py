"""Masked values: shown after a reason, written down, kept nowhere."""

import pytest
from django.urls import reverse

from core.records.keys import destroy_key
from core.records.models import AccessLog
from personnel import services
from tests.personnel.files import ADDRESS, PHONE, ZHANG, make_file, set_contact

pytestmark = pytest.mark.django_db


@pytest.fixture
def teacher(school_a):
    return make_file("林婉清", school_a, identity_number=ZHANG)


@pytest.fixture
def contact(teacher):
    return set_contact(teacher)


def url(teacher):
    return reverse("teacher_reveal", args=[teacher.public_id])


def named(section, record, field):
    return f"{section}:{record.public_id}:{field}"


def test_the_value_is_shown_in_this_one_answer_and_written_down(login, county_clerk, teacher, contact):
    answer = login(county_clerk).post(
        url(teacher), {"field": named("contact", contact, "phone"), "reason": "contact"}, headers={"HX-Request": "true"}
    )

    assert "138 0000 1234" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    log = AccessLog.objects.get(what__contains=".")
    assert (log.actor, log.role, log.unit, log.subject_id, log.what, log.reason) == (
        county_clerk.user, "county_clerk", county_clerk.unit, teacher.pk, "personnel.Contact.phone", "contact"
    )  # fmt: skip


def test_after_two_minutes_the_page_asks_for_the_mask_again(login, county_clerk, teacher, contact):
    client = login(county_clerk)
    field = named("contact", contact, "phone")
    shown = client.post(
        url(teacher), {"field": field, "reason": "contact"}, headers={"HX-Request": "true"}
    ).content.decode()

    assert f'hx-get="{url(teacher)}?field={field}" hx-trigger="load delay:120s"' in shown
    again = client.get(f"{url(teacher)}?field={field}", headers={"HX-Request": "true"}).content.decode()
    assert (PHONE in again.replace(" ", ""), "*** **** 1234" in again) == (False, True)
    assert "sd-reveal" in again


def test_without_javascript_it_is_a_page_of_its_own(login, county_clerk, teacher, contact):
    client = login(county_clerk)
    field = named("contact", contact, "address")

    asked = client.get(f"{url(teacher)}?field={field}").content.decode()
    shown = client.post(url(teacher), {"field": field, "reason": "other", "words": "寄送荣誉证书"})

    assert "<!doctype html>" in asked
    assert ADDRESS not in asked
    assert ADDRESS in "".join(shown.content.decode().split())
    assert AccessLog.objects.get(what__contains=".").reason == "寄送荣誉证书"


@pytest.mark.parametrize(
    "data", [{}, {"reason": ""}, {"reason": "curiosity"}, {"reason": "other"}, {"reason": "other", "words": "  "}]
)
def test_without_a_reason_nothing_is_shown(login, county_clerk, teacher, contact, data):
    client = login(county_clerk)
    field = named("contact", contact, "phone")

    page = client.post(url(teacher), {"field": field, **data})
    part = client.post(url(teacher), {"field": field, **data}, headers={"HX-Request": "true"})

    assert (page.status_code, part.status_code) == (422, 200)
    for answer in (page, part):
        assert PHONE not in answer.content.decode().replace(" ", "")
    assert AccessLog.objects.filter(what__contains=".").count() == 0


def test_a_role_without_the_right_cannot(login, auditor, teacher, contact):
    answer = login(auditor).post(url(teacher), {"field": named("contact", contact, "phone"), "reason": "contact"})

    assert answer.status_code == 403
    assert AccessLog.objects.filter(what__contains=".").count() == 0


def test_another_county_finds_nothing(login, other_county_clerk, teacher, contact):
    client = login(other_county_clerk)
    data = {"field": named("contact", contact, "phone"), "reason": "contact"}

    answer = client.post(url(teacher), data)

    assert answer.status_code == 404
    assert answer.content == client.get("/teachers/00000000-0000-4000-8000-000000000000/").content


def test_a_record_of_another_person_is_not_shown_through_ones_own(login, county_clerk, teacher, school_b):
    foreign = set_contact(make_file("王芳", school_b))
    client = login(county_clerk)

    for field in (
        named("contact", foreign, "phone"),
        f"contact:{foreign.pk}:phone",
        "contact::phone",
        "nothing",
        named("contact", foreign, "email"),
    ):
        assert client.post(url(teacher), {"field": field, "reason": "contact"}).status_code == 404
    assert AccessLog.objects.filter(what__contains=".").count() == 0


def test_an_open_field_cannot_be_asked_for(login, county_clerk, teacher, contact):
    assert (
        login(county_clerk)
        .post(url(teacher), {"field": named("contact", contact, "email"), "reason": "contact"})
        .status_code
        == 404
    )


def test_a_teacher_sees_their_own_number(login, teacher_actor, own_file):
    contact = set_contact(own_file)

    shown = login(teacher_actor).post(
        url(own_file),
        {"field": named("contact", contact, "phone"), "reason": "check_own"},
        headers={"HX-Request": "true"},
    )

    assert "138 0000 1234" in shown.content.decode()
    assert AccessLog.objects.get(what__contains=".").role == "teacher"


def test_in_ones_own_file_the_reason_is_ones_own(login, teacher_actor, own_file):
    contact = set_contact(own_file)
    client = login(teacher_actor)
    data = {"field": named("contact", contact, "phone")}

    page = client.get(reverse("teacher", args=[own_file.public_id]) + "?tab=basic").content.decode()
    refused = client.post(url(own_file), {**data, "reason": "contact"}, headers={"HX-Request": "true"})

    assert "核对本人信息" in page
    assert "因公联系本人" not in page
    assert PHONE not in refused.content.decode().replace(" ", "")
    assert AccessLog.objects.filter(what__contains=".").count() == 0


def test_somebody_elses_file_is_not_ones_own(login, county_clerk, teacher, contact):
    data = {"field": named("contact", contact, "phone"), "reason": "check_own"}

    login(county_clerk).post(url(teacher), data, headers={"HX-Request": "true"})

    assert AccessLog.objects.filter(what__contains=".").count() == 0


def test_the_answer_says_the_time_that_the_button_promised_and_who_has_looked_now(
    login, county_clerk, teacher, contact
):
    data = {"field": named("contact", contact, "phone"), "reason": "contact"}

    shown = login(county_clerk).post(url(teacher), data, headers={"HX-Request": "true"}).content.decode()

    assert "显示 2 分钟" in shown
    assert 'id="looks" hx-swap-oob="true"' in shown
    assert "查看隐去的信息 1 次" in shown


def test_an_erased_value_is_told_so(login, county_clerk, teacher, contact):
    destroy_key(teacher.key, actor=county_clerk, reason="到期销毁", document="临教〔2026〕9号")

    shown = login(county_clerk).post(
        url(teacher), {"field": named("contact", contact, "phone"), "reason": "contact"}, headers={"HX-Request": "true"}
    )

    assert "已依法删除" in "".join(shown.content.decode().split())


def test_the_verb_asks_for_a_reason(county_clerk, teacher, contact):
    with pytest.raises(ValueError, match="reason"):
        services.reveal_value(actor=county_clerk, teacher=teacher, record=contact, field="phone", reason="  ")


def test_one_reader_reveals_so_many_an_hour(login, county_clerk, teacher, contact, monkeypatch):
    monkeypatch.setattr("personnel.services.access.MOST_AN_HOUR", 2)
    client, asked = login(county_clerk), {"field": named("contact", contact, "phone"), "reason": "check_paper"}

    pages = [client.post(url(teacher), asked).content.decode() for _time in range(3)]

    assert ["138 0000 1234" in page for page in pages] == [True, True, False]
    assert AccessLog.objects.filter(what__contains=".").count() == 2
    assert "您一小时内已显示 2 项" in pages[2]
