"""Scenarios: what a bureau assumes of a school year and proposes for it. They move nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.codes.selectors import entries
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.records.changes import change
from personnel.models import PlanScenario, RecruitProposal, ScenarioPupils, SeatProposal
from personnel.selectors.planning import facts_under, planned, planned_years, year_begins
from personnel.selectors.scenarios import assumptions
from personnel.selectors.seats import KEEP

MOST: Final = 100_000
MOST_SEATS: Final = 5000
MOST_RECRUITS: Final = 999


def must_plan(actor: Any, unit: Unit | None = None) -> None:
    """Refuse who does not plan: bureaus that keep seats do, for themselves and those below."""
    own = actor.unit
    if not actor.may(KEEP) or own is None or not own.is_bureau or (unit is not None and not own.covers(unit)):
        raise NotAllowed(_("Your role does not plan seats and staff."))


def write_scenario(
    *, actor: Any, name: str, year: int, method: str, yearly_change: Decimal, words: str = ""
) -> PlanScenario:
    """Begin a scenario of the actor's bureau. Raises `NotAllowed` without the right, and as `change_scenario`."""
    must_plan(actor)
    values = _fitting(actor, actor.unit, name, year, method, yearly_change, words)
    with _written(actor, name), _named_once():
        return PlanScenario.objects.create(unit=actor.unit, **values)


def change_scenario(
    *, actor: Any, scenario: PlanScenario, name: str, year: int, method: str, yearly_change: Decimal, words: str = ""
) -> PlanScenario:
    """Change what a scenario assumes.

    Raises `NotAllowed` for a year that cannot be planned, an unknown method, a change beyond reason, a name that is taken.
    """
    must_plan(actor, scenario.unit)
    values = _fitting(actor, scenario.unit, name, year, method, yearly_change, words)
    changed = {field for field, value in values.items() if getattr(scenario, field) != value}
    if not changed:
        return scenario
    for field in changed:
        setattr(scenario, field, values[field])
    with _written(actor, name), _named_once():
        scenario.save(update_fields=changed)
    return scenario


def _fitting(
    actor: Any, unit: Unit, name: str, year: int, method: str, yearly_change: Decimal, words: str
) -> dict[str, Any]:
    years = planned_years(actor.on, unit)
    if year not in years:
        said = {"first": years[0], "last": years[-1]}
        raise NotAllowed(_("Plan a school year from %(first)s to %(last)s.") % said, field="year")
    if method not in PlanScenario.Method.values:
        raise NotAllowed(_("There is no such projection."), field="method")
    if not -100 < yearly_change <= 100:
        raise NotAllowed(_("The change a year lies between −100 and 100 per cent."), field="yearly_change")
    if not name.strip():
        raise NotAllowed(_("Give the scenario a name."), field="name")
    return {
        "name": name.strip(),
        "year": year,
        "method": method,
        "yearly_change": yearly_change,
        "words": words.strip(),
    }


@contextmanager
def _written(actor: Any, reason: str) -> Iterator[None]:
    with change("personnel.plan_scenario", actor=actor, reason=reason):
        yield


@contextmanager
def _named_once() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise NotAllowed(_("Your bureau has a scenario of this name already."), field="name") from error


def enter_pupils(
    *, actor: Any, scenario: PlanScenario, unit: Unit, stage: str, pupils: int, classes: int
) -> ScenarioPupils:  # fmt: skip
    """Let a school have so many pupils and classes of a stage in the planned year, instead of the projected ones; again: put right.

    Raises `NotAllowed` for numbers below nought, classes without pupils, a school that is closed by then or not below the bureau.
    """
    must_plan(actor, scenario.unit)
    _must_be_there(scenario, unit)
    if not 0 <= pupils <= MOST or not 0 <= classes <= MOST:
        raise NotAllowed(
            _("Pupils and classes are counted: no number below nought, none beyond reason."), field="pupils"
        )
    if classes and not pupils:
        raise NotAllowed(_("Classes without a pupil cannot be. Correct one of both."), field="classes")
    _must_be_known(actor, "stage", stage)
    with _written(actor, scenario.name):
        _lock(scenario)
        held = ScenarioPupils.objects.filter(scenario=scenario, unit=unit, stage=stage).first()
        if held is None:
            return ScenarioPupils.objects.create(
                scenario=scenario, unit=unit, stage=stage, pupils=pupils, classes=classes
            )
        changed = {name for name, value in (("pupils", pupils), ("classes", classes)) if getattr(held, name) != value}
        held.pupils, held.classes = pupils, classes
        if changed:
            held.save(update_fields=changed)
        return held


def propose_seats(
    *, actor: Any, scenario: PlanScenario, unit: Unit, to_unit: Unit, kind: str, count: int
) -> SeatProposal:  # fmt: skip
    """Propose to move seats from one school to another by the planned year.

    Raises `NotAllowed` for itself, a school that is closed by then, an unknown kind, and for more seats than are free by then: vacant or
    left by who retires, less what the scenario proposes already.
    """
    must_plan(actor, scenario.unit)
    if unit.pk == to_unit.pk:
        raise NotAllowed(_("Seats are moved to another unit than the one that gives them."), field="to_unit")
    for field, one in (("unit", unit), ("to_unit", to_unit)):
        _must_be_there(scenario, one, field)
    _must_be_known(actor, "seat_kind", kind, field="kind")
    if not 1 <= count <= MOST_SEATS:
        raise NotAllowed(_("Say how many seats: at least one."), field="count")
    with _written(actor, scenario.name):
        _lock(scenario)
        free = free_by_then(actor, scenario, unit, kind)
        if count > free:
            text = ngettext(
                "%(unit)s has %(n)s seat free by then. Move fewer.",
                "%(unit)s has %(n)s seats free by then. Move fewer.",
                free,
            )
            raise NotAllowed(text % {"unit": unit, "n": free}, field="count")
        held = SeatProposal.objects.filter(scenario=scenario, unit=unit, to_unit=to_unit, kind=kind).first()
        if held is not None:
            raise NotAllowed(_("The scenario proposes this already. Take that proposal out first."), field="to_unit")
        return SeatProposal.objects.create(scenario=scenario, unit=unit, to_unit=to_unit, kind=kind, count=count)


def free_by_then(actor: Any, scenario: PlanScenario, unit: Unit, kind: str) -> int:
    """Seats of a school that a scenario may still give away by its year."""
    facts = facts_under(actor, unit, kind, years=[scenario.year])
    plan = planned(facts, scenario.year, assumptions([scenario], kind)[scenario.pk])
    return max(next((row.gap.free for row in plan.rows if row.unit.pk == unit.pk), 0), 0)


def propose_recruits(
    *, actor: Any, scenario: PlanScenario, unit: Unit, stage: str, subject: str, number: int
) -> RecruitProposal:  # fmt: skip
    """Propose to recruit so many teachers of a subject for a school. Raises `NotAllowed` as `enter_pupils`, and for the same twice."""
    must_plan(actor, scenario.unit)
    _must_be_there(scenario, unit)
    _must_be_known(actor, "stage", stage)
    _must_be_known(actor, "subject", subject)
    if not 1 <= number <= MOST_RECRUITS:
        raise NotAllowed(_("Say how many teachers: at least one."), field="number")
    with _written(actor, scenario.name):
        _lock(scenario)
        if RecruitProposal.objects.filter(scenario=scenario, unit=unit, stage=stage, subject=subject).exists():
            raise NotAllowed(_("The scenario proposes this already. Take that proposal out first."), field="subject")
        return RecruitProposal.objects.create(scenario=scenario, unit=unit, stage=stage, subject=subject, number=number)


def take_out(*, actor: Any, part: ScenarioPupils | SeatProposal | RecruitProposal) -> None:
    """Take entered pupils or a proposal out of a scenario. Raises `NotAllowed` once it has become a case."""
    must_plan(actor, part.scenario.unit)
    if getattr(part, "adjustment_id", None) or getattr(part, "plan_id", None):
        raise NotAllowed(_("A case was made of it: withdraw that one."))
    with _written(actor, part.scenario.name):
        part.delete()


def drop_scenario(*, actor: Any, scenario: PlanScenario) -> None:
    """Delete a scenario with all its parts. Raises `NotAllowed` once a case was made of one of them."""
    must_plan(actor, scenario.unit)
    made = (
        scenario.seat_proposals.exclude(adjustment=None).exists()
        or scenario.recruit_proposals.exclude(plan=None).exists()
    )
    if made:
        raise NotAllowed(_("Cases were made of its proposals: they lead back to it, so it stays."))
    with _written(actor, scenario.name):
        for parts in (scenario.pupils, scenario.seat_proposals, scenario.recruit_proposals):
            parts.all().delete()
        scenario.delete()


def _lock(scenario: PlanScenario) -> None:
    """Let nobody else add to a scenario until this transaction ends."""
    PlanScenario.objects.select_for_update(no_key=True).filter(pk=scenario.pk).values_list("pk").get()


def _must_be_there(scenario: PlanScenario, unit: Unit, field: str = "unit") -> None:
    """Refuse a unit that is not of the bureau, or does not exist any more when the planned year begins."""
    if not scenario.unit.covers(unit):
        raise NotAllowed(_("The unit is not one of the bureau that plans."), field=field)
    if unit.closed is not None and unit.closed <= year_begins(scenario.year):
        raise NotAllowed(_("%(unit)s is closed by then.") % {"unit": unit}, field=field)


def _must_be_known(actor: Any, list_name: str, code: str, *, field: str = "") -> None:
    if code not in {one.code for one in entries(list_name, actor.on, actor.unit)}:
        raise NotAllowed(_("This code is not in its list."), field=field or list_name)
