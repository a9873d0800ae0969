"""The usual import section: columns of a row kept in step with one record of the subject.

Three shapes. `one`: the subject has at most one record. `dated`: the record that holds on the batch's day; a difference opens a new
period from that day (or from the row's own date), the first day of the present period is corrected instead. `listed`: several records,
found by `match` fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from psycopg.types.range import Range

from core.dates import PartialDate
from core.exchange.kinds import Column, Draft, ImportSection, Setting
from core.records.bulk import copy_rows, period_text, update_rows
from core.records.scope import AnyOf
from core.records.vault import ProtectedText, blind_index, mask

PAIR = 2
PROTECTED_PARTS = ("cipher", "index", "last")


@dataclass(slots=True)
class OnFile:
    """A stored record as the comparison needs it."""

    id: int
    revision: int
    values: dict[str, Any]
    lower: date | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a column of the workbook goes: model field, database column, how an absent value is stored."""

    name: str
    reports: str
    field: str
    column: str
    protected: ProtectedText | None
    blank: Any


class RecordSection(ImportSection):
    """Keeps records of `model` in step with columns. `fields` maps column names to model fields."""

    model: Any = None
    subject_field: str = "teacher_id"
    shape: str = "one"
    fields: Mapping[str, str] = {}
    match: tuple[str, ...] = ()
    starts: str = ""

    @cached_property
    def places(self) -> list[Place]:
        """The columns of the section that are stored, with their places."""
        return [self._place(column) for column in self.columns if column.name in self.fields]

    def _place(self, column: Column) -> Place:
        field = self.fields[column.name]
        protected = getattr(self.model, "_protected", {}).get(field)
        if protected:
            return Place(column.name, column.field, field, field, protected, None)
        kind = self.model._meta.get_field(field)
        return Place(column.name, column.field, field, kind.column, None, None if kind.null else kind.get_default())

    @cached_property
    def _says(self) -> tuple[str, ...]:
        """The columns of which one must be filled for the row to speak of this section."""
        return (self.match or tuple(self.fields)[:1]) if self.shape != "one" else tuple(self.fields)

    # reading what is on file

    def load(self, subjects: Sequence[int], setting: Setting) -> dict[int, list[OnFile]]:
        if not subjects:
            return {}
        names = list(dict.fromkeys(self.fields.values()))
        columns = [column for name in names for column in self._stored(name)]
        rows = self.model._base_manager.filter(AnyOf(self.subject_field, subjects))
        extra = []
        if self.shape == "dated":
            rows = rows.filter(Q(valid__endswith__isnull=True) | Q(valid__contains=setting.day))
            extra = ["valid__startswith"]
        found: dict[int, list[OnFile]] = {}
        for subject, pk, revision, *values in plain_rows(
            rows.order_by("id").values_list(self.subject_field, "id", "revision", *columns, *extra)
        ):
            lower = values.pop() if extra else None
            found.setdefault(subject, []).append(OnFile(pk, revision, dict(zip(columns, values, strict=True)), lower))
        return found

    def _protected(self, name: str) -> ProtectedText | None:
        return getattr(self.model, "_protected", {}).get(name)

    def _stored(self, name: str) -> tuple[str, ...]:
        return (f"{name}_index", f"{name}_last") if self._protected(name) else (name,)

    # comparing

    def present(self, row: Draft, state: list[OnFile] | None) -> OnFile | None:
        """The stored record that the row speaks of."""
        if not state:
            return None
        if self.shape == "listed":
            for one in state:
                if all(same(one.values[self.fields[name]], row.values.get(name)) for name in self.match):
                    return one
            return None
        if self.shape == "dated" and len(state) > 1:
            return max(state, key=lambda one: one.lower or date.min)
        return state[0]

    def speaks(self, row: Draft) -> bool:
        """Whether the row says anything about this section. A dated or listed record needs its first column."""
        return not row.values.keys().isdisjoint(self._says)

    def compare(self, row: Draft, state: list[OnFile] | None, setting: Setting) -> None:
        stored = self.present(row, state)
        row.seen[self.name] = [stored.id, stored.revision] if stored else []
        found: dict[str, list[str]] = {}
        said = row.values.get
        for place in self.places:
            value = said(place.name)
            if value is None:
                continue
            old = self._difference(stored, place, value)
            if old is not None:
                sides = found.setdefault(place.reports, [old, _shown(value)])
                if len(sides) == PAIR and sides[1] != _shown(value):
                    sides.append(_shown(value))
        row.differences[self.name] = found
        if (
            found
            and stored
            and self.shape == "dated"
            and not self.starts
            and setting.day < (stored.lower or setting.day)
        ):
            row.refuse(self.columns[0].name, "stale", "", day=str(setting.day), since=str(stored.lower))

    def _difference(self, stored: OnFile | None, place: Place, value: Any) -> str | None:
        """None when the value is as on file, else the old value as it may be shown."""
        if stored is None:
            return ""
        if place.protected is not None:
            index = stored.values[f"{place.field}_index"]
            if index is None:
                return ""
            same_value = bytes(index) == blind_index(place.protected.kind, value)
            return None if same_value else mask(stored.values[f"{place.field}_last"], place.protected.length)
        old = stored.values[place.field]
        return None if same(old, value) else _shown(old)

    # writing

    def apply(self, rows: Sequence[Draft], states: Mapping[int, list[OnFile]], setting: Setting) -> None:
        new: list[Draft] = []
        changes: list[tuple[Draft, OnFile]] = []
        for row in rows:
            if not self.speaks(row):
                continue
            stored = self.present(row, states.get(row.subject or 0))
            if stored is None:
                new.append(row)
            elif row.differences.get(self.name):
                changes.append((row, stored))
        following = self._change(changes, setting)
        self._insert(new, setting)
        self._insert(following, setting)

    def _change(self, changes: list[tuple[Draft, OnFile]], setting: Setting) -> list[Draft]:
        """Correct in place what keeps its period, close what ends; returns the rows that open a new period."""
        inplace: dict[tuple[str, ...], list[list[Any]]] = {}
        closing: list[list[Any]] = []
        following: list[Draft] = []
        for row, stored in changes:
            begins = self.begin(row, setting)
            if self.shape == "dated" and stored.lower and begins > stored.lower:
                closing.append([stored.id, stored.revision, Range(stored.lower, begins), row.id])
                self._carry(row, stored)
                following.append(row)
                continue
            names, values = self._columns(row, set(row.differences[self.name]))
            inplace.setdefault(names, []).append([stored.id, stored.revision, *values, row.id])
        for names, lines in inplace.items():
            update_rows(self.model, [*names, "source_row"], lines)
        update_rows(self.model, ["valid", "source_row"], closing)
        return following

    def _carry(self, row: Draft, stored: OnFile) -> None:
        """What the row does not say goes on from the period before, except the day on which that began."""
        for name, field in self.fields.items():
            if row.values.get(name) is None and name != self.starts and self._protected(field) is None:
                row.values[name] = stored.values[field]

    def begin(self, row: Draft, setting: Setting) -> date:
        """The first day of what the row says."""
        said = row.values.get(self.starts) if self.starts else None
        return said.first_day() if isinstance(said, PartialDate) else setting.day

    def _columns(self, row: Draft, only: set[str]) -> tuple[tuple[str, ...], list[Any]]:
        """The database columns and values of the fields that differ."""
        chosen = [place for place in self.places if place.reports in only and row.values.get(place.name) is not None]
        return self._heads(chosen), self._line(row, chosen)

    @staticmethod
    def _heads(places: Sequence[Place]) -> tuple[str, ...]:
        names: list[str] = []
        for place in places:
            names += [f"{place.column}_{part}" for part in PROTECTED_PARTS] if place.protected else [place.column]
        return tuple(names)

    @staticmethod
    def _line(row: Draft, places: Sequence[Place]) -> list[Any]:
        values, said = [], row.values
        for place in places:
            value = said.get(place.name)
            if place.protected:
                values += place.protected.columns(value, said["_key"]) if value else (None, None, "")
            else:
                values.append(place.blank if value is None else value)
        return values

    def _insert(self, rows: Sequence[Draft], setting: Setting) -> None:
        if rows:
            copy_rows(self.model, self._head, self._lines(rows, setting))

    @cached_property
    def _head(self) -> list[str]:
        dated = ["valid"] if self.shape == "dated" else []
        return [self.subject_field, *self._heads(self.places), *self._rest, *dated, "source_row"]

    def _lines(self, rows: Sequence[Draft], setting: Setting) -> Iterator[list[Any]]:
        places, rest, dated = self.places, list(self._rest.values()), self.shape == "dated"
        for row in rows:
            line = [row.subject, *self._line(row, places), *rest]
            if dated:
                line.append(period_text(self.begin(row, setting)))
            line.append(row.id)
            yield line

    @cached_property
    def _rest(self) -> dict[str, Any]:
        """The other columns of a new record that cannot be null, with the model's default."""
        known = {
            "id",
            "public_id",
            "revision",
            "source_row",
            "valid",
            self.subject_field,
            *self._heads(self.places),
            *self.fields.values(),
        }
        found = {}
        for field in self.model._meta.concrete_fields:
            if not field.null and not {field.name, field.column} & known:
                found[field.column] = field.get_default()
        return found


def plain_rows(rows: QuerySet[Any]) -> list[tuple[Any, ...]]:
    """Rows of a `values_list` as the database gives them: partial dates as text, none of Django's conversions."""
    with connection.cursor() as cursor:
        cursor.execute(*rows.query.sql_with_params())
        return cursor.fetchall()


def same(old: Any, new: Any) -> bool:
    """Whether what is on file (a partial date as its text) and what a row says agree: dates at the coarser precision."""
    if new.__class__ is PartialDate:
        return bool(old) and (PartialDate.parse(old) if old.__class__ is str else PartialDate.of(old)).agrees(new)
    return bool(old == new)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
