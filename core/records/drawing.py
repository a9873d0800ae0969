"""Migrating a thousand triggers, constraints and indexes without drawing all models anew for each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from django.db.migrations import Migration
from django.db.migrations.operations.models import IndexOperation
from django.db.migrations.state import ProjectState


def draw_models_once(*, plan: Iterable[tuple[Migration, bool]], **_signal: Any) -> None:
    """Before a migration: of operations in a row that only add to tables what is no column, the last one draws the models anew.

    Django draws a model and all that it is tied to after each of them, which takes a new installation longer than all its SQL. None of
    them reads what the ones before it added; what comes after them may.
    """
    for migration, _backwards in plan:
        for adds_no_column, found in groupby(migration.operations, lambda one: isinstance(one, IndexOperation)):
            if adds_no_column:
                _draw_after_the_last([*found])


def _draw_after_the_last(operations: list[Any]) -> None:
    names = {operation.model_name_lower for operation in operations}
    for operation in operations:
        operation.state_forwards = _undrawn(operation.state_forwards, names if operation is operations[-1] else set())


def _undrawn(
    state_forwards: Callable[[str, ProjectState], None], names: set[str]
) -> Callable[[str, ProjectState], None]:
    def forwards(app_label: str, state: ProjectState) -> None:
        drawn = state.__dict__.pop("apps", None)  # a cached property: while it is away there is nothing to draw anew
        state_forwards(app_label, state)
        if drawn is not None:
            state.__dict__["apps"] = drawn
            if names:
                state.reload_models([(app_label, name) for name in sorted(names)])

    return forwards
