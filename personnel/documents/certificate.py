"""在职证明: that somebody works here, since when and as what."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from core.codes.values import values_of
from core.documents.kinds import Asked, DocumentKind
from core.org.errors import NotAllowed
from personnel.choices import ENDED
from personnel.documents.asking import purpose_form
from personnel.documents.telling import FOLDER, ISSUE, REVEAL, holder, identity_of, long_day, noted, subjects, text_of

QUOTA_WORDS: Final = {True: "在编", False: "编外", None: ""}


def context(asked: Asked) -> dict[str, Any]:
    """What the certificate says. Refused by `NotAllowed` of somebody who has retired, left or died."""
    teacher, actor = asked.subject, asked.actor
    if teacher.status in ENDED:
        raise NotAllowed(_("This person has retired, left or died, so no paper says that they are in post."))
    values = values_of(actor)
    return {
        "person": {
            "name": teacher.name, "sex": text_of(actor, teacher, "sex"), "birth": long_day(teacher.birth),
            "identity": identity_of(actor, teacher, clear=asked.clear), "unit": values.unit(teacher.unit),
            "unit_since": long_day(teacher.unit_since), "work_start": long_day(teacher.work_start), "post": teacher.post or "",
            "subject": values.code("subject", teacher.subject or ""), "stage": values.code("stage", teacher.stage or ""),
            "quota": QUOTA_WORDS[teacher.in_quota],
        },
        "purpose": asked.details.get("purpose", ""),
    }  # fmt: skip


def sample() -> dict[str, Any]:
    """The certificate of nobody."""
    return {
        "person": {
            "name": "张三丰", "sex": "男", "birth": "1985年3月12日", "identity": {"kind": "居民身份证", "number": "**************0012"},
            "unit": "某某县某某中学", "unit_since": "2010年9月1日", "work_start": "2008年8月", "post": "教师", "subject": "数学",
            "stage": "初中", "quota": "在编",
        },
        "purpose": "办理公积金贷款",
    }  # fmt: skip


KIND: Final = DocumentKind(
    name="in_post", label=_("Certificate of employment"), template=FOLDER / "in_post.docx", subjects=subjects, context=context,
    sample=sample, holder=holder, permission=ISSUE, clear=REVEAL, noted=noted, form=purpose_form, page="teacher_papers", order=10,
)  # fmt: skip
