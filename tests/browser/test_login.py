"""Getting in, staying out, and getting about without a mouse."""

import re

from django.conf import settings
from playwright.sync_api import expect

from tests.browser.reader import PHONE
from tests.personnel.files import make_file

CLOSED = re.compile("次数太多")


def test_a_wrong_password_is_told_and_too_many_close_the_door(open_window, county_clerk, with_password):
    window = open_window()
    page = window.page
    username = with_password(county_clerk)
    with window.expecting(422), window.expecting(429):
        window.log_in(username, "not-the-password-1")
        expect(page.get_by_role("alert").first).to_be_visible()
        expect(page.get_by_label("用户名")).to_have_value(username)
        for _time in range(settings.AXES_FAILURE_LIMIT - 1):
            page.get_by_label("密码").fill("not-the-password-2")
            page.get_by_role("button", name="登录", exact=True).click()
            page.wait_for_load_state()

        expect(page.get_by_text(CLOSED).first).to_be_visible()
        window.goto("/accounts/login/")
        page.get_by_label("用户名").fill(username)
        page.get_by_label("密码").fill("only-for-this-test-9")
        page.get_by_role("button", name="登录", exact=True).click()
        expect(page.get_by_text(CLOSED).first).to_be_visible()
        assert window.goto("/teachers/").url.endswith("/accounts/login/?next=/teachers/")


def test_from_login_to_a_teacher_by_the_keyboard_alone(open_window, county_clerk, with_password, school_a):
    make_file("林婉清", school_a)
    window = open_window()
    page, keys = window.page, window.page.keyboard
    window.goto("/teachers/")

    def tab_to(locator):
        for _time in range(60):
            if locator.evaluate("(e) => e === document.activeElement"):
                return
            keys.press("Tab")
        message = f"{locator} is not reached by Tab"
        raise AssertionError(message)

    tab_to(page.get_by_label("用户名"))
    keys.type(with_password(county_clerk))
    keys.press("Tab")
    keys.type("only-for-this-test-9")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="教职工", level=1)).to_be_visible()

    keys.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    expect(page.get_by_role("link", name="跳到正文")).to_be_in_viewport()
    keys.press("/")
    expect(page.get_by_role("searchbox", name="全站查找")).to_be_focused()
    keys.type("lwq")
    keys.press("Enter")
    found = page.get_by_role("main").get_by_role("link", name="林婉清")
    expect(found).to_be_visible()
    tab_to(found)
    outline = found.evaluate("(e) => getComputedStyle(e).outlineStyle + getComputedStyle(e).boxShadow")
    assert outline != "nonenone"
    keys.press("Enter")
    expect(page.get_by_role("heading", name="林婉清", level=1)).to_be_visible()
    mark = page.locator("details.sd-prov > summary").first
    tab_to(mark)
    keys.press("Enter")
    expect(page.locator("details.sd-prov[open]")).to_be_visible()
    keys.press("Escape")
    expect(page.locator("details.sd-prov[open]")).to_have_count(0)
    expect(mark).to_be_focused()


def test_a_teacher_on_a_phone_finds_their_own_file_only(open_window, teacher_actor, own_file, teacher_a, with_password):
    window = open_window(size=PHONE)
    page = window.page
    window.log_in(with_password(teacher_actor), to="/me/")

    expect(page.get_by_role("heading", name=own_file.name, level=1)).to_be_visible()
    assert window.overflow() == 0
    with window.expecting(404):
        assert window.goto(f"/teachers/{teacher_a.public_id}/").status == 404
    with window.expecting(403):
        assert window.goto("/teachers/").status == 403
    expect(page.get_by_text(teacher_a.name)).to_have_count(0)
    page.goto("/search/?q=" + teacher_a.name)
    expect(page.get_by_role("main").get_by_role("link", name=teacher_a.name)).to_have_count(0)


def test_the_menu_slides_in_on_a_phone(window_of, county_clerk):
    window = window_of(county_clerk, size=PHONE)
    page = window.page
    window.goto("/teachers/")
    menu = page.get_by_role("navigation", name="主导航")
    expect(menu).not_to_be_in_viewport()

    page.get_by_label("菜单", exact=True).tap()
    expect(menu).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(menu).not_to_be_in_viewport()
    page.get_by_label("菜单", exact=True).tap()
    menu.get_by_role("link", name="导入与批次").tap()

    expect(page).to_have_url(re.compile("/imports/$"))
    assert window.overflow() == 0


def test_the_language_is_switched_and_switched_back(window_of, county_clerk, school_a):
    make_file("林婉清", school_a)
    window = window_of(county_clerk)
    page = window.page
    window.goto("/teachers/")

    page.get_by_role("button", name="Switch to English").click()
    expect(page.get_by_role("heading", name="Teachers", level=1)).to_be_visible()
    page.get_by_role("link", name="林婉清").click()
    expect(page.get_by_role("link", name="Overview")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "en"
    page.get_by_role("button", name="切换到中文").click()

    expect(page.get_by_role("link", name="概览")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "zh-Hans"


def test_a_page_works_without_a_script(window_of, county_clerk, school_a):
    make_file("林婉清", school_a)
    window = window_of(county_clerk, script=False)
    window.goto("/teachers/?q=lwq")

    window.page.get_by_role("link", name="林婉清").click()
    window.page.locator("details.sd-prov > summary").first.click()

    expect(window.page.locator("details.sd-prov[open]")).to_be_visible()
