"""Recruitments and applicants as somebody may read them, and what applicants say."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final

import orjson
from django.db.models import Count, Q

from core.documents.rules import read_code
from core.org.models import Unit
from core.parameters.selectors import at
from core.publicity.selectors import clear, digest_of
from core.records.vault import ErasedValue
from core.rules import Finding
from personnel.models import Applicant, Recruitment, RecruitmentPlan, RecruitmentPost
from personnel.rules import EducationRanks
from personnel.rules.recruitment import Conditions, Declared, Recruiting, Scored, eligibility

RECRUIT: Final = "personnel.recruit"
DECIDE: Final = "personnel.decide_recruitment"
PLAN: Final = "personnel.recruitment_plan"
KIND: Final = "personnel.recruitment"
APPLICATION: Final = "personnel.application"
HIRES: Final = "personnel.hires"
SUBJECT: Final = "personnel.Recruitment"
STAGE = Applicant.Stage
# Those who were examined and may still be called, are called, or hold a place.
EXAMINED: Final = (STAGE.INTERVIEW, STAGE.RANKED, STAGE.CALLED, STAGE.PUBLISHED, STAGE.HIRED)
HOLDING: Final = (STAGE.CALLED, STAGE.PUBLISHED, STAGE.HIRED)
# The workbooks of an exam office, and in which state of a recruitment each is taken.
APPLICANTS, WRITTEN, JUDGED = "applicants", "written_scores", "judged_scores"
TAKEN_AT: Final = {"applications": APPLICANTS, "written": WRITTEN, "interviews": JUDGED}
BEFORE_NOTICE: Final = ("draft", "submitted")


def rules_of(unit: Unit | None, on: date) -> Recruiting:
    """What holds of recruitments of a unit on a day."""
    return at(Recruiting, on, unit=unit)


def plans(actor: Any) -> Any:
    """The plans of the actor's bureau and of those below it."""
    return RecruitmentPlan.objects.visible_to(actor)


def recruitments(actor: Any) -> Any:
    """The recruitments of the actor's bureau and of those below it."""
    return Recruitment.objects.visible_to(actor)


def counted(rows: Any) -> Any:
    """Recruitments with `wanted_posts`, `applied`, `hires`: how many posts, applicants, hires."""
    return rows.annotate(
        wanted_posts=Count("posts", distinct=True),
        applied=Count("applicants", distinct=True),
        hires=Count("applicants", filter=Q(applicants__stage=STAGE.HIRED), distinct=True),
    )


def stages_of(recruitments: Collection[int]) -> dict[int, dict[str, int]]:
    """How many applicants of some recruitments (by their keys) came how far: by the key of the post, then by stage. One query."""
    found: dict[int, dict[str, int]] = {}
    rows = Applicant._base_manager.filter(recruitment__in=list(recruitments)).order_by()
    for post, stage, number in rows.values("post", "stage").annotate(n=Count("pk")).values_list("post", "stage", "n"):
        found.setdefault(post, {})[stage] = number
    return found


def applicants(actor: Any) -> Any:
    """The applicants of the actor's bureau and of those below it."""
    return Applicant.objects.visible_to(actor)


def public(on: date) -> Any:
    """The notices that everybody may read on a day, the newest first."""
    rows = Recruitment._base_manager.filter(noticed_on__lte=on).exclude(case__state="cancelled")
    return rows.select_related("unit", "case").order_by("-noticed_on", "-pk")


def public_one(code: str, on: date) -> Recruitment | None:
    """The notice of a public address, None where there is none."""
    found: Recruitment | None = public(on).filter(code=code).first()
    return found


def takes_applications(recruitment: Recruitment, on: date) -> bool:
    """Whether anybody may apply on a day."""
    return recruitment.case.state == "applications" and recruitment.opens <= on <= recruitment.last


def of_receipt(receipt: str) -> Applicant | None:
    """The applicant of a receipt number, however it was typed."""
    code = read_code(receipt)
    rows = Applicant._base_manager.select_related("recruitment__unit", "recruitment__case", "post", "case", "key")
    return rows.filter(receipt=digest_of(code)).first() if code else None


def said_of(applicant: Applicant) -> dict[str, str]:
    """What an applicant declares, by name; nothing once it was erased."""
    try:
        found: dict[str, str] = orjson.loads(applicant.said.reveal() or "{}")
    except ErasedValue:
        return {}
    return found


def name_of(applicant: Applicant) -> str:
    """The name of an applicant; what it says once it was erased."""
    return clear(applicant.name)


def conditions_of(post: RecruitmentPost) -> Conditions:
    """What a post asks for."""
    return Conditions(
        post.education, tuple(post.majors), post.certificate, post.putonghua, post.age_most, post.age_on or post.recruitment.last
    )  # fmt: skip


def findings_of(applicant: Applicant) -> list[Finding]:
    """Whether an applicant meets the conditions of the post, by what they declare and the rules of the day of the notice."""
    said, recruitment = said_of(applicant), applicant.recruitment
    if not said:
        return []
    on = recruitment.noticed_on or recruitment.opens
    rules = rules_of(recruitment.unit, on)
    declared = Declared(
        date.fromisoformat(said["birth"]), said["education"], said["major"], said.get("certificate", ""), said.get("putonghua", "")
    )  # fmt: skip
    return eligibility(declared, conditions_of(applicant.post), at(EducationRanks, on), rules.levels, recruitment.title)


def scored_of(rows: Sequence[Applicant]) -> list[Scored]:
    """Applicants with both scores, as the rules take them."""
    return [
        Scored(one.pk, one.written, one.interview, one.total, one.extra)
        for one in rows
        if one.written is not None and one.interview is not None and one.total is not None
    ]


def of_cases(cases: Sequence[Any]) -> Mapping[int, Applicant]:
    """The applicants of cases, by the case: one query."""
    rows = Applicant._base_manager.filter(case__in=[case.pk for case in cases])
    return {row.case_id: row for row in rows.select_related("recruitment__unit", "post__unit", "key", "case")}


def free_places(recruitment: Recruitment) -> dict[int, int]:
    """By post, how many places nobody holds."""
    held = Applicant._base_manager.filter(recruitment=recruitment, stage__in=HOLDING).values_list("post")
    taken = dict(held.annotate(n=Count("pk")).values_list("post", "n"))
    posts = RecruitmentPost._base_manager.filter(recruitment=recruitment).values_list("pk", "places")
    return {pk: (places or 0) - taken.get(pk, 0) for pk, places in posts}
