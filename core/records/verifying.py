"""The proof that history was not bent: seals are computed anew, and what does not fit is named."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, QuerySet

from core.records.chain import WHOLE, Link, Stretch, link_before, links
from core.records.checks import record_models
from core.records.models import Seal, SealedRows, Settled, TableShape
from core.records.settling import merkle, settle, unsettled
from core.records.shapes import CHANGES, sealed_tables

LEAF = 16
AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was sealed: what, in which table, which row (its key), under which change."""

    what: str
    table: str
    row: int | None
    change: int | None

    def __str__(self) -> str:
        row = f" row {self.row}" if self.row is not None else ""
        return f"{self.what}: {self.table}{row}" + (f" (change {self.change})" if self.change is not None else "")


@dataclass(frozen=True, slots=True)
class Leaves:
    """The digests of the rows that one change has in one table, as kept beside the seal (`pk`) or as computed now."""

    table: str
    version: int
    rows: tuple[int, ...]
    digests: bytes
    pk: int | None = None

    def by_row(self) -> dict[int, bytes]:
        """Row key → digest."""
        return {row: self.digests[place * LEAF : (place + 1) * LEAF] for place, row in enumerate(self.rows)}

    def message(self) -> bytes:
        """What the seal is made over."""
        return f"|{self.table}|{self.version}|{{{','.join(map(str, self.rows))}}}|".encode() + self.digests


# Change → table → its leaves.
Found = dict[int, dict[str, Leaves]]


@dataclass(slots=True)
class Portion:
    """Some seals in a row, with what was kept for their changes and what is there now; `shapes` of each table, the oldest first."""

    seals: list[Seal]
    shapes: Mapping[str, list[TableShape]]
    places: list[Settled] = field(default_factory=list)
    kept: Found = field(default_factory=dict)
    now: Found = field(default_factory=dict)

    @property
    def changes(self) -> list[int]:
        """The changes of these seals, in their order."""
        return [place.change_id for place in self.places]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a verification found: `faults` (empty: all is as sealed), and what of the history was computed anew.

    `seals` and `changes` are how many of each; `last` is the newest of these seals (None: there is none); `waiting` is how many changes
    have no seal yet.
    """

    faults: list[Fault]
    stretch: Stretch
    seals: int
    changes: int
    waiting: int
    last: Seal | None


def verification(stretch: Stretch = WHOLE, *, most: int | None = None) -> Outcome:
    """Settle what can be settled and verify a stretch of seals in one state of the database, naming `most` faults (None: all)."""
    settle()
    with transaction.atomic():
        seals = stretch.among(Seal.objects.all())
        first, last = seals.order_by("id").first(), seals.order_by("-id").first()
        return Outcome(
            faults=list(islice(verify(stretch), most)),
            stretch=stretch,
            seals=seals.count(),
            changes=last.last - first.first + 1 if first and last else 0,
            waiting=unsettled().count(),
            last=last,
        )


def verify(stretch: Stretch = WHOLE) -> Iterator[Fault]:
    """Recompute seals; yields what was altered, removed or added in seals, positions, changes, history, records.

    Of a stretch: its links of the chain, the positions, changes and versions that its seals cover. What belongs to no seal (versions
    under no change, live rows beside their newest version) is looked at where the whole is verified.
    Run inside a transaction, so that all is looked at in one state. One portion of the seals is in memory at a time.
    """
    with connection.cursor() as cursor:
        broken: set[int] = set()
        yield from _chain(broken, stretch)
        if stretch.whole:
            yield from _slipped_in(cursor)
        gone: set[int] = set()
        for portion in _portions(cursor, stretch.among(Seal.objects.all())):
            yield from _portion_faults(portion, broken)
            yield from _filled_later(cursor, portion)
            gone |= {change for change in portion.changes if CHANGES not in portion.now.get(change, {})}
        if stretch.whole:
            yield from _beside_the_seals(cursor, gone)


def _beside_the_seals(cursor: Any, gone: set[int]) -> Iterator[Fault]:
    for table in sealed_tables():
        yield from _orphans(cursor, table, gone)
    for model in record_models():
        yield from _gaps(cursor, model)
        yield from _live_rows(cursor, model)


def _chain(broken: set[int], stretch: Stretch) -> Iterator[Fault]:
    """The chain of seals itself. Keys of those that do not fit go into `broken`: what they say is not relied upon."""
    start = link_before(stretch)
    before: tuple[bytes, ...] = (start.chain if start else b"",)
    end, sure = start.last if start else 0, True
    highest = Settled.objects.aggregate(highest=Max("position"))["highest"] or 0
    for link, following in _with_next(links(stretch)):
        fits = link.fits(before)
        gap = sure and link.first > end + 1
        if gap:
            yield Fault("seal missing before", "records_seal", link.pk, None)
        elif not fits:
            broken.add(link.pk)
            added = following.fits(before) if following else end >= highest
            yield Fault("seal added" if added else "seal altered", "records_seal", link.pk, None)
            if added:
                continue
        sure = fits or gap
        # Where only the link was altered, the next seal still fits the link computed here.
        before = (link.chain,) if fits else (link.chain, *(link.after(one) for one in before))
        end = link.last
    if stretch.to is None:
        beyond = Settled.objects.filter(position__gt=end).order_by("position").values_list("change_id", flat=True)
        yield from (Fault("position without a seal", "records_settled", change, change) for change in beyond)


def _with_next(found: Iterator[Link]) -> Iterator[tuple[Link, Link | None]]:
    link = next(found, None)
    while link is not None:
        following = next(found, None)
        yield link, following
        link = following


def _slipped_in(cursor: Any) -> Iterator[Fault]:
    """Changes that claim to be of a time when all changes were settled already."""
    cursor.execute(
        "SELECT c.id FROM records_change c, (SELECT floor, server FROM records_seal ORDER BY id DESC LIMIT 1) last"
        " WHERE c.xid < last.floor AND last.server = (SELECT system_identifier FROM pg_control_system())"
        " AND NOT EXISTS (SELECT 1 FROM records_settled s WHERE s.change_id = c.id)"
        " AND NOT EXISTS (SELECT 1 FROM records_sealedrows r WHERE r.change_id = c.id) ORDER BY c.id"
    )
    yield from (Fault("row added", CHANGES, change, change) for (change,) in cursor.fetchall())


def _portions(cursor: Any, chosen: QuerySet[Seal]) -> Iterator[Portion]:
    shapes = _shapes()
    seals: list[Seal] = []
    for seal in chosen.order_by("id").iterator():
        seals.append(seal)
        if seal.last - seals[0].first >= AT_ONCE:
            yield _fetched(cursor, seals, shapes)
            seals = []
    if seals:
        yield _fetched(cursor, seals, shapes)


def _shapes() -> dict[str, list[TableShape]]:
    found: dict[str, list[TableShape]] = defaultdict(list)
    for shape in TableShape.objects.order_by("table", "version"):
        found[shape.table].append(shape)
    return found


def _fetched(cursor: Any, seals: list[Seal], shapes: Mapping[str, list[TableShape]]) -> Portion:
    span = (min(seal.first for seal in seals), max(seal.last for seal in seals))
    portion = Portion(seals, shapes, list(Settled.objects.filter(position__range=span).order_by("position")))
    for row in SealedRows.objects.filter(change__in=portion.changes).select_related("shape").iterator():
        leaves = Leaves(row.shape.table, row.shape.version, tuple(row.rows), bytes(row.leaves), row.pk)
        portion.kept.setdefault(row.change_id, {})[leaves.table] = leaves
    for table in shapes:
        for change, leaves in _computed(cursor, table, portion):
            portion.now.setdefault(change, {})[table] = leaves
    return portion


def _computed(cursor: Any, table: str, portion: Portion) -> Iterator[tuple[int, Leaves]]:
    """The leaves of a table's rows as they are now, each under the shape that it was sealed with (else the newest)."""
    shapes = portion.shapes[table]
    under = {
        change: portion.kept[change][table].version if table in portion.kept.get(change, {}) else shapes[-1].version
        for change in portion.changes
    }
    for shape in shapes:
        mine = [change for change, version in under.items() if version == shape.version]
        if not mine:
            continue
        cursor.execute("SELECT change_id, rows, leaves FROM records_leaves(%s, %s, %s)", [table, shape.columns, mine])
        for change, rows, digests in cursor.fetchall():
            yield change, Leaves(table, shape.version, tuple(rows), bytes(digests))


def _portion_faults(portion: Portion, broken: set[int]) -> Iterator[Fault]:
    positions = [place.position for place in portion.places]
    for seal in portion.seals:
        places = portion.places[bisect_left(positions, seal.first) : bisect_right(positions, seal.last)]
        moved = [] if seal.pk in broken else list(_moved_positions(seal, places))
        yield from moved
        as_kept, as_now = (merkle([_digest(place, found) for place in places]) for found in (portion.kept, portion.now))
        sealed = bytes(seal.root)
        if seal.pk not in broken and sealed == as_now != as_kept:
            # The rows are as sealed, so the digests kept beside them were bent.
            yield from _bent_digests(portion, places)
            continue
        bent = [fault for place in places for fault in _bent_rows(portion, place.change_id)]
        yield from bent
        if seal.pk not in broken and sealed not in {as_kept, as_now} and not bent and not moved:
            yield Fault("positions do not fit their seal", "records_seal", seal.pk, None)


def _digest(place: Settled, found: Found) -> bytes:
    digest = hashlib.sha256(f"{place.position}|{place.change_id}".encode())
    for _table, leaves in sorted(found.get(place.change_id, {}).items()):
        digest.update(leaves.message())
    return digest.digest()


def _moved_positions(seal: Seal, places: list[Settled]) -> Iterator[Fault]:
    """Positions have no gap, stand in the order of their changes and belong to their seal."""
    taken = {place.position for place in places}
    missing = [position for position in range(seal.first, seal.last + 1) if position not in taken]
    yield from (Fault(f"position {position} missing", "records_settled", None, None) for position in missing)
    for before, place in zip([None, *places], places, strict=False):
        unordered = before is not None and place.change_id < before.change_id
        if unordered or place.seal_id != seal.pk:
            yield Fault("position altered", "records_settled", place.change_id, place.change_id)


def _bent_digests(portion: Portion, places: list[Settled]) -> Iterator[Fault]:
    for place in places:
        kept, now = (found.get(place.change_id, {}) for found in (portion.kept, portion.now))
        for table in sorted(kept.keys() | now.keys()):
            beside = kept.get(table)
            if beside is None:
                yield Fault(f"digests of {table} missing", "records_sealedrows", None, place.change_id)
            elif table not in now or beside.message() != now[table].message():
                yield Fault(f"digests of {table} altered", "records_sealedrows", beside.pk, place.change_id)


def _bent_rows(portion: Portion, change: int) -> Iterator[Fault]:
    kept, now = (found.get(change, {}) for found in (portion.kept, portion.now))
    for table in sorted(kept.keys() | now.keys()):
        was, is_now = (leaves[table].by_row() if table in leaves else {} for leaves in (kept, now))
        for row in sorted(was.keys() | is_now.keys()):
            if row not in is_now:
                yield Fault("row missing", table, row, change)
            elif row not in was:
                yield Fault("row added", table, row, change)
            elif was[row] != is_now[row]:
                yield Fault("row altered", table, row, change)


def _filled_later(cursor: Any, portion: Portion) -> Iterator[Fault]:
    """A column that came later is empty in rows that were sealed before: their seals do not cover it, so we look."""
    for table, shapes in portion.shapes.items():
        for shape in shapes[:-1] if table != CHANGES else ():
            later = column_names(cursor, table, set(shapes[-1].columns) - set(shape.columns))
            under = {
                change
                for change, kept in portion.kept.items()
                if table in kept and kept[table].version == shape.version
            }
            empty = " AND ".join(f'"{name}" IS NULL' for name in later)
            if under and later:
                cursor.execute(
                    f'SELECT history_id, change_id FROM "{table}" WHERE change_id = ANY(%s)'  # noqa: S608
                    f" AND NOT ({empty}) ORDER BY 1",
                    [sorted(under)],
                )
                yield from (Fault("row altered", table, row, change) for row, change in cursor.fetchall())


def column_names(cursor: Any, table: str, numbers: set[int]) -> list[str]:
    """Today's names of a table's columns, by their fixed numbers."""
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = ANY(%s) AND NOT attisdropped"
        " ORDER BY attnum",
        [table, sorted(numbers)],
    )
    return [name for (name,) in cursor.fetchall()]


def _orphans(cursor: Any, table: str, gone: set[int]) -> Iterator[Fault]:
    """History rows under a change that does not exist (those that are already named by their seal left out)."""
    cursor.execute(
        f'SELECT history_id, change_id FROM "{table}" h WHERE change_id <> ALL(%s)'  # noqa: S608
        " AND NOT EXISTS (SELECT 1 FROM records_change c WHERE c.id = h.change_id) ORDER BY history_id",
        [sorted(gone)],
    )
    yield from (Fault("row without a change", table, row, change) for row, change in cursor.fetchall())


def _gaps(cursor: Any, model: Any) -> Iterator[Fault]:
    """Records of which a version is missing between the first and the newest."""
    table = model.history.model._meta.db_table
    cursor.execute(
        f'SELECT id FROM "{table}" GROUP BY id HAVING count(*) <> max(revision) - min(revision) + 1 ORDER BY id'  # noqa: S608
    )
    yield from (Fault("version missing", table, row, None) for (row,) in cursor.fetchall())


def _live_rows(cursor: Any, model: Any) -> Iterator[Fault]:
    """Records that are not what their newest version says: altered, added or removed with the triggers off."""
    live, history = model._meta.db_table, model.history.model._meta.db_table
    columns = [field.column for field in model._meta.concrete_fields]
    differing = " OR ".join(_differs(cursor, history, column) for column in columns)
    newest = f'SELECT DISTINCT ON (id) * FROM "{history}" ORDER BY id, revision DESC'  # noqa: S608
    cursor.execute(
        f"""SELECT coalesce(l.id, h.id), CASE WHEN l.id IS NULL THEN 'record missing'
                   WHEN h.id IS NULL OR h.history_type = '-' THEN 'record without a version'
                   ELSE 'record differs from its newest version' END
              FROM "{live}" l FULL JOIN ({newest}) h ON h.id = l.id
              LEFT JOIN (SELECT r.change_id, t.columns FROM records_sealedrows r
                           JOIN records_tableshape t ON t.id = r.shape_id AND t."table" = %s) sealed
                     ON sealed.change_id = h.change_id
             WHERE (l.id IS NULL AND h.history_type <> '-')
                OR (l.id IS NOT NULL AND (h.id IS NULL OR h.history_type = '-' OR {differing})) ORDER BY 1""",  # noqa: S608
        [history],
    )
    yield from (Fault(what, live, row, None) for row, what in cursor.fetchall())


def _differs(cursor: Any, history: str, column: str) -> str:
    """The condition that live row and newest version differ in a column that was there when the version was sealed."""
    cursor.execute(
        "SELECT attnum FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s AND NOT attisdropped",
        [history, column],
    )
    (number,) = cursor.fetchone()
    return (
        f'(l."{column}" IS DISTINCT FROM h."{column}" AND (sealed.columns IS NULL OR {number} = ANY(sealed.columns)))'
    )
