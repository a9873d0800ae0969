"""What a section of records declares, and where each of its columns stands: in the table, in rows on file, in the cells that tell it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from core.exchange.agreeing import shown_value
from core.exchange.kinds import Column, Draft, ImportSection
from core.exchange.periods import OnFile
from core.exchange.telling import PRESENT, told_records
from core.records.vault import ProtectedText, mask

# What stands before the columns of a row on file: subject, id, revision.
AHEAD = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where a column of the workbook goes: model field, database column, how an absent value is stored."""

    name: str
    reports: str
    field: str
    column: str
    protected: ProtectedText | None
    blank: Any


class PlacedSection(ImportSection):
    """Keeps records of `model` in step with columns. `fields` maps column names to model fields.

    `leading` are the columns without one of which there is no record (default: those of `match`, else the first). Of a dated record,
    `starts` is the column with its own first day; `belonging` columns say more of the leading value: they are put right where they
    stand and end with it; `left_behind` are model fields that a new period does not take over. `history`: each leading value
    is begun once, and a sheet of its own may tell when each was. `needed` are columns without which a new record is refused.
    Of a listed record, `telling` are columns that must not contradict each other where both sides say something. A dated section
    with `match` holds several at once, each with its own periods.
    """

    model: Any = None
    subject_field: str = "teacher_id"
    shape: str = "one"
    fields: Mapping[str, str] = {}
    match: tuple[str, ...] = ()
    starts: str = ""
    leading: tuple[str, ...] = ()
    belonging: tuple[str, ...] = ()
    left_behind: tuple[str, ...] = ()
    history: bool = False
    needed: tuple[str, ...] = ()
    telling: tuple[str, ...] = ()

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
    def leads(self) -> tuple[str, ...]:
        """The columns of which one must be filled for a new record."""
        return self.leading or self.match or ((self.places[0].name,) if self.shape == "dated" else tuple(self.fields))

    @cached_property
    def _said(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*(place.name for place in self.places), *filter(None, (self.starts,)))))

    def has_several(self, said: Collection[str]) -> bool:
        return self.shape == "listed" or bool(self.match) or (self.history and self.starts in said)

    @cached_property
    def columns_on_file(self) -> dict[str, int]:
        """The columns that are loaded, and where each stands in the row: behind subject, id and revision."""
        columns = [column for name in dict.fromkeys(self.fields.values()) for column in self._stored(name)]
        return {column: place for place, column in enumerate(columns, start=AHEAD)}

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Of the subject's records those of which rows can speak."""
        return rows

    def protected(self, name: str) -> ProtectedText | None:
        """The protected value behind a model field, if it is one."""
        return getattr(self.model, "_protected", {}).get(name)

    def _stored(self, name: str) -> tuple[str, ...]:
        return (f"{name}_index", f"{name}_last") if self.protected(name) else (name,)

    @cached_property
    def _compared(self) -> dict[str, tuple[Place, int]]:
        """The stored columns by name, with their place in the row on file; the index of a protected one equals no text."""
        at = self.columns_on_file
        return {
            place.name: (place, at[f"{place.field}_index"] if place.protected else at[place.field])
            for place in self.places
        }

    def place_on_file(self, name: str) -> int:
        """Where in a row on file a column of the workbook stands: its blind index where it is protected, the first day behind all."""
        if name in self._compared:
            return self._compared[name][1]
        return AHEAD + len(self.columns_on_file)

    def reported(self, name: str) -> str:
        """The field under which a difference of a column is told."""
        return next((column.field for column in self.columns if column.name == name), name)

    def said_with(self, row: Draft, name: str) -> dict[str, Any]:
        """What the row says in a column, and the first day where it is that of this value."""
        names = (name, self.starts) if name in self.leads else (name,)
        return {each: row.values[each] for each in names if row.values.get(each) is not None}

    def shown(self, name: str, row: Draft | None, stored: OnFile | None) -> str:
        """What a row, or a record on file, says in a column, as it may be shown."""
        if row is not None:
            value = row.values.get(name)
            protected = self._compared[name][0].protected if name in self._compared else None
            if protected is not None and value:
                return mask(value[-protected.keep :] if protected.keep else "", protected.length)
            return shown_value(value)
        if stored is None:
            return ""
        if name not in self._compared:
            return str(stored.lower or "")
        place, at = self._compared[name]
        if place.protected:
            return mask(stored[f"{place.field}_last"], place.protected.length) if stored.row[at] is not None else ""
        return shown_value(stored.row[at])

    # telling

    @property
    def on_main(self) -> bool:
        return self.shape != "listed" and not self.match

    @property
    def apart(self) -> bool:
        return self.shape == "listed" or bool(self.match) or self.history

    def tell(self, subjects: Sequence[int], telling: Any) -> dict[int, list[dict[str, str]]]:
        return told_records(self, subjects, telling)

    def told_record(self, values: Mapping[str, Any], telling: Any) -> dict[str, str]:
        """The cells of one record; `values` are by model field, protected ones in clear."""
        fields, line = self.fields, {}
        for column in self.columns:
            field = fields.get(column.name) or (fields.get(column.reports) if column.kind == "code" else None)
            if field is not None:
                line[column.name] = telling.text(column, values.get(field))
        return line

    def chief(self, lines: Sequence[dict[str, str]]) -> dict[str, str]:
        if self.shape != "dated":
            return lines[-1]
        return next((line for line in lines if line.get(PRESENT)), {})
