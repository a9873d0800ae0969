"""Letters of moves: 调动审批表, 行政介绍信, 工资转移介绍信, 借调函."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.codes.selectors import label as code_label
from core.codes.values import values_of
from core.dates import DAY, add_months
from core.documents.kinds import Asked, DocumentKind
from core.org.errors import NotAllowed
from personnel.documents.telling import FOLDER, ISSUE, REVEAL, holder, identity_of, long_day, noted, subjects, text_of
from personnel.models import Move, MoveKind
from personnel.selectors.move_words import receiver_words
from personnel.selectors.moves import decided_move, move_rules
from personnel.selectors.posts import appointments_of

# What the papers call each sort of move, and the letter to the receiver.
CALLED: Final = {
    MoveKind.TRANSFER: ("调动", ""), MoveKind.ROTATION: ("交流轮岗", "交流轮岗派遣函"), MoveKind.SUPPORT: ("支教", "支教派遣函"),
    MoveKind.LOAN: ("借调", "借调函"), MoveKind.TEMPORARY: ("挂职", "挂职派遣函"), MoveKind.SHADOWING: ("跟岗学习", "跟岗学习函"),
}  # fmt: skip
OPINIONS: Final = (
    ("sender", "agree_sender"), ("receiver", "agree_receiver"), ("bureau", "pass_on"), ("decision", "approve"),
)  # fmt: skip


def _decided(asked: Asked, *, employment: bool) -> Move:
    found = decided_move(asked.subject, employment=employment)
    if found is None:
        if employment:
            raise NotAllowed(_("No transfer of this person was decided. Have it decided first."))
        raise NotAllowed(_("No loan or other time at another unit was decided for this person. Have it decided first."))
    return found


def _person(asked: Asked, move: Move) -> dict[str, Any]:
    """The person as they are before the move: what letters say of them."""
    teacher, actor = asked.subject, asked.actor
    levels = "、".join(code_label("post_level", one.level) for one in appointments_of(teacher, move.starts - DAY))
    return {
        "name": teacher.name, "sex": text_of(actor, teacher, "sex"), "birth": long_day(teacher.birth),
        "work_start": long_day(teacher.work_start), "identity": identity_of(actor, teacher, clear=asked.clear),
        "post": teacher.post or "", "level": levels,
    }  # fmt: skip


def _move(asked: Asked, move: Move) -> dict[str, str]:
    values = values_of(asked.actor)
    called, letter = CALLED[MoveKind(move.kind)]
    days = move_rules(move.to_unit or move.from_unit, move.starts).report_days
    return {
        "called": called, "letter": letter, "sender": values.unit(move.from_unit_id), "receiver": receiver_words(move, values),
        "starts": long_day(move.starts), "last": long_day(move.ends - DAY) if move.ends else "",
        "ground": code_label("move_ground", move.ground), "words": move.words, "post": move.post,
        "level": code_label("post_level", move.level) if move.level else "", "document": move.document, "exception": move.exception,
        "report_by": long_day(move.starts + timedelta(days=days)), "days": str(days),
    }  # fmt: skip


def _opinions(move: Move) -> dict[str, dict[str, str]]:
    """Who agreed to a move when, by the steps of its case."""
    steps = move.case.history.select_related("change__actor", "change__unit").order_by("revision")
    found: dict[str, dict[str, str]] = {name: {"words": "", "who": "", "date": ""} for name, _step in OPINIONS}
    for version in steps:
        name = next((name for name, step in OPINIONS if step == version.step), "")
        if name:
            day = timezone.localtime(version.change.at).date()
            found[name] = {"words": version.comment or "同意", "who": str(version.change.actor), "date": long_day(day)}
    if move.to_unit_id is None:
        found["receiver"]["words"] = f"同意调入，商调函：{move.letter}"
    return found


def form_context(asked: Asked) -> dict[str, Any]:
    """The approval form of the latest move for good. Refused by `NotAllowed` where none was decided."""
    move = _decided(asked, employment=True)
    return {"person": _person(asked, move), "move": _move(asked, move), "opinions": _opinions(move)}


def letter_context(asked: Asked) -> dict[str, Any]:
    """The letter of introduction. Refused as the form."""
    move = _decided(asked, employment=True)
    return {"person": _person(asked, move), "move": _move(asked, move)}


def wage_months(starts: date) -> tuple[date, date]:
    """The last month that the sender pays and the first one that the receiver pays, by their first days; none lies between.

    Who moves within a month is paid for it by the sender.
    """
    last = (starts - DAY).replace(day=1)
    return last, add_months(last, 1)


def wage_context(asked: Asked) -> dict[str, Any]:
    """The wage transfer letter. Refused as the form."""
    move = _decided(asked, employment=True)
    last, first = wage_months(move.starts)
    return {
        "person": _person(asked, move), "move": _move(asked, move),
        "wage": {"last": f"{last.year}年{last.month}月", "first": f"{first.year}年{first.month}月"},
    }  # fmt: skip


def loan_context(asked: Asked) -> dict[str, Any]:
    """The letter to the receiver of a loan or another time there. Refused by `NotAllowed` where none was decided."""
    move = _decided(asked, employment=False)
    return {"person": _person(asked, move), "move": _move(asked, move)}


SAMPLE_PERSON: Final = {
    "name": "张三丰", "sex": "男", "birth": "1985年3月12日", "work_start": "2007年8月",
    "identity": {"kind": "居民身份证", "number": "**************0012"}, "post": "教师", "level": "专业技术十级",
}  # fmt: skip
SAMPLE_MOVE: Final = {
    "called": "调动", "letter": "借调函", "sender": "某某县某某中学", "receiver": "某某县某某小学", "starts": "2027年2月1日",
    "last": "2028年1月31日", "ground": "组织调配", "words": "学科教师紧缺", "post": "教师", "level": "专业技术十级",
    "document": "某教人〔2026〕18号", "exception": "某教人〔2026〕3号", "report_by": "2027年2月16日", "days": "15",
}  # fmt: skip
SAMPLE_OPINION: Final = {"words": "同意", "who": "李四", "date": "2026年12月1日"}


def letter_sample() -> dict[str, Any]:
    """The letter of nobody."""
    return {"person": SAMPLE_PERSON, "move": SAMPLE_MOVE}


def form_sample() -> dict[str, Any]:
    """The form of nobody."""
    return {**letter_sample(), "opinions": {name: SAMPLE_OPINION for name, _step in OPINIONS}}


def wage_sample() -> dict[str, Any]:
    """The wage letter of nobody."""
    return {**letter_sample(), "wage": {"last": "2027年1月", "first": "2027年2月"}}


FORM: Final = DocumentKind(
    name="move_form", label=gettext_lazy("Approval form of a transfer"), template=FOLDER / "move_form.docx", subjects=subjects,
    context=form_context, sample=form_sample, holder=holder, permission=ISSUE, clear=REVEAL, noted=noted, page="teacher_papers",
    filed_under="9-2", order=100,
)  # fmt: skip
LETTER: Final = DocumentKind(
    name="move_letter", label=gettext_lazy("Letter of introduction"), template=FOLDER / "move_letter.docx", subjects=subjects,
    context=letter_context, sample=letter_sample, holder=holder, permission=ISSUE, clear=REVEAL, noted=noted, page="teacher_papers",
    filed_under="9-2", order=110,
)  # fmt: skip
WAGE: Final = DocumentKind(
    name="move_wage", label=gettext_lazy("Wage transfer letter"), template=FOLDER / "move_wage.docx", subjects=subjects,
    context=wage_context, sample=wage_sample, holder=holder, permission=ISSUE, clear=REVEAL, noted=noted,
    page="teacher_papers", filed_under="9-1", order=120,
)  # fmt: skip
LOAN: Final = DocumentKind(
    name="loan_letter", label=gettext_lazy("Letter of loan or dispatch"), template=FOLDER / "loan_letter.docx", subjects=subjects,
    context=loan_context, sample=letter_sample, holder=holder, permission=ISSUE, noted=noted, page="teacher_papers", order=130,
)  # fmt: skip
KINDS: Final = (FORM, LETTER, WAGE, LOAN)
