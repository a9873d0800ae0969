"""A person's file on two clocks: as things were on a day, as the system knew them by another."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.org.models import Unit
from core.records.clocks import Known, known_by, records_known
from core.records.models import EffectiveRecord
from personnel.models import Employment, PersonStatus, Teacher, TeachingAssignment
from personnel.selectors.file import Part, newest_first, parts_of
from personnel.selectors.former import is_kept
from personnel.selectors.merged import is_readable, kin
from personnel.selectors.versions import PERSON, link_of, model_of, sections_for

HEADED = (Employment, TeachingAssignment, PersonStatus)


@dataclass(frozen=True, slots=True)
class FileAsOf:
    """The file of one person as it was on `valid_on`, as `known` tells it.

    `teacher` is the person of that version with the facts of the day (as `teachers_on` annotates them); None: the file was not in the
    system. `parts` are the sections that applied to them. A record that begins after `valid_on` is left out where it was known later;
    what lay ahead when it was known is in it, as on the page of that day.
    """

    teacher: Any
    parts: list[Part]
    unit: Unit | None
    valid_on: date
    known: Known

    @property
    def live(self) -> bool:
        """Whether its records are today's, not versions of them."""
        return self.known.now


def file_as_of(
    teacher: Teacher, *, valid_on: date, known_at: date | Known, actor: Any, until: date | None = None
) -> FileAsOf:
    """What a person's file said about a day: by the end of the day `known_at`, or at its settled position.

    Scope is that of today: of whom the actor does not see today, nothing is read; the past of a file that was merged is seen by who sees
    the one that it is part of now, and a former unit reads what was known by the end of the employment there; `until` cuts off what
    begins on that day or later. One query a section. The answer for a day that
    is over, and for a position, is the same for ever; for today it is what the live rows say.
    """
    known = known_at if isinstance(known_at, Known) else known_by(known_at, today=actor.today)
    parts = (
        _parts_at(known.position, teacher, actor)
        if known.position is not None
        else parts_of(sections_for(actor), teacher, actor)
    )
    person = next((row for part in parts if part.model._meta.label == PERSON for row in part.rows), None)
    if person is None:
        return FileAsOf(None, [], None, valid_on, known)
    parts = [
        _as_things_were(part, valid_on, known, until) for part in parts if part.section.applies(person.post_family)
    ]
    headed = {part.model: part.holding(valid_on) for part in parts if part.model in HEADED}
    unit = _unit(headed)
    return FileAsOf(_told(copy.copy(person), parts, headed, unit), parts, unit, valid_on, known)


def holding(teacher: Any, model: Any, actor: Any, on: date) -> Any:
    """The record of a dated section that holds for a person on a day; None where none does.

    Of a person whom `file_as_of` gave, in that version of the file; else today.
    """
    read = getattr(teacher, "read", None)
    if read is None:
        return model.objects.visible_to(actor).filter(teacher=teacher, valid__contains=on).first()
    return next((row for row in read.get(model._meta.label, []) if row.period.contains(on)), None)


def _parts_at(position: int, teacher: Teacher, actor: Any) -> list[Part]:
    if not (is_readable(actor, teacher) or is_kept(actor, teacher, position)):
        return []
    found, among = [], [key for key in kin([teacher.pk]) if key != teacher.pk]
    for section in sections_for(actor):
        model = model_of(section)
        rows = records_known(model, link_of(model), teacher.pk, position, among=among)
        found.append(Part(section, model, newest_first(section, rows)))
    return found


def _as_things_were(part: Part, valid_on: date, known: Known, until: date | None) -> Part:
    if not issubclass(part.model, EffectiveRecord):
        return part
    rows = [row for row in part.rows if until is None or row.valid.lower < until]
    if valid_on < known.day:
        rows = [row for row in rows if row.valid.lower <= valid_on]
    return Part(part.section, part.model, rows)


def _unit(headed: dict[Any, Any]) -> Unit | None:
    job = headed.get(Employment)
    return Unit._base_manager.filter(pk=job.unit_id).first() if job is not None else None


def _told(teacher: Any, parts: list[Part], headed: dict[Any, Any], unit: Unit | None) -> Any:
    """The person with the facts that their records say of the day."""
    job, taught, status = (headed.get(model) for model in HEADED)
    teacher.unit = unit.pk if unit else None
    teacher.unit_public_id = unit.public_id if unit else None
    teacher.unit_code = unit.code if unit else ""
    teacher.unit_since = job.valid.lower if job else None
    for name in ("in_quota", "form", "post"):
        setattr(teacher, name, getattr(job, name, None))
    for name in ("stage", "subject"):
        setattr(teacher, name, getattr(taught, name, None))
    teacher.status = getattr(status, "status", None)
    teacher.read = {part.model._meta.label: part.rows for part in parts}
    return teacher
