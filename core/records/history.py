"""History rows: written by triggers, read through django-simple-history, ordered by revision and never by clock."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from simple_history.manager import HistoricalQuerySet, HistoryManager
from simple_history.models import HistoricalRecords

from core.records.triggers import history_triggers


class HistoryRow(models.Model):
    """Each history row points to the change that made it. The trigger has proved the change, so no constraint does."""

    change = models.ForeignKey("records.Change", on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)

    class Meta:
        abstract = True


class VersionQuerySet(HistoricalQuerySet):
    """Versions of records. `revision` orders the versions of one record; positions order changes."""

    def latest_of_each(self) -> Self:
        """The newest version of each record in this set, deletions included."""
        later = self.model._base_manager.filter(id=OuterRef("id"), revision__gt=OuterRef("revision"))
        return self.filter(~Exists(later))

    def known_at(self, position: int) -> Self:
        """The version of each record that was in force at a settled position. Deleted records are left out."""
        settled = self.model._base_manager.filter(id=OuterRef("id"), change__settled__position__lte=position)
        newest = settled.order_by("-revision").values("history_id")[:1]
        return self.filter(history_id=Subquery(newest)).exclude(history_type="-")

    def visible_to(self, actor: Any) -> Self:
        """Versions of the records that the actor may see today."""
        live = self.model.instance_type._default_manager.visible_to(actor)
        return self.filter(id__in=live.values("id"))


class VersionManager(HistoryManager):
    """`Model.history` and `record.history`."""

    def get_super_queryset(self) -> VersionQuerySet:
        return VersionQuerySet(self.model, using=self._db)

    def as_of(self, date: Any) -> Any:
        """Not offered: a clock is no order. Use `known_at(position)`."""
        msg = "history is ordered by revision and position, not by clock: use known_at(position)"
        raise TypeError(msg)


class History(HistoricalRecords):
    """simple-history's reading side, with indexes, triggers and order of our own."""

    def __init__(self, **kwargs: Any) -> None:
        defaults = {"bases": [HistoryRow], "inherit": True, "history_manager": VersionManager}
        super().__init__(**{**defaults, "historical_queryset": VersionQuerySet, **kwargs})
        self.history_id_field = models.BigAutoField()

    def copy_fields(self, model: type[models.Model]) -> dict[str, Any]:
        """History keeps values, not rules: no indexes, no defaults of the database, every column may be missing."""
        fields: dict[str, Any] = super().copy_fields(model)
        for field in fields.values():
            field.db_index = False
            field.default = field.db_default = models.NOT_PROVIDED
            if field.name not in {"id", "revision"}:
                field.null = True
        return fields

    def _get_history_user_fields(self) -> dict[str, Any]:
        return {}

    def get_extra_fields(self, model: type[models.Model], fields: dict[str, Any]) -> dict[str, Any]:
        extra: dict[str, Any] = super().get_extra_fields(model, fields)
        extra.pop("history_change_reason")

        def neighbour(self: Any, *, step: int) -> Any:
            rows = type(self)._base_manager.filter(id=self.id)
            if step < 0:
                return rows.filter(revision__lt=self.revision).order_by("-revision").first()
            return rows.filter(revision__gt=self.revision).order_by("revision").first()

        extra["prev_record"] = property(lambda self: neighbour(self, step=-1))
        extra["next_record"] = property(lambda self: neighbour(self, step=1))
        return extra

    def get_meta_options(self, model: type[models.Model]) -> dict[str, Any]:
        options: dict[str, Any] = super().get_meta_options(model)
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        options.update(
            ordering=("-revision", "-history_id"),
            get_latest_by=("revision",),
            triggers=history_triggers(),
            default_permissions=(),
            constraints=[models.UniqueConstraint(fields=["id", "revision"], name=f"{name}_version")],
            indexes=[
                models.Index(fields=[owner], name=f"{model._meta.model_name}_gone", condition=Q(history_type="-"))
                for owner in _owner(model)
            ],
        )
        return options


def _owner(model: Any) -> list[str]:
    """The column by which one finds what somebody's file once had: the first step of the record's scope."""
    first = model.scope.split("__")[0]
    return [field.name for field in model._meta.local_fields if field.name == first and field.is_relation]
