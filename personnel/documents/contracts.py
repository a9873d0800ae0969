"""Papers of appointment contracts: 聘用合同, 续签通知书, 解除（终止）聘用合同证明书."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.codes.selectors import label as code_label
from core.codes.values import values_of
from core.dates import DAY
from core.documents.kinds import Asked, DocumentKind
from core.org.errors import NotAllowed
from personnel.documents.telling import FOLDER, ISSUE, REVEAL, holder, identity_of, long_day, noted, subjects, text_of
from personnel.models import Contract
from personnel.selectors.contracts import contract_of, contract_rules, last_ended
from personnel.selectors.posts import appointments_of
from personnel.services.contracts import UNSIGNED


def _last(day: Any) -> str:
    """The last day before the first one without it, as prose writes it."""
    return long_day(day - DAY) if day else ""


def _person(asked: Asked) -> dict[str, Any]:
    teacher, actor = asked.subject, asked.actor
    held = appointments_of(teacher, actor.on)
    levels = "、".join(code_label("post_level", one.level) for one in held)
    return {
        "name": teacher.name, "sex": text_of(actor, teacher, "sex"), "birth": long_day(teacher.birth),
        "identity": identity_of(actor, teacher, clear=asked.clear), "post": teacher.post or "", "level": levels,
    }  # fmt: skip


def _contract(one: Contract, asked: Asked) -> dict[str, str]:
    unit = values_of(asked.actor).unit(one.unit_id)
    return {
        "unit": unit, "kind": code_label("contract_kind", one.kind), "number": one.number, "starts": long_day(one.valid.lower),
        "ends": _last(one.valid.upper), "signed": long_day(one.signed_on), "probation": long_day(one.probation_last), "note": one.note,
        "ground": code_label("contract_ground", one.ground), "notice": long_day(one.notice_on), "document": one.end_document,
    }  # fmt: skip


SAMPLE_PERSON: Final = {
    "name": "张三丰", "sex": "男", "birth": "1985年3月12日", "identity": {"kind": "居民身份证", "number": "**************0012"},
    "post": "教师", "level": "专业技术十级",
}  # fmt: skip
SAMPLE_CONTRACT: Final = {
    "unit": "某某县某某中学", "kind": "聘用合同", "number": "2026-018", "starts": "2026年9月1日", "ends": "2029年8月31日",
    "signed": "2026年8月25日", "probation": "2027年8月31日", "note": "", "ground": "本人提前书面通知解除（辞职）",
    "notice": "2026年7月20日",
    "document": "某教人〔2026〕18号",
}  # fmt: skip


def contract_context(asked: Asked) -> dict[str, Any]:
    """The contract that holds or begins next. Refused by `NotAllowed` where there is none."""
    one = contract_of(asked.subject, asked.actor.on)
    if one is None or one.kind == UNSIGNED:
        raise NotAllowed(_("No contract of this person is on file. Conclude it first."))
    rules = contract_rules(one.unit, one.valid.lower)
    return {
        "person": _person(asked), "contract": _contract(one, asked),
        "rules": {"days": str(max((rule.notice for rule in rules.grounds.values()), default=0)), "renewal": str(rules.renewal)},
    }  # fmt: skip


def contract_sample() -> dict[str, Any]:
    """The contract of nobody."""
    return {"person": SAMPLE_PERSON, "contract": SAMPLE_CONTRACT, "rules": {"days": "30", "renewal": "30"}}


def notice_context(asked: Asked) -> dict[str, Any]:
    """The notice that a contract runs out. Refused by `NotAllowed` where none does."""
    one = contract_of(asked.subject, asked.actor.on)
    if one is None or one.valid.upper is None or one.ground:
        raise NotAllowed(_("No contract of this person runs out: there is nothing to renew."))
    return {"person": _person(asked), "contract": _contract(one, asked)}


def notice_sample() -> dict[str, Any]:
    """The notice to nobody."""
    return {"person": SAMPLE_PERSON, "contract": SAMPLE_CONTRACT}


def end_context(asked: Asked) -> dict[str, Any]:
    """The contract that ended last. Refused by `NotAllowed` where none was ended."""
    one = last_ended(asked.subject)
    if one is None:
        raise NotAllowed(_("No contract of this person was ended. Record the end first."))
    rule = contract_rules(one.unit, one.valid.upper).grounds.get(one.ground)
    return {
        "person": _person(asked),
        "contract": {**_contract(one, asked), "article": rule.reference if rule is not None else ""},
    }


def end_sample() -> dict[str, Any]:
    """The certificate of nobody."""
    return {"person": SAMPLE_PERSON, "contract": {**SAMPLE_CONTRACT, "article": "事业单位人事管理条例第十七条"}}


CONTRACT: Final = DocumentKind(
    name="contract", label=gettext_lazy("Appointment contract"), template=FOLDER / "contract.docx", subjects=subjects,
    context=contract_context, sample=contract_sample, holder=holder, permission=ISSUE, clear=REVEAL, noted=noted, page="teacher_papers",
    filed_under="9-2", order=70,
)  # fmt: skip
NOTICE: Final = DocumentKind(
    name="contract_notice", label=gettext_lazy("Notice of renewal of a contract"), template=FOLDER / "contract_notice.docx",
    subjects=subjects, context=notice_context, sample=notice_sample, holder=holder, permission=ISSUE, noted=noted, page="teacher_papers",
    order=80,
)  # fmt: skip
END: Final = DocumentKind(
    name="contract_end", label=gettext_lazy("Certificate of the end of a contract"), template=FOLDER / "contract_end.docx",
    subjects=subjects, context=end_context, sample=end_sample, holder=holder, permission=ISSUE, clear=REVEAL, noted=noted,
    page="teacher_papers", filed_under="9-2", order=90,
)  # fmt: skip
KINDS: Final = (CONTRACT, NOTICE, END)
