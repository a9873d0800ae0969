"""Which changes of a file a reader asks for: of a field, by somebody, from somewhere, recorded within some days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery, TextField
from django.utils import timezone

from core.dates import DAY, SHANGHAI
from core.org.models import User


@dataclass(frozen=True, slots=True)
class Asked:
    """Conditions on changes; empty ones are none.

    `field` names one field of the sections that are looked through, `who` a user by user name or a part of the name, `source` the
    beginning of the change's source, such as `batch:`; `since` and `until` are the first and the last day of recording.
    """

    field: str = ""
    who: str = ""
    source: str = ""
    since: date | None = None
    until: date | None = None

    def narrowed(self, model: Any, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the versions of a model whose changes meet the conditions."""
        if self.source:
            rows = rows.filter(change__source__startswith=self.source)
        if self.who:
            people = User.objects.filter(Q(username=self.who) | Q(name__icontains=self.who))
            rows = rows.filter(change__actor__in=people.values("pk"))
        if self.since:
            rows = rows.filter(change__at__gte=morning(self.since))
        if self.until:
            rows = rows.filter(change__at__lt=morning(self.until + DAY))
        return self._telling(model, rows) if self.field else rows

    def _telling(self, model: Any, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The versions in which the field says something else than in the version before."""
        column = column_of(model, self.field)
        before = rows.model._base_manager.filter(id=OuterRef("id"), revision=OuterRef("revision") - 1)
        told = rows.annotate(said_before=Subquery(before.values(column)[:1]))
        empty, was_empty = _empty(model, column, column), _empty(model, column, "said_before")
        differs = ~Q(said_before=F(column)) & ~empty & ~was_empty
        changed = differs | (was_empty & ~empty) | (~was_empty & empty)
        return told.filter(changed | Q(history_type="-") & ~empty)


def column_of(model: Any, name: str) -> str:
    """The column by which two versions are compared in a field: of a protected value its blind index."""
    if name in getattr(model, "_protected", {}):
        return f"{name}_index"
    return str(model._meta.get_field(name).attname)


def _empty(model: Any, column: str, name: str) -> Q:
    """That a column, or an earlier value of it under another name, says nothing."""
    missing = Q(**{f"{name}__isnull": True})
    return missing | Q(**{name: ""}) if isinstance(model._meta.get_field(column), CharField | TextField) else missing


def morning(day: date) -> datetime:
    """The moment at which a day begins in China."""
    return timezone.make_aware(datetime.combine(day, time.min), SHANGHAI)
