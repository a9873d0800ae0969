"""Files that were merged: which file is which now, and whose records are to be looked for in whose past."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection
from django.db.models import F
from django.db.models.functions import Coalesce

from core.records.scope import AnyOf
from personnel.models import Teacher

# Files that were once one with others, and so on; `joined` stays when a merge is undone.
KIN = """
    WITH RECURSIVE kin (id) AS (
        SELECT unnest(%s::bigint[])
        UNION
        SELECT CASE WHEN l.teacher_id = k.id THEN l.other_id ELSE l.teacher_id END
          FROM kin k JOIN personnel_likeness l ON l.joined AND (l.teacher_id = k.id OR l.other_id = k.id))
    SELECT id FROM kin"""


def kin(people: Collection[int]) -> list[int]:
    """These files and all that were ever one with them: where records of theirs are now, or were when they were deleted."""
    with connection.cursor() as cursor:
        cursor.execute(KIN, [list(people)])
        return [key for (key,) in cursor.fetchall()]


def files_of(teacher: int) -> list[int]:
    """The file and those that were merged into it."""
    return [teacher, *Teacher._base_manager.filter(merged_into=teacher).order_by("pk").values_list("pk", flat=True)]


def files_at(teacher: int, position: int | None) -> list[int]:
    """The file and those that were merged into it at a position (None: now)."""
    if position is None:
        return files_of(teacher)
    versions: Any = Teacher.history
    others = [key for key in kin([teacher]) if key != teacher]
    if not others:
        return [teacher]
    merged = versions.known_at(position).filter(id__in=others, merged_into=teacher)
    return [teacher, *merged.order_by("id").values_list("id", flat=True)]


def parts_of_files(teachers: Collection[int]) -> dict[int, int]:
    """These files and those that were merged into them, each with the file that it is part of."""
    merged = Teacher._base_manager.filter(AnyOf("merged_into_id", teachers)).values_list("pk", "merged_into_id")
    return {**{key: key for key in teachers}, **dict(merged)}


def owners_now(people: Collection[int]) -> dict[int, int]:
    """The file that each of these is part of now: itself, or the one that it was merged into."""
    rows = Teacher._base_manager.filter(AnyOf("id", people))
    return dict(rows.values_list("pk", Coalesce("merged_into_id", F("pk"))))


def closed_file(actor: Any, public_id: Any) -> Teacher | None:
    """The file of this address that was merged into one which the actor sees."""
    seen = Teacher.objects.visible_to(actor)
    return Teacher._base_manager.select_related("merged_into").filter(public_id=public_id, merged_into__in=seen).first()


def was_apart(closed: Teacher, position: int | None) -> bool:
    """Whether a merged file was a file of its own, or not there yet, at a position; now (None) it is neither."""
    if position is None:
        return False
    versions: Any = Teacher.history
    known = versions.known_at(position).filter(id=closed.pk).first()
    return known is None or known.merged_into_id is None


def closed_files(teacher: Teacher) -> Sequence[Teacher]:
    """The files that were merged into one, the latest first."""
    return list(Teacher._base_manager.filter(merged_into=teacher).order_by("-pk"))


def is_readable(actor: Any, teacher: Teacher) -> bool:
    """Whether the actor sees the file, or the one that it was merged into."""
    seen = Teacher.objects.visible_to(actor)
    own = Teacher._base_manager.filter(pk=teacher.pk).values(now=Coalesce("merged_into_id", "pk"))
    return bool(seen.filter(pk__in=own).exists())
