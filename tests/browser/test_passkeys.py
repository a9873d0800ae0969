"""A passkey is made on a device, logs in without a password, and opens nothing once it was removed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from core.org.models import Passkey
from core.records.models import Change
from tests.browser.reader import PASSWORD, PHONE


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
    phone.page.locator("#id_password").fill("falsches-Wort")
    with phone.expecting(422):
        phone.page.get_by_role("button", name="创建通行密钥").click()
        expect(phone.page.get_by_role("alert")).to_contain_text("当前密码不正确")
    assert not Passkey.objects.exists()

    phone.page.locator("#id_password").fill(PASSWORD)
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
