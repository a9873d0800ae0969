"""What was changed on file since a workbook was made, so that a sheet of yesterday does not undo a correction of today.

Three values are compared: what the file says, what is on file now, and what was on file at the position of the workbook's stamp. Where
only one side moved, nobody need be asked; where both did, somebody must decide.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.contrib.postgres.fields.ranges import RangeEndsWith, RangeStartsWith
from django.db.models import Q

from core.exchange.periods import OnFile
from core.exchange.placed import AHEAD
from core.exchange.plain import plain_rows
from core.records.models import Change
from core.records.scope import AnyOf

# What stands behind the columns of a version: its sort, change, position, transaction, source.
BEHIND: Final = 5


@dataclass(frozen=True, slots=True)
class Moment:
    """When a workbook was made: the last settled position, and which transactions had ended then.

    A change that was made before, but not settled yet, has a later position; by its transaction it is known all the same.
    """

    position: int
    first: int = 0
    next: int = 0
    running: frozenset[int] = frozenset()

    @classmethod
    def of(cls, position: int, snapshot: str) -> Moment:
        """From a snapshot as PostgreSQL writes it, `xmin:xmax:xip,…`, or "" where it says nothing here."""
        first, following, running = snapshot.split(":") if snapshot else ("0", "0", "")
        return cls(position, int(first), int(following), frozenset(map(int, filter(None, running.split(",")))))

    def knows(self, position: int | None, xid: int) -> bool:
        """Whether a change was on file then."""
        if position is not None and position <= self.position:
            return True
        return xid < self.first or (xid < self.next and xid not in self.running)


@dataclass(slots=True)
class Version:
    """One version of a record: what it held and what the one before did, whether it is its end, and the change that made it."""

    held: OnFile
    before: OnFile | None
    gone: bool
    change: int

    def sets(self, column: int) -> bool:
        """Whether it made a column (its place in the row) what it is."""
        return self.gone or self.before is None or self.held.row[column] != self.before.row[column]

    def upon(self, known: OnFile | None) -> OnFile | None:
        """What somebody knows who knew `known` and what this version set, but nothing else of the record."""
        if self.gone:
            return None
        # Of a record that others made meanwhile, which it is and nothing of what it held.
        before = known.row if known is not None else (*self.held.row[:AHEAD], *[None] * len(self.held.row[AHEAD:]))
        row = tuple(
            now if self.sets(place) else old for place, (now, old) in enumerate(zip(self.held.row, before, strict=True))
        )
        if known is None:
            return replace(self.held, row=row)
        moved = self.before is None or (self.held.lower, self.held.upper) != (self.before.lower, self.before.upper)
        period = self.held if moved else known
        return replace(self.held, row=row, lower=period.lower, upper=period.upper)


@dataclass(slots=True)
class Since:
    """For some subjects of a section: what the sender knew to be on file, and what others did to each record since."""

    states: dict[int, list[OnFile]] = field(default_factory=dict)
    later: dict[int, list[Version]] = field(default_factory=dict)

    def touched(self, *records: OnFile | None) -> bool:
        """Whether any of these records was made, changed or ended since."""
        return any(one is not None and one.id in self.later for one in records)

    def changed_by(self, record: int, column: int) -> int:
        """The newest change that set a column (its place in the row) of a record, else the newest one of the record."""
        versions = self.later.get(record, [])
        newest = next((version for version in reversed(versions) if version.sets(column)), None)
        return (newest or versions[-1]).change if versions else 0


def since(
    section: Any,
    states: Mapping[int, Sequence[OnFile]],
    subjects: Collection[int],
    moment: Moment,
    own: Collection[str],
) -> Since:
    """What happened to the records of `subjects` in a section after a moment: four queries at most.

    `states` is what is on file now. Changes with a source in `own`, those of earlier generations of the same workbook, count as
    known to the sender.
    """
    if not subjects:
        return Since()
    listed = _records(section, subjects)
    touched = _touched(section, listed, moment)
    found = Since({subject: [one for one in states.get(subject, ()) if one.id not in touched] for subject in subjects})
    for subject, versions in _versions(section, touched, moment, own):
        known, others = _known(versions)
        if others:
            found.later[versions[0][0].held.id] = others
        if known is not None and subject in found.states:
            found.states[subject].append(known)
    return found


def _known(versions: Iterable[tuple[Version, bool]]) -> tuple[OnFile | None, list[Version]]:
    """A record as the sender knew it, and the versions that others made.

    Of a change of an earlier generation, made upon what others did, the sender knows what it set and not what it found.
    """
    known: OnFile | None = None
    others: list[Version] = []
    for version, is_known in versions:
        if not is_known:
            others.append(version)
        elif others:
            known = version.upon(known)
        else:
            known = None if version.gone else version.held
    return known, others


def _records(section: Any, subjects: Collection[int]) -> list[int]:
    """The records of subjects, those that were deleted as well."""
    owned = AnyOf(section.subject_field, subjects)
    live = section.narrowed(section.model._base_manager.filter(owned)).values_list("pk", flat=True)
    if section.subject_field == "id":
        return list(live)
    gone = section.model.history.model._base_manager.filter(owned, history_type="-").values_list("id", flat=True)
    return list({*live, *gone})


def _touched(section: Any, ids: Sequence[int], moment: Moment) -> set[int]:
    after = Q(change__settled__position__gt=moment.position) | Q(change__settled__isnull=True)
    versions = section.model.history.model._base_manager.filter(AnyOf("id", ids)).filter(after)
    told = versions.values_list("id", "change__settled__position", "change__xid")
    return {pk for pk, place, xid in told if not moment.knows(place, xid)}


def _versions(
    section: Any, ids: Collection[int], moment: Moment, own: Collection[str]
) -> Iterator[tuple[int, list[tuple[Version, bool]]]]:
    """The versions of each record in order, each with whether the sender knew it: subject, versions."""
    if not ids:
        return
    places = section.columns_on_file
    period = [RangeStartsWith("valid"), RangeEndsWith("valid")] if section.shape == "dated" else []
    rows = section.model.history.model._base_manager.filter(AnyOf("id", ids)).order_by("id", "revision")
    listed = rows.values_list(
        section.subject_field, "id", "revision", *places, *period, "history_type", "change_id", "change__settled__position",
        "change__xid", "change__source",
    )  # fmt: skip
    for group in _by_record(plain_rows(listed)):
        told: list[tuple[Version, bool]] = []
        before: OnFile | None = None
        for row in group:
            kind, change, place, xid, source = row[-BEHIND:]
            held = OnFile(row[1], row[2], row, places, *(row[-BEHIND - 2 : -BEHIND] if period else ()))
            gone = kind == "-"
            told.append((Version(held, before, gone, change), moment.knows(place, xid) or source in own))
            before = None if gone else held
        yield group[0][0], told


def _by_record(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    group: list[tuple[Any, ...]] = []
    for row in rows:
        if group and group[0][1] != row[1]:
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def fingerprint(*said: Any) -> str:
    """A short text that is equal for equal values: by it a decision is known again in the next generation."""
    return hashlib.blake2b(repr(said).encode(), digest_size=8).hexdigest()


def told_changes(ids: Collection[int]) -> dict[int, list[str]]:
    """Who made each change, when and why: public id, ISO moment, name, reason, document; one query."""
    rows = Change.objects.filter(pk__in=ids).values_list("pk", "public_id", "at", "actor__name", "reason", "document")
    return {pk: [str(public), at.isoformat(), who, reason, paper] for pk, public, at, who, reason, paper in rows}
