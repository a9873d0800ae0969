"""The usual import section: columns of a row kept in step with one record of the subject.

Three shapes. `one`: the subject has at most one record. `dated`: the record that holds on the batch's day; a difference opens a new
period from that day (or from the row's own date), the first day of the present period is corrected instead. `listed`: several records,
found by `match` fields.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from django.contrib.postgres.fields.ranges import RangeEndsWith, RangeStartsWith
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet

from core.dates import PartialDate
from core.exchange.kinds import Column, Draft, ImportSection, Setting
from core.exchange.periods import OnFile, Step, is_known, step
from core.exchange.plain import plain_rows
from core.exchange.since import since
from core.exchange.telling import PRESENT, told_records
from core.exchange.threeway import ask
from core.exchange.writing import Opening, Writer
from core.records.scope import AnyOf
from core.records.vault import ProtectedText, blind_index, mask
from core.text import clean

PAIR = 2
# What stands before the columns of a row on file: subject, id, revision.
AHEAD = 3
SINCE = "since"
BEGINNINGS = frozenset({"open", "follow", "close"})


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
    """Keeps records of `model` in step with columns. `fields` maps column names to model fields.

    `leading` are the columns without one of which there is no record (default: those of `match`, else the first). Of a dated record,
    `starts` is the column with its own first day; `belonging` columns say more of the leading value: they are put right where they
    stand and end with it; `left_behind` are model fields that a new period does not take over. `history`: each leading value
    is begun once, and a sheet of its own may tell when each was.
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
        return self.shape == "listed" or (self.history and self.starts in said)

    # problems of single cells

    def check(self, rows: Sequence[Draft], setting: Setting) -> None:
        """Refuse numbers and addresses that the field cannot hold; say what a new person's row leaves without its record."""
        for name, code, fits in self._limits:
            for row in rows:
                value = row.values.get(name)
                if value is not None and not fits(value):
                    row.refuse(name, code, value)
        for row in rows:
            if row.subject is None and not self._has(row, self.leads) and self.speaks(row):
                self._leave_out(row)

    @cached_property
    def _limits(self) -> list[tuple[str, str, Callable[[Any], bool]]]:
        return [
            (place.name, "not_an_email" if isinstance(field, models.EmailField) else "out_of_range", _fits(field))
            for place in self.places
            if not place.protected and place.field in self.fields.values()
            for field in [self.model._meta.get_field(place.field)]
            if isinstance(field, models.EmailField | models.IntegerField | models.DecimalField)
        ]

    def _leave_out(self, row: Draft) -> None:
        """Say that what stands in these columns is not kept, since nothing says what it belongs to."""
        alone = self._column(row)
        needed = next(column for column in self.columns if self.leads[0] in (column.name, column.field))
        row.warn(alone, "left_out", row.values[alone], needs=needed.headers[0])

    def _column(self, row: Draft) -> str:
        """The first column of the section in which the row says something."""
        return next(
            (column.name for column in self.columns if row.values.get(column.name) is not None), self.columns[0].name
        )

    # reading what is on file

    def load(self, subjects: Sequence[int], setting: Setting) -> dict[int, list[OnFile]]:
        if not subjects:
            return {}
        rows = self.narrowed(self.model._base_manager.filter(AnyOf(self.subject_field, subjects)))
        # Functions, not "valid__startswith": for a name with a transform Django leaves a cycle that holds all callers' rows.
        extra, order = (
            ([RangeStartsWith("valid"), RangeEndsWith("valid")], "valid") if self.shape == "dated" else ([], "id")
        )
        if self.shape == "dated" and not self.starts:  # a row with a day of its own may speak of any period
            rows = rows.filter(Q(valid__endswith__isnull=True) | Q(valid__endswith__gt=setting.day))
        found: dict[int, list[OnFile]] = {}
        places, period = self.columns_on_file, slice(AHEAD + len(self.columns_on_file), None)
        listed = rows.order_by(order).values_list(self.subject_field, "id", "revision", *places, *extra)
        for row in plain_rows(listed):
            subject, one = row[0], OnFile(row[1], row[2], row, places, *row[period])
            if subject in found:
                found[subject].append(one)
            else:
                found[subject] = [one]
        return found

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

    # telling

    @property
    def on_main(self) -> bool:
        return self.shape != "listed"

    @property
    def apart(self) -> bool:
        return self.shape == "listed" or self.history

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

    # comparing

    def present(self, row: Draft, state: Sequence[OnFile] | None, setting: Setting) -> OnFile | None:
        """The stored record that the row speaks of. Of a dated one: what holds on the row's day, else what comes next."""
        if not state:
            return None
        if self.shape == "listed":
            for one in state:
                if all(same(one[self.fields[name]], row.values.get(name)) for name in self.match):
                    return one
            return None
        if self.history and self._tells_history(row, setting):
            return self._of_history(row, state)
        if self.shape == "one" or (len(state) == 1 and state[0].upper is None):
            return state[0]
        start = row.values.get(self.starts) if self.starts else None
        day = max(setting.day, start.first_day()) if start else setting.day
        return next((one for one in state if one.upper is None or one.upper > day), None)

    def _tells_history(self, row: Draft, setting: Setting) -> bool:
        return self.history and row.sheet in setting.several and self._has(row, (self.starts,))

    def _of_history(self, row: Draft, state: Sequence[OnFile]) -> OnFile | None:
        """The period of the row's leading value, else the one that holds on its day."""
        lead, day = self.leads[0], row.values[self.starts].first_day()
        alike = next((one for one in state if same(one[self.fields[lead]], row.values.get(lead))), None)
        return alike or next(
            (one for one in state if (one.lower or date.min) <= day and (one.upper is None or day < one.upper)), None
        )

    def concerned(self, said: Collection[str]) -> bool:
        return not self._said_at_all.isdisjoint(said)

    @cached_property
    def _said_at_all(self) -> frozenset[str]:
        return frozenset(self._said)

    def speaks(self, row: Draft) -> bool:
        """Whether the row says anything about this section."""
        return self._has(row, self._said)

    def ends(self, row: Draft) -> bool:
        """Whether the row says that there is no such record: what is on file ends, nothing new begins."""
        return False

    @staticmethod
    def _has(row: Draft, names: Sequence[str]) -> bool:
        return not row.values.keys().isdisjoint(names)

    def look_back(self, rows: Sequence[Draft], states: Mapping[int, list[OnFile]], setting: Setting) -> None:
        if setting.base is None:
            return
        subjects = {row.subject for row in rows if row.subject and self._differs(row, states.get(row.subject), setting)}
        setting.shared[SINCE, self.name] = since(self, states, subjects, setting.base, setting.own_sources)

    def _differs(self, row: Draft, state: Sequence[OnFile] | None, setting: Setting) -> bool:
        """Whether the row says anything else than what is on file."""
        stored = self.present(row, state, setting)
        if stored is None:
            return self._has(row, self.leads)
        return bool(self.differing(row, stored)) or (self.shape == "dated" and self._begins_otherwise(row, stored))

    def compare(self, row: Draft, state: list[OnFile] | None, setting: Setting) -> None:
        stored = self.present(row, state, setting)
        if stored is None and not self._has(row, self.leads):
            self._leave_out(row)
            return
        row.seen[self.name] = [stored.id, stored.revision] if stored else []
        found = {} if stored is None and self.ends(row) else self.differing(row, stored)
        begins = self.shape == "dated" and stored is not None and self._begins_otherwise(row, stored)
        looked_back = setting.shared.get((SINCE, self.name))
        if looked_back is not None and (found or begins):
            found, begins = ask(self, row, stored, state or (), found, begins, looked_back, setting)
        if found:
            row.differences[self.name] = self.told(found, row, setting)
        if self.shape == "dated" and (found or begins):
            self._date(row, self.plan(row, stored, state or (), found, setting), stored)

    def _begins_otherwise(self, row: Draft, stored: OnFile) -> bool:
        """Whether the row says another first day than the one on file."""
        start = row.values.get(self.starts) if self.starts else None
        return start is not None and not is_known(stored.lower or date.min, start)

    def _date(self, row: Draft, plan: Step, stored: OnFile | None) -> None:
        """Refuse what would hold before something that is on file; tell a first day that moves, and one that is new."""
        if plan.verb == "stale":
            row.refuse(self._column(row), "stale", "", day=str(plan.begins), since=str(plan.since))
        elif plan.verb == "move" and stored is not None and self.name not in row.differences:
            row.differences[self.name] = {self.starts: [str(stored.lower), str(row.values[self.starts])]}
        elif plan.verb in BEGINNINGS:
            row.begins[self.name] = str(plan.begins)

    def plan(
        self, row: Draft, stored: OnFile | None, state: Sequence[OnFile], found: Mapping[str, str], setting: Setting
    ) -> Step:
        """What the row does to a dated record, from the columns that differ."""
        start = row.values.get(self.starts) if self.starts else None
        if not state:  # nearly every row of a new county: nothing stands in the way of a first record
            return Step("open", start.first_day() if start else setting.day)
        opening = {name for name in found if name not in self.belonging}
        return step(
            stored, state, setting.day, start,
            opens=bool(opening), leads=bool(opening.intersection(self.leads)), corrects=bool(found),
            apart=bool(self.starts) and (self.starts not in self.fields or self.starts in found), ends=self.ends(row),
            between=self._tells_history(row, setting),
        )  # fmt: skip

    def differing(self, row: Draft, stored: OnFile | None) -> dict[str, str]:
        """The columns in which the row differs from what is on file, each with the old value as it may be shown."""
        found: dict[str, str] = {}
        values, on_file = row.values, stored.row if stored is not None else None
        for name in values.keys() & self._compared:
            (place, at), value = self._compared[name], values[name]
            # Nearly every cell is as it was: that is seen here, without a call of ours.
            if value is None or (on_file is not None and on_file[at] == value):
                continue
            old = self._difference(stored, place, value)
            if old is not None:
                found[name] = old
        return found

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
            return _shown(value)
        if stored is None:
            return ""
        if name not in self._compared:
            return str(stored.lower or "")
        place, at = self._compared[name]
        if place.protected:
            return mask(stored[f"{place.field}_last"], place.protected.length) if stored.row[at] is not None else ""
        return _shown(stored.row[at])

    def told(self, found: Mapping[str, str], row: Draft, setting: Setting) -> dict[str, list[str]]:
        """Differences under the names of fields: old, new, and what else is new where several columns make one field."""
        sides: dict[str, list[str]] = {}
        for place in self.places if found else ():
            if place.name in found:
                new = _shown(row.values[place.name])
                pair = sides.setdefault(place.reports, [found[place.name], new])
                if len(pair) == PAIR and pair[1] != new:
                    pair.append(new)
        return sides

    def _difference(self, stored: OnFile | None, place: Place, value: Any) -> str | None:
        """None when the value is as on file, else the old value as it may be shown."""
        if stored is None:
            return ""
        if place.protected:
            index = stored[f"{place.field}_index"]
            if index is None:
                return ""
            same_value = bytes(index) == blind_index(place.protected.kind, value)
            return None if same_value else mask(stored[f"{place.field}_last"], place.protected.length)
        old = stored[place.field]
        return None if same(old, value) else _shown(old)

    # writing

    @cached_property
    def writer(self) -> Writer:
        """Puts rows into the table."""
        return Writer(self)

    def apply(self, rows: Sequence[Draft], states: Mapping[int, list[OnFile]], setting: Setting) -> None:
        new: list[Opening] = []
        changes: list[tuple[Draft, OnFile, dict[str, str], Step]] = []
        for row in rows:
            if not self.speaks(row):
                continue
            state = states.get(row.subject or 0) or []
            stored = self.present(row, state, setting)
            if stored is None:
                if self._has(row, self.leads) and not self.ends(row):
                    plan = self.plan(row, None, state, {}, setting) if self.shape == "dated" else None
                    new.append(Opening(row, plan.begins, plan.until) if plan else Opening(row, None))
            elif row.differences.get(self.name):
                found = self.differing(row, stored)
                plan = self.plan(row, stored, state, found, setting) if self.shape == "dated" else Step("correct")
                changes.append((row, stored, found, plan))
        self.writer.write(new, changes, states)


@lru_cache(maxsize=256)
def _fits(field: Any) -> Callable[[Any], bool]:
    """Whether a value is one that the field holds; numbers of things are never below nought."""

    @lru_cache(maxsize=4096)
    def fits(value: Any) -> bool:
        try:
            field.run_validators(value)
        except ValidationError:
            return False
        return isinstance(value, str) or value >= 0

    return fits


def same(old: Any, new: Any) -> bool:
    """Whether what is on file (a partial date as its text) and what a row says agree.

    Dates do at the coarser precision, texts as a cell is read: without what nobody sees.
    """
    if new.__class__ is PartialDate:
        return bool(old) and PartialDate.parse(str(old)).agrees(new)
    if new.__class__ is str and old.__class__ is str:
        return bool(old == new or clean(old) == new)
    return bool(old == new)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
