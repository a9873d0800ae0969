"""Verbs on cases: open, advance, many at once, give to somebody; and on who stands in for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core import workdays
from core.codes.selectors import entries
from core.codes.selectors import label as code_label
from core.dates import today
from core.org.actor import assignments_of
from core.org.errors import NotAllowed
from core.org.models import RoleAssignment, Unit, User
from core.records.bulk import allocate
from core.records.changes import change
from core.records.errors import StaleRecord
from core.workflow.authority import Authority, authority, is_at, people_of, standing
from core.workflow.definition import OWNER, Act, State, Transition, Unfit, Workflow
from core.workflow.models import Case, StandIn
from core.workflow.registered import workflow_of, workflows

MOST_AT_ONCE = 500
# What a step writes on a case.
STEPPED = (
    "state",
    "desk",
    "unit",
    "moved_at",
    "due",
    "step",
    "reasons",
    "comment",
    "stood_in_for",
    "assignee",
    "reminded_on",
)


def open_case(
    *, kind: str, actor: Any, unit: Unit, waits_at: Unit | None = None, days: int | None = None, opened_by: User | None = None,
    comment: str = "",
) -> Case:  # fmt: skip
    """Begin a case in the open change, before the module writes what it is about. It begins at `unit`.

    `waits_at` is where it waits first (default: there), `days` how many working days they have (default: what the first state says),
    `opened_by` who asks (default: the actor). Raises KeyError for a kind that no module registered.
    """
    case = _begun(kind, actor, Opening(unit, waits_at, days, comment), opened_by)
    case.save(force_insert=True)
    return case


@dataclass(frozen=True, slots=True)
class Opening:
    """A case to be opened with others, as `open_case` opens one. `source` is the row of a workbook that asks for it."""

    unit: Unit
    waits_at: Unit | None = None
    days: int | None = None
    comment: str = ""
    source: int | None = None


def open_cases(*, kind: str, actor: Any, asked: Sequence[Opening]) -> list[Case]:
    """Begin many cases of one kind in the open change, in their order: two statements, whatever their number."""
    made = [_begun(kind, actor, one) for one in asked]
    for case, pk, one in zip(made, allocate(Case, len(made)), asked, strict=True):
        case.pk, case.source_row = pk, one.source
    Case._base_manager.bulk_create(made)
    return made


def _begun(kind: str, actor: Any, asked: Opening, opened_by: User | None = None) -> Case:
    flow = workflows()[kind]
    case = Case(kind=kind, unit=asked.unit, origin=asked.unit, opened_by=opened_by or actor.user, comment=asked.comment)
    first = flow.state(flow.initial)
    if asked.waits_at is not None:
        first = replace(first, unit=lambda _case: asked.waits_at)
    if asked.days is not None:
        first = replace(first, days=lambda _case: asked.days or 0)
    _stand(case, first)
    return case


def advance(
    case: Case, name: str, *, actor: Any, comment: str = "", reasons: Sequence[str] = (),
    data: Mapping[str, Any] | None = None, revision: int | None = None, source: str = "page", document: str = "",
) -> Case:  # fmt: skip
    """Take the step `name` of a case: in one change the effect of the step, and where the case stands from then on.

    The case is locked first, so of two who decide at once the second is told. Raises `NotAllowed` where the case has moved on, the
    actor may not take the step, its guard refuses, or words or reasons are missing; `StaleRecord` where `revision` is given and the
    case was changed since. What the form of the step calls `document` is the number of the paper behind it.
    """
    flow = _flow(case)
    with transaction.atomic():
        locked = _locked(case)
        step = flow.steps.get(name)
        if step is None or locked.state not in step.sources:
            raise NotAllowed(moved_on(flow, locked))
        if revision is not None and locked.revision != revision:
            raise StaleRecord(f"case {locked.pk} was changed since it was shown")
        said = authority(flow, step, locked, actor)
        if said.why_not:
            raise NotAllowed(said.why_not)
        act = Act(locked, actor, comment.strip(), tuple(reasons), data or {})
        _must_be_said(step, act)
        if why_not := step.why_not(act):
            raise NotAllowed(why_not)
        document = document or str(act.data.get("document", ""))
        with change(flow.change_kind(step), actor=actor, reason=_reason(step, act), document=document, source=source):
            step.carry_out(act)
            _take(flow, step, act, said)
            locked.save()
    return locked


def advance_many(
    cases: Sequence[Case],
    name: str,
    *,
    actor: Any,
    comment: str = "",
    reasons: Sequence[str] = (),
    data: Mapping[str, Any] | None = None,
    source: str = "page",
) -> tuple[list[Case], list[tuple[Case, str]]]:
    """Take one step of many cases: (those that moved, those that did not with why).

    Each is a change of its own; where the step goes `together`, all that fit are one change. `data` is what the bulk form of the step
    says, once for all of them.

    Raises `NotAllowed` for a step that is not offered for many at once, and for more than `MOST_AT_ONCE`.
    """
    if len(cases) > MOST_AT_ONCE:
        raise NotAllowed(_("Decide at most %(most)s cases at once.") % {"most": MOST_AT_ONCE})
    if unknown := [case for case in cases if not (step := _flow(case).steps.get(name)) or not step.bulk]:
        raise NotAllowed(_("“%(kind)s” is decided case by case.") % {"kind": _flow(unknown[0]).label})
    said: dict[str, Any] = {"actor": actor, "comment": comment, "reasons": reasons, "data": data, "source": source}
    moved: list[Case] = []
    refused: list[tuple[Case, str]] = []
    alone = [case for case in cases if _flow(case).steps[name].together is None]
    for kind in dict.fromkeys(case.kind for case in cases):
        some = [case for case in cases if case.kind == kind and case not in alone]
        if some:
            taken, out = _advance_set(_flow(some[0]), some, name, **said)
            moved, refused = [*moved, *taken], [*refused, *out]
    for case in alone:
        try:
            moved.append(advance(case, name, revision=case.revision, **said))
        except NotAllowed as error:
            refused.append((case, str(error)))
        except StaleRecord:
            refused.append((case, _changed()))
    return moved, refused


def _advance_set(
    flow: Workflow, cases: Sequence[Case], name: str, *, actor: Any, comment: str, reasons: Sequence[str], data: Mapping[str, Any] | None,
    source: str,
) -> tuple[list[Case], list[tuple[Case, str]]]:  # fmt: skip
    """Take a step that goes `together` with cases of one kind: all that fit in one change, a fixed number of queries of its own.

    Those that do not fit are left out, and the others are asked again, since one may have counted on another's going.
    """
    step, why = flow.steps[name], dict[int, str]()
    with transaction.atomic():
        locked = _locked_many(cases)
        known = standing(list(locked.values()), actor)
        acts: dict[int, tuple[Act, Authority]] = {}
        for case in cases:
            act = Act(locked[case.pk], actor, comment.strip(), tuple(reasons), data or {})
            if act.case.state not in step.sources:
                why[case.pk] = moved_on(flow, act.case)
            elif act.case.revision != case.revision:
                why[case.pk] = _changed()
            elif (said := authority(flow, step, act.case, actor, known)).why_not:
                why[case.pk] = said.why_not
            else:
                acts[case.pk] = act, said
        for act, _said in list(acts.values())[:1]:
            _must_be_said(step, act)
        while acts:
            try:
                _take_set(flow, step, acts, actor, source)
                break
            except Unfit as error:
                out = {key: text for key, text in error.why.items() if key in acts} or dict.fromkeys(acts, str(error))
            except NotAllowed as error:
                out = dict.fromkeys(acts, str(error))
            why |= out
            acts = {key: one for key, one in acts.items() if key not in out}
    return [act.case for act, _said in acts.values()], [(case, why[case.pk]) for case in cases if case.pk in why]


def _take_set(
    flow: Workflow, step: Transition, acts: Mapping[int, tuple[Act, Authority]], actor: Any, source: str
) -> None:
    """Write the step of all these cases in one change, or nothing. Raises `Unfit` for those of which the guard says no."""
    together = step.together
    assert together is not None  # noqa: S101 - only such steps are taken as a set
    if out := together.guard([act for act, _said in acts.values()]):
        raise Unfit(out)
    first = next(act for act, _said in acts.values())
    document = str(first.data.get("document", ""))
    with change(flow.change_kind(step), actor=actor, reason=_reason(step, first), document=document, source=source):
        together.effect([act for act, _said in acts.values()])
        for act, said in acts.values():
            _take(flow, step, act, said)
        Case.objects.bulk_update([act.case for act, _said in acts.values()], STEPPED)


def stands(case: Case, *states: str) -> bool:
    """Lock a case in the open change and say whether it is in one of these states: for what is written only as long as it is.

    Who takes a step of it meanwhile waits, or has been waited for.
    """
    rows = Case._base_manager.select_for_update(no_key=True).filter(pk=case.pk)
    return rows.values_list("state", flat=True).get() in states


def assign(case: Case, *, actor: Any, user: User | None, reason: str) -> Case:
    """Give an open case to one of those for whom it waits, take it over, or (None) put it back on the desk.

    Raises `NotAllowed` where the actor is not of the desk, or the user could not decide it.
    """
    flow = _flow(case)
    with transaction.atomic():
        locked = _locked(case)
        if not locked.desk or locked.desk == OWNER:
            raise NotAllowed(moved_on(flow, locked))
        if not may_assign(locked, actor):
            raise NotAllowed(_("This waits for another desk than yours."))
        if user is not None and not holders(locked, actor.on).filter(pk=user.pk).exists():
            raise NotAllowed(_("%(who)s does not hold a role that decides this.") % {"who": user})
        if user is not None and user.pk in {locked.opened_by_id, *people_of([locked]).get(locked.pk, ())}:
            raise NotAllowed(_("%(who)s opened this case or is whom it is about.") % {"who": user})
        with change("workflow.assign", actor=actor, reason=reason, source=f"case:{locked.pk}"):
            locked.assignee = user
            locked.save(update_fields={"assignee"})
    return locked


def may_assign(case: Case, actor: Any) -> bool:
    """Whether the actor is of the desk at which a case waits, or of the same desk further up."""
    return bool(case.desk and case.desk != OWNER and actor.may(case.desk) and is_at(actor, case))


def holders(case: Case, on: date) -> Any:
    """The users for whom an open case waits: they hold a role with the permission of its desk, there or further up."""
    held = RoleAssignment.objects.filter(
        role__in=roles_of(case.desk), valid__contains=on, unit__path__ancestors=case.unit.path, user__is_active=True
    ).exclude(unit__closed__lte=on)
    return User.objects.filter(pk__in=held.values("user"))


def stand_in(*, actor: Any, user: User, starts: date, ends: date, reason: str) -> StandIn:
    """Let somebody decide cases in the actor's place from `starts` up to, not including, `ends`.

    Refused by `NotAllowed`: oneself, days past, a user who holds no role at the actor's unit or above it, a role that decides nothing.
    """
    if user.pk == actor.user.pk:
        raise NotAllowed(_("Choose somebody else to stand in for you."))
    if ends <= starts or starts < actor.on:
        raise NotAllowed(_("The days must lie ahead, the last one after the first."))
    if not actor.permissions & desks():
        raise NotAllowed(_("Your role decides no cases, so nobody need stand in for it."))
    held = [one.unit for one in assignments_of(user, starts)]
    if not any(unit.covers(actor.unit) for unit in held) or user.awaits_holder:
        raise NotAllowed(_("%(who)s holds no role at your unit or above it on the first day.") % {"who": user})
    with change("workflow.stand_in", actor=actor, reason=reason, source="page"):
        assignment = RoleAssignment.objects.select_for_update().get(pk=actor.assignment)
        others = StandIn.objects.filter(assignment=assignment, valid__overlap=Range(starts, ends))
        if others.exists():
            raise NotAllowed(_("Somebody stands in for you on some of these days already. End that first."))
        return StandIn.objects.create(assignment=assignment, user=user, valid=Range(starts, ends))


def end_stand_in(*, actor: Any, row: StandIn, reason: str) -> None:
    """End a standing-in of the actor's from today on; one that has not begun is taken back. Raises `NotAllowed` for another's."""
    if row.assignment_id != actor.assignment:
        raise NotAllowed(_("Only for whom somebody stands in can end it."))
    with change("workflow.end_stand_in", actor=actor, reason=reason, source="page"):
        if row.valid.lower >= actor.on:
            row.delete()
            return
        row.valid = Range(row.valid.lower, actor.on)
        row.save(update_fields={"valid"})


def desks() -> frozenset[str]:
    """The permissions for which cases wait somewhere."""
    return frozenset().union(*(flow.desks for flow in workflows().values()))


def moved_on(flow: Workflow, case: Case) -> str:
    """Who has moved a case to where it stands, in words."""
    last = case.history.select_related("change__actor").first()
    state = flow.by_name.get(case.state)
    said = {"state": state.label if state else case.state, "who": "", "at": ""}
    if last is not None:
        at = timezone.localtime(last.change.at).strftime("%Y-%m-%d %H:%M")
        said |= {"who": str(last.change.actor), "at": at}
    return _("It stands at “%(state)s” since %(at)s, by %(who)s, so this step cannot be taken any more.") % said


def _flow(case: Case) -> Workflow:
    flow = workflow_of(case.kind)
    if flow is None:
        raise NotAllowed(_("The part of the program that decides such cases is not in use."))
    return flow


def _locked(case: Case) -> Case:
    """The case as it stands once its row is locked. Locked apart: a joined row that changes meanwhile would lose it from the answer."""
    Case._base_manager.select_for_update().filter(pk=case.pk).values_list("pk").get()
    return Case._base_manager.select_related("unit", "origin", "assignee", "opened_by").get(pk=case.pk)


def _locked_many(cases: Sequence[Case]) -> dict[int, Case]:
    """The same of many, by their keys; locked in the order of these, so that two who decide many wait for each other, not in a circle."""
    keys = [case.pk for case in cases]
    list(Case._base_manager.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
    return Case._base_manager.select_related("unit", "origin", "assignee", "opened_by").in_bulk(keys)


def _changed() -> str:
    return _("It was changed in the meantime.")


def _take(flow: Workflow, step: Transition, act: Act, said: Authority) -> None:
    """Say on the case which step was taken, and where it stands from then on."""
    case = act.case
    case.step, case.reasons, case.comment = step.name, list(act.reasons), act.comment
    case.stood_in_for, case.assignee, case.reminded_on = said.stood_in_for, None, None
    _stand(case, flow.state(step.target))


def _stand(case: Case, state: State) -> None:
    """Where the case stands from now on, for whom and until when."""
    case.state, case.desk = state.name, state.desk
    if state.unit is not None:
        case.unit = state.unit(case)
    case.moved_at = timezone.now()
    case.due = workdays.add(today(), state.days(case)) if state.days is not None else None


def _must_be_said(step: Transition, act: Act) -> None:
    if step.comment == "needed" and not act.comment:
        raise NotAllowed(_("Say why, in words."))
    if step.reasons:
        known = {entry.code for entry in entries(step.reasons, act.actor.on, act.case.unit)}
        if not act.reasons:
            raise NotAllowed(_("Choose at least one reason."))
        if unknown := set(act.reasons) - known:
            raise NotAllowed(_("“%(code)s” is not in the list of reasons.") % {"code": min(unknown)})
    elif act.reasons:
        raise NotAllowed(_("This step names no reasons."))


def _reason(step: Transition, act: Act) -> str:
    """Why, for the log of changes: the words, else the reasons named, else what was done; in the language of the records."""
    if act.comment:
        return act.comment
    with translation.override("zh-hans"):
        named = "；".join(str(code_label(step.reasons, code)) for code in act.reasons)
        return named or str(step.done)


def roles_of(permission: str) -> list[str]:
    """The roles that hold a permission."""
    return [name for name, role in settings.ROLES.items() if permission in role.permissions]
