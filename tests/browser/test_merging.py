"""Two files of one person, from the list of pairs to one file and back, in a real browser."""

import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from personnel.services.likeness import find_likenesses
from tests.browser.reader import DESKTOP, PHONE
from tests.personnel.files import ZHANG, make_file, set_contact

LOOKED_AT = os.environ.get("LOOKED_AT", "")
# One digit of ZHANG's number is another one, and so the check character.
NEAR = "110105194912310126"


@pytest.fixture
def files(school_a, second_school_a):
    """A person with two files that look alike."""
    stays = make_file("林婉清", school_a, identity_number=ZHANG, staff_number="A1024", native_place="福建青石")
    goes = make_file("林婉清", second_school_a, identity_number=NEAR, staff_number="B2048", health="1")
    set_contact(stays)
    set_contact(goes, phone="13900005678")
    find_likenesses()
    return stays, goes


def fits(window, name):
    """The page is no wider than the window, on a desk and on a phone."""
    for size in (DESKTOP, PHONE):
        window.page.set_viewport_size(size)
        assert window.overflow() <= 0
        if LOOKED_AT:
            window.page.screenshot(path=Path(LOOKED_AT) / f"{name}-{size['width']}.png", full_page=True)
    window.page.set_viewport_size(DESKTOP)


def test_a_pair_is_compared_merged_and_parted(window_of, county_clerk, files):
    stays, goes = files
    window = window_of(county_clerk)
    window.goto(reverse("likenesses"))
    page = window.page
    fits(window, "pairs")
    page.get_by_role("link", name="比对并处理").click()
    expect(page.get_by_role("heading", name="合并林婉清的两份档案")).to_be_visible()
    fits(window, "merge")
    for radio in page.get_by_role("radio", name="另一份档案").all()[:2]:
        radio.check()
    page.get_by_label("事由").first.select_option("opened_twice")
    page.get_by_role("button", name="下一步：核对").click()
    expect(page.get_by_role("button", name="确认提交")).to_be_visible()
    fits(window, "merge-check")
    page.get_by_role("button", name="确认提交").click()
    expect(page.get_by_text("两份档案已合并").first).to_be_visible()
    fits(window, "merged")
    window.goto(reverse("teacher", args=[goes.public_id]))
    assert page.url.endswith(reverse("teacher", args=[stays.public_id]))
    window.goto(reverse("teacher_history", args=[stays.public_id]))
    fits(window, "merged-history")
    page.get_by_role("link", name="合并两份档案").first.click()
    page.get_by_role("link", name="撤销本次合并").click()
    fits(window, "merge-undo")
    page.get_by_label("事由").first.select_option("wrong_person")
    page.get_by_role("button", name="撤销本次合并").click()
    expect(page.get_by_text("恢复为两份档案").first).to_be_visible()
    window.goto(reverse("merge_choose", args=[stays.public_id]))
    fits(window, "merge-choose")
