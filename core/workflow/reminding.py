"""The system reminds of cases whose day comes near or is over."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from core.dates import today
from core.org.actor import system_actor
from core.parameters.selectors import at
from core.records.changes import change
from core.workflow.models import Case
from core.workflow.rules import MOST_DAYS, Reminding, is_to_be_reminded

AT_ONCE = 500


def remind_by_itself() -> int:
    """Remind of every open case that asks for it today, in one change; returns how many. On the same day it reminds once."""
    on = today()
    rows = Case.objects.open().filter(due__isnull=False).filter(Q(reminded_on__isnull=True) | Q(reminded_on__lt=on))
    rules: dict[int, Reminding] = {}
    found: list[Case] = []
    for case in rows.select_related("unit").order_by("due", "pk").iterator(AT_ONCE):
        rule = rules.setdefault(case.unit_id, at(Reminding, on, unit=case.unit))
        if case.due is not None and (case.due - on).days > 7 * MOST_DAYS:
            break
        if is_to_be_reminded(case.due, case.reminded_on, on, rule):
            case.reminded_on = on
            found.append(case)
    if found:
        with change("workflow.remind", actor=system_actor(on), reason="办理期限将至或已过", source="command"):
            Case.objects.bulk_update(found, ["reminded_on"], batch_size=AT_ONCE)
    return len(found)


def told(case: Any) -> str:
    """The day of the last reminder of where a case stands, "" where none was."""
    return case.reminded_on.isoformat() if case.reminded_on else ""
