"""The usual import section: columns of a row kept in step with one record of the subject.

Three shapes. `one`: the subject has at most one record. `dated`: the record that holds on the batch's day; a difference opens a new
period from that day (or from the row's own date), the first day of the present period is corrected instead. `listed`: several records,
found by `match` fields.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg.types.range import Range

from core.dates import PartialDate
from core.exchange.kinds import Column, Draft, ImportSection, Setting
from core.records.bulk import copy_rows, update_rows
from core.records.vault import ProtectedText, blind_index, mask, unwrap


@dataclass(slots=True)
class OnFile:
    """A stored record as the comparison needs it."""

    id: int
    revision: int
    values: dict[str, Any]
    lower: date | None = None


class RecordSection(ImportSection):
    """Keeps records of `model` in step with columns. `fields` maps column names to model fields."""

    model: Any = None
    subject_field: str = "teacher_id"
    shape: str = "one"
    fields: Mapping[str, str] = {}
    match: tuple[str, ...] = ()
    starts: str = ""
    fixed: Mapping[str, Any] = {}

    # reading what is on file

    def load(self, subjects: Sequence[int], setting: Setting) -> dict[int, list[OnFile]]:
        if not subjects:
            return {}
        names = list(dict.fromkeys(self.fields.values()))
        columns = [column for name in names for column in self._stored(name)]
        rows = self.model._base_manager.filter(**{f"{self.subject_field}__in": subjects})
        if self.shape == "dated":
            rows = rows.filter(valid__endswith__isnull=True) | rows.filter(valid__contains=setting.day)
        extra = ["valid"] if self.shape == "dated" else []
        found: dict[int, list[OnFile]] = {}
        for subject, pk, revision, *values in rows.order_by("id").values_list(self.subject_field, "id", "revision", *columns, *extra):
            named = dict(zip(columns, values, strict=False))
            lower = values[-1].lower if extra else None
            found.setdefault(subject, []).append(OnFile(pk, revision, named, lower))
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
            wanted = [(self.fields[name], row.values.get(name)) for name in self.match]
            return next((one for one in state if all(same(one.values.get(field), value) for field, value in wanted)), None)
        return max(state, key=lambda one: one.lower or date.min) if self.shape == "dated" else state[0]

    def speaks(self, row: Draft) -> bool:
        """Whether the row says anything about this section. A dated or listed record needs its first column."""
        names = self.match or tuple(self.fields)[:1] if self.shape != "one" else tuple(self.fields)
        return any(row.values.get(name) not in (None, "") for name in names)

    def compare(self, row: Draft, state: list[OnFile] | None, setting: Setting) -> None:
        if not self.speaks(row):
            return
        stored = self.present(row, state)
        row.seen[self.name] = [stored.id, stored.revision] if stored else []
        found: dict[str, list[str]] = {}
        for column in self.columns:
            field, value = self.fields.get(column.name), row.values.get(column.name)
            if field is None or value in (None, ""):
                continue
            old = self._difference(stored, field, value)
            if old is not None:
                found[column.field] = [old, *found[column.field][1:], _shown(value)] if column.field in found else [old, _shown(value)]
        row.differences[self.name] = found
        if found and stored and self.shape == "dated" and not self.starts and setting.day < (stored.lower or setting.day):
            row.refuse(self.columns[0].name, "stale", "", day=str(setting.day), since=str(stored.lower))

    def _difference(self, stored: OnFile | None, field: str, value: Any) -> str | None:
        """None when the value is as on file, else the old value as it may be shown."""
        protected = self._protected(field)
        if stored is None:
            return ""
        if protected:
            index = stored.values[f"{field}_index"]
            if index is not None and bytes(index) == blind_index(protected.kind, value):
                return None
            return mask(stored.values[f"{field}_last"], protected.length) if index is not None else ""
        old = stored.values[field]
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
            names, values = self._columns(row, only=set(row.differences[self.name]))
            inplace.setdefault(names, []).append([stored.id, stored.revision, *values, row.id])
        for names, lines in inplace.items():
            update_rows(self.model, [*names, "source_row"], lines)
        update_rows(self.model, ["valid", "source_row"], closing)
        return following

    def _carry(self, row: Draft, stored: OnFile) -> None:
        """What the row does not say goes on from the period before."""
        for name, field in self.fields.items():
            if row.values.get(name) in (None, "") and self._protected(field) is None:
                row.values[name] = stored.values[field]

    def begin(self, row: Draft, setting: Setting) -> date:
        """The first day of what the row says."""
        said = row.values.get(self.starts) if self.starts else None
        return said.first_day() if isinstance(said, PartialDate) else setting.day

    def _columns(self, row: Draft, only: set[str] | None = None) -> tuple[tuple[str, ...], list[Any]]:
        names: list[str] = []
        values: list[Any] = []
        for column in self.columns:
            field, value = self.fields.get(column.name), row.values.get(column.name)
            if field is None or (only is not None and (column.field not in only or value in (None, ""))):
                continue
            protected = self._protected(field)
            if protected:
                names += [f"{field}_cipher", f"{field}_index", f"{field}_last"]
                values += protected.columns(value, row.values["_key"]) if value else (None, None, "")
            else:
                names.append(self.model._meta.get_field(field).column)
                values.append(value if value is not None else self.blank(field))
        return tuple(names), values

    def blank(self, field: str) -> Any:
        """What an absent value is stored as."""
        kind = self.model._meta.get_field(field)
        return None if kind.null else kind.get_default()

    def _insert(self, rows: Sequence[Draft], setting: Setting) -> None:
        if not rows:
            return
        dated = ["valid"] if self.shape == "dated" else []
        named = set(self.fields.values())
        rest = {field.column: default for field, default in self._defaults(named)}
        first, _values = self._columns(rows[0])
        head = [self._subject_column(), *first, *rest, *dated, "source_row"]

        def lines() -> Any:
            for row in rows:
                values = self._columns(row)[1]
                period = [Range(self.begin(row, setting), None)] if dated else []
                yield [row.subject, *values, *rest.values(), *period, row.id]

        copy_rows(self.model, head, lines())

    def _subject_column(self) -> str:
        return self.subject_field if self.subject_field.endswith("_id") else f"{self.subject_field}_id"

    def _defaults(self, named: set[str]) -> list[tuple[Any, Any]]:
        """The other columns of a new record: those without a value in the row get the model's default."""
        skip = {"id", "public_id", "revision", "source_row", "valid", self.subject_field, self.subject_field.removesuffix("_id")}
        found = []
        protected = {f"{name}_{part}" for name in named for part in ("cipher", "index", "last") if self._protected(name)}
        for field in self.model._meta.concrete_fields:
            if {field.name, field.column} & (skip | named | protected):
                continue
            default = self.fixed.get(field.name, field.get_default())
            if default is None and field.null:
                continue
            found.append((field, default if default is not None else ""))
        return found


def same(old: Any, new: Any) -> bool:
    """Whether what is on file and what a row says agree: dates at the coarser precision of the two."""
    if isinstance(new, PartialDate):
        stored = PartialDate.of(old) if isinstance(old, date) else old
        return stored is not None and stored.agrees(new)
    return old == new


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def person_key(wrapped: Any) -> bytes:
    """A person's data key from its stored form."""
    return unwrap(wrapped)


__all__ = ["Column", "OnFile", "RecordSection", "person_key", "same"]
