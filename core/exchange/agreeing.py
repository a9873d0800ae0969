"""Whether what a row says and what is on file are the same value, and the same thing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from core.dates import PartialDate
from core.exchange.kinds import Draft
from core.exchange.periods import OnFile
from core.text import clean


def same(old: Any, new: Any) -> bool:
    """Whether what is on file (a partial date as its text) and what a row says agree.

    Dates do at the coarser precision, texts as a cell is read: without what nobody sees.
    """
    if new.__class__ is PartialDate:
        return bool(old) and PartialDate.parse(str(old)).agrees(new)
    if new.__class__ is list:
        return sorted(old or ()) == sorted(new)
    if new.__class__ is str and old.__class__ is str:
        return bool(old == new or clean(old) == new)
    return bool(old == new)


def shown_value(value: Any) -> str:
    """A value as differences name it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "、".join(value)
    return "" if value is None else str(value)


def matches(section: Any, row: Draft, one: OnFile) -> bool:
    """Whether a record on file is of the thing that the row names by the `match` columns of a section; nothing said is nothing on file."""
    return all(_agree(one[section.fields[name]], row.values.get(name)) for name in section.match)


def _agree(old: Any, new: Any) -> bool:
    return not old if new is None else same(old, new)


def listed_one(section: Any, row: Draft, state: Sequence[OnFile]) -> OnFile | None:
    """The record of a list that the row speaks of: by `match`, and by most of `telling`, none of which may say otherwise."""
    alike = [one for one in state if matches(section, row, one)]
    return most_alike(section, row, alike)


def most_alike(section: Any, row: Draft, alike: Collection[OnFile]) -> OnFile | None:
    """Of records on file the one with which the row agrees in most of the `telling` columns, and disagrees in none."""
    pairs = [(section.fields[name], row.values.get(name)) for name in section.telling]
    fitting = [one for one in alike if all(not one[at] or new is None or same(one[at], new) for at, new in pairs)]
    return max(fitting, key=lambda one: sum(_agree(one[at], new) for at, new in pairs), default=None)
