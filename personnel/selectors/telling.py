"""A file as JSON, in the shapes of the API: the person with what holds, and the sections with their records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from core.api.values import code, period, plain, units_of, value
from core.codes.values import Values, label, values_of
from core.org.models import Unit
from core.records.vault import ErasedValue
from personnel.choices import IN_POST
from personnel.selectors.file import Part


def told_teacher(values: Values, record: Any) -> dict[str, Any]:
    """A person with the facts of the day (`personnel.selectors.teachers`), whose unit was primed."""
    unit = {"id": str(record.unit_public_id), "code": record.unit_code, "name": values.unit(record.unit)}
    return {
        "id": str(record.public_id),
        "revision": record.revision,
        "name": record.name,
        "pinyin": record.pinyin,
        "staff_number": record.staff_number or None,
        "sex": value(values, record, "sex"),
        "birth": plain(record.birth),
        "post_family": value(values, record, "post_family"),
        "unit": unit if record.unit else None,
        "unit_since": plain(record.unit_since),
        "in_quota": record.in_quota,
        "form": code(values, "employment_form", record.form),
        "post": record.post or None,
        "stage": code(values, "stage", record.stage),
        "subject": code(values, "subject", record.subject),
        "status": code(values, "person_status", record.status or IN_POST),
    }


def told_sections(actor: Any, parts: list[Part], on: date, *, clear: bool = False) -> list[dict[str, Any]]:
    """Sections of a file as JSON, with the names of the day; one query for the units that they name.

    With `clear`, which the caller has allowed and written down, a protected value is `{"clear": "…"}` instead of its mask.
    """
    values = values_of(actor, on)
    pairs = [(part.model, row) for part in parts for row in part.rows]
    units = units_of(pairs)
    values.prime(units=units)
    return [_section(values, part, units, clear=clear) for part in parts]


def _section(values: Values, part: Part, units: Mapping[int, Unit], *, clear: bool) -> dict[str, Any]:
    section = part.section
    return {
        "name": section.name, "label": str(section.label), "tab": str(section.tab.label),
        "fields": [{"name": name, "label": label(part.model, name)} for name in section.fields],
        "rows": [
            {
                "id": str(row.public_id), "revision": row.revision, "valid": period(row.valid) if part.dated else None,
                "holds": row.period.contains(values.on) if part.dated else None,
                "values": {name: _value(values, row, name, units, clear=clear) for name in section.fields},
            }
            for row in part.rows
        ],
    }  # fmt: skip


def _value(values: Values, row: Any, name: str, units: Mapping[int, Unit], *, clear: bool) -> Any:
    if not clear or name not in getattr(type(row), "_protected", {}):
        return value(values, row, name, units=units)
    try:
        said = getattr(row, name).reveal()
    except ErasedValue:
        said = ""
    return {"clear": said} if said else None
