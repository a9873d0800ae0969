"""The usual import section: columns of a row kept in step with one record of the subject.

Three shapes. `one`: the subject has at most one record. `dated`: the record that holds on the batch's day; a difference opens a new
period from that day (or from the row's own date), the first day of the present period is corrected instead. `listed`: several records,
found by `match` fields.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django.contrib.postgres.fields.ranges import RangeEndsWith, RangeStartsWith
from django.db.models import Q

from core.exchange.agreeing import listed_one, matches, same, shown_value
from core.exchange.fitting import LIMITED, fits, refuse_contradiction, refuse_new
from core.exchange.kinds import Draft, Setting
from core.exchange.periods import OnFile, Step, is_known, step
from core.exchange.placed import AHEAD, Place, PlacedSection
from core.exchange.plain import plain_rows
from core.exchange.since import since
from core.exchange.threeway import ask
from core.exchange.writing import Opening, Writer
from core.records.scope import AnyOf
from core.records.vault import blind_index, mask

PAIR = 2
SINCE = "since"
BEGINNINGS = frozenset({"open", "follow", "close"})


class RecordSection(PlacedSection):
    """Compares rows with the records of a section and writes what differs; see `PlacedSection` for what a section declares."""

    # problems of single cells

    def check(self, rows: Sequence[Draft], setting: Setting) -> None:
        """Refuse what the fields cannot hold, and what the row of a new person leaves without its record or its sense."""
        for name, code, holds in self._limits:
            for row in rows:
                value = row.values.get(name)
                if value is not None and not holds(value):
                    row.refuse(name, code, value)
        for row in rows:
            if row.subject is None and self.speaks(row):
                if self._has(row, self.leads):
                    refuse_new(self, row)
                else:
                    self._leave_out(row)

    @cached_property
    def _limits(self) -> list[tuple[str, str, Callable[[Any], bool]]]:
        return [
            (place.name, code, fits(field))
            for place in self.places
            if not place.protected and place.field in self.fields.values()
            for field in [self.model._meta.get_field(place.field)]
            for code in [next((code for sort, code in LIMITED.items() if isinstance(field, sort)), "")]
            if code
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

    # comparing

    def present(self, row: Draft, state: Sequence[OnFile] | None, setting: Setting) -> OnFile | None:
        """The stored record that the row speaks of. Of a dated one: what holds on the row's day, else what comes next."""
        if not state:
            return None
        if self.shape == "listed":
            return listed_one(self, row, state)
        state = self.alike(row, state)
        if not state:
            return None
        if self.history and self._tells_history(row, setting):
            return self._of_history(row, state)
        if self.shape == "one" or (len(state) == 1 and state[0].upper is None):
            return state[0]
        start = row.values.get(self.starts) if self.starts else None
        day = max(setting.day, start.first_day()) if start else setting.day
        return next((one for one in state if one.upper is None or one.upper > day), None)

    def alike(self, row: Draft, state: Sequence[OnFile]) -> Sequence[OnFile]:
        """Of the periods on file those of the very thing that the row speaks of, where several hold at once."""
        if self.shape != "dated" or not self.match:
            return state
        return [one for one in state if matches(self, row, one)]

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
            if stored is None:
                refuse_new(self, row)
            elif self.contradictions is not None:
                refuse_contradiction(self, row, stored)
        if self.shape == "dated" and (found or begins):
            alike = self.alike(row, state or ())
            self._date(row, self.plan(row, stored, alike, found, setting), stored)

    @cached_property
    def contradictions(self) -> Callable[[Mapping[str, Any]], Mapping[str, Any]] | None:
        """The model's rule about values that cannot be said together, if it has one: the same as on the page."""
        return getattr(self.model, "contradictions", None)

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
            apart=bool(self.starts) and self._may_move(row, stored, state, found), ends=self.ends(row),
            between=self._tells_history(row, setting),
        )  # fmt: skip

    def _may_move(self, row: Draft, stored: OnFile | None, state: Sequence[OnFile], found: Mapping[str, str]) -> bool:
        """Whether a first day that differs moves the record: not where the leading value holds from that day without a gap."""
        if self.starts in self.fields:
            return self.starts in found
        start, lead = row.values.get(self.starts), self.fields[self.leads[0]]
        if stored is None or start is None:
            return True
        lower = stored.lower
        for one in sorted(state, key=lambda one: one.lower or date.min, reverse=True):
            if one.upper == lower and one[lead] == stored[lead]:
                lower = one.lower
        return not is_known(lower or date.min, start)

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

    def told(self, found: Mapping[str, str], row: Draft, setting: Setting) -> dict[str, list[str]]:
        """Differences under the names of fields: old, new, and what else is new where several columns make one field."""
        sides: dict[str, list[str]] = {}
        for place in self.places if found else ():
            if place.name in found:
                new = shown_value(row.values[place.name])
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
        return None if same(old, value) else shown_value(old)

    # writing

    @cached_property
    def writer(self) -> Writer:
        """Puts rows into the table."""
        return Writer(self)

    def planned(
        self, row: Draft, state: Sequence[OnFile], setting: Setting
    ) -> tuple[OnFile | None, dict[str, str], Step] | None:
        """What a compared row does to the records of its subject: the one on file, the columns that differ, the step. None: nothing."""
        stored, dated = self.present(row, state, setting), self.shape == "dated"
        if stored is None:
            if not self._has(row, self.leads) or self.ends(row):
                return None
            return None, {}, self.plan(row, None, self.alike(row, state), {}, setting) if dated else Step("open")
        if not row.differences.get(self.name):
            return None
        found = self.differing(row, stored)
        step_ = self.plan(row, stored, self.alike(row, state), found, setting) if dated else Step("correct")
        return stored, found, step_

    def apply(self, rows: Sequence[Draft], states: Mapping[int, list[OnFile]], setting: Setting) -> None:
        new: list[Opening] = []
        changes: list[tuple[Draft, OnFile, dict[str, str], Step]] = []
        for row in rows:
            planned = self.planned(row, states.get(row.subject or 0) or [], setting) if self.speaks(row) else None
            if planned is None:
                continue
            stored, found, plan = planned
            if stored is not None:
                changes.append((row, stored, found, plan))
            elif self.shape == "dated":
                new.append(Opening(row, plan.begins, plan.until))
            else:
                new.append(Opening(row, None))
        self.writer.write(new, changes, states)
