"""教师基本情况登记表: the whole file on paper, by the sections of the registry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.codes.values import label, period_words, values_of
from core.documents.kinds import Asked, DocumentKind, Picture
from core.org.models import Unit
from core.records.models import EffectiveRecord
from core.registry import FileSection
from personnel.documents.telling import FOLDER, ISSUE, REVEAL, holder, noted, period_texts, photo_of, subjects, text_of
from personnel.sections import SECTIONS
from personnel.selectors import versions as past
from personnel.selectors.derived import derived
from personnel.selectors.file import Part, parts_of

# What stands in the head of the form, row by row, beside and below the photo: the words of the form, and the value that belongs there.
HEAD: Final = (
    (("姓名", "person.name"), ("性别", "person.sex"), ("出生日期", "person.birth")),
    (("民族", "person.ethnicity"), ("籍贯", "person.native_place"), ("出生地", "person.birthplace")),
    (("国籍", "person.nationality"), ("婚姻状况", "person.marriage"), ("健康状况", "person.health")),
    (("政治面貌", "now.political"), ("参加工作", "person.work_start"), ("从教起始", "person.teaching_start")),
)
BELOW: Final = (
    (("曾用名", "now.former_name"), ("职工号", "person.staff_number"), ("岗位类别", "person.post_family")),
    (("证件类型", "now.identity.kind"), ("证件号码", "now.identity.number")),
    (("现任职单位", "now.unit"), ("到本单位时间", "now.unit_since")),
    (("工龄", "now.service"), ("教龄", "now.teaching"), ("最高学历", "now.education")),
    (("档案出生日期", "now.birth_by_archive"), ("以何为准", "now.birth_counts")),
    (("联系电话", "now.phone"), ("电子邮箱", "now.email")),
    (("家庭住址", "now.address"),),
)
# Sections whose facts stand in the head.
IN_HEAD: Final = frozenset({"person", "birth", "contact", "photo"})
PERIOD: Final = (("起", "first_day"), ("止", "last_day"))


@dataclass(frozen=True, slots=True)
class Form:
    """A table of the form: the section, its heading and its columns (words, name of the value)."""

    section: FileSection
    columns: tuple[tuple[str, str], ...]


def forms() -> list[Form]:
    """The tables of the form, one for each section of this module that may have several rows, in the order of the file."""
    found = []
    for section in SECTIONS:
        if section.name not in IN_HEAD:
            model = past.model_of(section)
            period = PERIOD if issubclass(model, EffectiveRecord) else ()
            columns = (*((label(model, name), name) for name in section.fields), *period)
            found.append(Form(section, columns))
    return found


def context(asked: Asked) -> dict[str, Any]:
    """All that the form says: the head, a list of rows for each section, and the sections that other modules added."""
    teacher, actor = asked.subject, asked.actor
    parts = parts_of(past.sections_for(actor, teacher.post_family), teacher, actor)
    own = {section.name for section in SECTIONS}
    rows = {part.section.name: [_row(asked, part, row) for row in part.rows] for part in parts}
    listed = {form.section.name: rows.get(form.section.name, []) for form in forms()}
    return {
        "person": {name: text_of(actor, teacher, name) for name in SECTIONS[0].fields},
        "now": _now(asked, parts),
        "photo": photo_of(actor, teacher),
        **listed,
        "others": [_other(asked, part) for part in parts if part.section.name not in own and part.rows],
    }


def _row(asked: Asked, part: Part, row: Any) -> dict[str, str]:
    said = {name: text_of(asked.actor, row, name, clear=asked.clear) for name in part.section.fields}
    return {**said, **(period_texts(row) if part.dated else {})}


def _other(asked: Asked, part: Part) -> dict[str, Any]:
    return {"label": str(part.section.label), "rows": [{"text": _line(asked, part, row)} for row in part.rows]}


def _line(asked: Asked, part: Part, row: Any) -> str:
    """A row of a section in one line, for sections that the form has no table for."""
    pairs = [
        (label(part.model, name), text_of(asked.actor, row, name, clear=asked.clear)) for name in part.section.fields
    ]
    said = [f"{words}：{text}" for words, text in pairs if text]
    return "；".join([*said, *([period_words(row.valid)] if part.dated else [])])


def _now(asked: Asked, parts: list[Part]) -> dict[str, Any]:
    """What the head says beside the person's own fields: what holds today, and what is computed."""
    teacher, actor = asked.subject, asked.actor
    held = {part.section.name: part.holding(actor.on) for part in parts}

    def said(section: str, name: str) -> str:
        row = held.get(section)
        return text_of(actor, row, name, clear=asked.clear) if row is not None else ""

    unit = Unit.objects.filter(pk=teacher.unit).first()
    reckoned = derived(teacher, parts, actor.on, unit)
    return {
        "political": said("political", "status"), "former_name": said("names", "name"),
        "identity": {"kind": said("identity", "kind"), "number": said("identity", "number")},
        "unit": values_of(actor).unit(teacher.unit), "unit_since": str(teacher.unit_since or ""),
        "service": _years(reckoned.service), "teaching": _years(reckoned.teaching),
        "education": text_of(actor, reckoned.education, "level") if reckoned.education is not None else "",
        "birth_by_archive": said("birth", "by_archive"), "birth_counts": said("birth", "counts"),
        "phone": said("contact", "phone"), "email": said("contact", "email"), "address": said("contact", "address"),
    }  # fmt: skip


def _years(amount: Any) -> str:
    return ngettext("%(n)s year", "%(n)s years", amount.value) % {"n": amount.value} if amount is not None else ""


def sample() -> dict[str, Any]:
    """The form of nobody, with two rows in each table."""
    names = [way.split(".")[1:] for row in (*HEAD, *BELOW) for _words, way in row if way.startswith("now.")]
    now: dict[str, Any] = {way[0]: "某值" for way in names if len(way) == 1}
    row = dict.fromkeys
    return {
        "person": {**row(SECTIONS[0].fields, "某值"), "name": "张三丰", "sex": "男"},
        "now": {**now, "identity": {"kind": "居民身份证", "number": "**************0012"}},
        "photo": Picture(b"", 26, 32),
        **{form.section.name: [row((name for _words, name in form.columns), "某值")] * 2 for form in forms()},
        "others": [{"label": "其他栏目", "rows": [{"text": "某值"}]}],
    }


KIND: Final = DocumentKind(
    name="register", label=_("Registration form of a teacher"), template=FOLDER / "register.docx", subjects=subjects, context=context,
    sample=sample, holder=holder, permission=ISSUE, clear=REVEAL, noted=noted, page="teacher_papers", filed_under="1", order=20,
)  # fmt: skip
