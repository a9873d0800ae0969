"""Verbs of special posts at the end of their term (特岗期满): proposed and decided, onto a seat or away."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.org.errors import NotAllowed
from core.records.changes import change
from core.workflow.definition import Act
from core.workflow.services import open_case
from personnel import rules
from personnel.models import Employment, PersonStatus, SpecialPostEnd, Teacher
from personnel.models.career import IN_QUOTA
from personnel.selectors.graduates import SPECIAL, special_of, special_years, why_no_seat
from personnel.selectors.recruitment import RECRUIT
from personnel.services.dossier import must_be_known
from personnel.services.facts import hold_open
from personnel.services.recruitment.hiring import take_seat
from personnel.services.seats.booking import unit_words

STAYS: Final = SpecialPostEnd.Outcome.STAYS
PASSED: Final = "passed"
LEFT, CONTRACT_END, CAME = "left", "contract_end", "special_post"


def propose_special_end(
    *, actor: Any, teacher: Teacher, outcome: str, verdict: str, words: str, source: str = "page"
) -> SpecialPostEnd:
    """Propose what becomes of a special-post teacher after their term: onto a seat of their school, or away.

    Raises `NotAllowed` without the right, for somebody without a special post, who passes over without a verdict that they passed, while
    another proposal waits or was decided, without words.
    """
    if not actor.may(RECRUIT):
        raise NotAllowed(_("Your role does not prepare the end of special posts."))
    held = special_of(teacher, actor.on)
    if held is None:
        raise NotAllowed(_("%(name)s holds no special post.") % {"name": teacher.name})
    if outcome not in SpecialPostEnd.Outcome.values:
        raise NotAllowed(_("Say whether they stay or leave."), field="outcome")
    must_be_known("probation_verdict", verdict, actor, "verdict")
    if outcome == STAYS and verdict != PASSED:
        raise NotAllowed(_("Only who passed the assessment of the term comes onto a seat."), field="verdict")
    if not words.strip():
        raise NotAllowed(_("Say why, in words."), field="words")
    job, since = held
    ends = rules.term_end(since, special_years(job.unit, actor.on))
    with change("personnel.propose_special_end", actor=actor, reason=words.strip(), source=source):
        hold_open(teacher)
        before = SpecialPostEnd._base_manager.filter(teacher=teacher, ends=ends).exclude(
            case__state__in=("refused", "withdrawn")
        )
        if before.exists():
            raise NotAllowed(_("The end of this special post waits to be decided, or was decided."))
        case = open_case(kind=SPECIAL, actor=actor, unit=actor.unit, comment=words.strip())
        return SpecialPostEnd.objects.create(
            case=case, teacher=teacher, unit=job.unit, ends=ends, outcome=outcome, verdict=verdict, words=words.strip()
        )


def first_day(one: SpecialPostEnd, on: date) -> date:
    """From when the outcome holds: the first day after the term, at the latest from the day of the decision on."""
    return max(one.ends, on) if one.outcome == STAYS else one.ends


def why_not_end(act: Act) -> str:
    """Why it cannot be decided: the special post is not held any more, or the school has no seat left."""
    one = act.case.special_post_end
    if special_of(one.teacher, act.actor.on) is None:
        return _("%(name)s holds no special post any more.") % {"name": one.teacher.name}
    on = first_day(one, act.actor.on)
    if _job(one, on) is None:
        return _("%(name)s is not employed at the school when the term ends.") % {"name": one.teacher.name}
    if (
        one.outcome != STAYS
        and PersonStatus._base_manager.filter(teacher=one.teacher, valid__startswith__gte=on).exists()
    ):
        return _("Another status is recorded after the end of the term. Put that right first.")
    if one.outcome == STAYS and why_no_seat(one.unit, on):
        said = {"unit": unit_words(one.unit_id, on), "day": on.isoformat()}
        return _("%(unit)s has no vacant seat from %(day)s on. Have seats moved there first.") % said
    return ""


def end_special_post(act: Act) -> None:
    """Who stays is in quota and holds a seat from the day on; who leaves has left from the first day after the term. One change."""
    one = act.case.special_post_end
    one.document = str(act.data.get("document") or "").strip()
    one.save(update_fields={"document"})
    on = first_day(one, act.actor.on)
    job = _job(one, on)
    if job is None:
        raise NotAllowed(_("%(name)s is not employed at the school when the term ends.") % {"name": one.teacher.name})
    if one.outcome == STAYS:
        said = {"in_quota": True, "form": IN_QUOTA, "came_how": CAME}
        if job.valid.lower < on:
            job.supersede(on=on, **said)
        else:
            job.correct(**said)
        take_seat(act.actor, one.teacher, one.unit, on, one.document)
        return
    _leave(one, job, on)


def _leave(one: SpecialPostEnd, job: Employment, on: date) -> None:
    """The status says that they left; the employment says how, and stays with the school whose file it is."""
    for held in PersonStatus.objects.filter(teacher=one.teacher, valid__contains=on):
        held.valid = Range(held.valid.lower, on)
        held.save(update_fields={"valid"})
    PersonStatus.objects.create(teacher=one.teacher, status=LEFT, note=one.words[:200], valid=Range(on, None))
    job.correct(left_how=CONTRACT_END)


def _job(one: SpecialPostEnd, on: date) -> Employment | None:
    """The employment at the school that holds on the day from which the outcome does."""
    rows = Employment._base_manager.filter(teacher=one.teacher, unit=one.unit, valid__contains=on)
    return rows.select_related("unit").first()
