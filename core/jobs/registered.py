"""Job functions by name. A module's `tasks.py` decorates them; the worker finds them here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.registry import registry


@dataclass(frozen=True, slots=True)
class JobKind:
    """A job function: `run(context, **arguments)`, its name on the page, whether it may be cancelled half-way."""

    name: str
    label: Any
    run: Callable[..., Any]
    cancellable: bool = True


def job(name: str, *, label: Any, cancellable: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function as the job `name`. It must be safe to start again after a kill at any line."""

    def register(run: Callable[..., Any]) -> Callable[..., Any]:
        registry.jobs[name] = JobKind(name, label, run, cancellable)
        return run

    return register
