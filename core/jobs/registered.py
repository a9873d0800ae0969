"""Job functions by name. A module's `tasks.py` decorates them; the worker finds them here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from core.registry import registry

LONGEST: Final = 4 * 3600


@dataclass(frozen=True, slots=True)
class JobKind:
    """A job function: `run(context, **arguments)`, its name on the page, whether it may be cancelled half-way, what to do then.

    `longest` is the most seconds that a worker spends on it. A `daily` one is started by the system once on every day.
    """

    name: str
    label: Any
    run: Callable[..., Any]
    cancellable: bool = True
    given_up: Callable[[Any], None] | None = None
    longest: int = LONGEST
    daily: bool = False


def job(
    name: str,
    *,
    label: Any,
    cancellable: bool = True,
    given_up: Callable[[Any], None] | None = None,
    longest: int = LONGEST,
    daily: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function as the job `name`. It must be safe to start again after a kill at any line.

    `given_up(job)` is called, in the transaction that says so, when the job has ended without success: cancelled before it
    began or half-way, refused, failed. What the job was to do is then open again. A job that takes more than `longest`
    seconds fails with a sentence; it is there for what never ends, so let it be far above what the largest work takes.
    A `daily` job takes no arguments and runs in the name of the system.
    """

    def register(run: Callable[..., Any]) -> Callable[..., Any]:
        registry.jobs[name] = JobKind(name, label, run, cancellable, given_up, longest, daily)
        return run

    return register
