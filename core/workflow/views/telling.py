"""A case in words: its facts, its way, what happened to it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.codes.selectors import label as code_label
from core.codes.values import values_of
from core.org.actor import role_label
from core.web.due import days_left, days_words
from core.web.parts import Badge, Entry, Fact, Step
from core.workflow.definition import OWNER, Workflow
from core.workflow.models import Case

ASSIGNED, REMINDED = "workflow.assign", "workflow.remind"
SOON = 2


def state_badge(flow: Workflow | None, case: Any) -> Badge:
    """The state of a case as a word."""
    state = flow.by_name.get(case.state) if flow is not None else None
    return Badge(capfirst(state.label), state.tone) if state is not None else Badge(case.state)


def due_badge(case: Case, on: Any) -> Badge | None:
    """How many working days are left; None where no day is set or the case is over."""
    if case.due is None or not case.desk:
        return None
    left = days_left(case.due, on)
    tone = "red" if case.due < on else "amber" if left <= SOON else ""
    return Badge(days_words(case.due, on), tone, "clock")


def facts_of(flow: Workflow, case: Case, actor: Any) -> list[Fact]:
    """When and by whom a case was opened, where it waits and until when."""
    values = values_of(actor)
    values.prime(units=[case.unit_id, case.origin_id])
    found = [
        Fact(_("State"), state_badge(flow, case).label),
        Fact(_("Opened by"), str(case.opened_by)),
        Fact(_("Began at"), values.unit(case.origin_id)),
        Fact(_("Opened on"), timezone.localtime(case.opened_at).date()),
    ]
    if case.desk:
        waits = str(case.opened_by) if case.desk == OWNER else values.unit(case.unit_id)
        found.append(
            Fact(
                _("Waits for"),
                waits,
                sub=_("in the hands of %(who)s") % {"who": case.assignee} if case.assignee else who_acts(case),
            )
        )
        if case.due is not None:
            found.append(Fact(_("Due"), case.due, sub=days_words(case.due, actor.on)))
    return found


def who_acts(case: Case) -> str:
    """In which roles people of the unit where a case waits take it up; somebody further up always may."""
    if case.desk == OWNER:
        return ""
    roles = [
        role.label
        for role in settings.ROLES.values()
        if case.desk in role.permissions and (not role.levels or case.unit.kind in role.levels)
    ]
    if not roles:
        return _("a unit above decides it")
    names = pgettext("list separator", ", ").join(str(label) for label in roles)
    return _("%(roles)s, or a unit above") % {"roles": names}


def way_of(flow: Workflow, case: Case, versions: list[Any]) -> list[Step]:
    """The usual way with where the case stands; a state beside it comes last."""
    if not flow.way:
        return []
    passed = {one.state for one in versions} - {case.state}
    steps = [Step(capfirst(flow.state(name).label), _standing(flow, case, name, passed)) for name in flow.way]
    if case.state not in flow.way:
        state = flow.by_name.get(case.state)
        steps = [one for one in steps if one.state == "done"]
        steps.append(
            Step(capfirst(state.label) if state else case.state, "failed" if state and state.final else "current")
        )
    return steps


def _standing(flow: Workflow, case: Case, name: str, passed: set[str]) -> str:
    if name == case.state:
        return "done" if flow.state(name).final else "current"
    return "done" if name in passed else "todo"


def timeline(flow: Workflow, case: Case, versions: list[Any], actor: Any) -> list[Entry]:
    """What waits, then each step of a case, the newest first."""
    found = []
    if case.desk:
        due = _("until %(day)s") % {"day": case.due.isoformat()} if case.due else ""
        found.append(Entry(state_badge(flow, case).label, None, due, pending=True))
    return found + [
        _followed(row, actor) if before is not None and _only_unit(row, before) else _entry(flow, row, actor)
        for row, before in zip(versions, [*versions[1:], None], strict=False)
    ]


def _only_unit(row: Any, before: Any) -> bool:
    """Whether a version says only that the case waits, or began, at another unit: its unit went into that one, or came back."""
    same = row.moved_at == before.moved_at and row.assignee_id == before.assignee_id
    return bool(same and (row.unit_id, row.origin_id) != (before.unit_id, before.origin_id))


def _followed(row: Any, actor: Any) -> Entry:
    said = {"unit": values_of(actor).unit(row.unit_id)}
    return Entry(
        _("Waits at %(unit)s from now on") % said, row.change.at, str(row.change.actor), reason=row.change.reason,
        document=row.change.document,
    )  # fmt: skip


def _entry(flow: Workflow, row: Any, actor: Any) -> Entry:
    change = row.change
    role = str(role_label(change.role)) if change.role != "system" else ""
    by = pgettext("list separator", ", ").join(filter(None, [str(change.actor), role]))
    if row.stood_in_for is not None and change.kind.startswith(flow.kind):
        by = _("%(by)s in place of %(who)s") % {"by": by, "who": row.stood_in_for}
    step = flow.steps.get(row.step)
    if change.kind == ASSIGNED:
        who = row.assignee
        heading = _("Given to %(who)s") % {"who": who} if who else _("Put back on the desk")
        return Entry(heading, change.at, by, reason=change.reason)
    if change.kind == REMINDED:
        return Entry(
            _("Reminded"),
            change.at,
            _("the system"),
            reason=_("due %(day)s") % {"day": row.due.isoformat()} if row.due else "",
        )
    if step is None:
        return Entry(pgettext("a case", "Opened"), change.at, by, reason=row.comment)
    named = pgettext("between sentences", "; ").join(
        str(code_label(step.reasons, code, actor.on)) for code in row.reasons or ()
    )
    said = pgettext("after a label", ": ").join(filter(None, [named, row.comment])) if named else row.comment
    return Entry(step.done, change.at, by, reason=said, document=change.document)
