"""Which unit keeps a person's file: the present employer, else the last one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.contrib.postgres.fields.ranges import RangeEndsWith, RangeStartsWith

from core.exchange.kinds import Draft, Setting
from core.org.models import Unit, unit_name
from core.records.scope import AnyOf
from personnel.models import Employment


def kept_within(teachers: Collection[int], setting: Setting) -> set[int]:
    """Those of these persons whose file is kept at or below the sender's unit."""
    within = f"{setting.unit.path}."
    return {teacher for teacher, path in _paths(teachers, setting).items() if f"{path}.".startswith(within)}


def keep_out(rows: Sequence[Draft], setting: Setting, column: str = "identity") -> None:
    """Refuse rows of persons who are not the sender's today, whatever the batch's day; say whom to ask, and nothing of the person.

    A person without any employment is nobody's yet.
    """
    paths = _paths({row.subject for row in rows if row.subject is not None}, setting)
    within = f"{setting.unit.path}."
    outside = {teacher: path for teacher, path in paths.items() if not f"{path}.".startswith(within)}
    if not outside:
        return
    names = _bureaus(set(outside.values()), setting)
    for row in rows:
        if row.subject in outside:
            row.refuse(column, "out_of_scope", "", ask=names[outside[row.subject]])
            row.subject = None


def _paths(teachers: Collection[int], setting: Setting) -> dict[int, str]:
    """The path of the unit of each person: where they are employed today, else where they were last."""
    rows = Employment._base_manager.filter(AnyOf("teacher_id", teachers)).order_by("valid")
    found: dict[int, str] = {}
    present: set[int] = set()
    today = setting.actor.on
    for teacher, path, lower, upper in rows.values_list(
        "teacher_id", "unit__path", RangeStartsWith("valid"), RangeEndsWith("valid")
    ):
        if teacher not in present:
            found[teacher] = str(path)
        if lower <= today and (upper is None or today < upper):
            present.add(teacher)
    return found


def _bureaus(paths: Collection[str], setting: Setting) -> dict[str, str]:
    """The name of the nearest county or city bureau above each unit."""
    steps = {int(step) for path in paths for step in path.split(".")}
    bureaus: Any = Unit._base_manager.filter(pk__in=steps, kind__in=["county", "city"]).annotate(
        title=unit_name("pk", setting.actor.on)
    )
    names = {str(unit.pk): unit.title or unit.code for unit in bureaus}
    return {path: next((names[step] for step in reversed(path.split(".")) if step in names), "") for path in paths}
