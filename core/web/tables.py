"""Rows of a list as a table of parts, and as plain text for exports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from core.codes.values import Shown, day_words, plain_words
from core.registry import ListColumn
from core.web.parts import Cell, Column, Row, Table

Written: TypeAlias = str | int | Decimal


def cell_of(column: ListColumn, row: Any, actor: Any) -> Any:
    """What a column shows of a row: a `Cell`, a whole number, or text in the product's way of writing."""
    value = column.value(row, actor)
    return value if isinstance(value, Cell) or type(value) is int else text_of(value)


def text_of(value: Any) -> str:
    """A cell as plain text."""
    bare = _bare(value)
    if bare is None:
        return ""
    return bare.text if isinstance(bare, Shown) else plain_words(bare)


def written(value: Any) -> Written:
    """A cell as an export writes it: numbers stay numbers, all else is plain text."""
    sort = value.__class__
    if sort is str or sort is int:  # nearly every cell of a long list
        return value
    if sort is date:
        return day_words(value)
    bare = _bare(value)
    return bare if isinstance(bare, int | Decimal) and not isinstance(bare, bool) else text_of(bare)


def _bare(value: Any) -> Any:
    if isinstance(value, Cell):
        return value.badge.label if value.badge else value.text
    return value


def table(
    caption: Any,
    columns: Sequence[ListColumn],
    rows: Iterable[Any],
    actor: Any,
    *,
    heading: Callable[[ListColumn], Column] | None = None,
    **options: Any,
) -> Table:
    """A `Table` of rows; `heading` makes the column heads (with sort links), options go to the `Table`."""
    made = heading or (
        lambda column: Column(key=column.key, label=column.label, number=column.number, nowrap=column.nowrap)
    )
    return Table(
        caption=caption,
        columns=[made(column) for column in columns],
        rows=[
            Row(
                cells=[cell_of(column, row, actor) for column in columns],
                key=str(getattr(row, "public_id", row.pk)),
                label=str(row),
            )
            for row in rows
        ],
        **options,
    )
