"""Job functions by name. A module's `tasks.py` decorates them; the worker finds them here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.registry import registry


@dataclass(frozen=True, slots=True)
class JobKind:
    """A job function: `run(context, **arguments)`, its name on the page, whether it may be cancelled half-way, what to do then."""

    name: str
    label: Any
    run: Callable[..., Any]
    cancellable: bool = True
    given_up: Callable[[Any], None] | None = None


def job(
    name: str, *, label: Any, cancellable: bool = True, given_up: Callable[[Any], None] | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function as the job `name`. It must be safe to start again after a kill at any line.

    `given_up(job)` is called, in the transaction that says so, when the job has ended without success: cancelled before it
    began or half-way, refused, failed. What the job was to do is then open again.
    """

    def register(run: Callable[..., Any]) -> Callable[..., Any]:
        registry.jobs[name] = JobKind(name, label, run, cancellable, given_up)
        return run

    return register
