"""Giving records back what they said before a decision wrote them: whole or not at all, set-wise, in the open change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from core.exchange.undo.chains import keep_crowded
from core.exchange.undo.standing import Blockers, block
from core.exchange.undo.touched import TAKE_BACK, Line, Lines, touched
from core.exchange.undo.writing import write
from personnel.models import Teacher

GONE: Final = "gone"
EDITED: Final = "edited"
STANDS: Final = "stands_on"


def written_by(change: int, models: Iterable[Any], *, but: Collection[tuple[Any, int]] = ()) -> Lines:
    """The records of `models`, in this order, that a change wrote, each with what stands against giving it back its earlier values.

    `but`: records, by model and key, that are left out. A fixed number of queries for each model.
    """
    found = touched(change, Teacher)
    return {model: [line for line in found[model] if (model, line.id) not in but] for model in models if model in found}


def in_the_way(lines: Lines) -> list[tuple[Any, Line, str]]:
    """The records that were changed since, went since, or on which something stands: (model, line, one of the words above)."""
    keep_crowded(lines, Teacher)
    blockers: Blockers = block(lines)
    return [
        (model, line, why)
        for model, found in lines.items()
        for line in found
        if (why := _why(model, line, blockers))
    ]  # fmt: skip


def _why(model: Any, line: Line, blockers: Blockers) -> str:
    if line.now is None:
        return GONE
    if line.now != line.last:
        return EDITED
    if (model, line.id) in blockers:
        return STANDS
    return "" if line.verdict == TAKE_BACK or not line.why else line.why


def give_back(lines: Lines) -> None:
    """Give the records their earlier values; what the change made goes. Ask `in_the_way` before.

    Rules that the database asks at the end of a transaction are asked once all of it is back.
    """
    write(
        {model: [one for one in found if one.verdict == TAKE_BACK] for model, found in lines.items()},
        _silent,
        settled=False,
    )


def as_before(people: Mapping[int, Collection[int]], models: Sequence[Any]) -> set[int]:
    """Give back what changes wrote of some people, all of it or nothing: `people` are their keys by the change.

    Returns those (keys of people) of whom something stands in the way, such as a later change; then nothing was written.
    """
    lines: Lines = {model: [] for model in models}
    for change, some in people.items():
        for model, found in written_by(change, models).items():
            lines[model] += [line for line in found if line.subject in some]
    against = {line.subject for _model, line, _why in in_the_way(lines)}
    if not against:
        give_back(lines)
    return against


def _silent(*_told: Any, **_more: Any) -> None:
    """Nobody watches."""
