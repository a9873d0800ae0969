"""The yearly plan, and the notice that is drawn up from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core import workdays
from core.documents.rules import new_code
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.records.changes import change
from core.workflow.definition import Act
from core.workflow.services import open_case, stands
from personnel.models import PlannedPost, Recruitment, RecruitmentPlan, RecruitmentPost
from personnel.selectors.recruitment import KIND, PLAN, RECRUIT, rules_of

MOST_POSTS = 500


def _may(actor: Any) -> None:
    if not actor.may(RECRUIT) or actor.unit is None or not actor.unit.is_bureau:
        raise NotAllowed(_("Your role does not prepare recruitments."))


def draw_up_plan(*, actor: Any, year: int, title: str, words: str) -> RecruitmentPlan:
    """Begin the plan of a year of the actor's bureau. Raises `NotAllowed` without the right."""
    _may(actor)
    with change("personnel.draw_up_plan", actor=actor, reason=words.strip() or title):
        case = open_case(kind=PLAN, actor=actor, unit=actor.unit)
        return RecruitmentPlan.objects.create(case=case, unit=actor.unit, year=year, title=title, words=words)


def add_row(*, actor: Any, plan: RecruitmentPlan, unit: Unit, stage: str, subject: str, number: int) -> PlannedPost:
    """So many teachers of a subject for a unit below the bureau. Raises `NotAllowed` once the plan was sent, for a closed unit, twice."""
    if not plan.unit.covers(unit):
        raise NotAllowed(_("The unit is not one of the bureau that plans."), field="unit")
    must_be_open(unit, actor.on)
    with change("personnel.plan_post", actor=actor, reason=plan.title):
        _must_be_draft(plan)
        try:
            with transaction.atomic():
                return PlannedPost.objects.create(plan=plan, unit=unit, stage=stage, subject=subject, number=number)
        except IntegrityError as error:
            raise NotAllowed(
                _("The plan has a row for this unit, stage and subject already."), field="subject"
            ) from error


def remove_row(*, actor: Any, row: PlannedPost) -> None:
    """Take a row out of a plan that was not sent yet."""
    with change("personnel.plan_post", actor=actor, reason=row.plan.title):
        _must_be_draft(row.plan)
        row.delete()


def _must_be_draft(plan: RecruitmentPlan) -> None:
    if not stands(plan.case, "draft"):
        raise NotAllowed(_("The plan was sent; its rows do not change any more."))


def must_be_open(unit: Unit, on: date) -> None:
    """Nobody is recruited for a unit that is closed on a day. Raises `NotAllowed`."""
    if unit.closed is not None and unit.closed <= on:
        raise NotAllowed(
            _("The unit was closed on %(day)s; nobody is recruited for it.") % {"day": unit.closed}, field="unit"
        )


def why_not_send_plan(act: Act) -> str:
    """A plan without rows is none."""
    plan = act.case.recruitment_plan
    return "" if plan.posts.exists() else _("Add at least one row first.")


def draw_up_notice(*, actor: Any, plan: RecruitmentPlan, values: Mapping[str, Any]) -> Recruitment:
    """A recruitment with a post for each row of a decided plan, as a draft.

    `values` are what the notice says: title, words, contact, opens, last, ratio, opening, weight, most, drop, tie, one_post. Raises
    `NotAllowed` without the right, from a plan that is not decided, and where the days or numbers are below what the rules ask.
    """
    _may(actor)
    if plan.case.state != "approved":
        raise NotAllowed(_("The plan is not approved yet."))
    why_not_terms(actor.unit, actor.on, values)
    with change("personnel.draw_up_notice", actor=actor, reason=values["title"]):
        case = open_case(kind=KIND, actor=actor, unit=actor.unit)
        made = Recruitment.objects.create(case=case, plan=plan, unit=actor.unit, code=new_code().lower(), **values)
        rows = plan.posts.order_by("unit", "stage", "subject")[:MOST_POSTS]
        RecruitmentPost.objects.bulk_create(
            RecruitmentPost(
                recruitment=made,
                number=number,
                unit_id=row.unit_id,
                stage=row.stage,
                subject=row.subject,
                wanted=row.number,
            )
            for number, row in enumerate(rows, 1)
        )
    return made


def why_not_terms(unit: Unit, on: date, values: Mapping[str, Any]) -> None:
    """Raises `NotAllowed` at the field of a notice that the rules do not let be so."""
    rules, opens, last = rules_of(unit, on), values["opens"], values["last"]
    if opens < on or last < opens:
        raise NotAllowed(_("The days of application must lie ahead, the last one not before the first."), field="last")
    days = workdays.between(opens, last + timedelta(1))
    if days < rules.notice:
        said = {"days": days, "least": rules.notice, "reference": rules.reference}
        raise NotAllowed(
            _("Applications run for %(days)s working days; at least %(least)s are asked for. %(reference)s") % said,
            field="last",
        )
    if not 0 <= values["weight"] <= 100:
        raise NotAllowed(
            _("The weight of the written score is from 0 to 100; the interview has the rest."), field="weight"
        )


def set_conditions(*, actor: Any, post: RecruitmentPost, values: Mapping[str, Any]) -> None:
    """What a post asks for, while the notice is a draft. Raises `NotAllowed` afterwards."""
    with change("personnel.set_conditions", actor=actor, reason=post.recruitment.title):
        if not stands(post.recruitment.case, "draft"):
            raise NotAllowed(_("The notice was sent for approval; its conditions do not change any more."))
        for name, value in values.items():
            setattr(post, name, value)
        post.save(update_fields=set(values))


def why_not_notice(act: Act) -> str:
    """The posts must be of open units, and the days still ahead."""
    recruitment = act.case.recruitment
    if recruitment.last < act.actor.on:
        return _("The last day for applications is over. Take the notice back and give it other days.")
    for post in recruitment.posts.select_related("unit"):
        try:
            must_be_open(post.unit, act.actor.on)
        except NotAllowed as error:
            return str(error)
    return ""


def publish_notice(act: Act) -> None:
    """From today on everybody reads the notice."""
    recruitment = act.case.recruitment
    recruitment.noticed_on = act.actor.on
    recruitment.save(update_fields={"noticed_on"})
