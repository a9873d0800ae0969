"""Appointment contracts: which holds, what is due of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from django.contrib.postgres.fields.ranges import RangeEndsWith
from django.db.models import Case, DateField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast

from core.dates import DAY
from core.org.models import Unit
from core.parameters.selectors import at
from core.rules import Finding
from personnel import rules
from personnel.models import Contract, Teacher
from personnel.selectors.gone import gone

VIEW: Final = "personnel.view_teacher"
CHANGE: Final = "personnel.change_teacher"
PROBATION, TERM = "probation", "term"
# How far back something that was left undone is still told, in days.
LATE: Final = 366


def contract_rules(unit: Any, on: date) -> rules.ContractRules:
    """The rules of contracts of a unit on a day."""
    return at(rules.ContractRules, on, unit=unit)


def contract_of(teacher: Teacher, on: date) -> Contract | None:
    """The contract that holds on a day, else the one that begins next, else None."""
    rows = Contract._base_manager.filter(teacher=teacher).select_related("unit", "teacher")
    held = rows.filter(valid__contains=on).first()
    return held or rows.filter(valid__startswith__gt=on).order_by("valid").first()


def last_ended(teacher: Teacher) -> Contract | None:
    """The contract that ended last for a reason that was recorded."""
    rows = Contract._base_manager.filter(teacher=teacher).exclude(ground="").select_related("unit", "teacher")
    return rows.order_by("-valid").first()


def after(last: date | None) -> date | None:
    """The first day after a last one."""
    return last + DAY if last is not None else None


def terms_of(contract: Contract) -> rules.Terms:
    """What rules ask of a contract."""
    return rules.Terms(contract.valid.lower, contract.valid.upper, after(contract.probation_last), contract.first_job)


def term_findings(terms: rules.Terms, unit: Any) -> list[Finding]:
    """What the rules of the day on which it begins say to a contract."""
    return rules.check_terms(terms, contract_rules(unit, terms.starts))


def end_findings(contract: Contract, ground: str, ends: date, notice: date | None) -> list[Finding]:
    """What the rules say to an end."""
    return rules.check_end(ground, terms_of(contract), ends, notice, contract_rules(contract.unit, ends))


def due_contracts(actor: Any, on: date, days: int | None = None, unit: Unit | None = None) -> QuerySet[Contract]:
    """The contracts of which something is due within `days` (default: the parameter of the actor's unit) or late, of the actor's people.

    Annotated: `due_on` (the last day of the probation, or of the term) and `what` (`probation` or `term`). A probation is due until
    its verdict, a term until it is renewed or its end is recorded; what is later than a year is not told any more.
    """
    ahead = days if days is not None else contract_rules(actor.unit, on).due
    first, last = on - timedelta(days=LATE), on + timedelta(days=ahead)
    rows = Contract.objects.visible_to(actor)
    if unit is not None:
        rows = rows.filter(unit__path__descendants=unit.path)
    ended = gone(on).filter(teacher=OuterRef("teacher"))
    following = Contract._base_manager.filter(teacher=OuterRef("teacher"), valid__startswith__gte=OuterRef("ends_on"))
    rows = rows.filter(ground="").annotate(ends_on=RangeEndsWith("valid"))
    # A contract that was changed within its probation is told once, by what it is now.
    still = Q(ends_on__isnull=True) | Q(probation_last__lt=F("ends_on"))
    probation = still & Q(probation_last__gte=first, probation_last__lte=last, probation_verdict="")
    term = Q(ends_on__gte=first, ends_on__lte=last) & ~Q(Exists(following))
    what = Case(When(probation, then=Value(PROBATION)), default=Value(TERM))
    last_day = Cast(F("ends_on") - Value(DAY), DateField())
    day = Case(When(probation, then=F("probation_last")), default=last_day, output_field=DateField())
    found: QuerySet[Contract] = rows.filter(probation | term, ~Exists(ended)).annotate(what=what, due_on=day)
    return found
