"""Reads of batches."""

from __future__ import annotations

from typing import Any

from core.exchange.models import Batch
from core.org.models import unit_name


def batches(actor: Any) -> Any:
    """The batches of the actor's units, with unit name, sender and file."""
    beside = ("file", "user", "job", "change", "undo_change", "unit", "previous")
    rows = Batch.objects.visible_to(actor).select_related(*beside)
    return rows.annotate(unit_label=unit_name("unit_id", actor.on))


def waiting(actor: Any) -> int:
    """How many checked batches wait for a decision."""
    return Batch.objects.visible_to(actor).filter(state=Batch.State.CHECKED).count()
