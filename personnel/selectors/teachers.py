"""People with the facts that hold on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import (
    CharField,
    DateField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from core.org.models import Unit
from personnel.choices import IN_POST
from personnel.models import Employment, PersonStatus, Teacher, TeachingAssignment
from personnel.selectors.gone import gone

FAR = date(9999, 1, 1)
EARLY = date(1, 1, 1)


def teachers_on(actor: Any, on: date) -> QuerySet[Teacher]:
    """The people whom the actor sees on a day (and still today, where they look at another one), with what holds on it.

    Annotated: `unit` (primary key), `unit_public_id`, `unit_code` (never NULL), `unit_since`, `in_quota`, `form`, `post`; `stage`,
    `subject`; `status` (NULL: in post). All by subqueries, so the number of queries does not depend on the rows.
    """
    rows = Teacher.objects.visible_to(actor, on=on)
    return with_facts(rows if on == actor.today else rows.visible_to(actor), on)


def with_facts(rows: QuerySet[Teacher], on: date) -> QuerySet[Teacher]:
    """The facts of `teachers_on` for any people."""
    job, taught, status = _held(Employment, on), _held(TeachingAssignment, on), _held(PersonStatus, on)
    return rows.annotate(
        unit=Subquery(job.values("unit")[:1]),
        unit_public_id=Subquery(job.values("unit__public_id")[:1]),
        unit_code=Coalesce(Subquery(job.values("unit__code")[:1]), Value("")),
        unit_since=Subquery(job.values("valid__startswith")[:1], output_field=DateField()),
        in_quota=Subquery(job.values("in_quota")[:1]),
        form=Subquery(job.values("form")[:1]),
        post=Subquery(job.values("post")[:1]),
        stage=Subquery(taught.values("stage")[:1]),
        subject=Subquery(taught.values("subject")[:1]),
        status=Subquery(status.values("status")[:1]),
    )


def _held(model: Any, on: date) -> Any:
    return model._base_manager.filter(teacher=OuterRef("pk"), valid__contains=on)


def with_age_order(rows: QuerySet[Teacher], on: date) -> QuerySet[Teacher]:
    """Annotate `age_order`, the time since birth: grows with age, never NULL (unknown comes last)."""
    since = ExpressionWrapper(Value(on, DateField()) - Coalesce(F("birth"), Value(EARLY, DateField())), DurationField())
    return rows.annotate(age_order=since)


def with_work_order(rows: QuerySet[Teacher]) -> QuerySet[Teacher]:
    """Annotate `work_order`, the start of work, never NULL (unknown comes last)."""
    return rows.annotate(work_order=Coalesce(F("work_start"), Value("9999"), output_field=CharField()))


def employed(rows: QuerySet[Teacher], on: date) -> QuerySet[Teacher]:
    """Those who work for their unit on a day: neither retired nor left nor dead."""
    return rows.filter(~Exists(gone(on).filter(teacher=OuterRef("pk"))))


def in_post(rows: QuerySet[Teacher], on: date) -> QuerySet[Teacher]:
    """Those who are at work on a day (在岗): no other status holds."""
    return rows.filter(~Exists(_held(PersonStatus, on).exclude(status=IN_POST)))


def in_unit(rows: QuerySet[Teacher], unit: Unit, on: date) -> QuerySet[Teacher]:
    """Those who belong on a day to a unit or to one below it."""
    return rows.filter(Exists(_held(Employment, on).filter(unit__path__descendants=unit.path)))


def holding(rows: QuerySet[Teacher], model: Any, on: date, **conditions: Any) -> QuerySet[Teacher]:
    """Those for whom a dated record of `model` with these values holds on a day."""
    return rows.filter(Exists(_held(model, on).filter(**conditions)))
