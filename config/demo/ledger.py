"""What happened in the demo city, change by change, written set-wise when the ledger is closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models
from psycopg.types.range import Range

from core.org.actor import Actor
from core.records.bulk import allocate, copy_rows, update_rows
from core.records.changes import change

WRITTEN_BY_DATABASE = {"id", "revision"}


@dataclass(eq=False, slots=True)
class Row:
    """A row that the ledger writes and later updates; `pk` and `revision` are known once it is written."""

    model: type[models.Model]
    pk: int = 0
    revision: int = 0


@dataclass(eq=False, slots=True)
class Act:
    """One change to come: what it is, who does it, on which day of the story, why and on which paper.

    `series` is the mark of the office that numbers the paper; the number follows from the day. `document` is a number of its own.
    """

    kind: str
    actor: Actor
    day: date
    reason: str
    series: str = ""
    document: str = ""
    source: str = "command"
    inserts: dict[type[models.Model], list[tuple[Row, dict[str, Any]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    updates: dict[type[models.Model], list[tuple[Row, dict[str, Any]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    fresh: dict[Row, dict[str, Any]] = field(default_factory=dict)

    def insert(self, model: type[models.Model], **values: Any) -> Row:
        """Note a new row, by column names; a value may be a row that is written earlier or in the same act before it."""
        row = Row(model)
        self.inserts[model].append((row, values))
        self.fresh[row] = values
        return row

    def update(self, row: Row, **values: Any) -> None:
        """Note new values of a row; one that this very act inserts is inserted with them."""
        if row in self.fresh:
            self.fresh[row].update(values)
        else:
            self.updates[row.model].append((row, values))

    @property
    def empty(self) -> bool:
        """Whether nothing was noted."""
        return not self.inserts and not self.updates


class Ledger:
    """The acts of the demo city in the order of their days; acts that agree in everything are one."""

    def __init__(self) -> None:
        self._acts: dict[tuple[Any, ...], Act] = {}
        self._numbers: dict[tuple[str, int], int] = {}

    def act(
        self,
        kind: str,
        actor: Actor,
        day: date,
        reason: str,
        *,
        series: str = "",
        document: str = "",
        source: str = "command",
    ) -> Act:
        """The act of this kind by this actor on this day for this reason."""
        key = (kind, actor.user.pk, actor.role, day, reason, series, document, source)
        if key not in self._acts:
            self._acts[key] = Act(kind, actor, day, reason, series, document, source)
        return self._acts[key]

    def write(self, told: Callable[[int, int], None]) -> int:
        """Write all acts in the order of their days and forget them; returns how many. `told` hears (done, total)."""
        acts = sorted((act for act in self._acts.values() if not act.empty), key=lambda act: act.day)
        self._acts.clear()
        for done, act in enumerate(acts):
            if done % 100 == 0:
                told(done, len(acts))
            with change(act.kind, actor=act.actor, reason=act.reason, document=self._document(act), source=act.source):
                _write(act)
        return len(acts)

    def _document(self, act: Act) -> str:
        """A number that grows through the year: `临教人〔2025〕47号`."""
        if act.document or not act.series:
            return act.document
        place = (act.series, act.day.year)
        by_day = 1 + act.day.timetuple().tm_yday * 60 // 366
        number = self._numbers[place] = max(self._numbers.get(place, 0) + 1, by_day)
        return f"{act.series}〔{act.day.year}〕{number}号"


def _write(act: Act) -> None:
    """Updates first: a period is closed before the next one opens."""
    for model, changed in act.updates.items():
        _update(model, changed)
    for model, new in act.inserts.items():
        insert_rows(model, new)


def _update(model: type[models.Model], changed: list[tuple[Row, dict[str, Any]]]) -> None:
    grouped: dict[tuple[str, ...], list[tuple[Row, dict[str, Any]]]] = defaultdict(list)
    for row, values in changed:
        grouped[tuple(values)].append((row, values))
    for columns, lines in grouped.items():
        update_rows(model, columns, [(row.pk, row.revision, *map(_plain, values.values())) for row, values in lines])
        # A row that was so already keeps its revision.
        revisions = dict(
            model._base_manager.filter(pk__in=[row.pk for row, _values in lines]).values_list("pk", "revision")
        )
        for row, _values in lines:
            row.revision = revisions[row.pk]


def insert_rows(
    model: type[models.Model], new: list[tuple[Row, dict[str, Any]]], keys: list[int] | None = None
) -> None:
    """COPY new rows, under `keys` where these were taken before; what a row does not say has the model's default."""
    for (row, _values), pk in zip(new, keys or allocate(model, len(new)), strict=True):
        row.pk, row.revision = pk, 1
    named = {name for _row, values in new for name in values}
    defaults = _defaults(model)
    columns = [name for name in defaults if name in named or defaults[name] is not None]
    lines = ([row.pk, *(_plain(values.get(name, defaults[name])) for name in columns)] for row, values in new)
    copy_rows(model, ["id", *columns], lines)


def _defaults(model: type[models.Model]) -> dict[str, Any]:
    """The default of each column; None where it is NULL or the writer makes it (`public_id`)."""
    found: dict[str, Any] = {}
    for each in model._meta.concrete_fields:
        if each.column in WRITTEN_BY_DATABASE:
            continue
        found[str(each.column)] = None if each.null or each.column == "public_id" else each.get_default()
    return found


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, Row) else value


def period(start: date, end: date | None = None) -> Range[date]:
    """The days from `start` up to, not including, `end`."""
    return Range(start, end)


def chunks(rows: list[Any], size: int) -> Iterable[list[Any]]:
    """The rows in lists of at most `size`."""
    return (rows[place : place + size] for place in range(0, len(rows), size))
