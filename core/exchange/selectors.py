"""Reads of batches."""

from __future__ import annotations

from typing import Any

from core.exchange.kinds import all_kinds, hidden_kinds
from core.exchange.models import Batch
from core.org.models import unit_name


def batches(actor: Any) -> Any:
    """The batches of the actor's units that they may look at, with unit name, sender and file."""
    beside = ("file__key", "user", "job", "change", "undo_change", "unit", "previous")
    rows = Batch.objects.visible_to(actor).exclude(kind__in=hidden_kinds(actor)).select_related(*beside)
    return rows.annotate(unit_label=unit_name("unit_id", actor.on))


def is_dated(batch: Batch) -> bool:
    """Whether rows of a batch may hold from a day of the batch: by its kind, and as long as that is not known."""
    kind = all_kinds().get(batch.kind)
    return kind is None or kind.dated


def waiting(actor: Any) -> int:
    """How many checked batches wait for a decision."""
    rows = Batch.objects.visible_to(actor).exclude(kind__in=hidden_kinds(actor))
    return rows.filter(state=Batch.State.CHECKED).count()
