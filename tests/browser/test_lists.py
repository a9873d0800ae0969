"""Lists and tabs as a clerk uses them: paging, long words, conditions, narrow windows."""

import re

import pytest
from playwright.sync_api import expect

from core.org.models import UnitStatistics
from core.records.changes import change
from tests.browser.reader import PHONE
from tests.personnel.files import make_file

LONG = "x" * 200
LAPTOP = {"width": 1366, "height": 768}


@pytest.fixture
def people(school_a):
    """More people than one page of a short list shows."""
    return [make_file(f"张{chr(0x4E00 + number)}", school_a) for number in range(45)]


def test_the_next_page_begins_at_the_top_of_its_rows(window_of, county_clerk, people):
    page = window_of(county_clerk, size=LAPTOP).page
    page.goto("/teachers/?size=20")
    page.get_by_role("link", name="下一页").scroll_into_view_if_needed()

    page.get_by_role("link", name="下一页").click()

    expect(page).to_have_url(re.compile("after="))
    expect(page.locator("#rows")).to_be_in_viewport()
    top = page.locator("#rows").bounding_box()["y"]
    assert 0 <= top <= 80


def test_the_button_of_the_conditions_is_seen_without_scrolling(window_of, county_clerk, people):
    page = window_of(county_clerk, size=LAPTOP).page
    page.goto("/teachers/")

    page.get_by_text("条件", exact=True).click()

    expect(page.get_by_role("button", name="按条件查看")).to_be_in_viewport(ratio=1)
    boxes = page.locator(".sd-options label")
    first, second = boxes.nth(0).bounding_box(), boxes.nth(1).bounding_box()
    text = page.evaluate(
        "(label) => { const range = document.createRange(); range.selectNodeContents(label); return range.getBoundingClientRect().right }",
        boxes.nth(0).element_handle(),
    )
    assert second["y"] > first["y"] or second["x"] - text >= 16
    statuses = page.get_by_label("状态").locator("option").all_inner_texts()
    assert statuses[:2] == ["不限", "在职"]


def test_a_word_without_end_stays_in_its_column(window_of, county_clerk, auditor, school_a):
    with change("org.record_statistics", actor=county_clerk, reason=LONG):
        UnitStatistics.objects.create(unit=school_a, school_year=2026, pupils=900, classes=20)
    reader = window_of(auditor, size=LAPTOP)
    reader.goto("/audit/changes/")

    box = reader.page.get_by_text(LONG).bounding_box()
    assert box["width"] < 440
    assert reader.overflow() == 0


def test_the_current_tab_is_in_view_on_a_phone(window_of, county_clerk, people):
    page = window_of(county_clerk, size=PHONE).page
    page.goto(f"/teachers/{people[0].public_id}/")
    tabs = page.locator(".nav-tabs .nav-link")
    page.goto(f"/teachers/{people[0].public_id}/{tabs.last.get_attribute('href').rpartition('/')[2]}")

    expect(page.locator(".nav-tabs [aria-current]")).to_be_in_viewport(ratio=1)
