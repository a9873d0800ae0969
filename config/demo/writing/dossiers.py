"""The dossiers of some people of the first county: catalogues, one that is lent and late, one under way, a review to be decided."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from config.demo.logins import SHIMEN
from config.demo.writing.cases import PROOF
from config.demo.writing.offices import Offices
from core.dates import BEFORE_RECORDS, PartialDate
from core.org.actor import Actor
from core.org.models import Unit
from core.records.changes import change
from core.records.storage import store
from core.workflow.services import advance
from personnel.models import Education, Material, PoliticalStatus, Teacher
from personnel.selectors.dossier import PARTY, TEACHING
from personnel.selectors.dossier_reviews import looked_at
from personnel.selectors.teachers import in_post, teachers_on
from personnel.services.dossier import enter_material, keep_dossier
from personnel.services.dossier_loans import ask_loan
from personnel.services.dossier_reviews import open_review
from personnel.services.dossier_transfers import ask_transfer

PEOPLE: Final = 14
FEWEST: Final = 6
CLERK, APPROVER, SCHOOL = "linxi.clerk", "linxi.approver", "school.clerk"
# Taken out of some catalogues, so that something is missing by rule.
LEFT_OUT: Final = ("毕业", "入党志愿书", "工资")
READERS: Final = (
    {"name": "高慧玲", "post": "临溪县实验小学人事干事", "in_party": True},
    {"name": "周晓燕", "post": "临溪县实验小学党支部组织委员", "in_party": True},
)


def keep_dossiers(offices: Offices) -> None:
    """The county's bureau has entered the dossiers of some people; on them stand the cases."""
    clerk = offices.actor(CLERK, offices.day)
    known = teachers_on(clerk, offices.day).filter(work_start__isnull=False).select_related("key")
    own = list(known.filter(user__isnull=False).order_by("pk"))
    people = list(in_post(known, offices.day).order_by("staff_number", "pk"))
    chosen = [*own, *(one for one in people if one.user_id is None and one.post_family == TEACHING)][:PEOPLE]
    if len(chosen) < FEWEST:
        return
    for place, teacher in enumerate(chosen):
        _enter(clerk, teacher, place)
    free = [one for one in chosen if one.user_id is None]
    _lend(offices, free[0])
    _send(offices, free[1:3])
    _review(offices, free[3])


def _enter(clerk: Actor, teacher: Teacher, place: int) -> None:
    """The catalogue of a person, from the paper file; every third lacks something."""
    left_out = LEFT_OUT[place % len(LEFT_OUT)] if place % 3 == 1 else ""
    began = teacher.work_start.year if teacher.work_start else clerk.on.year - 10
    for category, title, dated, pages, says in _papers(teacher, began, clerk.on):
        if left_out and left_out in title:
            continue
        values = {"category": category, "title": title, "dated": PartialDate.parse(dated), "pages": pages, **says}
        scans = (
            [store(f"{title}.pdf", PROOF, content_type="application/pdf")]
            if place == 0 and category in {"1", "4-1"}
            else []
        )
        enter_material(
            actor=clerk, teacher=teacher, values=values, scans=scans, reason="档案整理入库", source="command"
        )
    since = max(date(began, 9, 1), BEFORE_RECORDS)
    values = {"unit": clerk.unit, "keeper": "", "shelf": f"A-{place // 6 + 1:02}-{place % 6 + 1:02}", "volumes": 1}
    keep_dossier(actor=clerk, teacher=teacher, since=since, values=values, reason="档案整理入库", source="command")


def _papers(teacher: Teacher, began: int, on: date) -> list[tuple[str, str, str, int, dict[str, object]]]:
    """What lies in the paper file: category, title, day, pages, what it says."""
    born = PartialDate.of(teacher.birth) if teacher.birth else None
    party = PoliticalStatus.objects.filter(teacher=teacher, valid__contains=on, status__in=PARTY).first()
    found: list[tuple[str, str, str, int, dict[str, object]]] = [
        ("1", "教职工登记表", f"{began}-09", 4, {"says_birth": born}),
        ("1", "干部履历表", "2018-11-20", 12, {"says_birth": born, "says_work_start": teacher.work_start}),
        ("4-1", "高中学生学籍卡", f"{max(began - 7, 1960)}-09", 2, {"says_birth": born}),
        *(
            ("4-1", f"{one.school or '高等学校'}毕业生登记表", str(one.ends or f"{began}-07"), 6, {"says_education": one.level})
            for one in Education.objects.filter(teacher=teacher).order_by("ends", "pk")
        ),
        ("4-2", "教师资格认定申请表", f"{max(began, 2001)}-06", 4, {}),
        ("9-1", "转正定级审批表", f"{began + 1}-09", 2, {"says_work_start": teacher.work_start}),
        ("9-1", "事业单位岗位设置工资变动审批表", "2014-10", 2, {}),
        ("9-2", "事业单位新进人员聘用审批表", f"{began}-08", 3, {}),
        *(("3", f"{year}年度考核登记表", f"{year + 1}-01", 2, {}) for year in range(max(began + 1, on.year - 5), on.year)),
    ]  # fmt: skip
    if party is not None:
        joined = party.joined or PartialDate.of(party.valid.lower)
        found.append(("6", "入党志愿书", str(joined), 16, {"says_party": joined}))
    if (teacher.pk % 3) == 0:
        found.append(("7", "县级优秀教师审批表", f"{on.year - 3}-09-10", 2, {}))
    return found


def _lend(offices: Offices, teacher: Teacher) -> None:
    """Lent for a review of titles five weeks ago; it should be back long since."""
    clerk, day = offices.actor(CLERK, offices.day), offices.day
    school = offices.actor(SCHOOL, day)
    asker = school if Teacher.objects.visible_to(school).filter(pk=teacher.pk).exists() else clerk
    loan = ask_loan(
        actor=asker, teacher=teacher, way="lent", purpose="title", words="高级职称评审，核对学历和任职材料", asking="临溪县实验小学",
        readers=READERS, lent=["4-1 学历学位材料", "4-2 专业技术职务材料"], source="command",
    )  # fmt: skip
    case = advance(loan.case, "approve", actor=offices.actor(APPROVER, day), source="command")
    out = day - timedelta(days=35)
    advance(case, "hand_out", actor=clerk, data={"on": out}, source="command")


def _send(offices: Offices, teachers: list[Teacher]) -> None:
    """Two dossiers are on their way to the neighbour, whose clerk has the receipt before them."""
    day = offices.day
    receiver = Unit.objects.filter(code=SHIMEN[0]).first()
    if receiver is None or not teachers:
        return
    transfer = ask_transfer(
        actor=offices.actor(CLERK, day), teachers=teachers, receiver=receiver, reason_code="moved", words="调往石门县任教，档案随转",
        basis="江教人〔2026〕31号", source="command",
    )  # fmt: skip
    case = advance(transfer.case, "approve", actor=offices.actor(APPROVER, day), source="command")
    data = {"on": day, "channel": "confidential", "carriers": f"机要{day:%Y%m%d}-017", "sealed": True}
    advance(case, "send", actor=offices.actor(CLERK, day), data=data, source="command")


def _review(offices: Offices, teacher: Teacher) -> None:
    """The oldest paper says that the person is a few months older; the approver has it before them."""
    clerk = offices.actor(CLERK, offices.day)
    if teacher.birth is None:
        return
    older = PartialDate.of(teacher.birth - timedelta(days=95))
    card = Material.objects.filter(teacher=teacher, category="4-1", title__contains="学籍卡").first()
    if card is None:
        return
    with change("personnel.correct_material", actor=clerk, reason="录入材料记载", source="command"):
        card.says_birth = PartialDate(older.year, older.month)
        card.save(update_fields={"says_birth"})
    review = open_review(actor=clerk, teacher=teacher, words="校级领导任职前审核", source="command")
    proposed = {
        one.item: says.value for one in looked_at(teacher, clerk.on) if one.finding.met is False for says in one.says if says.counts
    }  # fmt: skip
    advance(review.case, "propose", actor=clerk, data=proposed, comment="以最先形成的学籍卡为依据", source="command")
