"""Leading cadres, graduates and special posts of the first county: who leads which school, and what waits to be decided."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from psycopg.types.range import Range

from config.demo.people import PHONE_PREFIX, identity_number
from config.demo.writing.offices import Offices
from config.demo.writing.recruiting import APPROVER, CLERK
from core.dates import add_months
from core.org.actor import Actor
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.records.changes import change
from core.workflow.services import advance
from personnel import rules
from personnel.models import CHIEFS, Employment, Headship, ServiceAgreement
from personnel.selectors.gone import gone
from personnel.selectors.graduates import free_seats, special_posts
from personnel.services.cadres import propose_headship
from personnel.services.graduates import list_graduate, propose_placement
from personnel.services.reserves import begin_reserve, enter_member
from personnel.services.special_posts import propose_special_end

POSTS: Final = {"校长": "principal", "副校长": "vice_principal", "园长": "director", "副园长": "vice_director"}
YEARS: Final = 5
MONTHS: Final = 12
NAMES: Final = ("许嘉宁", "何沐阳", "宋知夏", "唐一诺")
SERVING: Final = 3


def lead(offices: Offices) -> None:
    """Who leads by the posts of the files; a next term and a reserve that wait; graduates of the year, and a special post that ends."""
    clerk, approver = (offices.actor(name, offices.day) for name in (CLERK, APPROVER))
    if clerk.unit is None:
        return
    heads = _heads(approver, offices.day)
    _waiting(clerk, heads)
    _graduates(clerk, approver, offices.day)
    _agreements(clerk, offices.day)
    for one in special_posts(clerk, offices.day, days=3 * 365)[:1]:
        propose_special_end(
            actor=clerk,
            teacher=one.teacher,
            outcome="stays",
            verdict="passed",
            words="服务期考核合格，本人愿意留任",
            source="command",
        )


def _heads(approver: Actor, day: date) -> list[Headship]:
    jobs = Employment.objects.visible_to(approver).filter(
        valid__contains=day, post__in=POSTS, teacher__merged_into=None
    )
    led: dict[tuple[int, str], Headship] = {}
    for job in jobs.exclude(teacher__in=gone(day).values("teacher")).order_by("valid", "pk"):
        code = POSTS[job.post]
        key = (job.unit_id, code if code in CHIEFS else f"{code} {job.teacher_id}")
        led.setdefault(key, _head(job, code, day))
    document = f"临教干〔{day.year}〕3号"
    with change(
        "personnel.record_headship", actor=approver, reason="校级领导现任职务登记", document=document, source="command"
    ):
        for place, one in enumerate(led.values()):
            one.document = document
            if place == 1:
                one.probation_last = day + timedelta(days=60)
        return list(Headship.objects.bulk_create(led.values()))


def _head(job: Employment, code: str, day: date) -> Headship:
    """The term of five years in which somebody is by the day, of those since they hold the post."""
    since = max(job.valid.lower, add_months(day, -9 * MONTHS))
    term = 1
    while add_months(since, YEARS * MONTHS * term) <= day:
        term += 1
    begins = add_months(since, YEARS * MONTHS * (term - 1))
    return Headship(
        teacher_id=job.teacher_id, unit_id=job.unit_id, headship=code, term=term, term_last=rules.term_last(begins, YEARS),
        valid=Range(since, None),
    )  # fmt: skip


def _waiting(clerk: Actor, heads: list[Headship]) -> None:
    """The next term of somebody is proposed, and the reserve of the year was sent."""
    for one in heads:
        with suppress(NotAllowed):
            propose_headship(
                actor=clerk, teacher=one.teacher, unit=one.unit, headship=one.headship, begins=clerk.on, years=YEARS,
                words="任期考核优秀，拟续任", source="command",
            )  # fmt: skip
            break
    made = begin_reserve(actor=clerk, year=clerk.on.year, words="县委教育工委年度后备干部推荐", source="command")
    deputies = [one for one in heads if one.headship not in CHIEFS][:3] or heads[:1]
    for one in deputies:
        enter_member(
            actor=clerk, reserve=made, teacher=one.teacher, headship="principal", named_by="学校党组织", words="任副职以来考核优秀",
            source="command",
        )  # fmt: skip
    if deputies:
        advance(made.case, "send", actor=clerk, source="command")


def _graduates(clerk: Actor, approver: Actor, day: date) -> None:
    """Four graduates of the year: one placed, one whose placement waits, two without a place yet."""
    free = [unit for unit, number in free_seats(clerk, day).items() if number > 0]
    units = list(Unit.objects.filter(pk__in=free).order_by("pk")[:3])
    made = []
    for place, name in enumerate(NAMES):
        values: dict[str, Any] = {
            "name": name, "school": "福建师范大学", "education": "21", "major": "数学与应用数学", "stage": "primary",
            "subject": "mathematics", "home": "临溪县", "signed_on": date(day.year - 4, 9, 1), "fees": Decimal(36000),
            "agreement": f"公费{day.year - 4}-{place + 1:03}",
        }  # fmt: skip
        made.append(
            list_graduate(
                actor=clerk, year=day.year, kind="free" if place % 2 else "normal", number=_number(place, day),
                phone=f"{PHONE_PREFIX}598{place:05}", values=values, wishes=units[place % 2 :], source="command",
            )
        )  # fmt: skip
    for graduate, unit in zip(made[:2], units, strict=False):
        placement = propose_placement(
            actor=clerk, graduate=graduate, unit=unit, starts=day, words="按志愿和缺编安置", source="command"
        )
        if graduate is made[0]:
            document = f"临教人〔{day.year}〕31号"
            advance(placement.case, "approve", actor=approver, data={"document": document}, source="command")


def _number(place: int, day: date) -> str:
    return identity_number("350726", date(day.year - 22, 3, 8) + timedelta(days=113 * place), 400 + place)


def _agreements(clerk: Actor, day: date) -> None:
    """Some who came as publicly funded students some years ago; without such, the last who came."""
    jobs = Employment.objects.visible_to(clerk).filter(valid__contains=day, in_quota=True, teacher__merged_into=None)
    came = list(jobs.order_by("-valid", "pk")[:SERVING])
    with change("personnel.add_fact", actor=clerk, reason="公费师范生协议补录", source="command"):
        ServiceAgreement.objects.bulk_create(
            ServiceAgreement(
                teacher_id=job.teacher_id, number=f"公费{job.valid.lower.year - 4}-{job.pk}", starts=job.valid.lower, years=6,
                rural_years=1, signed_on=date(job.valid.lower.year - 4, 9, 1), fees=Decimal(36000),
            )
            for job in came
        )  # fmt: skip
