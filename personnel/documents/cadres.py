"""干部任免审批表: what the file says of a cadre, the curriculum vitae, what is proposed, and the places of those who decide."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from core.codes.selectors import label as code_label
from core.codes.values import values_of
from core.dates import DAY, PartialDate
from core.documents.kinds import Asked, DocumentKind, Picture
from core.registry import registry
from personnel import rules
from personnel.documents.telling import FOLDER, ISSUE, holder, noted, photo_of, subjects, text_of
from personnel.models import (
    Achievement,
    Education,
    Employment,
    FamilyMember,
    Headship,
    HeadshipProposal,
    PoliticalStatus,
    Teacher,
    WorkExperience,
)
from personnel.selectors.cadres import PARTY, headships_of, latest_proposal
from personnel.selectors.derived import highest

TEACHER: Final = "教师"
PRIZE: Final = "prize"
MOST_REWARDS: Final = 10
# The first page, beside the photo and below it: the words of the form, and the value that belongs there.
HEAD: Final = (
    (("姓名", "person.name"), ("性别", "person.sex"), ("出生年月（岁）", "person.birth")),
    (("民族", "person.ethnicity"), ("籍贯", "person.native_place"), ("出生地", "person.birthplace")),
    (("入党时间", "person.joined"), ("参加工作时间", "person.work_start"), ("健康状况", "person.health")),
    (("专业技术职务", "person.title"), ("熟悉专业有何专长", "person.speciality")),
)
STUDIES: Final = (("全日制教育", "full_time"), ("在职教育", "in_service"))
POSTS: Final = (("现任职务", "posts.now"), ("拟任职务", "posts.to_begin"), ("拟免职务", "posts.to_end"))
# The second page.
WORDS: Final = (("奖惩情况", "rewards"), ("年度考核结果", "assessments"), ("任免理由", "reason"))
FAMILY: Final = (
    ("称谓", "relation"),
    ("姓名", "name"),
    ("出生年月", "birth"),
    ("政治面貌", "political_status"),
    ("工作单位及职务", "workplace"),
)
OPINIONS: Final = ("呈报单位", "审批机关意见", "行政机关任免意见")


def context(asked: Asked) -> dict[str, Any]:
    """All that the form says; what is proposed is that of the last proposal which the issuer sees and that was not refused."""
    teacher, actor = asked.subject, asked.actor
    proposal = latest_proposal(actor, teacher)
    studies = list(Education.objects.visible_to(actor).filter(teacher=teacher))
    return {
        "person": _person(asked),
        "photo": photo_of(actor, teacher),
        "full_time": _study([one for one in studies if one.full_time is not False], actor),
        "in_service": _study([one for one in studies if one.full_time is False], actor),
        "posts": _posts(teacher, actor, proposal),
        "resume": [{"text": line_words(line)} for line in vitae(teacher, actor)] or [{"text": ""}],
        "rewards": "；".join([*_told("rewards", teacher, actor.on), *_prizes(teacher, actor)]),
        "assessments": "；".join(_told("assessments", teacher, actor.on)),
        "reason": proposal.words if proposal is not None else "",
        "family": [
            {name: _short(text_of(actor, row, name)) if name == "birth" else text_of(actor, row, name) for _label, name in FAMILY}
            for row in FamilyMember.objects.visible_to(actor).filter(teacher=teacher).order_by("relation", "pk")
        ],
    }  # fmt: skip


def _person(asked: Asked) -> dict[str, str]:
    teacher, actor = asked.subject, asked.actor
    plain = {
        name: text_of(actor, teacher, name)
        for name in ("name", "sex", "ethnicity", "native_place", "birthplace", "health")
    }
    party = PoliticalStatus.objects.visible_to(actor).filter(teacher=teacher, status__in=PARTY).order_by("valid").last()
    titles = _told("title", teacher, actor.on)
    subject = code_label("subject", teacher.subject) if teacher.subject else ""
    return {
        **plain, "birth": _birth(teacher, actor.on), "work_start": _short(str(teacher.work_start or "")),
        "joined": _short(str(party.joined or "")) if party is not None else "", "title": "、".join(titles),
        "speciality": f"{subject}教学" if subject else "",
    }  # fmt: skip


def _birth(teacher: Teacher, on: date) -> str:
    if teacher.birth is None:
        return ""
    return f"{teacher.birth:%Y.%m}（{rules.age(teacher.birth, on)}岁）"


def _short(text: str) -> str:
    """2008-07-01 as such forms write it: 2008.07."""
    return ".".join(text.split("-")[:2])


def _study(rows: list[Any], actor: Any) -> dict[str, str]:
    """The highest of some courses of study: education with degree, school with field."""
    best = highest(rows, actor.on, actor.unit) or next(iter(rows), None)
    if best is None:
        return {"level": "", "where": ""}
    said = [text_of(actor, best, "level"), text_of(actor, best, "degree")]
    return {"level": " ".join(filter(None, said)), "where": " ".join(filter(None, [best.school, best.subject]))}


def _posts(teacher: Any, actor: Any, proposal: HeadshipProposal | None) -> dict[str, str]:
    values = values_of(actor)
    held = headships_of(teacher, actor.on)
    now = [f"{values.unit(one.unit_id)}{_post(one)}" for one in held] or [
        f"{values.unit(teacher.unit)}{teacher.post or TEACHER}"
    ]
    begins = ends = ""
    if proposal is not None and proposal.headship:
        begins = f"{values.unit(proposal.unit_id)}{_post(proposal)}"
    if proposal is not None and proposal.removes is not None:
        ends = f"{values.unit(proposal.removes.unit_id)}{_post(proposal.removes)}"
    return {"now": "、".join(now), "to_begin": begins, "to_end": ends}


def _post(one: Headship | HeadshipProposal) -> str:
    said = code_label("headship", one.headship)
    return f"代理{said}" if one.acting else said


def vitae(teacher: Teacher, actor: Any) -> list[rules.VitaeLine]:
    """The curriculum vitae as the file tells it: employments with the headships in them, earlier work, studies."""
    values = values_of(actor)
    jobs = Employment._base_manager.filter(teacher=teacher, valid__startswith__lte=actor.on).order_by("valid")
    heads = Headship._base_manager.filter(teacher=teacher, valid__startswith__lte=actor.on).order_by("valid")
    values.prime(units=[*(one.unit_id for one in jobs), *(one.unit_id for one in heads)])
    return rules.curriculum(
        [rules.Stay(one.valid.lower, one.valid.upper, values.unit(one.unit_id), one.post or TEACHER) for one in jobs],
        [rules.Stay(one.valid.lower, one.valid.upper, values.unit(one.unit_id), _post(one)) for one in heads],
        [*_earlier(teacher, actor), *_studies(teacher, actor)],
    )  # fmt: skip


def _earlier(teacher: Teacher, actor: Any) -> list[rules.Stay]:
    rows = WorkExperience.objects.visible_to(actor).filter(teacher=teacher)
    return [
        rules.Stay(one.starts.first_day(), None, one.workplace, one.post, said=_period(one.starts, one.ends))
        for one in rows
    ]


def _studies(teacher: Teacher, actor: Any) -> list[rules.Stay]:
    """Courses of which the beginning or the end is known; those in service stand beside the work."""
    found = []
    for one in Education.objects.visible_to(actor).filter(teacher=teacher):
        first = one.starts or one.ends
        if first is None:
            continue
        what = f"{one.subject}专业学习" if one.subject else "学习"
        where = f"在{one.school}" if one.school else ""
        found.append(
            rules.Stay(
                first.first_day(), None, where, what, beside=one.full_time is False, said=_period(one.starts, one.ends)
            )
        )
    return found


def _period(starts: PartialDate | None, ends: PartialDate | None) -> str:
    """2001.09—2005.07, 2001.09—, 至2005.07."""
    last = _short(str(ends or ""))
    return f"{_short(str(starts))}—{last}" if starts is not None else f"至{last}"


def line_words(line: rules.VitaeLine) -> str:
    """A line as the form writes it."""
    last = "" if line.ends is None else f"{line.ends - DAY:%Y.%m}"
    period = line.said or f"{line.starts:%Y.%m}—{last}"
    return f"（其间：{period}　{line.text}）" if line.beside else f"{period}　{line.text}"


def _prizes(teacher: Teacher, actor: Any) -> list[str]:
    rows = (
        Achievement.objects.visible_to(actor).filter(teacher=teacher, kind=PRIZE).order_by("-on", "-pk")[:MOST_REWARDS]
    )
    return [
        " ".join(filter(None, [_short(str(one.on or "")), text_of(actor, one, "level"), one.title])) for one in rows
    ]


def _told(name: str, teacher: Teacher, on: date) -> list[str]:
    """What modules to the right know of a person: a text or several."""
    found: list[str] = []
    for one in registry.each("person_facts"):
        if one.name == name:
            said = one.of([teacher.pk], on).get(teacher.pk)
            found += [said] if isinstance(said, str) else list(said or ())
    return found


def withheld(actor: Any, subject_id: int) -> bool:
    """Whom the form is about does not read it."""
    return Teacher._base_manager.filter(pk=subject_id, user=actor.user.pk).exists()


def sample() -> dict[str, Any]:
    """The form of nobody."""
    names = [way.partition(".")[2] for row in HEAD for _words, way in row]
    study = {"level": "大学本科毕业 学士", "where": "某某师范大学 数学与应用数学"}
    return {
        "person": {**dict.fromkeys(names, "某值"), "name": "张三丰"}, "photo": Picture(b"", 26, 32), "full_time": study,
        "in_service": study,
        "posts": {"now": "某某中学副校长", "to_begin": "某某中学校长", "to_end": "某某中学副校长"},
        "resume": [{"text": "2005.08—2010.08　某某中学教师"}, {"text": "2010.09—　某某中学副校长"}],
        "rewards": "2019.09 县级 优秀教师", "assessments": "2023年优秀；2024年合格；2025年优秀", "reason": "工作需要",
        "family": [dict.fromkeys((name for _words, name in FAMILY), "某值")] * 2,
    }  # fmt: skip


KIND: Final = DocumentKind(
    name="cadre_form", label=_("Form of appointment and removal of cadres"), template=FOLDER / "cadre_form.docx", subjects=subjects,
    context=context, sample=sample, holder=holder, permission=ISSUE, noted=noted, page="teacher_papers", many=False, withheld=withheld,
    order=100,
)  # fmt: skip
KINDS: Final = (KIND,)
