"""A passkey is made on a device, logs in without a password, and opens nothing once it was removed."""

from __future__ import annotations

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from core.org.models import Passkey
from core.records.models import Change
from core.web.proof import KEY
from personnel.models import Teacher
from tests.browser.reader import PHONE
from tests.personnel.files import ZHANG, make_file
from tests.personnel.slips import slip_for


@pytest.fixture
def device():
    """`device(window)`: gives a window a device that asks for a finger and always gets it."""

    def give(window):
        session = window.context.new_cdp_session(window.page)
        session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }  # fmt: skip
        session.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    return give


def test_a_teacher_logs_in_with_a_passkey_on_the_phone(window_of, teacher_actor, own_file, with_password, device):
    with_password(teacher_actor)
    phone = window_of(teacher_actor, size=PHONE)
    phone.goto("/account/passkeys/")
    device(phone)
    assert phone.overflow() == 0
    phone.page.get_by_label("手机或电脑的名称").fill("我的手机")
    phone.page.get_by_role("button", name="创建通行密钥").click()
    expect(phone.page.get_by_text("通行密钥已登记")).to_be_visible()
    assert Passkey.objects.get().user == teacher_actor.user
    assert Change.objects.filter(kind="org.add_passkey", actor=teacher_actor.user).exists()

    phone.context.clear_cookies()
    phone.goto("/accounts/login/")
    phone.page.get_by_role("link", name="用通行密钥登录").click()
    assert phone.overflow() == 0
    phone.page.get_by_role("button", name="下一步").click()
    expect(phone.page.get_by_role("heading", name=own_file.name)).to_be_visible()

    phone.goto("/account/passkeys/")
    phone.page.get_by_role("button", name="移除通行密钥 我的手机").click()
    expect(phone.page.get_by_text("此通行密钥已失效")).to_be_visible()
    phone.context.clear_cookies()
    phone.goto("/accounts/passkey/")
    with phone.expecting(422):
        phone.page.get_by_role("button", name="下一步").click()
        expect(phone.page.get_by_text("没有可用此通行密钥登录的账号")).to_be_visible()


@pytest.fixture
def forget():
    """`forget()`: all sessions began an hour ago."""

    def age():
        for row in Session.objects.all():
            session = SessionStore(row.session_key)
            session[KEY] = 0
            session.save()

    return age


def test_a_slip_opens_an_account_that_has_no_password_at_all(open_window, school_clerk, school_a, device, forget):
    teacher = make_file("林婉清", school_a, identity_number=ZHANG)
    code = slip_for(school_clerk, teacher)
    phone = open_window(size=PHONE)
    phone.goto(f"/activate/?code={code}")
    phone.page.get_by_label("姓名").fill("林婉清")
    phone.page.get_by_label("证件号码").fill(ZHANG)
    phone.page.get_by_role("button", name="下一步").click()
    device(phone)
    phone.page.get_by_label("手机或电脑的名称").fill("我的手机")
    assert phone.overflow() == 0
    phone.page.get_by_role("button", name="用通行密钥开通账号").click()
    expect(phone.page.get_by_role("heading", name="林婉清")).to_be_visible()
    user = Teacher.objects.get(pk=teacher.pk).user
    assert not user.has_usable_password()

    forget()
    phone.goto("/account/password/")
    expect(phone.page.get_by_role("heading", name="请确认是您本人")).to_be_visible()
    assert phone.page.locator("input[type=password]").count() == 0
    assert phone.overflow() == 0
    phone.page.get_by_role("button", name="用通行密钥确认").click()
    expect(phone.page.get_by_role("heading", name="修改密码")).to_be_visible()
