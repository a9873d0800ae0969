"""What a change of a file brings with it as far as personnel can say today: seats of the quota, ages and years."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.codes.values import label, values_of
from core.registry import Consequence
from core.web.parts import Finding
from personnel.models import BirthDecision, Education, Employment, Teacher, TeachingBreak
from personnel.selectors.derived import derived
from personnel.selectors.file import Part
from personnel.selectors.staffing import Staffing, staffing_of
from personnel.selectors.versions import sections_for


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a person is employed on the last day that is known of them: whether in quota, and how full the unit is then."""

    unit: int | None = None
    in_quota: bool = False
    staffing: Staffing | None = None


@dataclass(frozen=True, slots=True)
class Years:
    """What is reckoned of a person today; None where it cannot be."""

    age: int | None
    service: int | None
    teaching: int | None
    education: str


def seat_of(person: int, actor: Any) -> Seat:
    """The seat of a person in their last employment, on its first day or today, whichever is later."""
    last = Employment._base_manager.filter(teacher=person).select_related("unit").order_by("-valid").first()
    if last is None or (last.valid.upper is not None and last.valid.upper <= actor.on):
        return Seat()
    return Seat(last.unit_id, bool(last.in_quota), staffing_of(last.unit, max(actor.on, last.valid.lower)))


def seats(was: Seat, new: Seat, actor: Any) -> list[Finding]:
    """Which units fill a seat more or less, and whether that is more than was approved."""
    heading = _("Quota and post")
    moved = (was.unit, was.in_quota) != (new.unit, new.in_quota)
    if not moved or not (was.in_quota or new.in_quota):
        return [Finding(heading, _("No unit fills a seat more or less."), icon="school", aside=_("unchanged"))]
    found = []
    if was.in_quota and was.staffing is not None:
        left = replace(was.staffing, in_quota=was.staffing.in_quota - 1)
        found.append(_filled(heading, was.unit, was.staffing.in_quota, left, actor))
    if new.in_quota and new.staffing is not None:
        found.append(_filled(heading, new.unit, new.staffing.in_quota - 1, new.staffing, actor))
    return found


def _filled(heading: str, unit: int | None, before: int, now: Staffing, actor: Any) -> Finding:
    said = {"unit": values_of(actor).unit(unit), "before": before, "now": now.in_quota, "seats": now.seats}
    aside = f"{now.in_quota - before:+d}"
    if now.seats is None:
        text = _("%(unit)s: %(before)s → %(now)s people in quota; no seats are approved for it.") % said
        return Finding(heading, text, "amber" if now.in_quota > before else "", aside=aside)
    text = _("%(unit)s: %(before)s → %(now)s of %(seats)s approved seats filled.") % said
    over = now.in_quota > now.seats and now.in_quota > before
    return Finding(heading, text, "amber" if over else "", "" if over else "school", aside=aside)


def years_of(person: int, actor: Any) -> Years:
    """Age, years of work and of teaching, the highest education, computed anew from what is stored."""
    teacher = Teacher._base_manager.get(pk=person)
    named = {section.model: section for section in sections_for(actor)}
    parts = [
        Part(named[model._meta.label], model, list(model._base_manager.filter(teacher=person)))
        for model in (BirthDecision, TeachingBreak, Education)
        if model._meta.label in named
    ]
    job = Employment._base_manager.filter(teacher=person, valid__contains=actor.on).select_related("unit").first()
    found = derived(teacher, parts, actor.on, job.unit if job else None)
    education = found.education
    return Years(
        found.age,
        found.service.value if found.service else None,
        found.teaching.value if found.teaching else None,
        values_of(actor).code("education", education.level) if education is not None else "",
    )


def years(was: Years, new: Years, _actor: Any) -> list[Finding]:
    """What is computed anew, from which to which."""
    told = (
        (_("Age"), was.age, new.age, "cal"),
        (_("Years of work"), was.service, new.service, "clock"),
        (_("Years of teaching"), was.teaching, new.teaching, "clock"),
        (label(Education, "level"), was.education, new.education, "cert"),
    )
    found = [
        Finding(
            what, _("Computed anew: %(before)s → %(now)s") % {"before": _said(before), "now": _said(now)}, icon=icon
        )
        for what, before, now, icon in told
        if before != now
    ]
    same = _("Age, years of work and of teaching, and the highest education stay as they are.")
    return found or [Finding(_("Ages and years"), same, icon="cal", aside=_("unchanged"))]


def _said(value: Any) -> Any:
    return pgettext("a computed value", "none") if value in (None, "") else value


CONSEQUENCES = (
    Consequence(("personnel.Employment", "personnel.PersonStatus"), seat_of, seats, order=10),
    Consequence(
        ("personnel.Teacher", "personnel.BirthDecision", "personnel.TeachingBreak", "personnel.Education"), years_of, years, order=20
    ),
)  # fmt: skip
