"""Changing a fact and undoing it, as a county clerk does it in a real browser."""

import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from core.records.models import Change
from personnel import services
from tests.browser.reader import DESKTOP, PHONE
from tests.core.exchange.papers import PDF
from tests.personnel.files import ZHANG, make_file
from titles.models import TitleHeld

LOOKED_AT = os.environ.get("LOOKED_AT", "")


@pytest.fixture
def held(school_a, county_clerk):
    """The earlier title of somebody who holds another one since 2020."""
    teacher = make_file("林婉清", school_a, identity_number=ZHANG)
    held = TitleHeld.objects.get(teacher=teacher)
    values = {"rank": "first", "area": "青石县"}
    services.change_fact(actor=county_clerk, record=held, values=values, reason="评聘", on=_day(2020))
    held.refresh_from_db()
    return held


def _day(year):
    return TitleHeld._meta.get_field("valid").base_field.to_python(f"{year}-01-01")


def fits(window, name):
    """The page is no wider than the window, on a desk and on a phone."""
    for size in (DESKTOP, PHONE):
        window.page.set_viewport_size(size)
        assert window.overflow() <= 0
        if LOOKED_AT:
            window.page.screenshot(path=Path(LOOKED_AT) / f"{name}-{size['width']}.png", full_page=True)
    window.page.set_viewport_size(DESKTOP)


def look_back(window):
    """Narrow the history that stands open, then compare two moments."""
    page = window.page
    page.get_by_label("经办人", exact=True).fill("青石县")
    page.get_by_label("栏目或字段").select_option(label="职称：适用地区")
    page.get_by_role("button", name="查看").last.click()
    expect(page.locator("#listing").get_by_text("机构调整")).to_be_visible()
    page.get_by_role("link", name="比较两个时间").click()
    expect(page.get_by_role("heading", name="比较两个时间")).to_be_visible()
    expect(page.get_by_role("cell", name="白河县").first).to_be_visible()
    fits(window, "compare")


@pytest.mark.parametrize("script", [True, False])
def test_a_fact_is_changed_back_in_time_checked_and_undone(window_of, county_clerk, held, script):
    teacher = held.teacher
    window = window_of(county_clerk, script=script)
    page = window.page
    window.goto(reverse("fact_change", args=[teacher.public_id, "titles", held.public_id]))
    page.get_by_label("适用地区").fill("白河县")
    page.get_by_label("自哪一天起").fill("2015-01-01")
    page.get_by_label("事由").select_option(label="机构调整")
    page.get_by_label("文号").fill("青教〔2015〕1号")
    page.get_by_label("证明材料").set_input_files({"name": "批复.pdf", "mimeType": "application/pdf", "buffer": PDF})
    fits(window, "form")

    page.get_by_role("button", name="下一步：核对").click()
    expect(page.get_by_role("heading", name="核对后再提交", level=1)).to_be_visible()
    fits(window, "check")
    page.get_by_role("button", name="返回修改").click()
    expect(page.get_by_text("已附：批复.pdf")).to_be_visible()
    page.get_by_role("button", name="下一步：核对").click()
    with window.expecting(422):
        page.get_by_role("button", name="确认提交").click()
        expect(page.get_by_role("link", name="请选择后面的时段是否随之改动。")).to_be_visible()
    page.get_by_label("随之改动：在同一次变更中也改为新值").check()
    page.get_by_role("button", name="确认提交").click()

    expect(page.get_by_role("link", name="撤销这次变更")).to_be_visible()
    areas = TitleHeld.objects.filter(teacher=teacher).order_by("valid")
    assert list(areas.values_list("area", flat=True)) == ["", "白河县", "白河县"]
    made = Change.objects.latest("pk")
    assert (made.reason_code, made.document, made.evidence.name) == ("reorganised", "青教〔2015〕1号", "批复.pdf")
    fits(window, "done")

    page.get_by_role("link", name="撤销这次变更").click()
    expect(page.get_by_role("region", name="恢复的内容")).to_be_visible()
    fits(window, "undo")
    page.get_by_label("事由").select_option(label="变更未生效")
    page.get_by_role("button", name="撤销这次变更").click()
    expect(page.get_by_text("已另做一次变更予以撤销")).to_be_visible()
    assert list(areas.values_list("area", flat=True)) == ["", "青石县"]
    fits(window, "history")
    look_back(window)
