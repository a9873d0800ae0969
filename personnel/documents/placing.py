"""报到通知书: where and until when a graduate reports for duty. Issued by the case that places them."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from core.codes.selectors import label as code_label
from core.codes.values import values_of
from core.documents.kinds import Asked, DocumentKind
from core.text import masked_name
from personnel.documents.telling import FOLDER, long_day
from personnel.models import Graduate, Placement
from personnel.selectors.graduates import SLIP, name_of
from personnel.selectors.recruitment import DECIDE


def subjects(actor: Any) -> Any:
    """The placements for which the actor may issue the slip."""
    return Placement.objects.visible_to(actor).select_related("graduate__key")


def holder(placement: Placement) -> str:
    """Whom the slip is about, masked: the name goes with the graduate's key, and the list of papers stays."""
    return masked_name(name_of(placement.graduate))


def noted(_actor: Any, _subject_id: int, _reason: str, _clear: bool) -> None:
    """Nobody on staff is looked at: the slip of a graduate stands in the list of papers."""


def context(asked: Asked) -> dict[str, Any]:
    """The slip: who, from where, to which school, from when, until when."""
    one, values = asked.subject, values_of(asked.actor)
    graduate: Graduate = one.graduate
    return {
        "person": {
            "name": name_of(graduate), "sex": code_label("sex", graduate.sex),
            "kind": "公费师范生" if graduate.kind == Graduate.Kind.FREE else "师范毕业生",
            "school": graduate.school, "major": graduate.major, "education": code_label("education", graduate.education),
        },
        "placement": {
            "unit": values.unit(one.unit_id), "starts": long_day(one.starts), "report_by": long_day(one.report_by),
            "document": one.document,
            "subject": code_label("subject", graduate.subject) if graduate.subject else "",
        },
    }  # fmt: skip


def sample() -> dict[str, Any]:
    """The slip of nobody."""
    return {
        "person": {
            "name": "张三丰", "sex": "男", "kind": "公费师范生", "school": "某某师范大学", "major": "数学与应用数学",
            "education": "大学本科毕业",
        },
        "placement": {
            "unit": "某某县某某中学", "starts": "2026年8月20日", "report_by": "2026年9月4日", "subject": "数学",
            "document": "某教人〔2026〕18号",
        },
    }  # fmt: skip


KIND: Final = DocumentKind(
    name=SLIP, label=_("Report slip of a graduate"), template=FOLDER / "report_slip.docx", subjects=subjects, context=context,
    sample=sample, holder=holder, permission=DECIDE, noted=noted, many=False, offered=False, order=110,
)  # fmt: skip
KINDS: Final = (KIND,)
