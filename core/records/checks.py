"""What `manage.py check` refuses on records."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.checks import Error
from django.db.models import CASCADE, SET_DEFAULT, SET_NULL, GeneratedField

from core.records.models import EffectiveRecord, Record

TRIGGERS = {"history_insert", "history_update", "history_delete", "revision", "no_truncate"}


def record_models() -> list[type[Record]]:
    """All records, by label."""
    found = [model for model in apps.get_models() if issubclass(model, Record)]
    return sorted(found, key=lambda model: model._meta.label_lower)


def records_are_guarded(app_configs: Any = None, **_kwargs: Any) -> list[Error]:
    """Refuse records that the triggers cannot guard or whose scope nobody stated."""
    if app_configs is None:
        return [error for model in record_models() for error in _faults(model)]
    models = [model for config in app_configs for model in config.get_models() if issubclass(model, Record)]
    return [error for model in models for error in _faults(model)]


def _faults(model: Any) -> list[Error]:
    meta, errors = model._meta, []

    def refuse(number: int, text: str) -> None:
        errors.append(Error(f"{meta.label}: {text}", obj=model, id=f"records.E{number:03}"))

    missing = TRIGGERS - {str(trigger.name) for trigger in getattr(meta, "triggers", [])}
    if missing:
        refuse(1, f"triggers missing ({', '.join(sorted(missing))}): use class Meta(Record.Meta)")
    if any(field.remote_field.through._meta.auto_created for field in meta.many_to_many):
        refuse(2, "an automatic many-to-many table has no history: make it a record")
    if meta.parents:
        refuse(3, "multi-table inheritance splits a record over two tables")
    if any(isinstance(field, GeneratedField) for field in meta.concrete_fields):
        refuse(4, "a generated column cannot be copied into history")
    cascading = [
        f.name
        for f in meta.concrete_fields
        if f.remote_field and f.remote_field.on_delete in {CASCADE, SET_NULL, SET_DEFAULT}
    ]
    if cascading:
        refuse(5, f"foreign keys of records protect what they point to: {', '.join(cascading)}")
    if not model.scope:
        refuse(6, "no scope: say which way leads to the unit")
    if issubclass(model, EffectiveRecord) and not any(isinstance(c, ExclusionConstraint) for c in meta.constraints):
        refuse(7, "no exclusion constraint on the natural key: use no_overlap()")
    return errors
