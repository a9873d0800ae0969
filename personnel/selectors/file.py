"""The records of one person's file, by section."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from core.dates import PartialDate
from core.records.models import AccessLog, EffectiveRecord
from core.registry import FileSection
from core.web.looks import told_to_the_person
from personnel.models import Photo, Teacher
from personnel.selectors.merged import files_of
from personnel.selectors.versions import PERSON, model_of, sections_for

SUBJECT = "personnel.Teacher"
PHOTO = "photo"
MOST_COLUMNS = 6


@dataclass(frozen=True, slots=True)
class Part:
    """A section of a file with its records, the newest first."""

    section: FileSection
    model: Any
    rows: list[Any]

    @property
    def dated(self) -> bool:
        """Whether its records hold for periods."""
        return issubclass(self.model, EffectiveRecord)

    @property
    def single(self) -> bool:
        """Whether the section is one row, shown field by field."""
        return not self.section.primary

    @property
    def listed(self) -> bool:
        """Whether its records are short enough to be the rows of a table."""
        return not (self.single or self.dated) and len(self.section.fields) <= MOST_COLUMNS

    def holding(self, on: Any) -> Any:
        """The record that holds on a day; of undated ones the newest."""
        if not self.dated:
            return self.rows[0] if self.rows else None
        return next((row for row in self.rows if row.period.contains(on)), None)


def parts_of(sections: list[FileSection], teacher: Teacher, actor: Any) -> list[Part]:
    """The sections of a file with their records: one query per section."""
    return [Part(section, model_of(section), _rows(section, teacher, actor)) for section in sections]


def portraits(actor: Any, teacher: Teacher) -> QuerySet[Photo]:
    """The photo of a person, where the actor may see that section."""
    if PHOTO not in {section.name for section in sections_for(actor, teacher.post_family)}:
        return Photo.objects.none()
    found: QuerySet[Photo] = Photo.objects.visible_to(actor).filter(teacher=teacher)
    return found


def has_portrait(actor: Any, teacher: Teacher) -> bool:
    """Whether there is a photo that the actor may see."""
    return portraits(actor, teacher).exists()


def portrait_of(actor: Any, teacher: Teacher) -> Photo | None:
    """The photo with its file, ready to be opened."""
    return portraits(actor, teacher).select_related("file__key").first()


def _rows(section: FileSection, teacher: Teacher, actor: Any) -> list[Any]:
    model = model_of(section)
    if model._meta.label == PERSON:
        return [teacher]
    return newest_first(section, model.objects.visible_to(actor).filter(teacher=teacher))


def newest_first(section: FileSection, rows: Iterable[Any]) -> list[Any]:
    """Records of a section by their beginning, of undated ones by the last date that they name."""
    return sorted(rows, key=lambda row: _when(section, row), reverse=True)


def _when(section: FileSection, row: Any) -> tuple[str, int]:
    if isinstance(row, EffectiveRecord):
        return str(row.valid.lower), row.pk
    dates = [str(value) for name in section.fields if isinstance(value := getattr(row, name, None), PartialDate)]
    return max(dates, default=""), row.pk


def looks_at(teacher: Teacher, *, limit: int) -> list[AccessLog]:
    """Who looked at a file and revealed values of it, the newest first, but for what a rule withholds now."""
    return list(looks_of(teacher).order_by("-at", "-pk")[:limit])


def looks_of(teacher: Teacher) -> QuerySet[AccessLog]:
    """All looks at a file, and at those that were merged into it, of which the person may be told now."""
    about = AccessLog.objects.filter(subject=SUBJECT, subject_id__in=files_of(teacher.pk))
    rows: QuerySet[AccessLog] = told_to_the_person(about)
    return rows.select_related("actor")
