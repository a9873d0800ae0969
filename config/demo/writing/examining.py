"""A recruitment of the first county that the exam office keeps: its lists of applicants and of written scores came as workbooks."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

import xlsxwriter

from config.demo.people import PHONE_PREFIX, identity_number
from config.demo.writing.offices import Offices
from config.demo.writing.recruiting import CLERK, opened
from core import workdays
from core.exchange.applying import apply_batch
from core.exchange.checking import check_batch
from core.org.actor import Actor
from core.org.models import Unit
from core.workflow.services import advance
from personnel.models import Applicant, Recruitment
from personnel.services.recruitment.workbooks import send_workbook

HEADS: Final = (
    "序号 姓名 身份证号 手机号码 岗位代码 学历 所学专业 毕业院校 毕业时间 教师资格证 普通话等级 报名日期".split()
)
SCORES: Final = ("报名序号", "姓名", "笔试成绩")
PEOPLE: Final = (
    ("罗子涵", "86.5"), ("许诗雅", "91"), ("邓宇航", "78"), ("苏晓彤", "缺考"), ("叶明轩", "83.5"), ("钟佳怡", "88"), ("曹俊杰", "72.5"),
    ("彭雨欣", "80"),
)  # fmt: skip
SINCE: Final = timedelta(days=38)


def examine(offices: Offices) -> None:
    """Eight applicants, all qualified, and their written scores: the list of interviews waits to be drawn up."""
    school = Unit.objects.filter(code="2135910002").first()
    if school is None:
        return
    day = offices.day - SINCE
    made = opened(offices, school, day, f"{day.year}年临溪县招聘小学教师（市考试院统一笔试）")
    clerk = replace(offices.actor(CLERK, offices.day), on=made.last)
    rows = [
        [
            str(place), name, _number(place, made.opens), f"{PHONE_PREFIX}598{place:05}", "1", "大学本科", "数学与应用数学（师范）",
            "福建师范大学",
            f"{made.opens.year}.06", "小学教师资格",
            "二级甲等", made.opens.isoformat(),
        ]
        for place, (name, _score) in enumerate(PEOPLE, 1)
    ]  # fmt: skip
    _send(clerk, made, "报名信息表.xlsx", HEADS, rows)
    for one in Applicant.objects.filter(recruitment=made).select_related("case").order_by("serial"):
        advance(one.case, "qualify", actor=clerk, source="command")
    after = replace(clerk, on=workdays.add(made.last, 1))
    advance(_fresh(made).case, "close", actor=after, source="command")
    scores = [[str(place), name, score] for place, (name, score) in enumerate(PEOPLE, 1)]
    _send(after, made, "笔试成绩.xlsx", SCORES, scores)


def _number(place: int, opens: date) -> str:
    return identity_number("350726", date(opens.year - 25, 1, 9) + timedelta(days=31 * place), 500 + place)


def _send(actor: Actor, made: Recruitment, name: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A workbook as the exam office sends it, checked and accepted."""
    batch = send_workbook(actor=actor, recruitment=_fresh(made), name=name, content=book(heads, rows), start=False)
    apply_batch(check_batch(batch.pk, actor).pk, actor)


def _fresh(made: Recruitment) -> Any:
    return Recruitment.objects.select_related("case", "unit").get(pk=made.pk)


def book(heads: Sequence[str], rows: Sequence[Sequence[str]], title: str = "") -> bytes:
    """A plain sheet with headings, below a title where there is one."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_numbers": False}) as file:
        sheet = file.add_worksheet("Sheet1")
        if title:
            sheet.merge_range(0, 0, 0, len(heads) - 1, title)
        for number, row in enumerate((heads, *rows), bool(title)):
            sheet.write_row(number, 0, row)
    return content.getvalue()
