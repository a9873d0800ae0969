"""Moves of the first county: somebody on loan, transfers and support teaching that wait, and a list of those who are to rotate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Final

from django.db.models import QuerySet
from psycopg.types.range import Range

from config.demo.logins import SCHOOL
from config.demo.writing.cases import PROOF
from config.demo.writing.examining import book
from config.demo.writing.offices import Offices
from config.demo.writing.recruiting import APPROVER, CLERK
from core.dates import DAY, add_months
from core.exchange.applying import apply_batch
from core.exchange.checking import check_batch
from core.exchange.services import create_batch
from core.org.actor import Actor
from core.org.errors import NotAllowed
from core.org.models import Unit, UnitProfile
from core.records.storage import store
from core.workflow.services import advance
from personnel.models import Employment, IdentityDocument, Move, PersonStatus, SplitPerson, Teacher
from personnel.services.moves.asking import ask_move, ask_to_leave

HEADS: Final = (
    "姓名 身份证号 现任教学校 交流学校 交流方式 人事关系是否转移 起始日期 结束日期 是否骨干教师 交流原因".split()
)
# So many schools send so many teachers each, none older than that when the time begins.
SCHOOLS, EACH, OLDEST = 4, 2, 45
SCHOOL_CLERK, SCHOOL_APPROVER = "school.clerk", "school.approver"


def move_some(offices: Offices) -> None:
    """One of each sort, with people of the school whose clerk and approver have logins; nobody where the city is too small."""
    clerk, approver, school, consents = (
        offices.actor(name, offices.day) for name in (CLERK, APPROVER, SCHOOL_CLERK, SCHOOL_APPROVER)
    )
    unit = Unit.objects.filter(code=SCHOOL[0]).first()
    if unit is None or clerk.unit is None:
        return
    people = _people(unit, offices.day)
    began = add_months(offices.day, -2).replace(day=1)
    loan = _first(
        people, school, to_unit=clerk.unit, kind="loan", starts=began, ends=add_months(began, 12), ground="arranged",
        words="县教育局教研室借用，协助质量监测",
    )  # fmt: skip
    if loan is not None:
        case = advance(advance(loan.case, "agree_sender", actor=consents), "agree_receiver", actor=approver)
        case = advance(case, "approve", actor=approver, data={"document": f"临教人〔{began.year}〕61号"})
        advance(case, "report", actor=clerk, data={"on": began + 2 * DAY})
    alike = Unit.objects.filter(parent=clerk.unit, kind="school", code__startswith=SCHOOL[0][:2]).open_on(offices.day)
    receiver = alike.exclude(pk=unit.pk).order_by("code").first()
    if receiver is None:
        return
    starts = add_months(offices.day, 3).replace(day=1)
    _first(
        people,
        school,
        to_unit=receiver,
        kind="transfer",
        starts=starts,
        ends=None,
        ground="arranged",
        words="学科教师紧缺，组织安排",
    )
    _first(
        people, school, to_unit=receiver, kind="support", starts=starts, ends=add_months(starts, 12), ground="arranged",
        words="城镇学校教师支教一学年",
    )  # fmt: skip
    letter = f"厦教人调〔{offices.day.year}〕118号"
    _first(
        people, school, ask_to_leave, outside="厦门市思明实验小学", place="福建省厦门市", letter=letter, starts=starts, ground="family",
        words="配偶在厦门工作，夫妻两地分居",
        letter_file=store(f"商调函 {letter}.pdf", PROOF, content_type="application/pdf"),
    )  # fmt: skip


def send_rotations(offices: Offices) -> None:
    """The list of those who rotate for a year from the next term on, accepted: each waits at the school that sends them."""
    clerk, day = offices.actor(CLERK, offices.day), offices.day
    starts = add_months(day, 3).replace(day=1)
    last = add_months(starts, 12) - DAY
    schools = list(_of_stage(clerk.unit, day))
    if not schools[1:]:
        return
    rows = [
        [
            document.teacher.name, document.number.reveal(), sends.name, receives.name, "交流轮岗", "否", starts.isoformat(),
            last.isoformat(), "否", "交流轮岗安排",
        ]
        for sends, receives in zip(schools, [*schools[1:], *schools[:1]], strict=True)
        for document in _may_rotate(sends.unit, starts, day)[:EACH]
    ]  # fmt: skip
    if not rows or clerk.unit is None:
        return
    content = book(HEADS, rows, f"临溪县{starts.year}年教师交流轮岗人员名单")
    batch = create_batch(
        actor=clerk, unit=clerk.unit, name=f"{starts.year}年交流轮岗名单.xlsx", content=content, start=False
    )
    apply_batch(check_batch(batch.pk, clerk).pk, clerk)


def _of_stage(bureau: Unit | None, day: date) -> QuerySet[UnitProfile]:
    """Primary schools of the county, but for the one of the story."""
    rows = UnitProfile.objects.filter(valid__contains=day, unit__parent=bureau, unit__kind="school", unit__closed=None)
    found = rows.filter(office_type__startswith=SCHOOL[0][:2]).exclude(unit__code=SCHOOL[0])
    return found.select_related("unit").order_by("unit__code")[:SCHOOLS]


def _may_rotate(unit: Unit, starts: date, day: date) -> list[IdentityDocument]:
    """Teachers of a school, by their resident cards: long there, not about to retire, neither away nor asked for already."""
    jobs = Employment.objects.filter(unit=unit, valid__contains=day, valid__endswith=None, in_quota=True)
    away = PersonStatus.objects.filter(valid__overlap=Range(day, None)).values("teacher")
    asked = Move.objects.values("teacher")
    parts = SplitPerson.objects.values("teacher")
    rows = IdentityDocument.objects.filter(
        kind="1", teacher__in=jobs.values("teacher"), teacher__user=None, teacher__merged_into=None,
        teacher__birth__gt=add_months(starts, -12 * OLDEST),
    )  # fmt: skip
    rows = rows.exclude(teacher__in=away).exclude(teacher__in=asked).exclude(teacher__in=parts)
    return list(rows.select_related("teacher__key").order_by("teacher__work_start", "pk"))


def _people(unit: Unit, day: date) -> Iterator[Teacher]:
    """Who belongs to a unit, the last to come first: nobody who is about to retire."""
    rows = Employment._base_manager.filter(
        unit=unit, valid__contains=day, teacher__user=None, teacher__merged_into=None
    )
    for one in rows.select_related("teacher").order_by("-valid", "pk"):
        yield one.teacher


def _first(people: Iterator[Teacher], asks: Actor, ask: Callable[..., Move] = ask_move, /, **said: Any) -> Move | None:
    """A move of the next person for whom the rules allow it to be asked."""
    for teacher in people:
        try:
            return ask(actor=asks, teacher=teacher, source="command", **said)
        except NotAllowed:
            continue
    return None
