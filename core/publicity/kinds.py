"""What a module says of a sort of publicity, and the registered ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.publicity.rules import Counted
from core.registry import registry


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of a publicity as strangers read it: a masked name, public values by the columns of the kind.

    `subject_id` is the module's own row behind it, `user` the account of whom it is about: they decide nothing of it.
    """

    label: str
    values: Mapping[str, str] = field(default_factory=dict)
    subject_id: int | None = None
    user: int | None = None


@dataclass(frozen=True, slots=True)
class PublicityKind:
    """A sort of publicity.

    `days(on, unit)` is for how many working days, by the parameters of that day. `columns` are the public values (key, label); nothing
    else of a line is ever shown to strangers. `url(publicity)` is the address of what it is about, for those who work on it.
    `struck(row, actor, why)` and `stopped(publicity, actor, why)` are called in the change that upholds an objection to a line, or stops
    the whole publicity.
    """

    name: str
    label: Any
    days: Callable[[date, Any], Counted]
    columns: Sequence[tuple[str, Any]] = ()
    url: Callable[[Any], str] = lambda _publicity: ""
    struck: Callable[[Any, Any, str], None] | None = None
    stopped: Callable[[Any, Any, str], None] | None = None
    order: int = 100


def all_kinds() -> dict[str, PublicityKind]:
    """The registered kinds by name."""
    return {kind.name: kind for kind in registry.each("publicity_kinds")}


def kind_label(name: str) -> str:
    """What a kind is called; its own name where no module knows it any more."""
    kind = all_kinds().get(name)
    return str(kind.label) if kind else name
