"""The main path of the product, as a county clerk walks it in a real browser."""

import re
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from core.exchange.models import Batch
from core.records.models import AccessLog
from personnel.models import Teacher
from tests.personnel.files import ZHANG, make_file, set_contact

COUNTY = Path(__file__).parents[1] / "workbooks" / "county-a"


@pytest.fixture
def clerk(open_window, county_clerk, with_password):
    """The county clerk, who has just logged in by the login page."""
    window = open_window()
    window.log_in(with_password(county_clerk))
    expect(window.page.get_by_role("heading", name="教职工", level=1)).to_be_visible()
    return window


def upload(page, name):
    """Send a workbook by the menu; the batch's page stands open, the work not yet begun."""
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="导入与批次").click()
    page.get_by_role("link", name="导入工作簿").first.click()
    page.get_by_label("工作簿").set_input_files(COUNTY / name)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_role("progressbar", name="正在核对工作簿")).to_be_visible()


def take_in(page, name, run_jobs):
    """Send a workbook, let it be checked, accept it."""
    upload(page, name)
    run_jobs()
    accept(page, run_jobs)


def accept(page, run_jobs):
    page.get_by_role("button", name=re.compile("^采纳")).click()
    expect(page.get_by_role("progressbar", name="正在写入采纳的行")).to_be_visible()
    run_jobs()
    expect(page.get_by_role("link", name="这一批改了什么")).to_be_visible()


def tab(page, name):
    page.get_by_role("list", name="各行的结果").get_by_role("link", name=name).click()


def test_from_the_countys_workbooks_to_a_teacher_with_a_history(clerk, run_jobs):
    page = clerk.page
    take_in(page, "1-units.xlsx", run_jobs)
    upload(page, "2-roster.xlsx")
    run_jobs()  # the page asks by itself how far the work is

    expect(page.get_by_text("核对完成，3,002 行")).to_be_visible()
    expect(page.get_by_text("没有这个日期").first).to_be_visible()
    tab(page, re.compile("新增 2,811"))
    expect(page.get_by_role("rowheader").first).to_be_visible()
    tab(page, "列的对应")
    expect(page.get_by_role("rowheader", name=re.compile("身份证")).first).to_be_visible()
    assert Teacher.objects.count() == 0
    accept(page, run_jobs)
    assert Teacher.objects.count() == 2811

    page.get_by_role("searchbox", name="全站查找").fill("白桂")
    page.keyboard.press("Enter")
    page.get_by_role("main").get_by_role("link", name="白桂").click()
    expect(page.get_by_role("heading", name="白桂", level=1)).to_be_visible()

    page.get_by_label(re.compile("来源：导入的单元格.*参加工作时间")).click()
    batch = Batch.objects.latest("pk")
    origin = page.locator("details.sd-prov[open]")
    for words in (
        f"批次 {batch.pk}",
        "2-roster.xlsx",
        "工作表“在职教师”第",
        "行 J 列（参加工作时间）",
        "读作 2016-07",
        "青石县办事员",
    ):
        expect(origin).to_contain_text(words)
    expect(origin.locator("td.src")).to_have_text(re.compile(r"2016"))

    page.get_by_role("link", name="变更记录").click()
    expect(page.get_by_role("heading", name="变更记录")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("新建档")


@pytest.fixture
def file(school_a):
    """The file of somebody of the clerk's county."""
    teacher = make_file("林婉清", school_a, identity_number=ZHANG)
    set_contact(teacher)
    return teacher


def test_a_masked_value_is_shown_for_a_reason_which_the_file_tells(window_of, county_clerk, file):
    window = window_of(county_clerk)
    page = window.page
    window.goto(reverse("teacher", args=[file.public_id]))
    fact = (
        page.locator("dl > div")
        .filter(has=page.get_by_role("term").filter(has_text="证件号码"))
        .get_by_role("definition")
    )
    expect(fact).not_to_contain_text("1949")

    fact.get_by_text("查看", exact=True).click()
    fact.get_by_role("combobox").select_option(index=1)
    fact.get_by_role("button", name="显示").click()

    expect(fact.locator(".sd-id")).to_have_text("110105 19491231 002X")
    assert AccessLog.objects.filter(subject_id=file.pk, what__endswith=".number").count() == 1
    page.reload()
    expect(page.get_by_text("110105 19491231 002X")).to_have_count(0)
    expect(page.get_by_role("region", name="谁看过这份档案")).to_contain_text("查看隐去的信息 1 次")


def test_two_clerks_at_one_fact_the_second_sees_both_values_and_loses_nothing(
    window_of, county_clerk, second_county_clerk, file
):
    address = reverse("fact_change", args=[file.public_id, "contact", file.contacts.get().public_id])
    first, second = window_of(county_clerk), window_of(second_county_clerk)
    for window, email in ((first, "first@example.cn"), (second, "second@example.cn")):
        window.goto(address)
        window.page.get_by_label("电子邮箱").fill(email)
        window.page.get_by_label("事由").select_option(label="联系方式或家庭情况变化")
        window.page.get_by_label("具体说明").fill("本人来电")

    first.page.get_by_role("button", name="下一步：核对").click()
    first.page.get_by_role("button", name="确认提交").click()
    expect(first.page.get_by_role("heading", name="林婉清", level=1)).to_be_visible()
    with second.expecting(409):
        second.page.get_by_role("button", name="下一步：核对").click()
        expect(second.page.get_by_text("first@example.cn")).to_be_visible()
    expect(second.page.get_by_label("电子邮箱")).to_have_value("second@example.cn")
    expect(second.page.get_by_label("具体说明")).to_have_value("本人来电")
    assert file.contacts.get().email == "first@example.cn"

    second.page.get_by_role("button", name="下一步：核对").click()
    second.page.get_by_role("button", name="确认提交").click()
    expect(second.page.get_by_role("heading", name="林婉清", level=1)).to_be_visible()
    assert file.contacts.get().email == "second@example.cn"
