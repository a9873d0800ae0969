"""A county clerk takes the workbook with the reasons: from the refused rows to the file in the folder of downloads."""

import io
from pathlib import Path

import openpyxl
from playwright.sync_api import expect

from tests.core.exchange.books import CHEN, LI, WANG, line, roster, sent
from tests.factories.people import make_unit

SCHOOL = "青石县第一初级中学"


def test_a_clerk_takes_the_workbook_with_the_reasons(window_of, county_clerk, county_a, run_jobs):
    make_unit("school", SCHOOL, county_a)
    wrong = WANG[1][:-1] + ("1" if WANG[1][-1] != "1" else "2")
    head = ["性别", "出生日期", "民族"]
    rows = (
        [WANG[0], wrong, SCHOOL, "女", "1985-07-13", "汉族"], line(LI, "男", "1978-02-30", "汉族", unit=SCHOOL),
        line(CHEN, "女", "1990-11-30", "汉民族", unit="青石县第一初级中"),
    )  # fmt: skip
    batch = sent(county_clerk, county_a, roster(head, *rows), accept=False)
    window = window_of(county_clerk)
    page = window.page

    page.goto(f"/imports/{batch.public_id}/")
    expect(page.get_by_text("建议：身份证号里是 1978-03-02")).to_be_visible()
    page.get_by_role("link", name="标注问题的工作簿").click()
    page.get_by_label("事由").fill("退回学校改正")
    page.get_by_role("button", name="生成工作簿").click()
    run_jobs()
    with page.expect_download() as begun:
        page.get_by_role("link", name="下载工作簿").click()

    book = openpyxl.load_workbook(io.BytesIO(Path(begun.value.path()).read_bytes()))
    assert begun.value.suggested_filename == "花名册-问题.xlsx"
    assert "身份证号里是 1978-03-02" in book["花名册"]["E3"].comment.text
