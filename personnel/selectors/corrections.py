"""What may be asked for in a file, what was asked, and whether the file has moved on since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import models

from core.org.models import Unit
from core.parameters.selectors import at
from core.records.vault import ErasedValue
from core.registry import FileSection, registry
from core.workflow.models import Case
from personnel.models import Correction, Employment, Teacher
from personnel.rules import Correctable, CorrectableField, Elsewhere
from personnel.selectors.versions import PERSON, model_of, sections_for

KIND = "personnel.correction"
RANKS = ("unit", "county", "city")


@dataclass(frozen=True, slots=True)
class Asked:
    """One field of a request: its name, what it says now, what it said when it was asked, what it is to say."""

    name: str
    now: Any
    was: Any
    asked: Any

    @property
    def stale(self) -> bool:
        """Whether somebody else changed it since, to something else than what is asked."""
        return self.now not in (self.was, self.asked)


def rules_for(teacher: Teacher, on: Any) -> Correctable:
    """What this person may ask for, by the rules of their unit on a day."""
    return at(Correctable, on, unit=unit_of(teacher, on))


def unit_of(teacher: Teacher, on: Any) -> Unit | None:
    """Where a person is employed on a day, else where they last were; None for nobody's."""
    held = Employment.objects.filter(teacher=teacher).select_related("unit")
    now = held.filter(valid__contains=on).order_by("-valid").first()
    last = now or held.order_by("-valid").first()
    return last.unit if last is not None else None


def correctable(
    teacher: Teacher, actor: Any, rules: Correctable
) -> dict[str, tuple[FileSection, dict[str, CorrectableField]]]:
    """The sections of which the person may ask something by these rules, with those fields, by name and in the order of the file."""
    found = {}
    for section in sections_for(actor, teacher.post_family):
        fields = {name: rule for name, rule in rules.of(section.name).items() if name in section.fields}
        if fields:
            found[section.name] = (section, fields)
    return found


def elsewhere(teacher: Teacher, actor: Any, rules: Correctable) -> list[tuple[Elsewhere, list[FileSection]]]:
    """The sections that others keep, with whom to ask."""
    known = {section.name: section for section in sections_for(actor, teacher.post_family)}
    told = [(one, [known[name] for name in one.sections if name in known]) for one in rules.elsewhere]
    return [(one, sections) for one, sections in told if sections]


def decided_at(unit: Unit, rules: Iterable[CorrectableField]) -> Unit:
    """Where a request is decided: at the highest level that one of its fields asks for; at the unit itself where there is none."""
    level = RANKS[max((RANKS.index(rule.decided) for rule in rules), default=0)]
    if level == "unit":
        return unit
    above = Unit.objects.filter(path__ancestors=unit.path, kind__in=RANKS[RANKS.index(level) :])
    # Of units one above the other the lowest has the longest path.
    return max(above, key=lambda one: len(one.path.split(".")), default=unit)


def told(model: Any, name: str, value: Any) -> Any:
    """A value of a field as requests keep it."""
    if value in (None, ""):
        return None
    if name in getattr(model, "_protected", {}) or not isinstance(value, bool | int | str):
        return str(value)
    return value


def meant(model: Any, name: str, kept: Any) -> Any:
    """The value of a field that a request keeps."""
    if name in getattr(model, "_protected", {}):
        return kept or ""
    field = model._meta.get_field(name)
    if kept is None:
        return None if field.null else ""
    return field.to_python(kept)


def value_now(record: Any, name: str) -> Any:
    """What a record says of a field, as requests keep it; protected values in clear, so that both can be compared."""
    if record is None:
        return None
    if name in getattr(record, "_protected", {}):
        return told(type(record), name, getattr(record, name).reveal())
    return told(type(record), name, getattr(record, name))


def opened(sealed: Any) -> dict[str, Any]:
    """What a request says, unsealed; nothing once the person's key was destroyed."""
    try:
        said: dict[str, Any] = orjson.loads(sealed.reveal() or "{}")
    except ErasedValue:
        return {}
    return said


def record_of(correction: Correction) -> Any:
    """The record that a request is about, as it is now; None for a new one and for one that is gone."""
    if correction.record is None:
        return None
    model = section_model(correction)
    if model._meta.label == PERSON:
        return Teacher.objects.select_related("key").filter(pk=correction.record).first()
    rows = model._base_manager.select_related("teacher__key")
    return rows.filter(pk=correction.record, teacher=correction.teacher_id).first()


def section_of(correction: Correction) -> FileSection:
    """The section of a request. Raises LookupError where no module keeps it any more."""
    return next(one for one in registry.each("file_sections") if one.name == correction.section)


def section_model(correction: Correction) -> Any:
    """The model of the section of a request."""
    return model_of(section_of(correction))


def fields_asked(correction: Correction) -> list[Asked]:
    """The fields of a request, in the order of the section."""
    record, asked, was = record_of(correction), opened(correction.asked), opened(correction.was)
    names = [name for name in section_of(correction).fields if name in asked]
    return [Asked(name, value_now(record, name), was.get(name), asked[name]) for name in names]


def sees_file(correction: Correction, actor: Any) -> bool:
    """Whether the actor sees the file that a request is about: the person may have moved on since they asked."""
    return bool(Teacher.objects.visible_to(actor).filter(pk=correction.teacher_id).exists())


def corrections(cases: Sequence[Case]) -> Mapping[int, Correction]:
    """The requests of cases, by the case: one query."""
    rows = Correction.objects.filter(case__in=[case.pk for case in cases]).select_related("teacher__key", "case")
    return {row.case_id: row for row in rows}


def open_requests(teacher: Teacher) -> models.QuerySet[Any]:
    """The requests of a person that are not over, the newest first."""
    found: models.QuerySet[Any] = (
        Correction.objects.filter(teacher=teacher).exclude(case__desk="").select_related("case").order_by("-pk")
    )
    return found
