"""Apply a checked batch: all accepted rows in one change, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from core.exchange.collector import collector_at_rest
from core.exchange.content import LABEL, drafts_of, pack
from core.exchange.kinds import Draft, ImportKind, Setting, all_kinds, columns_of, sections_of
from core.exchange.models import Batch, BatchRow
from core.records.changes import change
from core.records.vault import plain_key, seal_bytes

CHUNK = 5000
Progress = Callable[..., None]


def silent(*_args: Any, **_kwargs: Any) -> None:
    """No progress to tell."""


def apply_batch(batch_id: int, actor: Any, progress: Progress = silent) -> Batch:
    """Write all new and changed rows of a checked batch inside one change.

    Applied already: nothing happens. A row whose person was changed since the check is left out and marked `stale`.
    Killed half-way, nothing is written and the call can be repeated.
    """
    with collector_at_rest():
        return _apply(batch_id, actor, progress)


def _apply(batch_id: int, actor: Any, progress: Progress) -> Batch:
    with transaction.atomic():
        batch = Batch.objects.select_for_update(of=("self",)).select_related("file__key", "unit").get(pk=batch_id)
        if batch.state not in {Batch.State.CHECKED, Batch.State.APPLYING}:
            return batch
        reason = _("Import of %(file)s") % {"file": batch.file.name}
        with change("exchange.apply", actor=actor, reason=reason, source=f"batch:{batch_id}") as made:
            _apply_rows(batch, actor, progress)
        batch.change, batch.state, batch.applied_at = made, Batch.State.APPLIED, Now()
        batch.save(update_fields=["state", "applied_at", "change", "counts"])
    return batch


def _apply_rows(batch: Batch, actor: Any, progress: Progress) -> None:
    kind = all_kinds()[batch.kind]
    columns = columns_of(kind)
    setting = Setting(actor=actor, unit=batch.unit, day=batch.day)
    total = batch.counts.get("new", 0) + batch.counts.get("changed", 0)
    done = 0
    for rows in chunks(batch):
        drafts = list(drafts_of(rows, batch, columns))
        stale = apply_drafts(kind, drafts, setting)
        _mark_stale(batch, stale)
        done += len(drafts)
        progress(done, total, "apply", cancellable=True)


def chunks(batch: Batch) -> Iterator[list[BatchRow]]:
    """The rows to write, sheet by sheet and in order, a chunk at a time."""
    accepted = BatchRow.objects.filter(batch=batch, outcome__in=["new", "changed"])
    last = 0
    while rows := list(accepted.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        last = rows[-1].pk
        yield rows


def apply_drafts(kind: ImportKind, drafts: list[Draft], setting: Setting) -> list[Draft]:
    """Write one chunk. Returns the rows left out because their subject changed since the check."""
    stale, rows, later = _present(kind, drafts, setting)
    sections = sections_of(kind.name)
    subjects = [row.subject for row in rows if row.subject is not None]
    states = {section.name: section.load(subjects, setting) for section in sections}
    moved = {row.id for row in rows if row.subject is not None and _moved(row, sections, states)}
    stale += [row for row in rows if row.id in moved]
    rows = [row for row in rows if row.id not in moved]
    kind.unlock([row for row in rows if row.subject is not None])
    fresh = [row for row in rows if row.subject is None]
    if fresh:
        kind.create(fresh, setting)
        setting.shared.setdefault("made", {}).update({row.key: row.subject for row in fresh})
    for section in sections:
        section.apply(rows, states[section.name], setting)
    return stale + (apply_drafts(kind, later, setting) if later else [])


def _present(kind: ImportKind, drafts: list[Draft], setting: Setting) -> tuple[list[Draft], list[Draft], list[Draft]]:
    """Split into rows whose subject is no longer as checked, rows to write now, and rows that wait for a subject made by an earlier row."""
    made = setting.shared.setdefault("made", {})
    now = kind.find(drafts, setting)
    stale, rows, later, coming = [], [], [], set()
    for draft in drafts:
        if draft.subject is None and draft.key in made:
            draft.subject = made[draft.key]
            rows.append(draft)
        elif draft.subject != now.get(draft.key):
            stale.append(draft)
        elif draft.subject is None and draft.key in coming:
            later.append(draft)
        else:
            coming.add(draft.key)
            rows.append(draft)
    return stale, rows, later


def _moved(row: Draft, sections: list[Any], states: dict[str, Any]) -> bool:
    """Whether a record that the check compared with is not as it was then."""
    for section in sections:
        seen = row.seen.get(section.name)
        if seen is None or not row.differences.get(section.name):
            continue
        present = section.present(row, states[section.name].get(row.subject))
        if ([present.id, present.revision] if present else []) != seen:
            return True
    return False


def _mark_stale(batch: Batch, stale: list[Draft]) -> None:
    if not stale:
        return
    key = plain_key(batch.file.key)
    for draft in stale:
        was = draft.outcome
        draft.refuse(next(iter(draft.values), ""), "stale")
        sealed = seal_bytes(key, pack(draft, "refused"), LABEL)
        BatchRow.objects.filter(pk=draft.id).update(outcome="refused", problems=["stale"], content=sealed)
        batch.counts[was] = batch.counts.get(was, 1) - 1
        batch.counts["refused"] = batch.counts.get("refused", 0) + 1
