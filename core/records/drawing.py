"""Migrating hundreds of tables and a thousand triggers without drawing all models anew for each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from django.db.migrations import Migration
from django.db.migrations.operations.models import CreateModel, IndexOperation
from django.db.migrations.state import ProjectState


def draw_models_once(*, plan: Iterable[tuple[Migration, bool]], **_signal: Any) -> None:
    """Before a migration: a new model is drawn beside those that are drawn, and of what adds no column only the last one in a row draws.

    Django draws a model and all that it is tied to after each operation, which takes a new installation longer than all its SQL. Nothing
    points to a model that is being made; and no trigger, constraint or index reads what those before it added. What comes after them may.
    """
    for migration, _backwards in plan:
        for sort, found in groupby(migration.operations, _sort):
            operations: list[Any] = [*found]
            if sort is CreateModel:
                for operation in operations:
                    operation.state_forwards = _beside(operation.state_forwards, operation.name_lower)
            elif sort is IndexOperation:
                names = {operation.model_name_lower for operation in operations}
                for operation in operations:
                    last = operation is operations[-1]
                    operation.state_forwards = _undrawn(operation.state_forwards, names if last else set())


def _sort(operation: Any) -> type | None:
    return next((sort for sort in (CreateModel, IndexOperation) if isinstance(operation, sort)), None)


def _beside(state_forwards: Callable[[str, ProjectState], None], name: str) -> Callable[[str, ProjectState], None]:
    def forwards(app_label: str, state: ProjectState) -> None:
        drawn = _without_drawing(state_forwards, app_label, state)
        if drawn is not None:
            drawn.render_multiple([state.models[app_label, name]])

    return forwards


def _undrawn(
    state_forwards: Callable[[str, ProjectState], None], names: set[str]
) -> Callable[[str, ProjectState], None]:
    def forwards(app_label: str, state: ProjectState) -> None:
        drawn = _without_drawing(state_forwards, app_label, state)
        if drawn is not None and names:
            state.reload_models([(app_label, name) for name in sorted(names)])

    return forwards


def _without_drawing(state_forwards: Callable[[str, ProjectState], None], app_label: str, state: ProjectState) -> Any:
    """Do it to a state whose drawn models are put aside meanwhile; returns them, None where none were drawn yet."""
    drawn = state.__dict__.pop("apps", None)  # a cached property: while it is away there is nothing to draw anew
    state_forwards(app_label, state)
    if drawn is not None:
        state.__dict__["apps"] = drawn
    return drawn
