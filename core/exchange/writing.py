"""Writing the records of a section set-wise: COPY for new ones, one UPDATE for each set of columns that changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from psycopg.types.range import Range

from core.exchange.kinds import Draft
from core.exchange.periods import OnFile, Step, before
from core.records.bulk import copy_rows, period_text, update_rows
from core.records.scope import AnyOf

PROTECTED_PARTS = ("cipher", "index", "last")

Change = tuple[Draft, OnFile, dict[str, str], Step]


@dataclass(slots=True)
class Opening:
    """A new record: its row, its period where it has one, and by column what goes on from the record before."""

    row: Draft
    begins: date | None
    ends: date | None = None
    carried: dict[str, Any] = field(default_factory=dict)


class Writer:
    """Writes the records of one section (a `RecordSection`)."""

    def __init__(self, section: Any) -> None:
        self.section = section
        self.model = section.model
        self.places = section.places

    def write(self, new: Sequence[Opening], changes: Sequence[Change], states: Mapping[int, list[OnFile]]) -> None:
        """Write new records, and changes by their steps."""
        in_place = [change for change in changes if change[3].verb == "correct"]
        moved = [change for change in changes if change[3].verb == "move"]
        followed = [change for change in changes if change[3].verb in {"follow", "close"}]
        self.correct(in_place)
        self._move(moved, states)
        self._close(followed)
        self._insert([*new, *self._following(followed)])

    def correct(
        self,
        changes: Sequence[Change],
        names: Sequence[str] = (),
        values: Callable[[Draft], Sequence[Any]] = lambda _row: (),
    ) -> None:
        """Put right what differs, where it stands; `values` of a row go into the further columns `names`."""
        lines: dict[tuple[str, ...], list[list[Any]]] = {}
        for row, stored, found, _step in changes:
            chosen = [place for place in self.places if place.name in found]
            line = [stored.id, stored.revision, *self._line(row, chosen), *values(row), row.id]
            lines.setdefault(self._heads(chosen), []).append(line)
        for heads, rows in lines.items():
            update_rows(self.model, [*heads, *names, "source_row"], rows)

    def _move(self, changes: Sequence[Change], states: Mapping[int, list[OnFile]]) -> None:
        """Move first days; the period before ends where the moved one begins. No two overlap at any moment."""
        for earlier in (True, False):
            chosen = [change for change in changes if (change[3].begins < (change[1].lower or date.min)) == earlier]
            neighbours = self._neighbours(chosen, states)
            if earlier:
                update_rows(self.model, ["valid", "source_row"], neighbours)
            lines: dict[tuple[str, ...], list[list[Any]]] = {}
            for row, stored, found, step in chosen:
                places = [place for place in self.places if place.name in found]
                period = Range(step.begins, stored.upper)
                lines.setdefault(self._heads(places), []).append(
                    [stored.id, stored.revision, period, *self._line(row, places), row.id]
                )
            for names, rows in lines.items():
                update_rows(self.model, ["valid", *names, "source_row"], rows)
            if not earlier:
                update_rows(self.model, ["valid", "source_row"], neighbours)

    def _neighbours(self, changes: Sequence[Change], states: Mapping[int, list[OnFile]]) -> list[list[Any]]:
        found = []
        for row, stored, _found, step in changes:
            one = before(stored, self.section.alike(row, states.get(row.subject or 0, [])))
            if one is not None and one.upper is not None and (one.upper == stored.lower or one.upper > step.begins):
                found.append([one.id, one.revision, Range(one.lower, step.begins), row.id])
        return found

    def _close(self, changes: Sequence[Change]) -> None:
        lines = [
            [stored.id, stored.revision, Range(stored.lower, step.begins), row.id]
            for row, stored, _found, step in changes
        ]
        update_rows(self.model, ["valid", "source_row"], lines)

    def _following(self, changes: Sequence[Change]) -> Iterator[Opening]:
        """The periods that follow: what the row does not say goes on, but for what belonged to the value that ended."""
        following = [change for change in changes if change[3].verb == "follow"]
        unread = [column for column in self._rest if column not in self.section.left_behind]
        rest: dict[int, dict[str, Any]] = {}
        if following and unread:
            stored_rows = self.model._base_manager.filter(
                AnyOf("id", [stored.id for _row, stored, *_more in following])
            )
            rest = {
                pk: dict(zip(unread, values, strict=True)) for pk, *values in stored_rows.values_list("id", *unread)
            }
        for row, stored, found, step in following:
            ended = set(self.section.belonging) if set(found) & set(self.section.leads) else set()
            kept = {
                place.column: stored[place.field]
                for place in self.places
                if not place.protected and place.name not in ended and place.column not in self.section.left_behind
            }
            yield Opening(row, step.begins, stored.upper, kept | rest.get(stored.id, {}))

    def _insert(self, openings: Sequence[Opening]) -> None:
        if openings:
            copy_rows(self.model, self._head, self._lines(openings))

    @cached_property
    def _head(self) -> list[str]:
        dated = ["valid"] if self.section.shape == "dated" else []
        return [self.section.subject_field, *self._heads(self.places), *self._rest, *dated, "source_row"]

    def _lines(self, openings: Sequence[Opening]) -> Iterator[list[Any]]:
        places, rest = self.places, self._rest
        plain = list(rest.values())
        for opening in openings:
            row, carried = opening.row, opening.carried
            line = [row.subject, *self._line(row, places, carried)]
            line += [carried.get(column, blank) for column, blank in rest.items()] if carried else plain
            if opening.begins is not None:
                line.append(period_text(opening.begins, opening.ends))
            line.append(row.id)
            yield line

    @staticmethod
    def _heads(places: Sequence[Any]) -> tuple[str, ...]:
        names: list[str] = []
        for place in places:
            names += [f"{place.column}_{part}" for part in PROTECTED_PARTS] if place.protected else [place.column]
        return tuple(names)

    @staticmethod
    def _line(row: Draft, places: Sequence[Any], carried: Mapping[str, Any] | None = None) -> list[Any]:
        values: list[Any] = []
        said = row.values
        for place in places:
            value = said.get(place.name)
            if place.protected:
                values += place.protected.columns(value, said["_key"]) if value else (None, None, "")
            elif value is None:
                values.append(carried.get(place.column, place.blank) if carried else place.blank)
            else:
                values.append(value)
        return values

    @cached_property
    def _rest(self) -> dict[str, Any]:
        """The other columns of a new record with the model's default: those that cannot be null, and all that a period may carry on."""
        section = self.section
        known = {"id", "public_id", "revision", "source_row", "valid", section.subject_field, *self._heads(self.places)}
        found = {}
        for field_ in self.model._meta.concrete_fields:
            if {field_.name, field_.column} & known or (field_.null and section.shape != "dated"):
                continue
            found[field_.column] = field_.get_default()
        return found
