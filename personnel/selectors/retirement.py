"""Who retires when, by the rules and by what was decided for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from core.dates import PartialDate, Period, add_months
from core.org.models import Unit
from core.parameters.selectors import ParameterMissing, at
from personnel import rules
from personnel.models import BirthDecision, RetirementCategory, Teacher
from personnel.selectors.teachers import employed, in_unit, teachers_on

# Nobody retires older than this by any class, however it is put off: only a sieve before the rule is asked.
OLDEST = 75 * 12
TO_THE_ARCHIVE: Final = "archive"


@dataclass(frozen=True, slots=True)
class Retiring:
    """Somebody who retires: the person with the facts of the day, the category, whether it was decided for them, the plan."""

    teacher: Any
    decided: bool
    plan: rules.RetirementPlan


@dataclass(frozen=True, slots=True)
class RetirementTables:
    """The parameters of a day. `flexible` is None before there was flexible retirement."""

    ages: rules.RetirementAges
    flexible: rules.FlexibleRetirement | None
    pension: rules.PensionMonths

    @classmethod
    def at(cls, on: date, unit: Any = None) -> RetirementTables:
        """Read them. Raises `ParameterMissing`."""
        try:
            flexible = at(rules.FlexibleRetirement, on, unit=unit)
        except ParameterMissing:
            flexible = None
        return cls(at(rules.RetirementAges, on), flexible, at(rules.PensionMonths, on))

    def plan(self, birth: PartialDate | None, category: str) -> rules.RetirementPlan | None:
        """The plan of one person; None where birth or category are not known."""
        return rules.retirement_plan(birth, category, self.ages, self.flexible, self.pension) if birth else None


def retirements(actor: Any, *, from_month: date, to_month: date, unit: Unit | None = None) -> list[Retiring]:
    """Those of the actor's people who reach the statutory age in a month from `from_month` on, before `to_month`, earliest first.

    Months are their first days, the range is half-open. Of one unit with all below it, where one is given. People who have left,
    retired or died are left out, and those of whom birth, sex and category do not tell. Parameters are those of today, as planning
    asks: a later law is not known yet. Four queries, however many people.
    """
    tables = RetirementTables.at(actor.on, actor.unit)
    rows = employed(teachers_on(actor, actor.on), actor.on)
    rows = in_unit(rows, unit, actor.on) if unit is not None else rows
    # A delay only adds to the age of the class, so that nobody retires younger than the youngest class.
    youngest = min(one.age for one in tables.ages.classes.values()) * rules.MONTHS_OF_A_YEAR
    first, last = add_months(from_month, -OLDEST), add_months(to_month, -youngest)
    by_archive = BirthDecision._base_manager.filter(counts=TO_THE_ARCHIVE).values("teacher")
    likely = rows.filter(birth__gte=first, birth__lt=last).union(rows.filter(pk__in=by_archive))
    people = list(likely)
    births, categories = _decided_births(people), _categories(people, actor.on)
    found = []
    for teacher in people:
        recorded = categories.get(teacher.pk, "")
        category = recorded or rules.usual_category(teacher.sex, teacher.post_family, tables.ages)
        birth = rules.counting_birth(teacher.birth, births.get(teacher.pk))
        plan = tables.plan(birth.birth if birth else None, category)
        if plan is not None and from_month <= plan.month < to_month:
            found.append(Retiring(teacher, bool(recorded), plan))
    return sorted(found, key=lambda one: (one.plan.month, one.teacher.pinyin, one.teacher.pk))


def retirement_of(teacher: Teacher, unit: Any, on: date) -> rules.RetirementPlan | None:
    """When one person retires by what is on file on a day; None where birth, sex and category do not tell. A fixed number of queries."""
    return retirement_plans([(teacher, unit, on)]).get((teacher.pk, unit.pk if unit is not None else None, on))


def retirement_plans(
    asked: Sequence[tuple[Teacher, Any, date]],
) -> dict[tuple[int, int | None, date], rules.RetirementPlan]:
    """The same for many people, each at a unit on a day, by these three; of whom it cannot be told is left out. Two queries."""
    people = {teacher.pk: teacher for teacher, _unit, _on in asked}
    births, recorded = _decided_births(people.values()), _recorded(people.values())
    found: dict[tuple[int, int | None, date], rules.RetirementPlan] = {}
    for teacher, unit, on in asked:
        try:
            tables = RetirementTables.at(on, unit)
        except ParameterMissing:
            continue
        held = next((category for period, category in recorded.get(teacher.pk, ()) if period.contains(on)), "")
        birth = rules.counting_birth(teacher.birth, births.get(teacher.pk))
        category = held or rules.usual_category(teacher.sex, teacher.post_family, tables.ages)
        plan = tables.plan(birth.birth if birth else None, category)
        if plan is not None:
            found[teacher.pk, unit.pk if unit is not None else None, on] = plan
    return found


def _recorded(people: Iterable[Teacher]) -> dict[int, list[tuple[Period, str]]]:
    """The categories that were decided for people, with their days."""
    found: dict[int, list[tuple[Period, str]]] = {}
    rows = RetirementCategory._base_manager.filter(teacher__in=[one.pk for one in people])
    for key, valid, category in rows.values_list("teacher_id", "valid", "category"):
        found.setdefault(key, []).append((Period(valid.lower, valid.upper), category))
    return found


def _decided_births(people: Iterable[Teacher]) -> dict[int, rules.BirthByArchive]:
    rows = BirthDecision._base_manager.filter(teacher__in=[one.pk for one in people])
    told: Any = rows.values_list("teacher_id", "by_archive", "counts", "document")
    return {key: rules.BirthByArchive(by_archive, counts, document) for key, by_archive, counts, document in told}


def _categories(people: Iterable[Teacher], on: date) -> dict[int, str]:
    rows = RetirementCategory._base_manager.filter(teacher__in=[one.pk for one in people], valid__contains=on)
    return dict(rows.values_list("teacher_id", "category"))


def retirement_months(people: Iterable[Teacher], on: date, unit: Unit | None = None) -> dict[int, date]:
    """The first day of the month of the statutory age, by the keys of people of whom it can be told. Two queries."""
    known = list(people)
    tables = RetirementTables.at(on, unit)
    births, categories = _decided_births(known), _categories(known, on)
    found: dict[int, date] = {}
    for one in known:
        category = categories.get(one.pk) or rules.usual_category(one.sex, one.post_family, tables.ages)
        birth = rules.counting_birth(one.birth, births.get(one.pk))
        plan = tables.plan(birth.birth if birth else None, category)
        if plan is not None:
            found[one.pk] = plan.month
    return found
