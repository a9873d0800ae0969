"""Which rows an actor may see. Every queryset on a page, in a job, in an export starts from `visible_to(actor)`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from core.records.errors import explained


class AnyOf(models.Func):
    """`AnyOf("teacher_id", ids)`: the column equals one of many values, sent as one array instead of a list of parameters."""

    output_field = models.BooleanField()

    def __init__(self, column: str, values: Any) -> None:
        super().__init__(models.F(column), models.Value(list(values)))

    def as_sql(self, compiler: Any, connection: Any, **_extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        column: Any
        values: Any
        column, values = self.source_expressions
        sql, params = compiler.compile(column)
        kind = column.output_field.db_type(connection).replace("bigserial", "bigint").replace("serial", "integer")
        return f"{sql} = ANY(%s::{kind}[])", [*params, array_text(values.value)]


def array_text(values: list[Any]) -> Any:
    """Numbers and bytes as PostgreSQL writes an array, which is faster than one by one; other values as they are."""
    if all(value.__class__ is int for value in values):
        return "{" + str(values)[1:-1] + "}"
    if all(value.__class__ is bytes for value in values):
        return "{" + ",".join(f'"\\\\x{value.hex()}"' for value in values) + "}"
    return values


class RecordQuerySet(models.QuerySet[Any]):
    """Rows of a record, narrowed to what an actor may see; refused writes are explained."""

    def visible_to(self, actor: Any, *, on: date | None = None) -> Self:
        """Rows that the actor may see as things stand on a day (default: the actor's today, whichever day they look at).

        The way to a unit is the model's `scope`. `a__b` ends at a `Unit`; where the way passes a relation to dated employments
        (`scope = "teacher__employments"`) the employment must contain the day. A person's own rows are found by `own`.
        """
        if actor is None:
            return self.none()
        return self.filter(visibility(self.model, actor, on or actor.today)) if not actor.sees_all else self

    def on(self, day: date) -> Self:
        """Rows of an effective record that hold on a day."""
        return self.filter(valid__contains=day)

    def update(self, **values: Any) -> int:
        with explained():
            return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        with explained():
            return super().delete()

    def bulk_create(self, *args: Any, **kwargs: Any) -> Any:
        with explained():
            return super().bulk_create(*args, **kwargs)

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None) -> int:
        """Update records as they were read; new revisions are read back. `StaleRecord` when one was changed since."""
        objs, fields = tuple(objs), set(fields)
        versioned = any(field.name == "revision" for field in self.model._meta.concrete_fields)
        with explained(), transaction.atomic():
            count = super().bulk_update(objs, fields | {"revision"} if versioned else fields, batch_size)
            if versioned:
                kept = self.model._base_manager.filter(pk__in=[one.pk for one in objs])
                revisions = dict(kept.values_list("pk", "revision"))
                for one in objs:
                    one.revision = revisions.get(one.pk, one.revision)
        return count


def visibility(model: Any, actor: Any, on: date) -> Q:
    """The condition under which the actor sees rows of the model on a day."""
    scope = model.scope
    if actor.own_only:
        return Q(**{model.own: actor.user.pk}) if model.own else Q(pk__in=[])
    if scope == "public":
        return Q()
    if not scope or actor.unit is None:
        return Q(pk__in=[])
    way, field = _split(model, scope)
    if field is None:
        return Q(
            **{f"{scope}__path__descendants": actor.unit.path}
            if scope != "self"
            else {"path__descendants": actor.unit.path}
        )
    dated = field.related_model
    here = dated._base_manager.filter(valid__contains=on, unit__path__descendants=actor.unit.path)
    key = f"{way}_id" if way else "pk"
    return Q(Exists(here.filter(**{field.field.attname: OuterRef(key)})))


def _split(model: Any, scope: str) -> tuple[str, Any]:
    """`teacher__employments` → (`teacher`, the reverse relation) where the way passes dated rows, else (scope, None)."""
    *steps, last = scope.split("__")
    owner = model
    for step in steps:
        owner = owner._meta.get_field(step).related_model
    if last == "self":
        return "", None
    field = owner._meta.get_field(last)
    if field.one_to_many:
        return "__".join(steps), field
    return scope, None


def owners(model: Any, keys: Iterable[int], on: date) -> dict[int, int]:
    """The unit (its key) that owns each of some rows on a day; rows that no unit owns that day are left out.

    Of several dated rows of one owner the one that began first counts.
    """
    if not model.scope or model.scope == "public":
        return {}
    rows = model._base_manager.filter(pk__in=list(keys))
    way, field = _split(model, model.scope)
    if field is None:
        unit = "pk" if model.scope == "self" else model.scope
        return {key: owner for key, owner in rows.values_list("pk", unit) if owner}
    link = field.field.attname
    people = dict(rows.values_list("pk", f"{way}_id" if way else "pk"))
    dated = field.related_model._base_manager.filter(valid__contains=on, **{f"{link}__in": set(people.values())})
    units = dict(dated.order_by("-valid", "-pk").values_list(link, "unit"))
    return {key: units[person] for key, person in people.items() if person in units}


def acted_below(rows: Any, actor: Any) -> Any:
    """Of rows that name the `unit` in which somebody acted, those an auditor may read: of their unit and all below it.

    Who audits the root of the tree reads also what the system did, in no unit.
    """
    if actor.unit is None:
        return rows if actor.sees_all else rows.none()
    return rows if actor.unit.parent_id is None else rows.filter(unit__path__descendants=actor.unit.path)
