"""Apply a checked batch: all accepted rows in one change, or none."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, cast

from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from core.exchange.collector import collector_at_rest
from core.exchange.content import drafts_of, rewrite_rows
from core.exchange.kinds import Draft, ImportKind, Setting, all_kinds, columns_of, said_in, sections_of
from core.exchange.models import Batch, BatchRow
from core.records.bulk import copies_aside
from core.records.changes import change
from core.records.errors import StaleRecord

log = logging.getLogger("shidang.exchange")

CHUNK = 5000
# How often a batch is begun when others write at the same moment.
ATTEMPTS = 3
# The lock of the database that a batch holds while it is written.
TURN = 7310425
Progress = Callable[..., None]


def silent(*_args: Any, **_kwargs: Any) -> None:
    """No progress to tell."""


def apply_batch(batch_id: int, actor: Any, progress: Progress = silent) -> Batch:
    """Write all new and changed rows of a checked batch inside one change.

    Applied already: nothing happens. A row whose person was changed since the check is left out and marked `stale`.
    Killed half-way, nothing is written and the call can be repeated. When somebody writes one of the records at the same moment,
    all is rolled back and begun anew, and that row is stale then.
    """
    with collector_at_rest():
        for _attempt in range(ATTEMPTS - 1):
            try:
                return _apply(batch_id, actor, progress)
            except (StaleRecord, IntegrityError) as error:
                log.info("batch %s begins anew: %s", batch_id, type(error).__name__)
        return _apply(batch_id, actor, progress)


def _apply(batch_id: int, actor: Any, progress: Progress) -> Batch:
    with transaction.atomic():
        batch = Batch.objects.select_for_update(of=("self",)).select_related("file__key", "unit").get(pk=batch_id)
        if batch.state not in {Batch.State.CHECKED, Batch.State.APPLYING}:
            return batch
        take_turn()
        reason = _("Import of %(file)s") % {"file": batch.file.name}
        with change("exchange.apply", actor=actor, reason=reason, source=f"batch:{batch_id}") as made:
            _apply_rows(batch, actor, progress)
        batch.change, batch.state, batch.applied_at = made, Batch.State.APPLIED, Now()
        batch.save(update_fields=["state", "applied_at", "change", "counts"])
    return batch


def take_turn() -> None:
    """Wait until no other batch is being written: two that speak of the same persons would else both make them, and one fail."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])


def has_turn() -> bool:
    """Whether no batch is being written now; none begins until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [TURN])
        return bool(cursor.fetchone()[0])


def _apply_rows(batch: Batch, actor: Any, progress: Progress) -> None:
    kind = all_kinds()[batch.kind]
    columns = columns_of(kind)
    several = frozenset(batch.report.get("several", ()))
    setting = Setting(actor=actor, unit=batch.unit, day=cast("date", batch.day), several=several, writing=True)
    setting.shared["batch"] = batch
    total = batch.counts.get("new", 0) + batch.counts.get("changed", 0)
    done = 0
    for rows in chunks(batch):
        with copies_aside():
            left_out = apply_drafts(kind, list(drafts_of(rows, batch, columns)), setting)
        _leave_out(batch, left_out, {row.pk: row.outcome for row in rows})
        done += len(rows)
        progress(done, total, "apply", cancellable=True)


def chunks(batch: Batch) -> Iterator[list[Any]]:
    """The rows to write, sheet by sheet and in order, a chunk at a time: what of a `BatchRow` is needed to unpack it."""
    accepted = BatchRow.objects.filter(batch=batch, outcome__in=["new", "changed"])
    told = accepted.order_by("pk").values_list("pk", "sheet", "row", "subject", "outcome", "content", named=True)
    last = 0
    while rows := list(told.filter(pk__gt=last)[:CHUNK]):
        last = rows[-1].pk
        yield rows


def apply_drafts(kind: ImportKind, drafts: list[Draft], setting: Setting) -> list[Draft]:
    """Write one chunk; of several rows for one subject each is compared with what the one before has written.

    Returns the rows left out, each with its problem: `stale` where the subject changed since the check, `out_of_scope` where it is
    no longer the sender's.
    """
    left_out: list[Draft] = []
    while drafts:
        rows, drafts = _first_of_each(drafts)
        _write(kind, rows, setting)
        left_out += [row for row in rows if row.refused]
    return left_out


def _first_of_each(drafts: list[Draft]) -> tuple[list[Draft], list[Draft]]:
    """One row for each subject, and the rows that follow."""
    rows: list[Draft] = []
    later: list[Draft] = []
    seen: set[bytes | None] = set()
    for draft in drafts:
        (later if draft.key in seen else rows).append(draft)
        seen.add(draft.key)
    return rows, later


def _write(kind: ImportKind, drafts: list[Draft], setting: Setting) -> None:
    """Write the rows that are as they were checked; the others are refused."""
    written: set[int] = setting.shared.setdefault("written", set())
    _find_again(kind, drafts, written, setting)
    rows = [draft for draft in drafts if not draft.refused]
    said = said_in(rows)
    sections = [section for section in sections_of(kind.name) if section.concerned(said)]
    known = [row for row in rows if row.subject is not None]
    states = {
        section.name: section.load(
            [row.subject for row in known if row.subject is not None and section.speaks(row)], setting
        )
        for section in sections
    }
    for row in known:
        if row.subject in written:
            _compare_again(kind, row, states, setting)
        elif _moved(row, sections, states, setting):
            _stale(kind, row)
    for section in sections:
        admitted = [row for row in rows if not row.refused and section.speaks(row)]
        section.admit(admitted, states[section.name], setting)
    rows = [row for row in rows if not row.refused]
    kind.unlock([row for row in rows if row.subject is not None])
    fresh = [row for row in rows if row.subject is None]
    if fresh:
        kind.create(fresh, setting)
    for section in sections:
        section.apply(rows, states[section.name], setting)
    written.update(row.subject for row in rows if row.subject is not None)


def _find_again(kind: ImportKind, drafts: list[Draft], written: set[int], setting: Setting) -> None:
    """Find the subjects as they are now; refuse rows whose subject came, went or was given to others since the check."""
    now = kind.find(drafts, setting)
    for draft in drafts:
        known = now.get(draft.key)
        if draft.subject is None and known in written:
            draft.subject = known
        elif draft.subject != known or (known is None and not kind.opens(draft)):
            _stale(kind, draft)
    kind.keep_out(
        [draft for draft in drafts if draft.subject is not None and draft.subject not in written and not draft.refused],
        setting,
    )


def _compare_again(kind: ImportKind, row: Draft, states: dict[str, Any], setting: Setting) -> None:
    """Compare once more what an earlier row of this batch has changed."""
    kind.prepare(setting)
    row.differences, row.seen = {}, {}
    for section in sections_of(kind.name):
        if section.speaks(row):
            section.compare(row, states[section.name].get(row.subject), setting)


def _moved(row: Draft, sections: list[Any], states: dict[str, Any], setting: Setting) -> bool:
    """Whether a record that the check compared with is not as it was then."""
    for section in sections:
        seen = row.seen.get(section.name)
        if seen is None or not row.differences.get(section.name):
            continue
        present = section.present(row, states[section.name].get(row.subject), setting)
        if ([present.id, present.revision] if present else []) != seen:
            return True
    return False


def _stale(kind: ImportKind, row: Draft) -> None:
    row.refuse(kind.key_columns[0], "stale")


def _leave_out(batch: Batch, left_out: list[Draft], outcomes: dict[int, str]) -> None:
    """Mark rows as refused after all, and count them so."""
    if not left_out:
        return
    for draft in left_out:
        batch.counts[outcomes[draft.id]] -= 1
    rewrite_rows(batch, left_out)
    batch.counts["refused"] = batch.counts.get("refused", 0) + len(left_out)
