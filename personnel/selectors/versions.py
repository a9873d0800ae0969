"""Versions of the records of people's files, and what each of them changed.

History tables are indexed by record and by change. So a person's versions are found through live records, and through the rows that
record a deletion: those of the person, and of whoever was ever one with them (`kin`). Whose each version is, it says itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from core.codes.values import fields_of
from core.dates import SHANGHAI
from core.records.models import Change
from core.registry import FileSection, registry
from personnel.models import Teacher
from personnel.selectors.asking import Asked
from personnel.selectors.merged import kin

PERSON = Teacher._meta.label
LINKS = {"teacher", "user", "merged_into"}
DELETED = "-"
CREATED = "+"
EVERYTHING = Asked()


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one record: the history row, the version before it, and the fields that differ.

    `fields` are names; what a field was and became is read from the rows. A record that was created names the fields that say
    something, a deleted one those that said something.
    """

    section: FileSection
    model: Any
    row: Any
    before: Any
    fields: tuple[str, ...]

    @property
    def change(self) -> Change:
        """The change that made it."""
        return self.row.change

    @property
    def person(self) -> int:
        """Whose file it is."""
        return person_of(self.model, self.row)

    @property
    def came_from(self) -> int | None:
        """The file to which the record belonged before, where this version brought it over from another one."""
        if self.before is None or self.model._meta.label == PERSON:
            return None
        was = person_of(self.model, self.before)
        return was if was != self.person else None

    @property
    def created(self) -> bool:
        """Whether the record began with this version."""
        return self.row.history_type == CREATED

    @property
    def deleted(self) -> bool:
        """Whether the record ended with this version."""
        return self.row.history_type == DELETED


@dataclass(slots=True)
class Act:
    """All that one change did to one person's file."""

    change: Change
    person: int
    versions: list[Version] = field(default_factory=list)


def sections_for(actor: Any, family: str | None = None) -> list[FileSection]:
    """The sections of a file that the actor may see (of a person of that post family)."""
    return [
        section
        for section in registry.each("file_sections")
        if allowed(actor, section.permission) and (family is None or section.applies(family))
    ]


def allowed(actor: Any, permission: str) -> bool:
    """Whether the actor may see what asks for `permission`: by their role, or because the file is their own."""
    return actor.may(permission) or (actor.own_only and actor.may("personnel.view_own"))


def model_of(section: FileSection) -> Any:
    """The model of a section."""
    return apps.get_model(section.model)


def named(model: Any) -> Any:
    """What a sort of record is called: as its section of the file, else by its own name."""
    labels = {section.model: section.label for section in registry.each("file_sections")}
    return labels.get(model._meta.label, model._meta.verbose_name)


def addable(section: FileSection) -> bool:
    """Whether a record of the section can be made of the fields that the section shows, and needs no page of its own."""
    if section.entered:
        return False
    model = model_of(section)
    given = {*section.fields, "id", "teacher", "valid", "public_id", "revision"}
    needed = [
        field.name for field in model._meta.concrete_fields if not (field.null or field.blank or field.has_default())
    ]
    return model._meta.label != PERSON and given.issuperset(needed)


def link_of(model: Any) -> str:
    """The column by which a record (and its versions) knows the person."""
    return "id" if model._meta.label == PERSON else "teacher_id"


def person_of(model: Any, row: Any) -> int:
    """The person whom a record or one of its versions is about."""
    return int(getattr(row, link_of(model)))


def compared(model: Any) -> list[str]:
    """The fields whose change is worth telling."""
    return [name for name in fields_of(model) if name not in LINKS]


def stored(model: Any, name: str, row: Any) -> Any:
    """What is compared of a field: of a protected value its blind index, so that a new encryption is no change."""
    if name in getattr(model, "_protected", {}):
        index = getattr(row, f"{name}_index")
        return bytes(index) if index is not None else None
    return getattr(row, model._meta.get_field(name).attname)


def differing(model: Any, before: Any, after: Any) -> tuple[str, ...]:
    """The fields in which two versions differ; None stands for a record that is not there."""
    names = compared(model)
    if before is None or after is None:
        there = after if before is None else before
        return tuple(name for name in names if stored(model, name, there) not in (None, ""))
    return tuple(name for name in names if stored(model, name, before) != stored(model, name, after))


def change_behind(record: Any) -> Change:
    """The change that wrote the newest version of a record."""
    newest = history_of(type(record)).filter(id=record.pk).order_by("-revision").values("change_id")[:1]
    return Change.objects.get(pk=newest)


def history_of(model: Any) -> QuerySet[Any]:
    """All versions of a model, unscoped: callers name the records."""
    return model.history.model._base_manager.all()


def records_of(model: Any, people: Sequence[int]) -> Q:
    """The condition on versions of a model that their records are in files of these people now, or were when they were deleted."""
    if model._meta.label == PERSON:
        return Q(id__in=people)
    live = model._base_manager.filter(teacher__in=people).values_list("pk")
    gone = history_of(model).filter(teacher_id__in=people, history_type=DELETED).order_by().values_list("id")
    # One set, not two conditions joined by OR: only so the index on (record, revision) is used.
    return Q(id__in=live.union(gone))


def versions(
    sections: Iterable[FileSection],
    people: Sequence[int],
    *,
    changes: Sequence[int] | None = None,
    position: int | None = None,
) -> list[Version]:
    """The versions of people's records, oldest first of each record: one query per section.

    With `changes`, the versions which those changes made (each with the version before it). With `position`, those which were
    settled by then. A version by which a record went over to another file belongs to both.
    """
    found, among = [], kin(people)
    for section in sections:
        model = model_of(section)
        rows = history_of(model).filter(records_of(model, among))
        if position is not None:
            rows = rows.filter(change__settled__position__lte=position)
        if changes is not None:
            rows = _with_those_before(model, rows.filter(change__in=changes))
        found += _paired(section, model, rows.order_by("id", "revision"), set(changes) if changes is not None else None)
    if len(among) > len(people):
        found = [one for one in found if one.person in people or one.came_from in people]
    _attach_changes(found)
    return found


def _with_those_before(model: Any, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Versions and the one before each: no more is read of a record that has thousands of them."""
    earlier = history_of(model).filter(id=OuterRef("id"), revision__lt=OuterRef("revision")).order_by("-revision")
    before = rows.order_by().annotate(before=Subquery(earlier.values("pk")[:1])).values("before")
    return rows.order_by().union(history_of(model).filter(pk__in=before).order_by())


def _paired(section: FileSection, model: Any, rows: Iterable[Any], wanted: set[int] | None) -> list[Version]:
    found, before = [], None
    for row in rows:
        if before is not None and before.id != row.id:
            before = None
        if wanted is None or row.change_id in wanted:
            other = None if row.history_type == DELETED else row
            found.append(Version(section, model, row, before, differing(model, before, other)))
        before = row
    return found


def _attach_changes(found: list[Version]) -> None:
    """Read all changes of the versions at once, with who made them."""
    known = Change.objects.select_related("actor", "evidence").in_bulk({version.row.change_id for version in found})
    for version in found:
        version.row.change = known[version.row.change_id]


def acts(found: Iterable[Version], whose: Mapping[int, int] | None = None) -> list[Act]:
    """Versions gathered by change and person, the newest change first.

    `whose` says of which file's story the files of others are a part: those that were merged into it.
    """
    gathered: dict[tuple[int, int], Act] = {}
    for version in found:
        person = _told_of(version, whose) if whose else version.person
        gathered.setdefault((version.change.pk, person), Act(version.change, person)).versions.append(version)
    return [gathered[key] for key in sorted(gathered, key=lambda key: (-key[0], key[1]))]


def _told_of(version: Version, whose: Mapping[int, int]) -> int:
    """Of whose story a version is a part; one by which a record left a file is a part of that file's."""
    if version.person in whose:
        return whose[version.person]
    return whose.get(version.came_from or 0, version.person)


def changes_of(
    sections: Iterable[FileSection],
    people: Sequence[int],
    *,
    asked: Asked = EVERYTHING,
    before: int | None = None,
    limit: int,
) -> list[int]:
    """The newest changes of files that are asked for, at most `limit`, older than the change `before`.

    `people` are a person's file and those that were merged into it. One query over all sections.
    """
    parts, among = [], kin(people)
    for section in sections:
        model = model_of(section)
        rows = history_of(model).filter(records_of(model, among)).order_by()
        if len(among) > len(people):
            rows = rows.filter(_theirs(model, people))
        if before is not None:
            rows = rows.filter(change_id__lt=before)
        parts.append(asked.narrowed(model, rows).values_list("change_id"))
    if not parts:
        return []
    first, *rest = parts
    together = first.union(*rest) if rest else first.distinct()
    return [change for (change,) in together.order_by("-change_id")[:limit]]


def _theirs(model: Any, people: Sequence[int]) -> Q:
    """That a version is of these people's files, or by it a record of theirs went over to another file."""
    here = Q(**{f"{link_of(model)}__in": people})
    if model._meta.label == PERSON:
        return here
    before = history_of(model).filter(id=OuterRef("id"), revision=OuterRef("revision") - 1, teacher_id__in=people)
    return here | Q(Exists(before))


def opened(person: int) -> date | None:
    """The day on which a person's file was opened."""
    first = history_of(Teacher).filter(id=person).order_by("revision").values_list("change__at", flat=True).first()
    return first.astimezone(SHANGHAI).date() if first is not None else None


def by_record(found: Iterable[Version]) -> dict[tuple[str, int], list[Version]]:
    """Versions by section and record, oldest first."""
    gathered: dict[tuple[str, int], list[Version]] = defaultdict(list)
    for version in found:
        gathered[version.section.name, version.row.id].append(version)
    return gathered
