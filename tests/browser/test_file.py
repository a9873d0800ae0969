"""A person's file in a real browser: bars below their years, masked values shown for a while."""

import re
from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.reader import DESKTOP, PHONE
from tests.personnel.files import ZHANG, import_rows, make_file, set_status

HEAD = ("姓名", "身份证号", "工作单位", "联系电话")


def edges(locator):
    """Left and right of each element, in whole pixels."""
    return {(round(box["x"]), round(box["x"] + box["width"])) for box in (one.bounding_box() for one in locator.all())}


@pytest.mark.parametrize("width", [1440, 1100])
@pytest.mark.parametrize("tab", ["", "?tab=work", "?tab=titles"])
def test_bars_stand_exactly_below_the_years(window_of, county_clerk, school_a, width, tab):
    teacher = make_file("林婉清", school_a)
    set_status(teacher, "on_loan", since=date(2025, 9, 1))
    window = window_of(county_clerk, size={**DESKTOP, "width": width})

    window.goto(reverse("teacher", args=[teacher.public_id]) + tab)

    years, bars = window.page.locator(".sd-axis"), window.page.locator(".sd-validity")
    assert bars.count() >= 1
    assert len(edges(years)) == 1
    assert edges(years) == edges(bars)


def test_short_records_are_a_table_at_a_desk_and_cards_on_a_phone(window_of, county_clerk, school_a):
    teacher = make_file("林婉清", school_a, identity_number=ZHANG)
    address = reverse("teacher", args=[teacher.public_id]) + "?tab=basic"

    shown = []
    for size in (DESKTOP, PHONE):
        window = window_of(county_clerk, size=size)
        window.goto(address)
        row = window.page.locator(".sd-listed tbody tr").first
        kind, number = (row.locator(":scope > *").nth(place).bounding_box() for place in (0, 1))
        shown.append((kind["x"] < number["x"], kind["y"] < number["y"], window.overflow()))

    assert shown == [(True, False, 0), (False, True, 0)]


def test_a_masked_value_keeps_its_mark_and_the_card_of_looks_is_up_to_date(window_of, county_clerk, school_a):
    import_rows(county_clerk, school_a, [HEAD, ("林婉清", ZHANG, school_a.name, "13800001234")])
    teacher = school_a.employments.get().teacher
    window = window_of(county_clerk)
    window.goto(reverse("teacher", args=[teacher.public_id]))
    line = window.page.locator(".sd-facts > div", has_text="联系电话")
    looks = window.page.locator("#looks")
    expect(looks).to_contain_text("查看隐去的信息 0 次")

    line.get_by_text("查看", exact=True).click()
    line.get_by_label("为什么要看").select_option("contact")
    line.get_by_role("button", name="显示 2 分钟").click()

    expect(line).to_contain_text(re.compile("138 0000 1234.*显示 2 分钟", re.DOTALL))
    expect(line.get_by_label(re.compile("来源：导入的单元格"))).to_be_visible()
    expect(looks).to_contain_text("查看隐去的信息 1 次")
