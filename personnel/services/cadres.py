"""Verbs of leading cadres: propose, appoint and remove as decided, record who leads already, judge the probation."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.codes.selectors import label as code_label
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.records.changes import change, settled
from core.workflow.definition import Act
from core.workflow.services import open_case
from personnel import rules
from personnel.models import CHIEFS, Employment, Headship, HeadshipProposal, Teacher
from personnel.selectors.cadres import (
    DECIDE,
    KIND,
    PROPOSE,
    Wanted,
    authority_of,
    away,
    chief_of,
    headship_rules,
    next_term,
    nomination_findings,
    open_proposal,
)
from personnel.selectors.finding_words import unmet_words
from personnel.selectors.gone import gone
from personnel.services.dossier import must_be_known
from personnel.services.facts import hold_open
from personnel.services.seats.booking import unit_words

NEXT_TERM: Final = "next_term"


def propose_headship(
    *, actor: Any, teacher: Teacher, begins: date, words: str, unit: Unit | None = None, headship: str = "", acting: bool = False,
    removes: Headship | None = None, ended_how: str = "", years: int | None = None, probation: bool = False, exception: str = "",
    source: str = "page",
) -> HeadshipProposal:  # fmt: skip
    """Propose to appoint somebody as head of a unit from a day on, to end the headship `removes` that day, or both.

    It waits at the bureau that decides by the parameters; it is seen at the actor's unit and there. Raises `NotAllowed` without the right,
    where nothing or an unknown code is proposed, the person is not on staff that day, another proposal about them waits, and where
    a rule is not met and no approved exception is named.
    """
    if not actor.may(PROPOSE):
        raise NotAllowed(_("Your role does not propose headships."))
    if not words.strip():
        raise NotAllowed(_("Say why, in words."), field="words")
    if unit is None and removes is None:
        raise NotAllowed(_("Say which headship is to begin, which is to end, or both."), field="headship")
    if removes is not None:
        _must_end(actor, teacher, removes, ended_how, begins)
    if unit is not None:
        wanted = Wanted(teacher, unit, headship, begins, years, acting, removes)
        _must_fit(actor, wanted, exception)
    concerned: Unit = unit or removes.unit  # type: ignore[union-attr]
    deciding = authority_of(concerned, headship or removes.headship, begins)  # type: ignore[union-attr]
    with change("personnel.propose_headship", actor=actor, reason=words.strip(), source=source):
        hold_open(teacher)
        if open_proposal(teacher) is not None:
            raise NotAllowed(_("Another proposal about this person waits to be decided."))
        case = open_case(kind=KIND, actor=actor, unit=actor.unit, waits_at=deciding, comment=words.strip())
        return HeadshipProposal.objects.create(
            case=case, teacher=teacher, unit=concerned, headship=headship if unit is not None else "", acting=acting, removes=removes,
            ended_how=ended_how if removes is not None else "", begins=begins, years=None if acting else years,
            probation=probation and not acting and unit is not None, words=words.strip(), exception=exception.strip(),
        )  # fmt: skip


def _must_end(actor: Any, teacher: Teacher, removes: Headship, ended_how: str, begins: date) -> None:
    if removes.teacher_id != teacher.pk:
        raise NotAllowed(_("This headship is somebody else's."), field="removes")
    if not (removes.valid.lower < begins and removes.period.contains(begins)):
        raise NotAllowed(_("The headship that is to end does not hold on that day, or begins on it."), field="begins")
    must_be_known("headship_end", ended_how, actor, "ended_how")
    if not ended_how:
        raise NotAllowed(_("Say why the headship ends."), field="ended_how")
    if ended_how == NEXT_TERM:
        raise NotAllowed(_("The next term of the same post ends the one before by itself."), field="ended_how")


def _must_fit(actor: Any, wanted: Wanted, exception: str) -> None:
    must_be_known("headship", wanted.headship, actor, "headship")
    if not wanted.headship:
        raise NotAllowed(_("Choose the headship."), field="headship")
    if actor.unit is None or not (actor.sees_all or actor.unit.covers(wanted.unit)):
        raise NotAllowed(_("This unit is not below yours."), field="unit")
    if wanted.unit.is_bureau:
        raise NotAllowed(_("Headships are those of schools: choose a school."), field="unit")
    if wanted.unit.closed is not None and wanted.unit.closed <= wanted.begins:
        raise NotAllowed(_("The unit is closed by then."), field="unit")
    if wanted.acting and wanted.headship not in CHIEFS:
        raise NotAllowed(acting_words(), field="acting")
    if not wanted.acting and not wanted.years:
        raise NotAllowed(_("Say for how many years the term is."), field="years")
    _must_be_on_staff(wanted.teacher, wanted.begins)
    unmet = unmet_words(nomination_findings(wanted))
    if unmet and not exception.strip():
        raise NotAllowed(
            _("The conditions are not met. %(unmet)s Enter the paper of an approved exception where there is one.")
            % {"unmet": unmet},
            field="exception",
        )


def _must_be_on_staff(teacher: Teacher, on: date) -> None:
    ended = gone(on).filter(teacher=teacher).exists()
    if ended or not Employment._base_manager.filter(teacher=teacher, valid__contains=on).exists():
        raise NotAllowed(not_on_staff_words(teacher.name, on), field="begins")


def not_on_staff_words(name: str, on: date) -> str:
    """That somebody is not on staff on a day."""
    return _("%(name)s is not on staff on %(day)s.") % {"name": name, "day": on.isoformat()}


def wanted_of(proposal: HeadshipProposal) -> Wanted | None:
    """What a proposal asks for; None where it only ends a headship."""
    if not proposal.headship:
        return None
    return Wanted(
        proposal.teacher,
        proposal.unit,
        proposal.headship,
        proposal.begins,
        proposal.years,
        proposal.acting,
        proposal.removes,
    )


def why_not_decide(act: Act) -> str:
    """Why what is proposed cannot be decided now: the post is taken, the person has left, or a rule is not met."""
    proposal = act.case.headship_proposal
    removes = proposal.removes
    if removes is not None and not (removes.valid.lower < proposal.begins and removes.period.contains(proposal.begins)):
        return _("The headship that was to end has ended or changed meanwhile.")
    wanted = wanted_of(proposal)
    if wanted is None:
        return ""
    try:
        _must_be_on_staff(wanted.teacher, wanted.begins)
    except NotAllowed as error:
        return str(error)
    unmet = "" if proposal.exception else unmet_words(nomination_findings(wanted))
    if unmet:
        return _("The conditions are not met. %(unmet)s") % {"unmet": unmet}
    return why_taken(wanted)


def why_taken(wanted: Wanted) -> str:
    """Why a chief's post cannot be given on the day: somebody holds it, or an acting head would stand in for a chief who is at work."""
    unit, headship = unit_words(wanted.unit.pk, wanted.begins), wanted.headship
    holder = chief_of(wanted.unit, headship, wanted.begins, acting=wanted.acting, besides=wanted.teacher)
    if holder is not None:
        return held_words(unit, headship, holder.teacher.name)
    later = _chief_later(wanted)
    if later is not None:
        return held_later_words(unit, headship, later.teacher.name, later.valid.lower)
    if wanted.acting:
        chief = chief_of(wanted.unit, headship, wanted.begins, acting=False)
        if chief is not None and not away(chief.teacher, wanted.begins):
            return at_work_words(unit, headship, chief.teacher.name)
    return ""


def held_words(unit: str, headship: str, name: str) -> str:
    """That somebody holds a chief's post on the day."""
    said = {"unit": unit, "headship": code_label("headship", headship), "name": name}
    return _("%(unit)s: %(name)s is %(headship)s on that day. Have that headship ended first.") % said


def held_later_words(unit: str, headship: str, name: str, day: date) -> str:
    """That somebody holds a chief's post from a later day on."""
    said = {"unit": unit, "headship": code_label("headship", headship), "name": name, "day": day.isoformat()}
    return (
        _("%(unit)s: %(name)s is %(headship)s from %(day)s on. Choose another day, or have that put right first.")
        % said
    )


def at_work_words(unit: str, headship: str, name: str) -> str:
    """That nobody stands in for a chief who is at work."""
    said = {"unit": unit, "headship": code_label("headship", headship), "name": name}
    return _("%(unit)s: %(name)s is %(headship)s and at work, so nobody acts in their place.") % said


def held_already_words() -> str:
    """That somebody holds this very headship from the day on."""
    return _("The person holds this headship from that day on already.")


def _chief_later(wanted: Wanted) -> Headship | None:
    if wanted.headship not in CHIEFS:
        return None
    rows = Headship._base_manager.filter(unit=wanted.unit, headship=wanted.headship, acting=wanted.acting)
    later = rows.filter(valid__startswith__gt=wanted.begins).exclude(teacher=wanted.teacher)
    return later.select_related("teacher").order_by("valid").first()


def _must_be_free(wanted: Wanted) -> None:
    """Asked again once nobody else can give the post: of two who decide at once the second one waits here."""
    Unit._base_manager.select_for_update(no_key=True).filter(pk=wanted.unit.pk).values_list("pk").get()
    if taken := why_taken(wanted):
        raise NotAllowed(taken, field="headship")


def decide_headship(act: Act) -> None:
    """What was proposed holds from its day on: one headship ends, another begins, in one change."""
    proposal = act.case.headship_proposal
    document = str(act.data.get("document") or "").strip()
    with settled():
        if proposal.removes is not None:
            _end(proposal.removes, proposal.begins, proposal.ended_how, document)
        wanted = wanted_of(proposal)
        if wanted is None:
            return
        _must_be_free(wanted)
        told = headship_rules(wanted.unit, wanted.begins)
        last = rules.term_last(wanted.begins, wanted.years) if wanted.years else None
        probation = rules.probation_last(wanted.begins, told) if proposal.probation else None
        _begin(
            wanted,
            term_last=last,
            probation_last=probation,
            document=document,
            exception=proposal.exception,
            case=act.case,
        )


def _end(headship: Headship, on: date, ended_how: str, document: str) -> None:
    headship.valid = Range(headship.valid.lower, on)
    headship.ended_how, headship.end_document = ended_how, document
    headship.save(update_fields={"valid", "ended_how", "end_document"})


def _begin(
    wanted: Wanted, *, term_last: date | None, probation_last: date | None, document: str, exception: str = "", case: Any = None,
    term: int | None = None,
) -> Headship:  # fmt: skip
    """Write the headship down; the term before it, and headships of people who have left since, end by then."""
    term = term or (1 if wanted.acting else next_term(wanted.teacher, wanted.unit, wanted.headship, wanted.begins))
    _close_left(wanted)
    own = Headship._base_manager.filter(teacher=wanted.teacher, unit=wanted.unit, headship=wanted.headship)
    for before in own.filter(valid__contains=wanted.begins, valid__startswith__lt=wanted.begins):
        _end(before, wanted.begins, NEXT_TERM, document)
    if own.filter(valid__overlap=Range(wanted.begins, None)).exists():
        raise NotAllowed(held_already_words(), field="begins")
    return Headship.objects.create(
        teacher=wanted.teacher, unit=wanted.unit, headship=wanted.headship, acting=wanted.acting, term=term, term_last=term_last,
        probation_last=probation_last, document=document, exception=exception, case=case, valid=Range(wanted.begins, None),
    )  # fmt: skip


def _close_left(wanted: Wanted) -> None:
    """End what those hold by their records who are not on staff any more, on the day they left."""
    rows = Headship._base_manager.filter(unit=wanted.unit, headship=wanted.headship, valid__contains=wanted.begins)
    for one in rows.exclude(teacher=wanted.teacher).select_related("teacher"):
        left = _left_on(one, wanted.begins)
        if left is not None:
            _end(one, left, "", "")


def _left_on(headship: Headship, on: date) -> date | None:
    """Since when the holder of a headship is not on staff, on a day; None where they are."""
    first = headship.valid.lower
    status = gone(on).filter(teacher=headship.teacher).first()
    if status is not None:
        return max(status.valid.lower, first) if status.valid.lower > first else None
    jobs = Employment._base_manager.filter(teacher=headship.teacher)
    if jobs.filter(valid__contains=on).exists():
        return None
    last = jobs.filter(valid__startswith__lte=on).order_by("-valid").first()
    return last.valid.upper if last is not None and last.valid.upper > first else None


def must_be_recordable(
    actor: Any, unit: Unit, headship: str, since: date, document: str, *, acting: bool = False, term_last: date | None = None
) -> None:  # fmt: skip
    """What is asked of a headship that somebody holds already, whoever it is. Raises `NotAllowed` with the field; no query."""
    if not document.strip():
        raise NotAllowed(_("Enter the number of the document of appointment."), field="document")
    if since > actor.on:
        raise NotAllowed(_("What begins ahead is proposed and decided, not recorded."), field="since")
    must_be_known("headship", headship, actor, "headship")
    if not headship:
        raise NotAllowed(_("Choose the headship."), field="headship")
    if acting and headship not in CHIEFS:
        raise NotAllowed(acting_words(), field="acting")
    if unit.is_bureau or actor.unit is None or not actor.unit.covers(unit):
        raise NotAllowed(_("Headships are those of schools: choose a school."), field="unit")
    if term_last is not None and term_last < since:
        raise NotAllowed(_("The term ends before it begins."), field="term_last")


def acting_words() -> str:
    """That only chiefs are stood in for."""
    return _("Only a principal, director or secretary is stood in for by an acting head.")


def record_headship(
    *, actor: Any, teacher: Teacher, unit: Unit, headship: str, since: date, document: str, acting: bool = False, term: int = 1,
    term_last: date | None = None, reason: str = "", source: str = "page",
) -> Headship:  # fmt: skip
    """Write down who heads a unit already, by the document of the appointment. Nothing is decided by it, so it cannot lie ahead.

    Raises `NotAllowed` without the right, without a document, for a day ahead, and where the post is taken.
    """
    if not actor.may(DECIDE):
        raise NotAllowed(_("Your role does not decide on headships."))
    must_be_recordable(actor, unit, headship, since, document, acting=acting, term_last=term_last)
    _must_be_on_staff(teacher, since)
    wanted = Wanted(teacher, unit, headship, since, None, acting)
    why = reason.strip() or _("Headship recorded")
    with change("personnel.record_headship", actor=actor, reason=why, document=document.strip(), source=source):
        hold_open(teacher)
        _must_be_free(wanted)
        with settled():
            return _begin(wanted, term_last=term_last, probation_last=None, document=document.strip(), term=term)


def judge_head(
    *,
    actor: Any,
    headship: Headship,
    verdict: str,
    on: date,
    document: str = "",
    reason: str = "",
    source: str = "page",
) -> Headship:
    """Record the verdict of a head's probation. Raises `NotAllowed` without the right, where there is none, or it was judged already."""
    if not actor.may(DECIDE):
        raise NotAllowed(_("Your role does not decide on headships."))
    must_be_known("probation_verdict", verdict, actor, "verdict")
    if not verdict:
        raise NotAllowed(_("Say whether the probation was passed."), field="verdict")
    if headship.probation_last is None:
        raise NotAllowed(_("This headship has no probation."))
    if headship.probation_verdict:
        raise NotAllowed(_("The probation was judged already. Put it right in the file where that was wrong."))
    if not headship.valid.lower <= on <= actor.on:
        raise NotAllowed(_("The verdict is given after the headship began, and not ahead."), field="on")
    why = reason.strip() or _("Probation judged")
    with change("personnel.judge_head", actor=actor, reason=why, document=document.strip(), source=source):
        headship.correct(probation_verdict=verdict, verdict_on=on)
    return headship
