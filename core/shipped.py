"""Bringing dated records to what the files of this version say, with the fewest writes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from psycopg.types.range import Range


class Loaded(NamedTuple):
    """How many versions are new, altered, ended and taken away again."""

    added: int
    changed: int
    closed: int
    removed: int

    def __str__(self) -> str:
        return f"{self.added} added, {self.changed} changed, {self.closed} ended, {self.removed} removed"


@dataclass(slots=True)
class Difference:
    """What separates the stored versions from the wanted ones."""

    removed: list[Any] = field(default_factory=list)
    closed: list[Any] = field(default_factory=list)
    changed: list[Any] = field(default_factory=list)
    added: list[Any] = field(default_factory=list)

    def counts(self) -> Loaded:
        return Loaded(len(self.added), len(self.changed), len(self.closed), len(self.removed))

    def write(self, model: Any) -> None:
        """Write inside the open change, in an order in which no two versions overlap."""
        for row in self.removed:
            row.delete()
        for row in (*self.closed, *self.changed):
            row.save()
        model.objects.bulk_create(self.added)


def difference(
    stored: Iterable[Any], wanted: Iterable[Any], *, key: Callable[[Any], Hashable], fields: Sequence[str], on: date
) -> Difference:
    """Compare stored effective records with unsaved ones by `key`, and by `fields` and `valid`.

    Versions of one key that begin on the same day belong together, the others in order. What is wanted no more ends on
    the day `on`; where it began later it is removed.
    """
    found = Difference()
    have, want = _grouped(stored, key), _grouped(wanted, key)
    for name in [*have, *(name for name in want if name not in have)]:
        if name in want:
            _compare(found, have.get(name, []), want[name], fields)
        else:
            _end(found, have[name], on)
    return found


def _grouped(rows: Iterable[Any], key: Callable[[Any], Hashable]) -> dict[Hashable, list[Any]]:
    groups: dict[Hashable, list[Any]] = {}
    for row in sorted(rows, key=lambda row: row.valid.lower):
        groups.setdefault(key(row), []).append(row)
    return groups


def _compare(found: Difference, have: list[Any], want: list[Any], fields: Sequence[str]) -> None:
    starts = {row.valid.lower for row in want}
    same_start = {row.valid.lower: row for row in have if row.valid.lower in starts}
    spare = [row for row in have if row.valid.lower not in starts]
    for new in want:
        row = same_start.get(new.valid.lower) or (spare.pop(0) if spare else None)
        if row is None:
            found.added.append(new)
            continue
        shorter = row.valid != new.valid and _inside(new.valid, row.valid)
        differing = [name for name in (*fields, "valid") if getattr(row, name) != getattr(new, name)]
        for name in differing:
            setattr(row, name, getattr(new, name))
        if differing:
            (found.closed if shorter else found.changed).append(row)
    found.removed.extend(spare)


def _inside(inner: Any, outer: Any) -> bool:
    if inner.lower < outer.lower:
        return False
    return outer.upper is None or (inner.upper is not None and inner.upper <= outer.upper)


def _end(found: Difference, rows: list[Any], on: date) -> None:
    for row in rows:
        if row.valid.lower >= on:
            found.removed.append(row)
        elif row.valid.upper is None or row.valid.upper > on:
            row.valid = Range(row.valid.lower, on)
            found.closed.append(row)
