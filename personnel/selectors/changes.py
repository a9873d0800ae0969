"""What one change touched, as far as the actor may see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.apps import apps
from django.db.models import CharField, Count, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from core.records.checks import record_models
from core.records.models import Change
from core.records.scope import acted_below
from personnel.models import Employment, Teacher
from personnel.selectors.provenance import ONE_CHANGE, undone_change
from personnel.selectors.versions import DELETED, history_of, link_of, model_of, sections_for

# Records outside people's files, and who may look at them.
OTHERS: Final = {
    "org.Unit": "org.view_unit",
    "org.UnitProfile": "org.view_unit",
    "org.UnitStatistics": "org.view_unit",
    "org.ApprovedQuota": "org.view_unit",
    "org.RoleAssignment": "org.view_user",
    "org.RoleProposal": "org.view_user",
    "codes.Code": "codes.view",
    "documents.IssuedDocument": "documents.view",
    "documents.PaperTemplate": "documents.view",
    "documents.NumberPrefix": "documents.view",
    "parameters.ParameterVersion": "codes.view",
    "personnel.Likeness": "personnel.merge_files",
}


def visible_change(actor: Any, public_id: Any) -> Change | None:
    """A change of which the actor sees something: their own, one that touched what they see, what auditors may read."""
    change = Change.objects.select_related("actor", "evidence").filter(public_id=public_id).first()
    if change is None or change.actor_id == actor.user.pk:
        return change
    if actor.may("records.audit") and acted_below(Change.objects.filter(pk=change.pk), actor).exists():
        return change
    seen = people_of(change, actor).exists() or removed_files(change, actor, limit=1)[1]
    return change if seen or others_of(change, actor, limit=1) else None


def undone_by(change: Change) -> list[Change]:
    """The change that a change undid, in a list of one; none where it did something else."""
    key = undone_change(change)
    return list(Change.objects.select_related("actor").filter(pk=key)) if key is not None else []


def undoing(change: Change) -> list[Change]:
    """The changes that undid a change, the oldest first."""
    return list(Change.objects.select_related("actor").filter(source=f"{ONE_CHANGE}{change.pk}").order_by("pk"))


def people_of(change: Change, actor: Any) -> QuerySet[Teacher]:
    """The people whom the actor sees and whose files the change touched, in sections that the actor may see.

    What touched a file that was merged since touched the one that it is part of.
    """
    parts = []
    for section in sections_for(actor):
        model = model_of(section)
        parts.append(history_of(model).filter(change=change).order_by().values_list(link_of(model)))
    if not parts:
        return Teacher.objects.none()
    first, *rest = parts
    written = Teacher._base_manager.filter(pk__in=first.union(*rest))
    return Teacher.objects.visible_to(actor).filter(pk__in=written.values(now=Coalesce("merged_into_id", "pk")))


def removed_files(change: Change, actor: Any, *, limit: int) -> tuple[list[str], int]:
    """The names of people whose files the change took away, and how many they are: of units that the actor sees.

    Such a file is no longer there to be seen, so its employment that went with it says whose it was.
    """
    gone = history_of(Teacher).filter(change=change, history_type=DELETED)
    posts = history_of(Employment).filter(change=change, history_type=DELETED)
    if not actor.sees_all:
        if actor.own_only or actor.unit is None or not actor.may("personnel.view_teacher"):
            return [], 0
        posts = posts.filter(unit__path__descendants=actor.unit.path)
    rows = gone.filter(id__in=posts.order_by().values("teacher_id")).order_by("pinyin", "id")
    return list(rows.values_list("name", flat=True)[:limit]), rows.count()


def touched(change: Change, actor: Any) -> list[tuple[Any, int]]:
    """How many versions of which records the change wrote: (model, number), without a look at their values. One query.

    Who did it, and auditors, are told all; others what they may see of it.
    """
    whole = change.actor_id == actor.user.pk or actor.may("records.audit")
    first, *rest = [
        (history_of(model) if whole else model.history.visible_to(actor))
        .filter(change=change)
        .order_by()
        .values(label=Value(model._meta.label, CharField()))
        .annotate(number=Count("pk"))
        .values_list("label", "number")
        for model in record_models()
    ]
    counted = first.union(*rest, all=True).order_by("-number", "label")
    return [(apps.get_model(label), number) for label, number in counted if number]


def others_of(change: Change, actor: Any, *, limit: int) -> list[tuple[Any, list[Any]]]:
    """The records outside people's files that the change wrote and the actor may see: (model, versions), at most `limit` of each."""
    found = []
    for label, permission in OTHERS.items():
        if actor.may(permission):
            model = apps.get_model(label)
            rows = model.history.visible_to(actor).filter(change=change).order_by("id", "revision")
            if model.scope == "public":
                above, below = Q(unit__path__ancestors=actor.unit.path), Q(unit__path__descendants=actor.unit.path)
                rows = rows.filter(Q(unit__isnull=True) | above | below)
            found.append((model, list(rows[:limit])))
    return [(model, rows) for model, rows in found if rows]


def versions_before(model: Any, rows: Sequence[Any], actor: Any) -> dict[tuple[int, int], Any]:
    """The version before each of these, by (record, revision of the later one); a record that is new has none. One query."""
    earlier = model.history.visible_to(actor).filter(
        id__in=[row.id for row in rows], revision__in={row.revision - 1 for row in rows}
    )
    return {(row.id, row.revision + 1): row for row in earlier}
