"""From the slip on the clerk's desk to the teacher's own file on a phone."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import expect

from personnel.models import ActivationSlip
from tests.browser.reader import PASSWORD, PHONE
from tests.personnel.files import ZHANG, make_file


@pytest.fixture
def teacher(live_server, school_a):
    return make_file("林婉清", school_a, identity_number=ZHANG)


@pytest.fixture
def _here(settings, live_server):
    settings.PUBLIC_URL = live_server.url


@pytest.mark.usefixtures("_here")
def test_a_teacher_opens_their_account_with_the_slip_of_the_school(window_of, open_window, school_clerk, teacher):
    clerk = window_of(school_clerk)
    clerk.goto("/teachers/accounts/")
    clerk.page.get_by_label("林婉清").check()
    clerk.page.get_by_role("button", name="激活单").click()
    clerk.page.get_by_role("button", name="发放并显示").click()
    code = clerk.page.locator(".sd-slip-code").inner_text()
    expect(clerk.page.get_by_role("button", name="打印")).to_be_visible()

    phone = open_window(size=PHONE)
    phone.goto(f"/activate/?code={code}")
    assert phone.overflow() == 0
    phone.page.get_by_label("姓名").fill("林婉清")
    phone.page.get_by_label("证件号码").fill(ZHANG[:-1] + "0")
    with phone.expecting(422):
        phone.page.get_by_role("button", name="下一步").click()
        expect(phone.page.get_by_role("alert")).to_contain_text("对不上")
    phone.page.get_by_label("姓名").fill("林婉清")
    phone.page.get_by_label("证件号码").fill(ZHANG.lower())
    phone.page.get_by_role("button", name="下一步").click()
    expect(phone.page.get_by_label("用户名")).to_have_value("linwanqing")
    phone.page.locator("#id_new_password1").fill(PASSWORD)
    phone.page.locator("#id_new_password2").fill(PASSWORD)
    assert phone.overflow() == 0
    phone.page.get_by_role("button", name="开通我的账号").click()

    expect(phone.page.get_by_role("heading", name="林婉清")).to_be_visible()
    expect(phone.page.get_by_text("账号已开通")).to_be_visible()
    assert ActivationSlip.objects.get().state == ActivationSlip.State.USED
    phone.page.get_by_role("link", name="全部查阅").click()
    expect(phone.page.locator("#rows").get_by_text("发放了账号激活单")).to_be_visible()
    assert phone.overflow() == 0


@pytest.mark.usefixtures("_here")
def test_a_teacher_takes_their_file_along_on_the_phone(window_of, teacher_actor, own_file):
    phone = window_of(teacher_actor, size=PHONE)
    phone.goto(f"/teachers/{own_file.public_id}/")
    phone.page.get_by_role("link", name="下载", exact=True).click()
    with phone.page.expect_download() as waiting:
        phone.page.get_by_role("button", name="下载").click()
    content = Path(waiting.value.path()).read_bytes()
    assert re.search("李秀英", Document(BytesIO(content)).paragraphs[0].text)
