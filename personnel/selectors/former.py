"""People who once belonged to a unit: what it keeps of their files."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import DateTimeField, Exists, Func, OuterRef, QuerySet, Subquery

from core.dates import DAY
from core.records.clocks import known_by
from personnel.models import Employment, Teacher


class _Midnight(Func):
    """The moment at which a day begins in China."""

    template = "(%(expressions)s::timestamp AT TIME ZONE 'Asia/Shanghai')"
    output_field = DateTimeField()


def former_people(actor: Any) -> QuerySet[Teacher]:
    """Those whose employment in the actor's units is over and whose file was in the system by then; none whom the actor sees today.

    Annotated: `until`, the day from which they were not here any more (of several stays the last); `left_unit` and `left_since` of
    that stay, `left_how`; `name_then` and `pinyin_then`, as they were known by its end.
    """
    if actor.unit is None or actor.own_only:
        return Teacher._base_manager.none()
    here = Employment._base_manager.filter(teacher=OuterRef("pk"), unit__path__descendants=actor.unit.path)
    stays = here.filter(valid__endswith__lte=actor.today).order_by("-valid")
    versions: Any = Teacher.history
    known = versions.filter(id=OuterRef("pk"), change__at__lt=_Midnight(OuterRef("until"))).order_by("-revision")
    rows = Teacher._base_manager.filter(Exists(stays), ~Exists(here.filter(valid__contains=actor.today)))
    return rows.annotate(
        until=Subquery(stays.values("valid__endswith")[:1]),
        left_since=Subquery(stays.values("valid__startswith")[:1]),
        left_unit=Subquery(stays.values("unit")[:1]),
        left_how=Subquery(stays.values("left_how")[:1]),
        name_then=Subquery(known.values("name")[:1]),
        pinyin_then=Subquery(known.values("pinyin")[:1]),
    ).filter(name_then__isnull=False)


def kept_until(actor: Any, teacher: Teacher) -> date | None:
    """The day from which a former unit of the actor keeps nothing of a file; None where it keeps nothing at all."""
    found: Any = former_people(actor).filter(pk=teacher.pk).first()
    return found.until if found is not None else None


def is_kept(actor: Any, teacher: Teacher, position: int) -> bool:
    """Whether a former unit of the actor keeps what was known of a file at a settled position."""
    until = kept_until(actor, teacher)
    if until is None:
        return False
    known = known_by(until - DAY, today=actor.today)
    return known.position is not None and position <= known.position
