"""What an undo is measured by: every record of the database, field by field."""

from __future__ import annotations

from typing import Any

from core.exchange.models import Batch
from core.exchange.undo.services import take_back
from core.records.checks import record_models

Snapshot = dict[tuple[str, int], dict[str, Any]]


def snapshot(*labels: str) -> Snapshot:
    """Every live record with all its columns but the revision; with labels only those of these models."""
    found: Snapshot = {}
    for model in record_models():
        if labels and model._meta.label not in labels:
            continue
        names = [field.attname for field in model._meta.concrete_fields if field.name != "revision"]
        for row in model._base_manager.values(*names):
            found[model._meta.label, row["id"]] = {name: _plain(value) for name, value in row.items()}
    return found


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else str(value) if hasattr(value, "first_day") else value


def differences(before: Snapshot, after: Snapshot) -> set[tuple[str, str]]:
    """(model, field) of everything that is not as it was; a record that came or went is its model with "+" or "-"."""
    found = {(label, "+") for label, key in after.keys() - before.keys()}
    found |= {(label, "-") for label, key in before.keys() - after.keys()}
    for place in before.keys() & after.keys():
        old, new = before[place], after[place]
        found |= {(place[0], name) for name in old if old[name] != new[name]}
    return found


def undone(batch: Batch, actor: Any, *, reason: str = "发错了文件") -> Batch:
    """The batch, taken back by the actor."""
    return take_back(batch.pk, actor, reason=reason, document="青教人〔2026〕9号")
