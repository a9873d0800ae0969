"""Who teaches what, and where teachers of a subject lack beside the classes. A fixed number of queries whatever the schools."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Exists, OuterRef

from core.parameters.selectors import ParameterMissing, at
from core.registry import RecordCheck, registry
from personnel.models import Employment, TeachingAssignment, TeachingDuty
from personnel.rules import TeachingHours
from personnel.rules.deployment import SubjectGap, Taught, subject_gaps
from personnel.selectors.gone import gone
from personnel.selectors.planning import Facts, Plan, newest_parts

DUTY: Final = "personnel.TeachingDuty"


@dataclass(frozen=True, slots=True)
class Teaches:
    """What one person teaches at one unit; `record` is the key of the duty, None where only the line of a roster says so."""

    teacher: int
    unit: int
    stage: str
    subject: str
    hours: Any
    main: bool
    record: int | None


def teaching_hours(on: date, unit: Any = None) -> TeachingHours | None:
    """Hours by subject and stage on a day; None where no table says them."""
    try:
        return at(TeachingHours, on, unit=unit)
    except ParameterMissing:
        return None


def duties(actor: Any, on: date) -> Any:
    """The duties of the actor's people on a day, of those who work there: neither retired nor left nor dead."""
    rows = (
        TeachingDuty.objects.visible_to(actor, on=on) if on != actor.today else TeachingDuty.objects.visible_to(actor)
    )
    return rows.filter(~Exists(gone(on).filter(teacher=OuterRef("teacher"))), valid__contains=on)


def teaching(units: Collection[int], on: date) -> list[Teaches]:
    """What people teach at some units (by their keys) on a day, who is on loan there or teaches at several included. Five queries.

    Who has no duty anywhere counts at the unit of their employment by what the roster says they teach, as their main subject.
    """
    told = TeachingDuty._base_manager.filter(unit__in=list(units), valid__contains=on)
    found = [
        Teaches(*values)
        for values in told.values_list("teacher", "unit", "stage", "subject", "weekly_hours", "main", "pk")
    ]
    jobs = Employment._base_manager.filter(unit__in=list(units), valid__contains=on, teacher__merged_into=None)
    working = dict(jobs.values_list("teacher", "unit"))
    asked = [*working, *(one.teacher for one in found)]
    people = {"teacher__in": asked, "valid__contains": on}
    ended = set(gone(on).filter(teacher__in=asked).values_list("teacher", flat=True))
    with_duties = set(TeachingDuty._base_manager.filter(**people).values_list("teacher", flat=True))
    lines = TeachingAssignment._base_manager.filter(**people).order_by("-pk")
    roster = {row[0]: row[1:] for row in lines.values_list("teacher", "stage", "subject", "weekly_hours")}
    found = [one for one in found if one.teacher not in ended]
    found += [
        Teaches(teacher, unit, stage or "", subject, hours, True, None)
        for teacher, unit in working.items()
        if teacher not in ended and teacher not in with_duties and teacher in roster
        for stage, subject, hours in [roster[teacher]]
        if subject
    ]
    return found


def shortage(
    taught: Iterable[Teaches], classes: Mapping[str, int], parameters: TeachingHours, *, retired: Collection[int] = ()
) -> tuple[SubjectGap, ...]:
    """Teachers of each subject by stage beside the classes; those `retired` (by their keys) are gone by the planned year."""
    said = (Taught(one.stage, one.subject, one.hours, one.main, one.teacher in retired) for one in taught)
    return subject_gaps(classes=classes, taught=said, parameters=parameters)


def plan_gaps(facts: Facts, plan: Plan) -> tuple[SubjectGap, ...]:
    """Teachers of subjects beside the classes of a plan; none where no table says the hours. Five queries."""
    rules = teaching_hours(facts.on, facts.unit)
    if rules is None:
        return ()
    classes: dict[str, int] = {}
    for row in plan.rows:
        for one in row.then:
            classes[one.stage] = classes.get(one.stage, 0) + one.classes
    taught = teaching([row.unit.pk for row in plan.rows], facts.on)
    return shortage(taught, classes, rules, retired=facts.retired(plan.year))


@dataclass(frozen=True, slots=True)
class Deployed:
    """Who teaches at some units today, their classes by stage, and what lacks beside them; `rules` is None where no table says hours."""

    taught: tuple[Teaches, ...]
    classes: Mapping[str, int]
    rules: TeachingHours | None
    gaps: tuple[SubjectGap, ...]

    @property
    def lacking(self) -> Decimal:
        """Full teachers that lack, subject by subject."""
        return sum((max(one.gap, Decimal(0)) for one in self.gaps), Decimal(0))


def deployed(facts: Facts) -> Deployed:
    """Teachers of the units beside their classes by the newest figures. Five queries."""
    rules = teaching_hours(facts.on, facts.unit)
    taught = teaching([one.pk for one in facts.units], facts.on)
    classes: dict[str, int] = {}
    for part in newest_parts(facts):
        classes[part.stage] = classes.get(part.stage, 0) + part.classes
    return Deployed(tuple(taught), classes, rules, shortage(taught, classes, rules) if rules else ())


def duty_checks() -> list[RecordCheck]:
    """What modules to the right tell of duties, such as those outside the certificate."""
    return [one for one in registry.each("record_checks") if one.model == DUTY]


def found_by(
    checks: Iterable[RecordCheck], duties: Collection[int], on: date
) -> list[tuple[RecordCheck, Mapping[int, Any]]]:
    """What each check says of duties (by their keys)."""
    return [(one, one.find(list(duties), on)) for one in checks]
