"""Positions and seals: the order in which changes became known, and the proof that history was not bent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from core.records.models import Change, Seal, SealedRows, Settled, TableShape
from core.records.shapes import history_tables

BATCH = 500


def settle() -> int:
    """Give every change below the oldest running transaction its position and seal. Returns how many changes were settled.

    Another settler at work is no error: it returns 0.
    """
    total = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT records_settle(%s)", [BATCH])
            (count,) = cursor.fetchone()
        total += count
        if count < BATCH:
            return total


def position_at(moment: datetime) -> int:
    """The last position that was settled at a moment (0 when none). What `known_at` stands on."""
    last = Seal.objects.filter(settled_at__lte=moment).order_by("-id").values_list("last", flat=True).first()
    return last or 0


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in history that is not as it was sealed."""

    what: str
    table: str
    row: int | None
    change: int | None

    def __str__(self) -> str:
        row = f" row {self.row}" if self.row is not None else ""
        return f"{self.what}: {self.table}{row}" + (f" (change {self.change})" if self.change is not None else "")


SESSION = "SET LOCAL timezone='UTC'; SET LOCAL datestyle='ISO, YMD'; SET LOCAL intervalstyle='iso_8601'; SET LOCAL bytea_output='hex'"


def verify() -> Iterator[Fault]:
    """Recompute every seal. Yields each altered, missing or added row of history, changes, positions and seals, oldest first.

    Run inside a transaction, so that the whole is looked at in one state.
    """
    with connection.cursor() as cursor:
        cursor.execute(SESSION)
        yield from _orphans(cursor)
        chain, expected_first = b"", 1
        for seal in Seal.objects.order_by("id").iterator():
            yield from _verify_seal(cursor, seal, chain, expected_first)
            chain, expected_first = bytes(seal.chain), seal.last + 1
        tail = Settled.objects.filter(position__gte=expected_first).order_by("position").first()
        if tail is not None:
            yield Fault("seal missing", "records_seal", None, tail.change_id)
        yield from _live_rows(cursor)


def _verify_seal(cursor: Any, seal: Seal, chain: bytes, expected_first: int) -> Iterator[Fault]:
    if seal.first != expected_first:
        yield Fault("seal missing", "records_seal", seal.pk, None)
    positions = list(Settled.objects.filter(position__range=(seal.first, seal.last)).order_by("position"))
    if [place.position for place in positions] != list(range(seal.first, seal.last + 1)):
        yield Fault("position missing", "records_settled", None, None)
    changes = [place.change_id for place in positions]
    stored = _stored(changes)
    faults = list(_compare(cursor, changes, stored))
    yield from faults
    digests = list(_digests(cursor, positions, stored))
    missing = set(changes) - {change for change, _digest in digests}
    yield from (Fault("change missing", "records_change", change, change) for change in sorted(missing))
    root = merkle([digest for _change, digest in digests])
    cursor.execute("SELECT settled_at::text FROM records_seal WHERE id = %s", [seal.pk])
    (moment,) = cursor.fetchone()
    link = hashlib.sha256(chain + bytes(seal.root) + f"{seal.first}|{seal.last}|{moment}".encode()).digest()
    if link != bytes(seal.chain):
        yield Fault("seal altered", "records_seal", seal.pk, None)
    elif root != bytes(seal.root) and not faults and not missing:
        yield from _altered_changes(seal, changes)


def _altered_changes(seal: Seal, changes: list[int]) -> Iterator[Fault]:
    """History rows are as sealed, so a change row itself (or a digest beside it) was altered."""
    if len(changes) == 1:
        yield Fault("change altered", "records_change", changes[0], changes[0])
        return
    yield from _name_altered_change(seal, changes)


def _name_altered_change(seal: Seal, changes: list[int]) -> Iterator[Fault]:
    sealed = {row.change_id: bytes(row.leaves) for row in SealedRows.objects.filter(change__in=changes, shape__table="records_change")}
    digests = _change_leaves(changes)
    named = [change for change in changes if sealed.get(change) != digests.get(change)]
    yield from (Fault("change altered", "records_change", change, change) for change in named)
    if not named:
        yield Fault("seal altered", "records_sealedrows", None, None)


def _change_leaves(changes: list[int]) -> dict[int, bytes]:
    shapes = {row.shape_id for row in SealedRows.objects.filter(change__in=changes, shape__table="records_change")}
    leaves: dict[int, bytes] = {}
    with connection.cursor() as cursor:
        for shape in TableShape.objects.filter(pk__in=shapes):
            leaves |= {change: leaf for change, _rows, leaf in _leaves(cursor, shape, changes)}
    return leaves


def _stored(changes: list[int]) -> dict[tuple[str, int], SealedRows]:
    rows = SealedRows.objects.filter(change__in=changes).select_related("shape")
    return {(row.shape.table, row.change_id): row for row in rows}


def _leaves(cursor: Any, shape: TableShape, changes: list[int]) -> list[tuple[int, list[int], bytes]]:
    cursor.execute("SELECT change_id, rows, leaves FROM records_leaves(%s, %s, %s)", [shape.table, shape.columns, changes])
    return [(change, list(rows), bytes(leaves)) for change, rows, leaves in cursor.fetchall()]


def _compare(cursor: Any, changes: list[int], stored: dict[tuple[str, int], SealedRows]) -> Iterator[Fault]:
    shapes = {row.shape for row in stored.values()}
    for table in [*history_tables(), "records_change"]:
        of_table = [shape for shape in shapes if shape.table == table]
        seen: set[int] = set()
        for shape in of_table:
            mine = [change for change in changes if (row := stored.get((table, change))) and row.shape_id == shape.pk]
            seen.update(mine)
            found = {change: (rows, leaves) for change, rows, leaves in _leaves(cursor, shape, mine)}
            for change in mine:
                yield from _differences(table, change, stored[table, change], found.get(change, ([], b"")))
        others = [change for change in changes if change not in seen]
        if others and table != "records_change":
            yield from _unsealed(cursor, table, others)


def _differences(table: str, change: int, sealed: SealedRows, found: tuple[list[int], bytes]) -> Iterator[Fault]:
    width = 16
    was = {row: bytes(sealed.leaves)[place * width : (place + 1) * width] for place, row in enumerate(sealed.rows)}
    now = {row: found[1][place * width : (place + 1) * width] for place, row in enumerate(found[0])}
    for row in sorted(was.keys() | now.keys()):
        if row not in now:
            yield Fault("row missing", table, row, change)
        elif row not in was:
            yield Fault("row added", table, row, change)
        elif was[row] != now[row]:
            yield Fault("row altered", table, row, change)


def _unsealed(cursor: Any, table: str, changes: list[int]) -> Iterator[Fault]:
    cursor.execute(f'SELECT history_id, change_id FROM "{table}" WHERE change_id = ANY(%s) ORDER BY history_id', [changes])  # noqa: S608
    yield from (Fault("row added", table, row, change) for row, change in cursor.fetchall())


def _digests(cursor: Any, positions: list[Settled], stored: dict[tuple[str, int], SealedRows]) -> Iterator[tuple[int, bytes]]:
    by_change: dict[int, list[SealedRows]] = {}
    for (_table, change), row in sorted(stored.items()):
        by_change.setdefault(change, []).append(row)
    existing = set(Change.objects.filter(pk__in=[place.change_id for place in positions]).values_list("pk", flat=True))
    for place in positions:
        if place.change_id not in existing:
            continue
        digest = hashlib.sha256(f"{place.position}|{place.change_id}".encode())
        for row in by_change.get(place.change_id, []):
            listed = "{" + ",".join(map(str, row.rows)) + "}"
            digest.update(f"|{row.shape.table}|{row.shape.version}|{listed}|".encode() + bytes(row.leaves))
        yield place.change_id, digest.digest()


def merkle(leaves: list[bytes]) -> bytes:
    """The root of a binary hash tree; a lone node is carried up. Empty input has the digest of nothing."""
    level = leaves or [hashlib.sha256(b"").digest()]
    while len(level) > 1:
        pairs = [level[place : place + 2] for place in range(0, len(level), 2)]
        level = [hashlib.sha256(b"".join(pair)).digest() if len(pair) > 1 else pair[0] for pair in pairs]
    return level[0]


def _orphans(cursor: Any) -> Iterator[Fault]:
    for table in history_tables():
        cursor.execute(
            f'SELECT history_id, change_id FROM "{table}" h WHERE NOT EXISTS (SELECT 1 FROM records_change c WHERE c.id = h.change_id)'  # noqa: S608
            " ORDER BY history_id"
        )
        yield from (Fault("row without a change", table, row, change) for row, change in cursor.fetchall())


def _live_rows(cursor: Any) -> Iterator[Fault]:
    """Records that are not what their newest history row says (altered with the triggers off)."""
    for model in _record_models():
        live, history = model._meta.db_table, model.history.model._meta.db_table
        columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
        cursor.execute(
            f'SELECT id FROM (SELECT {columns} FROM "{live}" EXCEPT SELECT {columns} FROM (SELECT DISTINCT ON (id) *'  # noqa: S608
            f' FROM "{history}" ORDER BY id, revision DESC) newest WHERE history_type <> \'-\') differing ORDER BY id'
        )
        yield from (Fault("record differs from its history", live, row, None) for (row,) in cursor.fetchall())
        cursor.execute(
            f'SELECT id FROM (SELECT DISTINCT ON (id) id, history_type FROM "{history}" ORDER BY id, revision DESC) newest'  # noqa: S608
            f' WHERE history_type <> \'-\' AND NOT EXISTS (SELECT 1 FROM "{live}" l WHERE l.id = newest.id) ORDER BY id'
        )
        yield from (Fault("record missing", live, row, None) for (row,) in cursor.fetchall())


def _record_models() -> list[Any]:
    from core.records.checks import record_models  # noqa: PLC0415 - checks read the models

    return record_models()
