"""Writing the plan of an undo: one DELETE and a few UPDATE … FROM history for each model, each checked against the planned versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, Final

from django.db import connection

from core.exchange.undo import columns
from core.exchange.undo.planning import removed, restored, told_again
from core.exchange.undo.standing import leading_to
from core.exchange.undo.touched import Line, Lines, history_table
from core.records.errors import StaleRecord, explained
from core.records.scope import array_text

# As many records go in one statement; between statements the job tells how far it is and can be cancelled.
CHUNK: Final = 20_000
# What every row has for itself.
OWN: Final = frozenset({"id", "public_id", "revision"})


def write(planned: Lines, progress: Callable[..., None], *, settled: bool = True) -> None:
    """Take back what is planned of records. Raises `StaleRecord` when a record is no longer as it was planned.

    What the batch made goes first, so that periods have room; of what goes back, periods that shrink before those that grow; models in
    the order of `planned`; at last what the batch took away is written again. Unless `settled`, rules that are asked at the end are
    asked once all is back, not when something has gone.
    """
    gone = [(model, removed(lines)) for model, lines in planned.items()]
    back = [(model, restored(model, lines)) for model, lines in planned.items()]
    again = [(model, told_again(lines)) for model, lines in planned.items()]
    total = sum(len(lines) for _model, lines in (*gone, *back, *again))
    done = 0
    _check_references("DEFERRED")
    for model, lines in gone:
        for some in _chunks(lines):
            _delete(model, some)
            done += len(some)
            progress(done, total, "undo", cancellable=True)
    if settled:
        _check_references("IMMEDIATE")
    for model, lines in back:
        for some in _in_order(model, lines):
            done += len(some)
            progress(done, total, "undo", cancellable=True)
    for model, lines in again:
        for some in _chunks(lines):
            _tell_again(model, some)
            done += len(some)
            progress(done, total, "undo", cancellable=True)
    if not settled:
        _check_references("IMMEDIATE")
        _check_references("DEFERRED")


def _check_references(when: str) -> None:
    """Records go in any order; what still points to one that went is said when all of them have gone, not at the very end."""
    with explained(), connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS ALL {when}")


def _chunks(lines: Sequence[Line]) -> Iterator[Sequence[Line]]:
    return (lines[start : start + CHUNK] for start in range(0, len(lines), CHUNK))


def _in_order(model: Any, lines: Sequence[Line]) -> Iterator[Sequence[Line]]:
    """Write the records of a model; no two of its periods overlap at any moment."""
    by_period: dict[str, list[Line]] = {"": [], "in": [], "apart": [], "out": [], "shift": []}
    bit = columns.period_bit(model)
    for line in lines:
        by_period[line.period if line.back & bit else ""].append(line)
    for some in _chunks([*by_period[""], *by_period["in"]]):
        _restore(model, some)
        yield some
    _shrink(model, by_period["shift"])
    for line in by_period["shift"]:
        line.now = (line.now or 0) + 1
    for group in (by_period["apart"], [*by_period["out"], *by_period["shift"]]):
        for some in _chunks(group):
            _restore(model, some)
            yield some


def _delete(model: Any, lines: Sequence[Line]) -> None:
    for field in leading_to(model) if lines else ():
        if getattr(field.model, "goes_with", False):
            rows = field.model._base_manager.filter(**{f"{field.name}__in": [line.id for line in lines]})
            rows._raw_delete(rows.db)
    _execute(
        f'DELETE FROM "{model._meta.db_table}" l USING unnest(%s::bigint[], %s::int[]) AS p (id, revision)'  # noqa: S608
        " WHERE l.id = p.id AND l.revision = p.revision",
        [[line.id for line in lines], [line.now for line in lines]],
        model, len(lines),
    )  # fmt: skip


def _tell_again(model: Any, lines: Sequence[Line]) -> None:
    """Write records again as they were before the batch: new rows, since the history of the old ones is over."""
    names = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields if field.column not in OWN)
    told = ", ".join(f'b."{field.column}"' for field in model._meta.concrete_fields if field.column not in OWN)
    _execute(
        f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {told} FROM "{history_table(model)}" b'  # noqa: S608 - names come from the models
        " JOIN unnest(%s::bigint[], %s::int[]) AS p (id, version) ON b.id = p.id AND b.revision = p.version ORDER BY b.id",
        [[line.id for line in lines], [line.first - 1 for line in lines]],
        model, len(lines),
    )  # fmt: skip


def _restore(model: Any, lines: Sequence[Line]) -> None:
    _execute(
        _restoring(model),
        [
            [line.id for line in lines],
            [line.now for line in lines],
            [line.first - 1 for line in lines],
            [line.back for line in lines],
        ],
        model,
        len(lines),
    )


@cache
def _restoring(model: Any) -> str:
    bits = [(name, group.bit) for group in columns.groups(model) for name in group.columns]
    assigned = ", ".join(
        f'"{name}" = CASE WHEN p.mask & {bit} <> 0 THEN b."{name}" ELSE l."{name}" END'
        for name, bit in [*bits, ("source_row", columns.source_bit(model))]
    )
    return (
        f'UPDATE "{model._meta.db_table}" l SET revision = p.revision, {assigned}'  # noqa: S608 - names come from the models
        " FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::bigint[]) AS p (id, revision, version, mask)"
        f' JOIN "{history_table(model)}" b ON b.id = p.id AND b.revision = p.version WHERE l.id = p.id'
    )


def _shrink(model: Any, lines: Sequence[Line]) -> None:
    """Let periods that go back by moving make room first: what they have in common with what they were stays."""
    _execute(
        f'UPDATE "{model._meta.db_table}" l SET revision = p.revision, valid = l.valid * b.valid'  # noqa: S608
        " FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS p (id, revision, version)"
        f' JOIN "{history_table(model)}" b ON b.id = p.id AND b.revision = p.version WHERE l.id = p.id',
        [[line.id for line in lines], [line.now for line in lines], [line.first - 1 for line in lines]],
        model, len(lines),
    )  # fmt: skip


def _execute(statement: str, values: Sequence[list[Any]], model: Any, expected: int) -> None:
    if not expected:
        return
    with explained(), connection.cursor() as cursor:
        cursor.execute(statement, [array_text(column) for column in values])
        if cursor.rowcount != expected:
            msg = f"{expected - cursor.rowcount} rows of {model._meta.label} are gone or were changed"
            raise StaleRecord(msg)
