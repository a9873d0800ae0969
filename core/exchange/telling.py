"""The records of a section as cells say them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.contrib.postgres.fields.ranges import RangeEndsWith, RangeStartsWith

from core.dates import BEFORE_RECORDS
from core.records.scope import AnyOf

# Beside the cells of a line, never in a sheet: that it holds on the day.
PRESENT: Final = "_present"


def told_records(section: Any, subjects: Sequence[int], telling: Any) -> dict[int, list[dict[str, str]]]:
    """By subject the records of a `RecordSection`, in order: of a dated one what holds on the day, or all where it tells its history.

    One query.
    """
    names = list(dict.fromkeys(section.fields.values()))
    columns = [f"{name}_cipher" if section.protected(name) else name for name in names]
    dated = section.shape == "dated"
    rows = section.narrowed(section.model._base_manager.filter(AnyOf(section.subject_field, subjects)))
    if dated and not section.history:
        rows = rows.filter(valid__contains=telling.on)
    period = [RangeStartsWith("valid"), RangeEndsWith("valid")] if dated else []
    found: dict[int, list[dict[str, str]]] = {}
    listed = rows.order_by("valid" if dated else "id").values_list(section.subject_field, *columns, *period)
    for subject, *values in listed:
        said = dict(zip(names, values[: len(names)], strict=True))
        for name in names:
            protected = section.protected(name)
            if protected is not None and said[name] is not None:
                said[name] = protected.decrypt(said[name], telling.keys[subject])
        line = section.told_record(said, telling)
        if dated and not _with_start(section, line, values[-2:], telling.on):
            continue
        found.setdefault(subject, []).append(line)
    return found


def _with_start(section: Any, line: dict[str, str], period: Sequence[date | None], on: date) -> bool:
    """Add the first day where a column asks for it, and whether it holds. False for another time whose beginning no cell would tell."""
    lower, upper = period
    if section.starts and section.starts not in section.fields and lower is not None and lower != BEFORE_RECORDS:
        line[section.starts] = lower.isoformat()
    holds = (lower is None or lower <= on) and (upper is None or on < upper)
    if holds:
        line[PRESENT] = "1"
    return holds or bool(section.starts and line.get(section.starts))
