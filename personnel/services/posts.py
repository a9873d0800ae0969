"""Appointing to posts, moving between levels, ending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.codes.selectors import label as code_label
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.records.changes import change
from personnel import rules
from personnel.models import (
    Employment,
    PostAppointment,
    Teacher,
)
from personnel.models.vacancies import OVER, RATIO, SPECIAL
from personnel.selectors.finding_words import unmet_words
from personnel.selectors.gone import gone
from personnel.selectors.posts import (
    CHANGE,
    appointments_of,
    books_begin,
    move_findings,
)
from personnel.services.facts import hold_open
from personnel.services.post_settings import lock_posts

MOST_POSTS: Final = 9999


@dataclass(frozen=True, slots=True)
class NewAppointment:
    """One appointment of many: whom, where, to which level, for which half-open days."""

    teacher: int
    unit: int
    level: str
    since: date
    until: date | None = None
    source_row: int | None = None
    document: str = ""


def appoint(
    *, actor: Any, teacher: Teacher, unit: Unit, level: str, on: date, special: bool = False, dual: bool = False,
    until: date | None = None, term_last: date | None = None, document: str = "", reason: str = "", source: str = "page",
) -> PostAppointment:  # fmt: skip
    """Appoint somebody to a free post of a unit from a day on, up to, not including, `until`. `term_last`: last day of the term.

    `dual`: the second post of who leads and teaches (双肩挑), of another family, with its document. Raises `NotAllowed` without the right,
    for an unknown level, for somebody who is not employed there on the day or has retired, left or died, who holds a post already (it
    moves then), and where no post is free on one of the days.
    """
    _must_change(actor)
    _must_be_level(level)
    _must_be_term(on, until, term_last)
    _must_work_at(teacher, unit, on)
    if dual and not document.strip():
        raise NotAllowed(
            _("A second post of who leads and teaches needs the document of its approval."), field="document"
        )
    why = reason.strip() or _("Appointed to a post")
    with change("personnel.appoint", actor=actor, reason=why, document=document.strip(), source=source):
        hold_open(teacher)
        lock_posts([unit.pk])
        held = appointments_of(teacher, on)
        _must_be_open_to(held, dual=dual, level=level)
        return PostAppointment.objects.create(
            teacher=teacher, unit=unit, level=level, place=SPECIAL if special else RATIO, dual=dual, valid=_free(teacher, dual, on, until),
            term_last=term_last, document=document.strip(),
        )  # fmt: skip


def _must_be_open_to(held: Sequence[PostAppointment], *, dual: bool, level: str) -> None:
    usual = next((one for one in held if not one.dual), None)
    if dual:
        if usual is None or rules.family_of(usual.level) == rules.family_of(level):
            raise NotAllowed(
                _("A second post stands beside a first one of another family: professional and management."),
                field="dual",
            )
        if any(one.dual for one in held):
            raise NotAllowed(_("The person has a second post already. End it first."), field="dual")
    elif usual is not None:
        said = {"level": code_label("post_level", usual.level), "since": usual.valid.lower}
        raise NotAllowed(
            _("The person holds %(level)s since %(since)s. Move them to another level, or end that first.") % said
        )


def _free(teacher: Teacher, dual: bool, on: date, until: date | None) -> Range[date]:
    """The period, which must not run into a later appointment of the person."""
    later = (
        PostAppointment._base_manager.filter(teacher=teacher, dual=dual, valid__startswith__gt=on)
        .order_by("valid")
        .first()
    )
    if later is not None and (until is None or until > later.valid.lower):
        said = {"day": later.valid.lower, "level": code_label("post_level", later.level)}
        raise NotAllowed(_("From %(day)s on %(level)s is recorded for the person already. Choose other days.") % said)
    return Range(on, until)


def move_level(
    *, actor: Any, appointment: PostAppointment, level: str, on: date, special: bool = False, term_last: date | None = None,
    document: str = "", exception: str = "", reason: str = "", source: str = "page",
) -> PostAppointment:  # fmt: skip
    """Let somebody hold another level of the same unit (or a new term of the same) from a day on; returns the new appointment.

    Conditions come from the parameters: where one is not met, `exception` names the paper that approves it nevertheless. A higher tier
    needs `document`, the paper of the title. Raises `NotAllowed` otherwise, without the right, and where no post is free.
    """
    _must_change(actor)
    _must_be_level(level)
    if not (appointment.valid.lower < on and appointment.period.contains(on)):
        raise NotAllowed(_("The day must lie inside the present appointment, after its first day."), field="on")
    _must_be_term(on, appointment.valid.upper, term_last)
    same_level = level == appointment.level
    findings = [] if same_level else move_findings(appointment.teacher, appointment.unit, level, on)
    unmet = unmet_words(findings)
    if unmet and not exception.strip():
        raise NotAllowed(
            _("The conditions are not met. %(unmet)s Enter the paper of an approved exception where there is one.") % {"unmet": unmet},
            field="exception",
        )  # fmt: skip
    if any(one.met is None for one in findings) and not document.strip():
        raise NotAllowed(_("A higher tier needs the title for it: enter the paper that shows it."), field="document")
    place = SPECIAL if special else (OVER if same_level and appointment.place == OVER else RATIO)
    why = reason.strip() or _("Moved to another post level")
    with change("personnel.move_level", actor=actor, reason=why, document=document.strip(), source=source):
        hold_open(appointment.teacher)
        lock_posts([appointment.unit_id])
        return appointment.supersede(
            on=on, level=level, place=place, term_last=term_last, document=document.strip(), exception=exception.strip()
        )


def end_appointment(
    *, actor: Any, appointment: PostAppointment, until: date, reason: str, document: str = "", source: str = "page"
) -> PostAppointment:
    """Let an appointment end: it holds up to, not including, `until`. A second post beside it ends with it.

    Raises `NotAllowed` without the right, and where it ends by then already or would end before it began.
    """
    _must_change(actor)
    if until <= appointment.valid.lower:
        raise NotAllowed(
            _("It would end before it began. To take it back, undo the change that made it."), field="until"
        )
    if appointment.valid.upper is not None and appointment.valid.upper <= until:
        raise NotAllowed(_("It ends by then already."), field="until")
    with change("personnel.end_appointment", actor=actor, reason=reason, document=document.strip(), source=source):
        lock_posts([appointment.unit_id])
        appointment.valid = Range(appointment.valid.lower, until)
        appointment.save(update_fields={"valid"})
        beside = PostAppointment.objects.filter(teacher=appointment.teacher, valid__contains=until, dual=True)
        for one in beside if not appointment.dual else ():
            if one.valid.lower < until:
                one.valid = Range(one.valid.lower, until)
                one.save(update_fields={"valid"})
    return appointment


def appoint_many(rows: Sequence[NewAppointment]) -> int:
    """Inside a change: appoint many people, as the first load of a unit or an import tells it; returns how many.

    Whoever was appointed before the posts of the unit were first set (or while none are set) stands off the ratio until taken in; all
    others need a free post (`NoVacancy`). Rows must not overlap what is on file of their people.
    """
    lock_posts(row.unit for row in rows)
    begins = books_begin([row.unit for row in rows])
    return len(
        PostAppointment.objects.bulk_create(
            PostAppointment(
                teacher_id=row.teacher, unit_id=row.unit, level=row.level, place=place_at(begins.get(row.unit), row.since),
                valid=Range(row.since, row.until), source_row=row.source_row, document=row.document,
            )
            for row in rows
        )
    )  # fmt: skip


def place_at(begin: date | None, since: date) -> str:
    """How an appointment from a day on counts in a unit whose posts were first set from `begin` on."""
    return OVER if begin is None or since < begin else RATIO


def _must_change(actor: Any) -> None:
    if not actor.may(CHANGE):
        raise NotAllowed(_("Your role does not appoint to posts."))


def _must_be_level(level: str) -> None:
    if not rules.family_of(level) or not rules.rank_of(level):
        raise NotAllowed(_("There is no post level “%(level)s”.") % {"level": level}, field="level")


def _must_be_term(on: date, until: date | None, term_last: date | None) -> None:
    if until is not None and until <= on:
        raise NotAllowed(_("The last day lies before the first one."), field="last_day")
    if term_last is not None and term_last < on:
        raise NotAllowed(_("The term ends before it begins."), field="term")


def _must_work_at(teacher: Teacher, unit: Unit, on: date) -> None:
    if not Employment._base_manager.filter(teacher=teacher, unit=unit, valid__contains=on).exists():
        raise NotAllowed(
            _("%(name)s is not employed at this unit on %(day)s.") % {"name": teacher.name, "day": on}, field="unit"
        )
    if gone(on).filter(teacher=teacher).exists():
        raise NotAllowed(_("%(name)s has retired, left or died by %(day)s.") % {"name": teacher.name, "day": on})
