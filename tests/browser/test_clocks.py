"""The two clocks of a file in a real browser: without scripts, from tab to tab, and on paper."""

from datetime import date

import pytest
from playwright.sync_api import expect

from personnel import services
from tests.ground.moments import settled_on
from tests.personnel.files import make_file
from titles.models import TitleHeld


@pytest.mark.parametrize("script", [True, False])
def test_the_strip_leads_into_the_past_through_the_tabs_and_back(
    window_of, county_clerk, school_a, superuser_sql, script
):
    teacher = make_file("林婉清", school_a)
    settled_on(superuser_sql, date(2026, 2, 10))
    held = TitleHeld.objects.get(teacher=teacher)
    services.change_fact(actor=county_clerk, record=held, on=date(2026, 3, 1), values={"rank": "first"}, reason="评聘")
    settled_on(superuser_sql, date(2026, 6, 15))
    page = window_of(county_clerk, script=script).page
    page.goto(f"/teachers/{teacher.public_id}/")

    page.get_by_label("情况截至").fill("2026年4月1日")
    page.get_by_label("登记截至").fill("2026-05-01")
    page.get_by_role("button", name="查看", exact=True).click()
    expect(page.locator(".sd-clocks")).to_contain_text("您在看过去，以下有 1 项与今天不同")
    expect(page.locator(".sd-meta")).to_contain_text("二级教师")
    page.locator(".nav-tabs").get_by_text("职称").click()
    expect(page.get_by_label("情况截至")).to_have_value("2026-04-01")
    expect(page.locator("#card-titles ~ *, .sd-block-head").first).to_be_visible()
    expect(page.get_by_role("link", name="修改")).to_have_count(0)
    page.emulate_media(media="print")
    expect(page.locator(".sd-paper-head")).to_contain_text("情况截至 2026-04-01，登记截至 2026-05-01")
    page.emulate_media(media="screen")

    page.get_by_role("link", name="回到今天").click()
    expect(page.locator(".sd-meta")).to_contain_text("一级教师")
    expect(page.get_by_role("link", name="修改").first).to_be_visible()
