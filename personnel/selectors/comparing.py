"""A file at two moments of its recording, record by record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.dates import DAY
from core.records.models import Change
from core.registry import FileSection
from personnel.selectors.asking import morning
from personnel.selectors.versions import DELETED, Version, by_record, differing


@dataclass(frozen=True, slots=True)
class Moment:
    """As a file was recorded at the end of a day, or right after a change; of nothing: as it is now."""

    day: date | None = None
    change: Change | None = None

    def covers(self, version: Version) -> bool:
        """Whether a version had been written by then."""
        if self.change is not None:
            return version.change.pk <= self.change.pk
        return self.day is None or version.change.at < morning(self.day + DAY)


@dataclass(frozen=True, slots=True)
class Difference:
    """A record that is not the same at both moments; `was` or `now` is None where it was not there."""

    section: FileSection
    model: Any
    was: Any
    now: Any
    fields: tuple[str, ...]


def differences(found: Iterable[Version], first: Moment, second: Moment, person: int) -> list[Difference]:
    """What differs between two moments, in the order of the sections; `found` are all versions of the person's file."""
    told = []
    for versions in by_record(found).values():
        was, now = _row(versions, first, person), _row(versions, second, person)
        if was is None and now is None:
            continue
        model = versions[0].model
        fields = differing(model, was, now)
        if fields and was is not now:
            told.append(Difference(versions[0].section, model, was, now, fields))
    return sorted(told, key=lambda one: one.section.order)


def _row(versions: Sequence[Version], moment: Moment, person: int) -> Any:
    covered = [version for version in versions if moment.covers(version)]
    there = bool(covered) and covered[-1].row.history_type != DELETED and covered[-1].person == person
    return covered[-1].row if there else None
