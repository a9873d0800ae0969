"""更正通知: what was recorded wrongly in somebody's file, and what it says now."""

from __future__ import annotations

from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.codes.values import label, values_of
from core.documents.kinds import Asked, DocumentKind
from core.org.errors import NotAllowed
from personnel.documents.asking import correction_form, corrections_of
from personnel.documents.telling import FOLDER, ISSUE, holder, long_day, noted, subjects
from personnel.selectors import versions as past
from personnel.selectors.merged import files_of

NOTHING: Final = "（空）"


def context(asked: Asked) -> dict[str, Any]:
    """What the notice says; protected values as masks. Refused by `NotAllowed` where there is no such correction."""
    teacher, actor = asked.subject, asked.actor
    wanted = str(asked.details.get("correction", ""))
    change = next((one for one in corrections_of(teacher, actor) if str(one.public_id) == wanted), None)
    if change is None:
        raise NotAllowed(_("There is no such correction in this file."))
    found = past.versions(past.sections_for(actor), files_of(teacher.pk), changes=[change.pk])
    return {
        "person": {"name": teacher.name},
        "correction": {
            "date": long_day(timezone.localtime(change.at).date()), "reason": change.reason, "document": change.document,
        },
        "items": [_item(version, name, actor) for version in found for name in version.fields],
    }  # fmt: skip


def _item(version: past.Version, name: str, actor: Any) -> dict[str, str]:
    def said(row: Any) -> str:
        return (values_of(actor).shown(version.model, name, row).text if row is not None else "") or NOTHING

    now = None if version.deleted else version.row
    return {
        "section": str(version.section.label), "field": label(version.model, name), "was": said(version.before), "now": said(now),
    }  # fmt: skip


def sample() -> dict[str, Any]:
    """The notice of nobody."""
    return {
        "person": {"name": "张三丰"},
        "correction": {"date": "2026年11月22日", "reason": "与档案原件不一致", "document": "某教人〔2026〕8号"},
        "items": [{"section": "基本信息", "field": "参加工作时间", "was": "2009-08", "now": "2008-08"}],
    }


KIND: Final = DocumentKind(
    name="correction", label=_("Notice of a correction"), template=FOLDER / "correction.docx", subjects=subjects, context=context,
    sample=sample, holder=holder, permission=ISSUE, noted=noted, form=correction_form, page="teacher_papers", many=False, order=30,
)  # fmt: skip
