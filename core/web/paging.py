"""Keyset paging: a page is found from the row before it, so that page 1,000 costs what page 1 does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from core.web.filters import is_uuid

LONGEST_KEY = 18


@dataclass(frozen=True, slots=True)
class Order:
    """The order of a list: attributes that are never NULL, then the primary key."""

    names: tuple[str, ...]
    descending: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """All attributes that decide the order."""
        return (*self.names, "pk")

    def applied(self, rows: Any, *, reverse: bool = False) -> Any:
        """The rows in this order, or in the reverse of it."""
        sign = "-" if self.descending != reverse else ""
        return rows.order_by(*(sign + name for name in self.keys))

    def beyond(self, values: tuple[Any, ...], *, reverse: bool = False) -> Q:
        """The condition that a row comes after the row with these values (before it, in reverse)."""
        comparison = "lt" if self.descending != reverse else "gt"
        condition = Q()
        for name, value in zip(reversed(self.keys), reversed(values), strict=True):
            here = Q(**{f"{name}__{comparison}": value})
            condition = here | (Q(**{name: value}) & condition) if condition else here
        first, value = self.keys[0], values[0]
        return Q(**{f"{first}__{comparison}e": value}) & condition


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of rows, and the public ids from which its neighbours begin (empty: there is none)."""

    rows: list[Any] = field(default_factory=list)
    before: str = ""
    after: str = ""


def cut(
    rows: Any, anchors: Any, order: Order, *, size: int, after: str = "", before: str = "", key: str = "public_id"
) -> Slice:
    """One page of `rows`: after (or before) the row with that public id, which is looked up in `anchors`.

    Rows without a public id are named by another `key`, such as "pk".

    `anchors` are the visible rows without the reader's conditions, with what the order needs: a row that no longer meets
    them still marks its place. An unknown mark gives the first page. One query, and one more for the mark.
    """
    mark = after or before
    reverse = bool(before and not after)
    values = _values(anchors, order, mark, key) if mark else None
    if values is None:
        found = list(order.applied(rows)[: size + 1])
        return Slice(found[:size], "", _id(found[size - 1], key) if len(found) > size else "")
    found = list(order.applied(rows.filter(order.beyond(values, reverse=reverse)), reverse=reverse)[: size + 1])
    more = len(found) > size
    found = found[:size]
    if reverse:
        found.reverse()
        return Slice(found, _id(found[0], key) if found and more else "", _id(found[-1], key) if found else "")
    return Slice(found, _id(found[0], key) if found else "", _id(found[-1], key) if found and more else "")


def _values(anchors: Any, order: Order, mark: str, key: str) -> tuple[Any, ...] | None:
    if not (is_uuid(mark) if key == "public_id" else is_number(mark)):
        return None
    found: tuple[Any, ...] | None = anchors.filter(**{key: mark}).values_list(*order.keys).first()
    return found


def is_number(text: str) -> bool:
    """Whether a text of the address may be a primary key."""
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY


def _id(row: Any, key: str) -> str:
    return str(getattr(row, key))
