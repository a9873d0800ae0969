"""Proposing and setting the posts of units, and taking in who stood off the ratio."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.codes.selectors import label as code_label
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.records.changes import change, settled
from core.workflow.definition import Act
from core.workflow.services import open_case
from personnel import rules
from personnel.models import (
    PostAppointment,
    PostProposal,
    PostSetting,
    ProposedPosts,
)
from personnel.models.vacancies import LOCK, OVER, RATIO
from personnel.selectors.dossier import bureau_above
from personnel.selectors.posts import (
    CHANGE,
    PROPOSE,
    SETTING,
    Numbers,
    Vacancies,
    open_proposal,
    place_of,
)

MOST_POSTS: Final = 9999


def lock_posts(units: Iterable[int]) -> None:
    """Let nobody else write posts of these units until this transaction ends; always in the order of their keys."""
    with connection.cursor() as cursor:
        for unit in sorted(set(units)):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, unit])


def propose_posts(
    *, actor: Any, unit: Unit, begins: date, numbers: Numbers, words: str, document: str = "", source: str = "page"
) -> PostProposal:
    """Ask that the posts of a unit be these from a day on: (level, special) → number; levels that are not named get none.

    It waits at the bureau above. Raises `NotAllowed` without the right, for no posts, unknown levels or negative numbers, where a
    setting from a later day is on record, and while another proposal of the unit is open.
    """
    if not actor.may(PROPOSE):
        raise NotAllowed(_("Your role does not propose posts."))
    _must_be_of(actor, unit)
    _must_be_numbers(numbers)
    if not words.strip():
        raise NotAllowed(_("Say why, in words."), field="words")
    if unit.closed is not None and unit.closed <= begins:
        raise NotAllowed(_("The unit is closed by then."), field="begins")
    with change("personnel.propose_posts", actor=actor, reason=words.strip(), document=document.strip(), source=source):
        lock_posts([unit.pk])
        if open_proposal(unit) is not None:
            raise NotAllowed(
                _("A proposal for the posts of this unit waits to be decided. Have it decided or withdrawn first.")
            )
        _must_be_latest(unit, begins)
        case = open_case(kind=SETTING, actor=actor, unit=unit, waits_at=bureau_above(unit), comment=words.strip())
        proposal = PostProposal.objects.create(
            case=case, unit=unit, begins=begins, words=words.strip(), document=document.strip()
        )
        ProposedPosts.objects.bulk_create(
            ProposedPosts(proposal=proposal, level=level, special=special, number=number)
            for (level, special), number in sorted(numbers.items())
            if number
        )
    return proposal


def _must_be_of(actor: Any, unit: Unit) -> None:
    if not actor.sees_all and (actor.unit is None or not actor.unit.covers(unit)):
        raise NotAllowed(_("This unit is not below yours."))


def _must_be_numbers(numbers: Numbers) -> None:
    if not any(numbers.values()):
        raise NotAllowed(_("Say of at least one level how many posts there are to be."))
    for (level, _special), number in numbers.items():
        if not rules.rank_of(level) or not rules.family_of(level):
            raise NotAllowed(_("There is no post level “%(level)s”.") % {"level": level})
        if not 0 <= number <= MOST_POSTS:
            raise NotAllowed(
                _("%(level)s: the number of posts is from 0 to %(most)s.")
                % {"level": code_label("post_level", level), "most": MOST_POSTS}
            )


def _must_be_latest(unit: Unit, begins: date) -> None:
    later = PostSetting._base_manager.filter(unit=unit, valid__startswith__gt=begins).order_by("valid").first()
    if later is not None:
        said = {"day": later.valid.lower}
        raise NotAllowed(
            _("A setting from %(day)s on is recorded already. Let this one begin then or later.") % said, field="begins"
        )


def approve_posts(act: Act) -> None:
    """The proposal becomes the setting of the unit; who stood off the ratio is taken in as far as posts are free."""
    proposal = act.case.post_proposal
    document = str(act.data.get("document") or "").strip() or proposal.document
    if document != proposal.document:
        proposal.document = document
        proposal.save(update_fields={"document"})
    numbers = {(one.level, one.special): one.number for one in proposal.lines.all()}
    write_setting(proposal.unit, proposal.begins, numbers, document=document, case=act.case)


def why_not_approve(act: Act) -> str:
    """The approval needs the number of its document."""
    proposal = act.case.post_proposal
    if not (str(act.data.get("document") or "").strip() or proposal.document):
        return _("Enter the number of the document by which the posts are approved.")
    return ""


def write_setting(unit: Unit, begins: date, numbers: Numbers, *, document: str, case: Any = None) -> None:
    """Inside a change: let the posts of a unit be these from a day on, and take in who stood off the ratio.

    Raises `NoVacancy` where more people are appointed than posts would be approved, and `NotAllowed` where a setting from a later day is
    on record.
    """
    lock_posts([unit.pk])
    _must_be_latest(unit, begins)
    with settled():
        held = {(one.level, one.special): one for one in PostSetting.objects.filter(unit=unit, valid__contains=begins)}
        fresh = []
        for key in sorted({*held, *numbers}, key=lambda key: (place_of(key[0]), key[1])):
            present, number = held.get(key), numbers.get(key, 0)
            if present is not None and present.number == number:
                continue
            if present is not None and present.valid.lower == begins:
                present.correct(number=number, document=document)
                continue
            if present is not None:
                present.valid = Range(present.valid.lower, begins)
                present.save(update_fields={"valid"})
            if number or present is not None:
                valid = Range(begins, None)
                fresh.append(
                    PostSetting(
                        unit=unit,
                        level=key[0],
                        special=key[1],
                        number=number,
                        document=document,
                        case=case,
                        valid=valid,
                    )
                )
        PostSetting.objects.bulk_create(fresh)
        take_in_free(unit)


def take_in(*, actor: Any, unit: Unit, reason: str, source: str = "page") -> int:
    """Take in who stands off the ratio as far as posts of their levels are free, the longest appointed first. Returns how many.

    Raises `NotAllowed` without the right, and where nobody can be taken in.
    """
    if not actor.may(CHANGE):
        raise NotAllowed(_("Your role does not appoint to posts."))
    _must_be_of(actor, unit)
    with change("personnel.take_in_posts", actor=actor, reason=reason, source=source):
        lock_posts([unit.pk])
        number = take_in_free(unit)
        if not number:
            raise NotAllowed(_("Nobody can be taken in: no post of the levels of those off the ratio is free."))
    return number


def take_in_free(unit: Unit) -> int:
    """Inside a change that holds the unit's posts: as above, none where nothing is free. Three queries."""
    vacancies = Vacancies([unit.pk])
    begin = vacancies.begins.get(unit.pk)
    if begin is None:
        return 0
    found = []
    for one in PostAppointment.objects.filter(unit=unit, place=OVER).order_by("valid", "pk"):
        counted = one.valid.upper is None or one.valid.upper > begin
        key, starts = (unit.pk, one.level, False), max(one.valid.lower, begin)
        if counted and vacancies.free(key, starts, one.valid.upper) > 0:
            vacancies.take(key, starts, one.valid.upper)
            one.place = RATIO
            found.append(one)
    PostAppointment.objects.bulk_update(found, ["place"])
    return len(found)
