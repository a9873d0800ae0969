"""Papers of the dossier: 干部人事档案目录, 干部人事档案转递通知单 with its receipt, 三龄两历审核认定表."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.codes.selectors import label as code_label
from core.codes.values import values_of
from core.documents.kinds import Asked, DocumentKind
from core.org.errors import NotAllowed
from core.web.looks import PAPER
from personnel.documents.telling import FOLDER, holder, long_day, noted, subjects
from personnel.models import DossierReview, DossierTransfer, Material, ReviewItem, SentDossier, Teacher
from personnel.selectors.dossier import DECIDE, KEEP, VIEW, catalogue, keeping_of, materials_of
from personnel.selectors.dossier_reviews import words_of
from personnel.services.access import note_looks
from personnel.services.dossier import note_dossier
from personnel.services.dossier_reviews import PAPER as DECISION
from personnel.services.dossier_transfers import NOTICE, transferring_for

# What the log of looks says.
PRINTED: Final = "打印档案目录"
FOUND: Final = {"agree": "一致", "differ": "不一致", "no_paper": "无材料"}
ITEMS: Final = {
    "birth": "出生日期", "work_start": "参加工作时间", "party": "入党时间", "education": "学历", "experience": "工作经历",
}  # fmt: skip


# 干部人事档案目录


def others(actor: Any) -> Any:
    """The people whose catalogue the actor may print: never the actor's own."""
    return subjects(actor).exclude(user=actor.user)


def is_of_the_reader(actor: Any, subject_id: int) -> bool:
    """Whether a catalogue is that of the actor's own dossier, which nobody reads."""
    return bool(Teacher._base_manager.filter(pk=subject_id, user=actor.user).exists())


def catalogue_context(asked: Asked) -> dict[str, Any]:
    """The catalogue: each category with its materials, numbered; that it was printed is a look."""
    teacher, actor = asked.subject, asked.actor
    note_dossier(actor=actor, teachers=[teacher.pk], reason=PRINTED)
    groups = catalogue(materials_of(teacher, actor), actor.on, actor.unit)
    kept = keeping_of(teacher, actor.on)
    entries = [entry for group in groups for entry in group.entries]
    return {
        "person": {"name": teacher.name, "birth": str(teacher.birth or ""), "unit": values_of(actor).unit(teacher.unit)},
        "dossier": {
            "keeper": (kept.keeper or values_of(actor).unit(kept.unit_id)) if kept is not None else "", "shelf": kept.shelf if kept else "",
            "materials": str(len(entries)), "pages": str(sum(one.material.pages or 0 for one in entries)),
        },
        "groups": [
            {
                "code": group.code, "label": group.label,
                "rows": [_line(entry.material, f"{group.code}-{entry.number}") for entry in group.entries],
            }
            for group in groups
        ],
    }  # fmt: skip


def _line(material: Material, mark: str) -> dict[str, str]:
    dated = material.dated
    return {
        "mark": mark, "title": material.title, "year": str(dated.year) if dated else "",
        "month": str(dated.month or "") if dated else "", "day": str(dated.day or "") if dated else "",
        "copies": str(material.copies), "pages": str(material.pages or ""),
        "note": "；".join(filter(None, [code_label("material_form", material.form) if material.form != "original" else "", material.note])),
    }  # fmt: skip


def catalogue_sample() -> dict[str, Any]:
    """The catalogue of nobody."""
    row = {
        "mark": "1-1", "title": "干部履历表", "year": "2008", "month": "9", "day": "1", "copies": "1", "pages": "8", "note": "",
    }  # fmt: skip
    return {
        "person": {"name": "张三丰", "birth": "1985-07-13", "unit": "某某县实验小学"},
        "dossier": {"keeper": "某某县教育局", "shelf": "A-03-12", "materials": "2", "pages": "16"},
        "groups": [
            {"code": "1", "label": "履历类材料", "rows": [row, row]},
            {"code": "2", "label": "自传和思想类材料", "rows": []},
        ],
    }


CATALOGUE: Final = DocumentKind(
    name="dossier_catalogue", label=gettext_lazy("Catalogue of the dossier"), template=FOLDER / "dossier_catalogue.docx",
    subjects=others, context=catalogue_context, sample=catalogue_sample, holder=holder, permission=KEEP, noted=noted,
    page="teacher_dossier", many=False, reading=VIEW, withheld=is_of_the_reader, order=40,
)  # fmt: skip


# 转递通知单


def transfers(actor: Any) -> Any:
    """The transfers for which the actor may issue the notice."""
    return DossierTransfer.objects.visible_to(actor)


def transfer_holder(transfer: DossierTransfer) -> str:
    """Whom a notice names first."""
    names = list(transfer.sent.order_by("pk").values_list("teacher__name", flat=True))
    return f"{names[0]}等{len(names)}人"[:60] if len(names) > 1 else names[0]


def transfer_noted(actor: Any, subject_id: int, reason: str, clear: bool) -> None:
    """Write down that somebody issued or read a notice about these people."""
    people = SentDossier._base_manager.filter(transfer=subject_id).values_list("teacher_id", flat=True)
    note_looks(actor=actor, teachers=[*people], what=PAPER, reason=reason)


def transfer_context(asked: Asked) -> dict[str, Any]:
    """The notice: to whom, which dossiers, counted, and the receipt."""
    transfer, actor = asked.subject, asked.actor
    values = values_of(actor)
    sent = list(transfer.sent.select_related("teacher").order_by("pk"))
    return {
        "transfer": {
            "receiver": transfer.receiver_name or values.unit(transfer.receiver_id), "sender": values.unit(transfer.sender_id),
            "reason": code_label("dossier_reason", transfer.reason), "basis": transfer.basis,
            "channel": code_label("dossier_channel", transfer.channel), "carriers": transfer.carriers,
            "sent_on": long_day(transfer.sent_on), "people": str(len(sent)), "volumes": str(sum(one.volumes for one in sent)),
            "materials": str(sum(one.materials for one in sent)), "days": str(transferring_for(transfer.sender, actor.on).receipt),
        },
        "rows": [
            {
                "number": str(place), "name": one.teacher.name, "volumes": str(one.volumes), "materials": str(one.materials), "note": "",
            }
            for place, one in enumerate(sent, start=1)
        ],
    }  # fmt: skip


def transfer_sample() -> dict[str, Any]:
    """The notice of nobody."""
    row = {"number": "1", "name": "张三丰", "volumes": "1", "materials": "36", "note": ""}
    return {
        "transfer": {
            "receiver": "某某区教育局", "sender": "某某县教育局", "reason": "工作调动", "basis": "某教人〔2026〕8号", "channel": "机要通信",
            "carriers": "", "sent_on": "2026年11月22日", "people": "1", "volumes": "1", "materials": "36", "days": "22",
        },
        "rows": [row],
    }  # fmt: skip


TRANSFER: Final = DocumentKind(
    name=NOTICE, label=gettext_lazy("Notice of transfer of dossiers"), template=FOLDER / "dossier_transfer.docx",
    subjects=transfers, context=transfer_context, sample=transfer_sample, holder=transfer_holder, permission=KEEP, noted=transfer_noted,
    many=False, offered=False, reading=VIEW, order=50,
)  # fmt: skip


# 三龄两历审核认定表


def review_context(asked: Asked) -> dict[str, Any]:
    """The decision on a review: the one that is named, else the latest decided. Refused by `NotAllowed` where there is none."""
    teacher, actor = asked.subject, asked.actor
    rows = DossierReview._base_manager.filter(teacher=teacher).order_by("-pk")
    wanted = str(asked.details.get("review", ""))
    found = rows.filter(public_id=wanted).first() if wanted else rows.filter(paper__isnull=False).first()
    if found is None:
        raise NotAllowed(_("There is no decision on ages and histories about this person."))
    known = {one.item: one for one in found.items.all()}
    return {
        "person": {
            "name": teacher.name, "sex": code_label("sex", teacher.sex), "birth": str(teacher.birth or ""),
            "unit": values_of(actor).unit(teacher.unit),
        },
        "review": {"words": found.words},
        "items": [_item(name, known[name]) for name in ReviewItem.Item.values if name in known],
    }  # fmt: skip


def _item(name: str, one: ReviewItem) -> dict[str, str]:
    counts = one.proposed or one.was
    return {
        "item": ITEMS[name], "was": words_of(name, one.was) or "（空）", "basis": one.basis or "（无）", "found": FOUND[one.found],
        "counts": words_of(name, counts) or "（空）",
    }  # fmt: skip


def review_sample() -> dict[str, Any]:
    """The decision of nobody."""
    return {
        "person": {"name": "张三丰", "sex": "男", "birth": "1985-07-13", "unit": "某某县实验小学"},
        "review": {"words": "任职前审核"},
        "items": [
            {
                "item": "出生日期",
                "was": "1985-07-13",
                "basis": "1-1 中学生学籍表",
                "found": "不一致",
                "counts": "1984-07",
            }
        ],
    }


REVIEW: Final = DocumentKind(
    name=DECISION, label=gettext_lazy("Decision on ages and histories"), template=FOLDER / "dossier_review.docx",
    subjects=subjects, context=review_context, sample=review_sample, holder=holder, permission=DECIDE, noted=noted,
    page="teacher_papers", many=False, offered=False, filed_under="5", order=60,
)  # fmt: skip

KINDS: Final = (CATALOGUE, TRANSFER, REVIEW)
