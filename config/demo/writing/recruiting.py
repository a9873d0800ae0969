"""Recruitments of the first county: one in which applications wait to be checked, one finished, one published with an objection."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from config.demo.people import PHONE_PREFIX, identity_number
from config.demo.writing.offices import Offices
from core import workdays
from core.exchange.evidence import Evidence
from core.org.actor import Actor
from core.org.models import Unit
from core.publicity.models import Publicity
from core.publicity.services import object_to
from core.workflow.services import advance
from personnel.models import Applicant, Recruitment
from personnel.services.recruitment import applying
from personnel.services.recruitment.examining import enter_judged, enter_written
from personnel.services.recruitment.planning import add_row, draw_up_notice, draw_up_plan, set_conditions

CLERK, APPROVER = "linxi.clerk", "linxi.approver"
NAMES: Final = ("陈思远", "林若溪", "黄志强", "吴雨桐", "郑浩然", "王静怡", "刘子墨", "张晓蕾", "杨文博", "周可欣")
WORDS: Final = (
    "面向社会公开招聘教师。报名、资格审查、笔试、面试、体检、考察、公示和聘用均按本公告办理，不收取任何费用。"
)
SAID: Final = {
    "education": "21", "degree": "", "major": "数学与应用数学（师范）", "school": "福建师范大学", "certificate": "primary",
    "putonghua": "2A",
    "experience": "在校期间在县实验小学教育实习四个月。",
}  # fmt: skip
CONDITIONS: Final = {
    "education": "21",
    "majors": ["数学", "小学教育"],
    "certificate": "primary",
    "putonghua": "2B",
    "age_most": 35,
}
# Working days since applications began, of which the notice takes ten before anybody can be published.
RUNNING: Final = 13
PDF: Final = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
)


def recruit(offices: Offices) -> None:
    """A recruitment whose applicants wait to be checked, one that is over, one whose publicity has an objection."""
    school = Unit.objects.filter(code="2135910002").first()
    if school is None:
        return
    day = offices.day
    clerk, _approver = _acting(offices, day)
    draft = draw_up_plan(
        actor=clerk, year=day.year + 1, title=f"{day.year + 1}年教师招聘计划", words="退休减员和学生增加"
    )
    add_row(actor=clerk, plan=draft, unit=school, stage="primary", subject="chinese", number=1)
    _waiting(offices, school, day - timedelta(days=3))
    _finished(offices, school, day - timedelta(days=120))
    _objected(offices, school, workdays.add(day, -RUNNING))


def _acting(offices: Offices, day: date) -> tuple[Actor, Actor]:
    return tuple(replace(offices.actor(name, offices.day), on=day) for name in (CLERK, APPROVER))  # type: ignore[return-value]


def opened(offices: Offices, school: Unit, day: date, title: str) -> Recruitment:
    """From the plan to a notice that takes applications from that day on."""
    clerk, approver = _acting(offices, day)
    plan = draw_up_plan(actor=clerk, year=day.year, title=f"{title}计划", words="按核定编制和缺编情况")
    add_row(actor=clerk, plan=plan, unit=school, stage="primary", subject="mathematics", number=2)
    advance(advance(plan.case, "send", actor=clerk, source="command"), "approve", actor=approver, source="command")
    plan.case.refresh_from_db()
    values: dict[str, Any] = {
        "title": title, "words": WORDS, "contact": "临溪县教育局人事股 0599-1234567",
        "opens": day, "last": workdays.add(day, 9), "ratio": 3,
        "opening": 1, "weight": 50, "most": Decimal(100), "drop": 1, "tie": "written", "one_post": True,
    }  # fmt: skip
    made = draw_up_notice(actor=clerk, plan=plan, values=values)
    for post in made.posts.select_related("recruitment__case"):
        set_conditions(actor=clerk, post=post, values={**CONDITIONS, "age_on": made.last})
    case = advance(made.case, "submit", actor=clerk, source="command")
    advance(case, "approve", actor=approver, comment="同意发布", source="command")
    return _fresh(made)


def _fresh(made: Recruitment) -> Recruitment:
    return Recruitment.objects.select_related("case", "unit").get(pk=made.pk)


def _apply(made: Recruitment, number: int, first: int, **said: str) -> list[Applicant]:
    post = made.posts.get()
    found = []
    for place in range(number):
        born = date(1996, 1, 5) + timedelta(days=97 * (first + place))
        one, _receipt = applying.apply_for(
            recruitment=made, post=post, name=NAMES[(first + place) % len(NAMES)],
            number=identity_number("350726", born, 300 + first + place),
            phone=f"{PHONE_PREFIX}599{first + place:05}", said={**SAID, "graduated": f"{made.opens.year}-06", **said},
            files=[Evidence("毕业证书.pdf", PDF, "application/pdf")], on=made.opens,
        )  # fmt: skip
        found.append(one)
    return found


def _waiting(offices: Offices, school: Unit, day: date) -> None:
    """Applications wait; one was returned, one does not meet a condition."""
    clerk, _approver = _acting(offices, day)
    made = opened(offices, school, day, f"{day.year}年临溪县公开招聘小学教师（第二批）")
    first, second, *_rest = _apply(made, 4, 0)
    _apply(made, 1, 4, major="汉语言文学")
    advance(first.case, "qualify", actor=clerk, source="command")
    advance(second.case, "return", actor=clerk, comment="普通话证书缺页", reasons=["unreadable"], source="command")


def _ranked(offices: Offices, school: Unit, day: date, title: str, first: int) -> tuple[Recruitment, Actor, Actor]:
    """A recruitment in which two are called, checked and published."""
    made = opened(offices, school, day, title)
    clerk, approver = _acting(offices, workdays.add(made.last, 1))
    for one in _apply(made, 4, first):
        advance(one.case, "qualify", actor=clerk, source="command")
    _step(made, "close", clerk)
    enter_written(actor=clerk, recruitment=_fresh(made), text="1 86.5\n2 82\n3 82\n4 75")
    _step(made, "list", clerk)
    enter_judged(
        actor=clerk,
        recruitment=_fresh(made),
        text="1 85 88 90 86 87\n2 90 88 89 91 86\n3 80 82 84 81 83\n4 76 75 78 74 77",
    )
    _step(made, "rank", clerk)
    for one in Applicant.objects.filter(recruitment=made, stage="called").order_by("serial"):
        for kind, by in (
            ("physical", "临溪县人民医院"),
            ("background", "临溪县教育局人事股"),
            ("ban", "临溪县教育局人事股"),
        ):
            _step(made, "check", clerk, applicant=one.pk, kind=kind, on=clerk.on, by=by, passed=True)
    _step(made, "publish", clerk)
    return _fresh(made), clerk, approver


def _step(made: Recruitment, name: str, actor: Actor, **data: Any) -> None:
    advance(_fresh(made).case, name, actor=actor, data=data, source="command")


def _finished(offices: Offices, school: Unit, day: date) -> None:
    """Published to the end, hired, over."""
    made, clerk, approver = _ranked(offices, school, day, f"{day.year}年临溪县公开招聘小学教师（第一批）", 10)
    shown = Publicity.objects.get(subject_id=made.pk, subject="personnel.Recruitment")
    after = shown.last_day + timedelta(1)
    _step(made, "hire", replace(approver, on=after), starts=after, document=f"临教人〔{after.year}〕18号")
    _step(made, "finish", replace(clerk, on=after))


def _objected(offices: Offices, school: Unit, day: date) -> None:
    """What is published still runs; somebody objected on its first day, and the office looks into it."""
    made, _clerk, approver = _ranked(offices, school, day, f"{day.year}年临溪县补充招聘小学教师", 20)
    shown = Publicity.objects.select_related("unit").get(subject_id=made.pk, subject="personnel.Recruitment")
    found, _receipt = object_to(
        publicity=shown, row=shown.rows.get(place=2), text="该考生毕业时间与报名表所填不一致，请核对毕业证书。", named=True, name="廖先生",
        phone=f"{PHONE_PREFIX}59912345", on=shown.opened_on,
    )  # fmt: skip
    advance(
        found.case,
        "investigate",
        actor=replace(approver, on=shown.opened_on),
        comment="已调取毕业证书核对",
        source="command",
    )
