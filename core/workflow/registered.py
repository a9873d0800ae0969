"""The workflows of all modules."""

from __future__ import annotations

from collections.abc import Mapping

from core.registry import registry
from core.workflow.definition import Workflow


def workflows() -> Mapping[str, Workflow]:
    """Every workflow by its kind."""
    return {flow.kind: flow for flow in registry.each("workflows")}


def workflow_of(kind: str) -> Workflow | None:
    """A workflow by its kind; None where its module is not in use any more."""
    return workflows().get(kind)
