"""Reviews of the three ages and two histories: opening one, proposing, and what the decision writes into the file."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _

from core.dates import PartialDate
from core.documents.kinds import all_kinds
from core.documents.services import issue
from core.org.errors import NotAllowed
from core.records.changes import change
from core.workflow.definition import Act
from core.workflow.services import open_case
from personnel.models import BirthDecision, DossierReview, Education, ReviewItem, Teacher
from personnel.selectors.corrections import unit_of
from personnel.selectors.dossier import KEEP, REVIEW, bureau_above, cases_of, kin_of
from personnel.selectors.dossier_reviews import (
    decision_of,
    education_of,
    file_says,
    looked_at,
    membership_of,
    read,
    reviewing_for,
)
from personnel.selectors.versions import change_behind
from personnel.services.facts import add_fact, correct_fact, hold_open

PAPER: Final = "dossier_review"
Item = ReviewItem.Item
LONGEST: Final = 400


def open_review(*, actor: Any, teacher: Teacher, words: str, source: str = "page") -> DossierReview:
    """Begin a review of a person's ages and histories; it is compiled at the bureau that sees to the person.

    Raises `NotAllowed` without the right, for oneself or a relative, and while another review is open.
    """
    if not actor.may(KEEP):
        raise NotAllowed(_("Your role does not keep dossiers."))
    if kin_of(actor.user, teacher):
        raise NotAllowed(_("Nobody reviews their own dossier, nor that of a relative."))
    at = bureau_above(unit_of(teacher, actor.on))
    if at is None or not words.strip():
        raise NotAllowed(_("Say why, in words."))
    with change("personnel.open_review", actor=actor, reason=words.strip(), source=source):
        hold_open(teacher)
        if cases_of(teacher).filter(kind=REVIEW).exclude(desk="").exists():
            raise NotAllowed(_("A review of this person is open already."))
        case = open_case(
            kind=REVIEW, actor=actor, unit=at, days=reviewing_for(teacher, actor.on).compile, comment=words.strip()
        )
        return DossierReview.objects.create(case=case, teacher=teacher, words=words.strip())


def propose(act: Act) -> None:
    """Put down for each item what the file says, what the materials say, and what is to count."""
    review = act.case.review
    ReviewItem._base_manager.filter(review=review).delete()
    for one in looked_at(review.teacher, act.actor.on):
        basis = next((says.entry for says in one.says if says.counts), None)
        proposed = act.data.get(one.item)
        said = f"{basis.mark} {basis.material.title}" if basis is not None else ""
        # Words are compared by reading; dates and codes by the rule.
        judged = act.data.get("experience_found") if one.item == Item.EXPERIENCE else ""
        found = judged or one.found
        ReviewItem.objects.create(
            review=review, item=one.item, found=found, was=_kept(one.now), proposed=_kept(proposed), basis=said[:240]
        )


def _kept(value: Any) -> str:
    return "" if value is None else str(value)[:LONGEST]


def why_not_decide(act: Act) -> str:
    """Why a review cannot be decided: who decides proposed it, or is kin, or the file was changed since the proposal."""
    review = act.case.review
    proposed = review.items.first()
    if proposed is not None and change_behind(proposed).actor_id == act.actor.user.pk:
        return _("You proposed this yourself, so somebody else decides.")
    if kin_of(act.actor.user, review.teacher):
        return _("Nobody decides on the dossier of a relative.")
    now = file_says(review.teacher, act.actor.on)
    if any(_kept(now[one.item]) != one.was for one in review.items.all()):
        return _("The file was changed since the proposal. Return it, so that it is compiled anew.")
    return ""


def decide(act: Act) -> None:
    """What was proposed counts from now on: the file says it, and a decision paper (认定表) goes into the dossier."""
    review = DossierReview._base_manager.select_related("teacher__key").get(pk=act.case.review.pk)
    kind = all_kinds()[PAPER]
    subject = kind.subjects(act.actor).filter(pk=review.teacher_id).first()
    if subject is None:
        raise NotAllowed(_("The person is no longer in your units."))
    paper = issue(
        kind, subject, actor=act.actor, reason=review.words, details={"review": str(review.public_id)},
        source=f"case:{act.case.pk}",
    )  # fmt: skip
    review.paper = paper
    review.save(update_fields={"paper"})
    for item in review.items.all():
        value = read(item.item, item.proposed)
        if value is not None:
            WRITING[item.item](act, review.teacher, value, paper.number)


def _write_birth(act: Act, teacher: Teacher, value: Any, number: str) -> None:
    """The birth date that counts, by the archive unless it is that of the identity number, with the decision that says so."""
    by_id = teacher.birth is not None and value == PartialDate.of(teacher.birth)
    decided = decision_of(teacher)
    said = {"counts": "id" if by_id else "archive", "decided_on": act.actor.on, "document": number}
    if decided is None:
        if not by_id:
            add_fact(
                actor=act.actor,
                teacher=teacher,
                model=BirthDecision,
                values={"by_archive": value, **said},
                reason=REASON,
            )
        return
    values = said if by_id else {"by_archive": value, **said}
    correct_fact(actor=act.actor, record=_fresh(decided), values=values, reason=REASON)


def _write_work_start(act: Act, teacher: Teacher, value: Any, _number: str) -> None:
    if value != teacher.work_start:
        correct_fact(actor=act.actor, record=teacher, values={"work_start": value}, reason=REASON)


def _write_party(act: Act, teacher: Teacher, value: Any, _number: str) -> None:
    record = membership_of(teacher, act.actor.on)
    if record is not None and record.joined != value:
        correct_fact(actor=act.actor, record=_fresh(record), values={"joined": value}, reason=REASON)


def _write_education(act: Act, teacher: Teacher, value: Any, _number: str) -> None:
    record = education_of(teacher, act.actor.on)
    if record is None:
        add_fact(actor=act.actor, teacher=teacher, model=Education, values={"level": value}, reason=REASON)
    elif record.level != value:
        correct_fact(actor=act.actor, record=_fresh(record), values={"level": value}, reason=REASON)


def _fresh(record: Any) -> Any:
    return type(record)._base_manager.select_related("teacher__key").get(pk=record.pk)


REASON: Final = "三龄两历审核认定"
WRITING: Final = {
    Item.BIRTH: _write_birth, Item.WORK_START: _write_work_start, Item.PARTY: _write_party, Item.EDUCATION: _write_education,
    # What was found of the experience stands on the decision; its records are put right one by one.
    Item.EXPERIENCE: lambda _act, _teacher, _value, _number: None,
}  # fmt: skip
