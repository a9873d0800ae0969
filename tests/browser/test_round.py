"""The whole round, as a county clerk walks it: a filled template goes out, comes back, is decided, returned, fixed, sent again, undone."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from core.exchange.models import Batch
from personnel.models import Contact, Teacher
from personnel.services.facts import correct_fact
from tests.core.exchange.books import LI, WANG, line, roster, sent
from tests.core.exchange.rounds import edited, places, set_cell

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def downloaded(page, press):
    """The bytes of what a press downloads."""
    with page.expect_download() as begun:
        press()
    return Path(begun.value.path()).read_bytes()


def upload(page, content, name):
    page.get_by_label("工作簿").set_input_files({"name": name, "mimeType": XLSX, "buffer": content})
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_role("progressbar", name="正在核对工作簿")).to_be_visible()


def accept(page, run_jobs):
    page.get_by_role("button", name=re.compile("^采纳")).click()
    expect(page.get_by_role("progressbar", name="正在写入采纳的行")).to_be_visible()
    run_jobs()
    expect(page.get_by_role("link", name="这一批改了什么")).to_be_visible()


def fill_sheet(book):
    """What the county does to the template: a new phone for Wang, for Li a new place and a word that no list knows."""
    set_cell(WANG[0], "联系电话", "13900009999")(book)
    set_cell(LI[0], "籍贯", "太原")(book)
    set_cell(LI[0], "民族", "汉足")(book)


def fix(book):
    """What the county corrects in the workbook that came back, where the reasons say so."""
    sheet = next(one for one in book.worksheets if one.title == "教职工")
    at = places(sheet)
    cell = next(row[at["民族"] - 1] for row in sheet.iter_rows(min_row=3) if row[at["姓名"] - 1].value == LI[0])
    assert "代码表" in cell.comment.text
    cell.value = "汉族"


def phone():
    return Contact.objects.select_related("teacher__key").get(teacher__name=WANG[0]).phone.reveal()


def take_out(page, run_jobs):
    """A template that is filled in with what is on file."""
    page.goto("/imports/new/")
    page.get_by_role("main").get_by_role("link", name="教职工", exact=True).click()
    page.get_by_label("带出现有数据").check()
    page.get_by_label("事由").fill("秋季学期核对")
    page.get_by_role("button", name="生成模板").click()
    run_jobs()
    return downloaded(page, page.get_by_role("link", name=re.compile("^下载")).click)


def take_back_reasons(page, run_jobs):
    """The workbook with the reasons, from the page of its batch."""
    page.get_by_role("link", name="标注问题的工作簿").click()
    page.get_by_label("事由").fill("退回改正")
    page.get_by_role("button", name="生成工作簿").click()
    run_jobs()
    return downloaded(page, page.get_by_role("link", name="下载工作簿").click)


def send(page, run_jobs, content, name):
    page.goto("/imports/new/")
    upload(page, content, name)
    run_jobs()


def test_a_county_clerk_walks_the_whole_round(
    window_of, county_clerk, county_a, school_a, second_school_a, second_county_clerk, run_jobs
):
    head = ("民族", "联系电话", "籍贯")
    rows = (line(WANG, "汉族", "13800001111", "青石"), line(LI, "汉族", "13800002222", "青石"))
    sent(county_clerk, county_a, roster(head, *rows))
    page = window_of(county_clerk).page

    template = take_out(page, run_jobs)
    held = Contact.objects.get(teacher__name=WANG[0])
    correct_fact(actor=second_county_clerk, record=held, values={"phone": "13811112222"}, reason="本人来电")
    send(page, run_jobs, edited(template, fill_sheet), "秋季教师表.xlsx")

    expect(page.get_by_text("双方都改过。")).to_be_visible()
    expect(page.get_by_text(re.compile("本人来电"))).to_be_visible()
    page.get_by_label("采用表中的值").check()
    page.get_by_role("button", name="保存这些决定").click()
    expect(page.get_by_role("link", name=re.compile("待决定"))).to_contain_text("0")
    accept(page, run_jobs)
    assert (phone(), Teacher.objects.get(name=LI[0]).native_place) == ("13900009999", "青石")
    first = Batch.objects.latest("pk")

    send(page, run_jobs, edited(take_back_reasons(page, run_jobs), fix), "秋季教师表-改.xlsx")
    expect(page.get_by_text(re.compile("第 2 轮"))).to_be_visible()
    expect(page.get_by_text(re.compile("在前一轮已办结"))).to_be_visible()
    accept(page, run_jobs)
    assert Teacher.objects.get(name=LI[0]).native_place == "太原"

    page.goto(f"/imports/{first.public_id}/")
    page.get_by_role("link", name="撤销本批").click()
    expect(page.get_by_role("heading", name=re.compile(f"撤销批次 {first.pk}"))).to_be_visible()
    page.get_by_label("事由").fill("表发错了")
    page.get_by_role("button", name=re.compile("撤销")).click()
    run_jobs()
    expect(page.get_by_text("已撤销").first).to_be_visible()
    assert (phone(), Teacher.objects.get(name=LI[0]).native_place) == ("13811112222", "太原")
