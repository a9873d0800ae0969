"""What a list shows, from its page class, an actor and the parameters of an address: the same on the page and in an export."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from core.registry import ListColumn, registry
from core.web.counting import Total, estimate, total
from core.web.filters import EVERYTHING, LONGEST_SEARCH, Filter, day_of
from core.web.paging import Order, Slice, cut
from core.web.tables import Written, written

SIZES = (20, 50, 100)
SIZE = 50
MOST_SORTED = 50_000
PAGING = ("after", "before")
OWN = ("q", "sort", "columns", "size", *PAGING)


def searched(params: QueryDict) -> str:
    """What an address searches for, at most `LONGEST_SEARCH` characters of it."""
    return " ".join(params.get("q", "").replace("\x00", "").split())[:LONGEST_SEARCH]


class Listing:
    """A list as one reader asked for it.

    `page` is an instance of a `ListPage`, `params` the query of the address: each filter by its name, `q` the search, `sort` a
    column's key (with "-" downwards), `columns` the chosen ones, `size`, and `after` or `before` a row. `actor` looks on the day of
    which the list tells.
    """

    def __init__(self, page: Any, actor: Any, params: QueryDict) -> None:
        self.page, self.actor, self.params = page, actor, params
        self.actor = self._looking(actor)

    def _looking(self, actor: Any) -> Any:
        """The actor with their eyes on the day of which the list tells."""
        days = [one for one in self.filters if one.as_of and one.name in self.params]
        read = [day for one in days for day in one.read(self.params.getlist(one.name)[:1], actor)]
        return actor.looking_on(day_of(read[0])) if read else actor

    # what there is

    @cached_property
    def columns(self) -> list[ListColumn]:
        """The columns that the actor may see, the page's own and those of other modules, in order."""
        joined = [column for column in registry.each("list_columns") if column.page == self.page.name]
        allowed = (c for c in (*self.page.own_columns(), *joined) if not c.permission or self.actor.may(c.permission))
        return sorted(allowed, key=lambda column: column.order)

    @cached_property
    def filters(self) -> list[Filter]:
        """The filters that the actor may use, in order."""
        joined = [one for one in registry.each("list_filters") if one.page == self.page.name]
        allowed = (f for f in (*self.page.filters, *joined) if not f.permission or self.actor.may(f.permission))
        return sorted(allowed, key=lambda one: one.order)

    # what was asked

    @cached_property
    def values(self) -> dict[str, list[str]]:
        """The conditions in force: filter name → known values. A default holds until the address says otherwise."""
        found = {}
        for one in self.filters:
            raw = (
                [value for value in self.params.getlist(one.name) if value]
                if one.name in self.params
                else [one.default]
            )
            known = one.read([value for value in raw if value], self.actor)
            if known:
                found[one.name] = known if one.many else known[:1]
        return found

    @cached_property
    def unknown(self) -> list[Filter]:
        """Filters whose value in the address is not known (or not visible): they are left out, and the page says so."""
        return [
            one
            for one in self.filters
            if any(
                value not in ("", EVERYTHING, *self.values.get(one.name, ())) for value in self.params.getlist(one.name)
            )
        ]

    @cached_property
    def search(self) -> str:
        """The words searched for in this list."""
        return searched(self.params) if self.page.can_search else ""

    @property
    def cut_short(self) -> bool:
        """Whether more was typed than is searched for."""
        return bool(self.search) and len(self.params.get("q", "").strip()) > LONGEST_SEARCH

    longest_search = LONGEST_SEARCH

    @cached_property
    def shown(self) -> list[ListColumn]:
        """The chosen columns; the first always stays, it names the row."""
        chosen = self.params.getlist("columns")
        first, *rest = self.columns
        return [first, *(column for column in rest if (column.key in chosen if chosen else column.shown))]

    @cached_property
    def size(self) -> int:
        """Rows on a page."""
        asked = self.params.get("size", "")
        return int(asked) if asked in {str(size) for size in SIZES} else SIZE

    @cached_property
    def sort(self) -> tuple[ListColumn | None, bool]:
        """The column sorted by, and whether downwards; a sort that this list is too large for falls back to the default."""
        asked = self.params.get("sort", "") or self.page.default_sort
        column = self._sorting(asked.removeprefix("-"))
        if column is None or not (column.indexed or self.sortable):
            asked = self.page.default_sort
            column = self._sorting(asked.removeprefix("-"))
        return column, asked.startswith("-")

    def _sorting(self, key: str) -> ListColumn | None:
        return next((column for column in self.columns if column.key == key and column.sort), None)

    @property
    def order(self) -> Order:
        """The order of the rows."""
        column, descending = self.sort
        return Order(column.sort if column else (), descending)

    @property
    def narrowed(self) -> bool:
        """Whether any condition beyond the defaults holds."""
        defaults = {one.name: [one.default] for one in self.filters if one.default}
        return bool(self.search) or any(values != defaults.get(name) for name, values in self.values.items())

    # rows

    @cached_property
    def matching(self) -> Any:
        """All rows that meet the conditions, unordered and without the columns' annotations."""
        rows = self.page.rows_of(self.actor)
        for one in self.filters:
            if one.name in self.values:
                rows = one.narrow(rows, self.values[one.name], self.actor)
        return self.page.search(rows, self.search, self.actor) if self.search else rows

    def annotated(self, rows: Any) -> Any:
        """The rows with what the shown columns and the order need."""
        sorted_by, _descending = self.sort
        needed = [*self.shown, *([sorted_by] if sorted_by and sorted_by not in self.shown else [])]
        for column in needed:
            if column.annotate is not None:
                rows = column.annotate(rows, self.actor)
        return rows

    @cached_property
    def total(self) -> Total:
        """How many rows there are, cheaply."""
        return total(self.matching, narrowed=self.narrowed)

    @cached_property
    def sortable(self) -> bool:
        """Whether the list is small enough to be put in an order that no index serves."""
        return self.total.exact or estimate(self.matching) <= MOST_SORTED

    @cached_property
    def slice(self) -> Slice:
        """The rows of this page."""
        found = cut(
            self.annotated(self.matching),
            self.annotated(self.page.rows_of(self.actor)),
            self.order,
            size=self.size,
            after=self.params.get("after", ""),
            before=self.params.get("before", ""),
            key=self.page.row_key,
        )
        self.page.prepare(found.rows, self.actor)
        return found

    def chosen(self, selected: list[str] | None) -> Any:
        """All rows that match, or those of them whose public ids were selected."""
        return self.matching if selected is None else self.matching.filter(public_id__in=selected)

    def lines(self, *, selected: list[str] | None = None, chunk: int = 1000) -> Iterator[list[Written]]:
        """Every matching row as text and numbers, in order, for an export; `selected` are public ids."""
        rows = self.annotated(self.chosen(selected))
        batch: list[Any] = []
        for row in self.order.applied(rows).iterator(chunk_size=chunk):
            batch.append(row)
            if len(batch) == chunk:
                yield from self._written(batch)
                batch = []
        yield from self._written(batch)

    def _written(self, rows: list[Any]) -> Iterator[list[Written]]:
        self.page.prepare(rows, self.actor)
        values, actor = [column.value for column in self.shown], self.actor
        for row in rows:
            yield [written(value(row, actor)) for value in values]

    # addresses

    def pairs(self, **changes: Any) -> list[tuple[str, str]]:
        """The parameters of this list with some changed: None drops one, a list gives several. Paging starts anew."""
        known = [*OWN, *(one.name for one in self.filters)]
        kept: dict[str, list[str]] = {
            name: self.params.getlist(name) for name in known if name in self.params and name not in PAGING
        }
        for name, value in changes.items():
            kept.pop(name, None)
            if value is not None:
                kept[name] = value if isinstance(value, list) else [str(value)]
        return [(name, value) for name, values in kept.items() for value in values if value]

    def query(self, **changes: Any) -> str:
        """`pairs` as the query of an address, with its question mark."""
        return "?" + urlencode(self.pairs(**changes))

    def unconditional(self, *, search: bool = True) -> str:
        """The address of this list with no condition, not even the defaults; with the words searched for and the day, or without."""
        lifted = {one.name: EVERYTHING if one.default else None for one in self.filters if not (search and one.as_of)}
        return self.query(**lifted, **({} if search else {"q": None}))

    def without(self, one: Filter) -> str:
        """The address of this list without a condition."""
        return self.query(**{one.name: EVERYTHING if one.default else None})
