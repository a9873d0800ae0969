"""Recruitments of tests: from the plan to a notice that takes applications, and people who apply."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from core.org.actor import Actor
from core.org.models import Unit
from core.workflow.services import advance
from personnel.models import Applicant, Recruitment
from personnel.services.recruitment.applying import apply_for
from personnel.services.recruitment.planning import add_row, draw_up_notice, draw_up_plan, set_conditions
from tests.core.exchange.books import book
from tests.factories.people import make_actor
from tests.ground.clock import TODAY
from tests.workbooks.people import identity_number

OPENS = TODAY
LAST = TODAY + timedelta(14)
CONDITIONS = {
    "education": "21", "majors": ["数学", "招聘"], "certificate": "", "putonghua": "2B", "age_most": 35, "age_on": date(2026, 12, 31),
}  # fmt: skip


def approver_of(clerk: Actor) -> Actor:
    """Somebody of the same bureau who decides."""
    return make_actor("county_approver" if clerk.role == "county_clerk" else "city_approver", clerk.unit)


def recruitment_open(
    clerk: Actor, school: Unit, *, title: str = "2026年教师招聘", words: str = "", wanted: int = 1,
    subjects: tuple[str, ...] = ("mathematics",),
    conditions: dict[str, Any] | None = None, approver: Actor | None = None, **terms: Any,
) -> Recruitment:  # fmt: skip
    """A recruitment of a bureau that takes applications today: plan, approval, notice, approval."""
    approver = approver or approver_of(clerk)
    plan = draw_up_plan(actor=clerk, year=2026, title=title, words=words)
    for subject in subjects:
        add_row(actor=clerk, plan=plan, unit=school, stage="junior", subject=subject, number=wanted)
    case = advance(plan.case, "send", actor=clerk)
    advance(case, "approve", actor=approver)
    plan.case.refresh_from_db()
    values = {
        "title": title, "words": words, "contact": "0591-1", "opens": OPENS, "last": LAST, "ratio": 3, "opening": 1, "weight": 50,
        "most": Decimal(100), "drop": 1, "tie": "written", "one_post": True, **terms,
    }  # fmt: skip
    made = draw_up_notice(actor=clerk, plan=plan, values=values)
    for post in made.posts.all():
        if conditions:
            set_conditions(actor=clerk, post=post, values=conditions)
    case = advance(made.case, "submit", actor=clerk)
    advance(case, "approve", actor=approver)
    return fresh(made)


def fresh(recruitment: Recruitment) -> Recruitment:
    """The recruitment as it stands now."""
    return Recruitment.objects.select_related("case", "unit", "plan").get(pk=recruitment.pk)


def number_of(place: int) -> str:
    """An identity number of somebody born in the nineties."""
    return identity_number("350726", date(1995, 1, 1) + timedelta(days=place), place % 1000)


def applies(
    recruitment: Recruitment, place: int, *, post: Any = None, name: str = "", **said: str
) -> tuple[Applicant, str]:
    """Somebody applies, by default for the first post and with what it asks."""
    declared = {
        "education": "21", "degree": "", "major": "数学与应用数学", "school": "师范大学", "graduated": "2026-06", "putonghua": "2A", **said,
    }  # fmt: skip
    return apply_for(
        recruitment=recruitment, post=post or recruitment.posts.order_by("number")[0], name=name or f"应聘者{place}",
        number=number_of(place),
        phone=f"139{place:08}", said=declared,
    )  # fmt: skip


def later(actor: Actor, days: int) -> Actor:
    """The same actor some days after the last day for applications."""
    return replace(actor, on=LAST + timedelta(days))


APPLICANT_HEAD = (
    "序号", "姓名", "身份证号", "手机号码", "岗位代码", "学历", "所学专业", "毕业院校", "毕业时间", "教师资格证", "普通话等级", "报名日期",
)  # fmt: skip


def name_at(place: int) -> str:
    """A name as a cell may hold it: letters only."""
    return "应聘" + "".join("〇一二三四五六七八九"[int(digit)] for digit in str(place))


def applicant_line(place: int, **said: str) -> list[str]:
    """The row of an applicant in a workbook of the exam office; `said` puts other words into its cells."""
    cells = {
        "serial": f"{place}", "name": name_at(place), "number": number_of(place), "phone": f"139{place:08}", "post": "1",
        "education": "本科", "major": "数学与应用数学", "school": "师范大学", "graduated": "2026.06", "certificate": "小学教师资格",
        "putonghua": "二级甲等", "applied": "",
    }  # fmt: skip
    return list({**cells, **said}.values())


def applicants_book(*lines: list[str]) -> bytes:
    """A workbook of applicants."""
    return book(报名表=[APPLICANT_HEAD, *lines])
