"""Leading cadres: who heads what on a day, what the rules say of a nomination, what is due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.contrib.postgres.fields.ranges import RangeEndsWith
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from core.dates import Period
from core.org.errors import NotAllowed
from core.org.models import Unit, UnitStatistics, unit_name
from core.parameters.selectors import at
from core.registry import registry
from core.rules import Finding
from personnel import rules
from personnel.choices import ENDED
from personnel.models import (
    CHIEFS,
    Employment,
    Headship,
    HeadshipProposal,
    PersonStatus,
    PoliticalStatus,
    Reserve,
    ReserveMember,
    Teacher,
)
from personnel.selectors.establishment import school_year_of
from personnel.selectors.gone import gone
from personnel.selectors.retirement import retirement_months
from personnel.selectors.teachers import employed, teachers_on

VIEW: Final = "personnel.view_teacher"
PROPOSE: Final = "personnel.propose_headships"
DECIDE: Final = "personnel.decide_headships"
KIND: Final = "personnel.headship"
RESERVE: Final = "personnel.reserve"
# Members of the Party, full and probationary.
PARTY: Final = ("01", "02")
LAST_TRAINING: Final = "last_training"


def headship_rules(unit: Any, on: date) -> rules.Headships:
    """The rules of headships of a unit on a day."""
    return at(rules.Headships, on, unit=unit)


def in_force(rows: QuerySet[Headship], on: date) -> QuerySet[Headship]:
    """The headships that are held on a day: who has retired, left or died, or is employed nowhere, leads no unit."""
    employed = Employment._base_manager.filter(teacher=OuterRef("teacher"), valid__contains=on)
    ended = gone(on).filter(teacher=OuterRef("teacher"))
    return rows.filter(valid__contains=on, teacher__merged_into=None).filter(Exists(employed), ~Exists(ended))


def cadres(actor: Any, on: date, unit: Unit | None = None) -> QuerySet[Headship]:
    """The headships that are held on a day, of the actor's people; of a unit with all below it where one is given.

    Annotated: `unit_title`.
    """
    rows = in_force(Headship.objects.visible_to(actor), on).annotate(unit_title=unit_name("unit_id", on))
    return rows.filter(unit__path__descendants=unit.path) if unit is not None else rows


def heads_of(unit: Unit, on: date) -> QuerySet[Headship]:
    """Who heads a unit on a day."""
    return in_force(Headship._base_manager.filter(unit=unit), on).select_related("teacher")


def former_heads(actor: Any, unit: Unit, on: date) -> QuerySet[Headship]:
    """Who headed a unit before a day and whom the actor still sees, the latest first."""
    rows = Headship.objects.visible_to(actor).filter(unit=unit).annotate(until=RangeEndsWith("valid"))
    return rows.filter(until__lte=on).select_related("teacher").order_by("-until", "pk")


def headships_of(teacher: Teacher, on: date) -> list[Headship]:
    """What a person heads on a day."""
    return list(in_force(Headship._base_manager.filter(teacher=teacher), on).select_related("unit").order_by("pk"))


def classes_of(units: Collection[int], on: date) -> dict[int, int]:
    """Classes of units in the last school year that is known by a day, by the key of the unit. One query."""
    year = school_year_of(on)
    rows = UnitStatistics._base_manager.filter(unit__in=units, school_year__lte=year, classes__isnull=False)
    told = rows.values("unit", "school_year").annotate(number=Sum("classes")).order_by("school_year")
    return {row["unit"]: row["number"] for row in told}


def next_term(teacher: Teacher, unit: Unit, headship: str, begins: date) -> int:
    """Which term it would be: one more than the one that runs on until the day, of the same post and unit."""
    rows = Headship._base_manager.filter(teacher=teacher, unit=unit, headship=headship, acting=False)
    before = rows.filter(valid__startswith__lt=begins).annotate(until=RangeEndsWith("valid"))
    last = before.filter(Q(until__isnull=True) | Q(until__gte=begins)).order_by("-valid").first()
    return last.term + 1 if last is not None else 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is proposed: somebody as head of a unit from a day on; `removes` ends that day."""

    teacher: Teacher
    unit: Unit
    headship: str
    begins: date
    years: int | None = None
    acting: bool = False
    removes: Headship | None = None


def nomination_findings(wanted: Wanted) -> list[Finding]:
    """What the rules say of a proposal, as things stand on its first day. A fixed number of queries."""
    unit, on = wanted.unit, wanted.begins
    held = heads_of(unit, on).filter(headship=wanted.headship, acting=False).exclude(teacher=wanted.teacher)
    member = PoliticalStatus._base_manager.filter(teacher=wanted.teacher, valid__contains=on, status__in=PARTY).exists()
    asked = rules.Nomination(
        headship=wanted.headship, begins=on, years=None if wanted.acting else wanted.years,
        term=next_term(wanted.teacher, unit, wanted.headship, on), classes=classes_of([unit.pk], on).get(unit.pk), held=held.count(),
        retires=retirement_months([wanted.teacher], on, unit).get(wanted.teacher.pk), member=member, acting=wanted.acting,
    )  # fmt: skip
    return rules.check_nomination(asked, headship_rules(unit, on))


def chief_of(unit: Unit, headship: str, on: date, *, acting: bool, besides: Teacher | None = None) -> Headship | None:
    """Who holds a headship of which a unit has one holder; None for others, and where nobody does."""
    if headship not in CHIEFS:
        return None
    rows = heads_of(unit, on).filter(headship=headship, acting=acting)
    return rows.exclude(teacher=besides).first() if besides is not None else rows.first()


def away(teacher: Teacher, on: date) -> bool:
    """Whether somebody is on loan, studying, long sick or suspended on a day."""
    return PersonStatus._base_manager.filter(teacher=teacher, valid__contains=on).exclude(status="in_post").exists()


class Presence:
    """Who of some people is on staff, away or gone on any day, and their names, as `in_force` and `away` ask it of one. Three queries."""

    def __init__(self, people: Collection[int]) -> None:
        self.names: dict[int, str] = dict(Teacher._base_manager.filter(pk__in=people).values_list("pk", "name"))
        self._jobs = _periods(Employment._base_manager.filter(teacher__in=people), "unit_id")
        self._statuses = _periods(PersonStatus._base_manager.filter(teacher__in=people), "status")

    def on_staff(self, teacher: int, on: date) -> bool:
        """Whether somebody is employed, and has neither retired nor left nor died."""
        return any(period.contains(on) for period, _unit in self._jobs[teacher]) and self._ended(teacher, on) is None

    def away(self, teacher: int, on: date) -> bool:
        """Whether somebody is on loan, studying, long sick or suspended."""
        return any(period.contains(on) and status != "in_post" for period, status in self._statuses[teacher])

    def left_by(self, teacher: int, since: date, on: date) -> date | None:
        """The day, after `since`, from which on somebody is not on staff as of a day; None where they are."""
        ended = self._ended(teacher, on)
        if ended is not None:
            return ended.start if ended.start > since else None
        if any(period.contains(on) for period, _unit in self._jobs[teacher]):
            return None
        last = max(
            (period.end for period, _unit in self._jobs[teacher] if period.end and period.end <= on), default=None
        )
        return last if last is not None and last > since else None

    def _ended(self, teacher: int, on: date) -> Period | None:
        return next((one for one, status in self._statuses[teacher] if status in ENDED and one.contains(on)), None)


def _periods(rows: QuerySet[Any], of: str) -> dict[int, list[tuple[Period, Any]]]:
    """The periods of dated records by person, each with what it says."""
    found: dict[int, list[tuple[Period, Any]]] = defaultdict(list)
    for teacher, valid, said in rows.order_by("valid").values_list("teacher_id", "valid", of):
        found[teacher].append((Period(valid.lower, valid.upper), said))
    return found


def authority_of(unit: Unit, headship: str, on: date) -> Unit:
    """The bureau that decides on a headship of a unit, by the parameters: of the level that they name, else the one right above it."""
    rule = headship_rules(unit, on).rule(headship)
    level = rule.decided if rule is not None else "nearest"
    above = unit.bureaus() or [unit]
    return next((one for one in above if level in ("nearest", one.kind)), above[0])


def open_proposal(teacher: Teacher) -> HeadshipProposal | None:
    """The proposal about a person that waits to be decided."""
    rows = HeadshipProposal._base_manager.filter(teacher=teacher).exclude(case__desk="")
    return rows.select_related("case").first()


def latest_proposal(actor: Any, teacher: Teacher) -> HeadshipProposal | None:
    """The last proposal about a person that the actor sees and that was not refused or withdrawn."""
    rows = HeadshipProposal.objects.visible_to(actor).filter(teacher=teacher)
    rows = rows.exclude(case__state__in=("refused", "withdrawn"))
    return rows.select_related("case__origin", "unit", "removes__unit").order_by("-pk").first()


def last_trainings(teachers: Collection[int], on: date) -> Mapping[int, date]:
    """The last day of training of people, by their keys, as all modules that know of one tell it."""
    found: dict[int, date] = {}
    for one in registry.each("person_facts"):
        if one.name == LAST_TRAINING:
            for key, day in one.of(teachers, on).items():
                found[key] = max(day, found.get(key, day))
    return found


def training_known() -> bool:
    """Whether any module knows of trainings."""
    return any(one.name == LAST_TRAINING for one in registry.each("person_facts"))


def with_dues(rows: Iterable[Any], on: date) -> None:
    """Set on each headship `training_due` (None where no module tells) and `over`: led on beyond the terms. Two queries."""
    known = list(rows)
    units = {one.pk: one for one in Unit._base_manager.filter(pk__in={row.unit_id for row in known})}
    trained = last_trainings([row.teacher_id for row in known], on) if training_known() else None
    for row in known:
        told = headship_rules(units[row.unit_id], on)
        row.over = not row.acting and rules.over_terms(row.term, row.term_last, on, told)
        row.training_due = (
            rules.training_due(trained.get(row.teacher_id), row.valid.lower, on, told) if trained is not None else None
        )


def ending_within(rows: QuerySet[Headship], on: date, days: int) -> QuerySet[Headship]:
    """Those whose term ends within so many days, or has ended without a next one."""
    return rows.filter(term_last__isnull=False, term_last__lte=on + timedelta(days=days))


def over_terms(rows: QuerySet[Headship], on: date, terms: int) -> QuerySet[Headship]:
    """Those who lead on beyond so many terms."""
    return rows.filter(acting=False).filter(Q(term__gt=terms) | Q(term=terms, term_last__lt=on))


def probations_due(rows: QuerySet[Headship]) -> QuerySet[Headship]:
    """Those whose probation has no verdict yet."""
    return rows.filter(probation_last__isnull=False, probation_verdict="")


def named(actor: Any, text: str, on: date) -> Teacher:
    """The one person at work in the actor's units who has that staff number, else who is called so.

    Raises `NotAllowed` where there is none or more than one.
    """
    rows = employed(teachers_on(actor, on), on).filter(merged_into=None)
    found: list[Teacher] = list(rows.filter(staff_number=text)[:2]) or list(rows.filter(name=text)[:2]) if text else []
    if not found:
        raise NotAllowed(_("Nobody at work in your units is called so or has this staff number."), field="who")
    if len(found) > 1:
        raise NotAllowed(_("Several people are called so. Enter the staff number."), field="who")
    return found[0]


def places_of(teachers: Collection[int], on: date) -> dict[int, int]:
    """Where people are employed on a day, by their keys. One query."""
    rows = Employment._base_manager.filter(teacher__in=teachers, valid__contains=on)
    return dict(rows.values_list("teacher", "unit"))


def members_of(reserve: Reserve) -> QuerySet[ReserveMember]:
    """Who stands in a list, by headship and name; what a merged file left behind is left out."""
    rows = ReserveMember._base_manager.filter(reserve=reserve, teacher__merged_into=None)
    return rows.select_related("teacher").order_by("headship", "teacher__pinyin", "pk")
