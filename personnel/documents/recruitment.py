"""招聘公告: what a notice fixes, with its posts and their conditions, as a paper with a number."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy

from core.codes.selectors import label as code_label
from core.codes.values import values_of
from core.documents.kinds import PUBLIC, Asked, DocumentKind
from personnel.documents.telling import FOLDER, ISSUE, long_day
from personnel.models import Recruitment, RecruitmentPost
from personnel.selectors.recruitment import recruitments, rules_of
from personnel.selectors.recruitment_words import condition_words

NAME: Final = "recruitment_notice"
NOTICE: Final = "公告"
LONGEST: Final = 60
# What counts between equal totals, as notices say it.
TIES: Final = {Recruitment.Tie.WRITTEN: "笔试成绩", Recruitment.Tie.INTERVIEW: "面试成绩"}
POSTS: Final = (
    ("岗位代码", "number"),
    ("招聘单位", "unit"),
    ("学段学科", "subject"),
    ("招聘人数", "wanted"),
    ("岗位条件", "conditions"),
)


def subjects(actor: Any) -> Any:
    """The recruitments of the actor's bureau, and of those below it, whose notice was approved and stands."""
    return recruitments(actor).filter(noticed_on__isnull=False).exclude(case__state="cancelled").select_related("unit")


def holder(recruitment: Recruitment) -> str:
    """What the notice is of."""
    return recruitment.title[:LONGEST]


def noted(_actor: Any, _subject_id: int, _reason: str, _clear: bool) -> None:
    """A notice speaks of nobody: nobody is looked at."""


def context(asked: Asked) -> dict[str, Any]:
    """The notice as it was approved; the days of publicity are those of the rules on its day."""
    one: Recruitment = asked.subject
    rules, values = rules_of(one.unit, one.noticed_on or asked.actor.on), values_of(asked.actor)
    posts = list(one.posts.select_related("recruitment").order_by("number"))
    return {
        "notice": {
            "title": one.title if one.title.endswith(NOTICE) else f"{one.title}{NOTICE}",
            "bureau": values.unit(one.unit_id), "contact": one.contact, "opens": long_day(one.opens),
            "last": long_day(one.last), "address": f"{settings.PUBLIC_URL}{reverse('public_recruitment', args=[one.code])}",
            "posts": str(len(posts)), "wanted": str(sum(post.wanted for post in posts)),
            "one_post": "每人限报一个岗位。" if one.one_post else "", "ratio": str(one.ratio), "opening": str(one.opening),
            "written": str(one.weight), "interview": str(100 - one.weight), "most": f"{one.most.normalize():f}",
            "drop": str(one.drop) if one.drop else "", "drop_from": str(rules.drop_from), "tie": TIES[Recruitment.Tie(one.tie)],
            "publicity": str(rules.publicity),
        },
        "paragraphs": [{"text": line.strip()} for line in one.words.splitlines() if line.strip()],
        "rows": [_row(post, values) for post in posts],
    }  # fmt: skip


def _row(post: RecruitmentPost, values: Any) -> dict[str, str]:
    return {
        "number": str(post.number), "unit": values.unit(post.unit_id),
        "subject": f"{code_label('stage', post.stage)}{code_label('subject', post.subject)}", "wanted": str(post.wanted),
        "conditions": condition_words(post) or "不限",
    }  # fmt: skip


def sample() -> dict[str, Any]:
    """The notice of nobody."""
    return {
        "notice": {
            "title": "某某县2026年公开招聘中小学教师公告", "bureau": "某某县教育局", "contact": "某某县教育局人事股，电话12345678",
            "opens": "2026年11月23日", "last": "2026年12月4日", "address": "https://example.cn/recruitment/abc/", "posts": "1",
            "wanted": "2", "one_post": "每人限报一个岗位。", "ratio": "3", "opening": "3", "written": "50", "interview": "50",
            "most": "100", "drop": "1", "drop_from": "5", "tie": "笔试成绩", "publicity": "7",
        },
        "paragraphs": [{"text": "面向社会公开招聘教师。"}],
        "rows": [
            {
                "number": "1", "unit": "某某县某某中学", "subject": "初中数学", "wanted": "2",
                "conditions": "学历不低于大学本科毕业；专业：数学",
            }
        ],
    }  # fmt: skip


KIND: Final = DocumentKind(
    name=NAME, label=gettext_lazy("Notice of recruitment"), template=FOLDER / "recruitment_notice.docx", subjects=subjects,
    context=context, sample=sample, holder=holder, permission=ISSUE, noted=noted, page="recruitment", many=False, offered=False,
    public_fields=tuple(name for name in PUBLIC if name != "name"), order=105,
)  # fmt: skip
KINDS: Final = (KIND,)
