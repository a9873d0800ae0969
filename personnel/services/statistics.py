"""Entering what a school counts at the beginning of a school year."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from core.org.errors import NotAllowed
from core.org.models import Unit, UnitStatistics
from core.records.changes import change
from personnel.selectors.establishment import school_year_of

MOST: int = 100_000


def record_statistics(
    *, actor: Any, unit: Unit, school_year: int, stage: str, pupils: int, classes: int, boarders: int | None = None, reason: str = "",
    source: str = "page",
) -> UnitStatistics:  # fmt: skip
    """Write down pupils, classes and boarders of one stage of a unit in a school year (by its first calendar year); again: put right.

    Raises `NotAllowed` without the right, for numbers below nought, classes without pupils, more boarders than pupils, and a school
    year ahead.
    """
    if not actor.may("org.change_unit") and not (
        actor.may("exchange.import") and actor.unit and actor.unit.covers(unit)
    ):
        raise NotAllowed(_("Your role does not enter figures of schools."))
    if not 0 <= pupils <= MOST or not 0 <= classes <= MOST:
        raise NotAllowed(
            _("Pupils and classes are counted: no number below nought, none beyond reason."), field="pupils"
        )
    if classes and not pupils:
        raise NotAllowed(_("Classes without a pupil cannot be. Correct one of both."), field="classes")
    if boarders is not None and not 0 <= boarders <= pupils:
        raise NotAllowed(_("Boarders are among the pupils: at most as many."), field="boarders")
    if school_year > school_year_of(actor.on):
        raise NotAllowed(_("This school year has not begun."), field="school_year")
    values = {"pupils": pupils, "classes": classes, "boarders": boarders}
    with change("org.record_statistics", actor=actor, reason=reason or _("School statistics"), source=source):
        held = (
            UnitStatistics.objects.select_for_update().filter(unit=unit, school_year=school_year, stage=stage).first()
        )
        if held is None:
            return UnitStatistics.objects.create(unit=unit, school_year=school_year, stage=stage, **values)
        changed = {name for name, value in values.items() if getattr(held, name) != value}
        for name in changed:
            setattr(held, name, values[name])
        if changed:
            held.save(update_fields=changed)
        return held
