"""What several workbooks of facts share: each row is a headship, a time at another unit or a contract of somebody on file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, ClassVar, Final, Literal

from psycopg.types.range import Range

from core.dates import PartialDate, Period
from core.exchange.agreeing import shown_value
from core.exchange.kinds import Draft, ImportSection, Problem, Setting
from core.exchange.messages import in_every_language
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.records.bulk import allocate, update_rows
from core.records.scope import AnyOf
from personnel.resources.closed import closings_of, refuse_closed
from personnel.resources.fact_people import is_wrong
from personnel.selectors.unit_changes import hold_open
from personnel.services.moves.asking import day_words

# What of a stored record is not written anew.
APART: Final = frozenset({"id", "public_id", "revision"})
PLANNED: Final = "planned"
# Which day of a month that is told without its day counts; `until` is the first day without the fact.
End = Literal["first", "last", "until"]


class FactSection(ImportSection):
    """A fact with its first day and its end, kept in step with one record of the person; several rows a person.

    `days` names the columns of days: of a month that is told without its day the `first` or the `last` day counts; `until` is the first
    day on which the fact holds no more. The first of them is the first day of the record. `needed` must be said. `about` tells the column
    that a refusal of the page is about.
    """

    subject_field: ClassVar[str] = "teacher_id"
    model: ClassVar[Any] = None
    fields: ClassVar[Mapping[str, str]] = {}
    prefix: ClassVar[str] = ""
    days: ClassVar[Mapping[str, End]] = {}
    needed: ClassVar[tuple[str, ...]] = ()
    about: ClassVar[Mapping[str, str]] = {}

    def has_several(self, said: Collection[str]) -> bool:
        return True

    # single rows

    def check(self, rows: Sequence[Draft], setting: Setting) -> None:
        units_of(rows, setting)
        for row in rows:
            for name in self.needed:
                if row.values.get(name) is None and not is_wrong(row, name):
                    row.refuse(name, "missing")
            if row.values.get("unit") is None and row.subject is not None and not row.refused:
                self.say(row, "belongs", partial(day_words, row.values["name"]))
            self._take_days(row)
            if not row.refused:
                self._once(row, setting)

    def _take_days(self, row: Draft) -> None:
        """Days must be told to the month at least; which day of a month was taken is said."""
        for name, end in self.days.items():
            said: PartialDate | None = row.values.get(name)
            if said is None or said.day:
                continue
            if not said.month:
                row.refuse(name, "day_needed", said)
            else:
                taken = said.last_day() if end == "last" else said.first_day()
                row.warn(name, "month_taken", said, day=str(taken))

    def day(self, row: Draft, name: str) -> date | None:
        """The day that a column says."""
        said = row.values.get(name)
        if said is None:
            return None
        taken: date = said.last_day() if self.days[name] == "last" else said.first_day()
        return taken

    def _once(self, row: Draft, setting: Setting) -> None:
        seen: dict[Any, tuple[int, int]] = setting.shared.setdefault((self.name, "seen"), {})
        first = seen.setdefault((row.subject, *self.natural(row)), (row.sheet, row.row))
        if first != (row.sheet, row.row):
            row.refuse("name", "duplicate_in_file", "", row=first[1])

    def natural(self, row: Draft) -> tuple[Any, ...]:
        """What beside the person tells one fact from another: two rows that say the same are one."""
        raise NotImplementedError

    # comparing

    def load(self, subjects: Sequence[int], setting: Setting) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = {}
        for one in self.model._base_manager.filter(AnyOf("teacher_id", subjects)).order_by("valid"):
            found.setdefault(one.teacher_id, []).append(one)
        return found

    def present(self, row: Draft, state: Sequence[Any] | None, setting: Setting) -> Any:
        """The record on file that the row speaks of; None: there is none yet."""
        raise NotImplementedError

    def of_day(self, records: Sequence[Any], row: Draft) -> Any:
        """Of records on file the one that begins on the first day of the row, else in the month that it names."""
        told = row.values[next(iter(self.days))]
        exact = next((one for one in records if one.valid.lower == told.first_day()), None)
        return exact or next((one for one in records if told.first_day() <= one.valid.lower <= told.last_day()), None)

    def values(self, row: Draft) -> dict[str, Any]:
        """What the row says, by column, as the record holds it; days as days."""
        return {
            name: self.day(row, name) if name in self.days else row.values[name]
            for name in (*self.fields, *self.days)
            if row.values.get(name) is not None
        }

    def stored(self, one: Any, name: str) -> Any:
        """What a record on file says in a column; the first of the days is its first day."""
        if name == next(iter(self.days)):
            return one.valid.lower
        return getattr(one, self.fields[name])

    def why_not(self, row: Draft, setting: Setting) -> NotAllowed | None:
        """What the page refuses of the row by itself, in the language of the moment."""
        return None

    def compare(self, row: Draft, state: Sequence[Any] | None, setting: Setting) -> None:
        stored = self.present(row, state, setting)
        row.adds = stored is None
        row.seen[self.name] = [stored.pk, stored.revision] if stored is not None else []
        if stored is not None:
            self._take_known_days(row, stored)
        found = {}
        for name, value in self.values(row).items():
            old = self.stored(stored, name) if stored is not None else None
            if stored is None or old != value:
                found[name] = [shown_value(old), shown_value(value)]
        if found:
            row.differences[self.name] = found
            # What a row says by itself was looked at in the check.
            if not setting.writing and self.why_not(row, setting) is not None:
                self.refuse(row, lambda: _raised(self.why_not(row, setting)))

    def _take_known_days(self, row: Draft, stored: Any) -> None:
        """A month says the same as a day of it that is on file."""
        for name in self.days:
            said, known = row.values.get(name), self.stored(stored, name)
            if said is not None and known is not None and not said.day and said.agrees(PartialDate.of(known)):
                row.values[name] = PartialDate.of(known)
                row.problems = [one for one in row.problems if (one.column, one.code) != (name, "month_taken")]

    def refuse(self, row: Draft, say: Callable[[], tuple[str, str]]) -> None:
        """Keep the row out with words of the page: (what they are about, the words), in every language."""
        about, _words = say()
        column = self.about.get(about, next(iter(self.days)))
        code = f"{self.prefix}_{about or 'refused'}"
        row.problems.append(Problem(column, code, "", "error", {"said": in_every_language(lambda: say()[1])}))

    def say(self, row: Draft, about: str, say: Callable[[], str]) -> None:
        """The same, of words without a field of their own."""
        self.refuse(row, lambda: (about, say()))

    # rules of many

    def period(self, row: Draft) -> Period:
        """The days on which the fact holds, as it would be written."""
        raise NotImplementedError

    def unit(self, row: Draft) -> int:
        """The unit of the record."""
        unit: int = row.values["unit"]
        return unit

    def admit(self, rows: Sequence[Draft], states: Mapping[int, list[Any]], setting: Setting) -> None:
        told = [row for row in rows if row.differences.get(self.name) and not row.refused]
        if not told:
            return
        if setting.writing:
            hold_open({self.unit(row) for row in told})
        self.weigh(told, states, setting)
        closed = closings_of(setting)
        for row in told if closed else ():
            end = closed.get(self.unit(row))
            if end is None or row.refused:
                continue
            last = self.period(row).end
            if last is None or last > end.day:
                refuse_closed(row, self.naming(row), end)

    def naming(self, row: Draft) -> str:
        """The column that names the unit of the record."""
        return "unit_name" if row.values.get("unit_name") else "unit_code"

    def weigh(self, rows: Sequence[Draft], states: Mapping[int, list[Any]], setting: Setting) -> None:
        """Refuse what the page refuses of rows among themselves and beside what is on file; a fixed number of queries."""
        raise NotImplementedError

    def planned(self, setting: Setting) -> dict[int, list[Period]]:
        """What rows of this workbook take before others, by person. Rows that were written stand on file already."""
        key = (self.name, PLANNED)
        if setting.writing:
            return defaultdict(list)
        found: dict[int, list[Period]] = setting.shared.setdefault(key, defaultdict(list))
        return found

    # writing

    def apply(self, rows: Sequence[Draft], states: Mapping[int, list[Any]], setting: Setting) -> None:
        told = [row for row in rows if row.differences.get(self.name)]
        made: list[Any] = []
        changed: list[Any] = []
        for row in told:
            stored = self.present(row, states.get(row.subject or 0), setting)
            one = stored if stored is not None else self.model(teacher_id=row.subject)
            period = self.period(row)
            self.fill(one, row)
            one.valid, one.source_row = Range(period.start, period.end), row.id
            (made if stored is None else changed).append(one)
        self.before(told, states, setting)
        names = [str(field.column) for field in self.model._meta.concrete_fields if field.column not in APART]
        update_rows(
            self.model, names, [[one.pk, one.revision, *(getattr(one, name) for name in names)] for one in changed]
        )
        for one, pk in zip(made, allocate(self.model, len(made)), strict=True):
            one.pk = pk
        self.model._base_manager.bulk_create(made)

    def fill(self, one: Any, row: Draft) -> None:
        """Put what the row says into the record, new or on file."""
        for name, value in self.values(row).items():
            if name in self.fields:
                setattr(one, self.fields[name], value)

    def before(self, rows: Sequence[Draft], states: Mapping[int, list[Any]], setting: Setting) -> None:
        """What else changes with the rows, written before they are."""

    def tell(self, subjects: Sequence[int], telling: Any) -> dict[int, list[dict[str, str]]]:
        return {}


def _raised(error: NotAllowed | None) -> tuple[str, str]:
    return (error.field or "", str(error)) if error is not None else ("", "")


def units_of(rows: Sequence[Draft], setting: Setting) -> dict[int, Unit]:
    """The units that rows name, by their keys: one query for those that were not read before."""
    known: dict[int, Unit] = setting.shared.setdefault("units", {})
    wanted = {
        row.values[name] for row in rows for name in ("unit", "_unit") if row.values.get(name) is not None
    } - known.keys()
    if wanted:
        known.update(Unit._base_manager.in_bulk(wanted))
    return known


def free_of(period: Period, others: Iterable[Period]) -> Period | None:
    """The first of some periods that a period overlaps."""
    return next((one for one in others if one.overlaps(period)), None)
