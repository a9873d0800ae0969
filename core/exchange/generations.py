"""The generations of a workbook: sent, returned with its problems, sent again fixed. What is finished is not worked on twice.

A row is finished when an earlier generation was accepted with it, and says the same: found by the key of its subject and by what
stands in its cells. What somebody decided in an earlier generation is decided here, as long as both sides say the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from django.utils.translation import gettext as _

from core.exchange.content import drafts_of
from core.exchange.kinds import Column, Draft, all_kinds, columns_of
from core.exchange.models import Batch, BatchRow
from core.exchange.specs import FIXED_KINDS
from core.records.vault import ErasedValue

MOST_GENERATIONS: Final = 50
READ_AT_ONCE: Final = 2000
WRITTEN: Final = ("new", "changed")
FINISHED: Final = (*WRITTEN, "same")

Decision = tuple[str, ...]
Mapped = Mapping[int, Sequence[tuple[int, str]]]


@dataclass(slots=True)
class Earlier:
    """What earlier generations leave behind: their change sources, finished rows by key, decisions by key, section, field and mark."""

    sources: frozenset[str] = frozenset()
    finished: dict[bytes, set[bytes]] = field(default_factory=dict)
    decided: dict[tuple[bytes | None, str, str, str], Decision] = field(default_factory=dict)

    def has(self, draft: Draft, mapped: Mapped) -> bool:
        """Whether an earlier generation was accepted with this very row."""
        said = self.finished.get(draft.key) if draft.key is not None else None
        return said is not None and content_mark(draft, mapped) in said


def chain_of(batch: Batch) -> list[Batch]:
    """The batch and the generations before it, the newest first."""
    chain = [batch]
    while chain[-1].previous_id and len(chain) < MOST_GENERATIONS:
        before = Batch.objects.select_related("file__key").get(pk=chain[-1].previous_id)
        if before in chain:
            break
        chain.append(before)
    return chain


def earlier_of(batch: Batch) -> Earlier:
    """What the check of a batch takes over: from its own last check the decisions, from earlier generations what is finished too."""
    chain = chain_of(batch)
    found = Earlier(frozenset(f"{act}:{one.pk}" for one in chain for act in ("batch", "undo")))
    # What was the same in one generation may have been so by another one that was undone since.
    undone = any(one.state == Batch.State.UNDONE for one in chain)
    for one in reversed(chain):
        _take(found, one, WRITTEN if undone else FINISHED)
    return found


def _take(found: Earlier, batch: Batch, finished: Collection[str]) -> None:
    """Take over the rows of one generation; of a batch whose file was erased nothing is left."""
    applied = batch.state == Batch.State.APPLIED
    rows = BatchRow.objects.filter(batch=batch)
    if not applied:
        rows = rows.exclude(asked=[])
    kind = all_kinds().get(batch.kind)
    mapped = mapped_of(batch.report, columns_of(kind) if kind is not None else {})
    try:
        for draft, outcome in _read(rows, batch):
            if applied and outcome in finished and draft.key is not None:
                found.finished.setdefault(draft.key, set()).add(content_mark(draft, mapped))
            for section, asked in draft.asks.items():
                for name, one in asked.items():
                    if one["decided"]:
                        found.decided[(draft.key, section, name, one["mark"])] = (one["choice"], *one["decided"])
    except ErasedValue:
        return


def _read(rows: Any, batch: Batch) -> Iterable[tuple[Draft, str]]:
    outcomes: dict[int, str] = {}

    def remembered() -> Iterable[Any]:
        for row in rows.order_by("pk").iterator(chunk_size=READ_AT_ONCE):
            outcomes[row.pk] = row.outcome
            yield row

    for draft in drafts_of(remembered(), batch):
        yield draft, outcomes.pop(draft.id)


def mapped_of(report: Mapping[str, Any], columns: Mapping[str, Column]) -> Mapped:
    """By the place of a sheet the columns that were read and kept: index and field, in the order of fields."""
    return {
        place: sorted(
            (
                (index, name)
                for index, _header, name in sheet["mapped"]
                if name in columns and columns[name].kind not in FIXED_KINDS
            ),
            key=lambda pair: pair[1],
        )
        for place, sheet in enumerate(report.get("sheets", []))
    }


def content_mark(draft: Draft, mapped: Mapped) -> bytes:
    """A mark that is equal for rows whose read cells say the same, wherever their columns stand."""
    cells = draft.cells
    said = [
        (name, text)
        for index, name in mapped.get(draft.sheet, ())
        if index < len(cells) and (text := "".join(str(cells[index]).split()))
    ]
    return hashlib.blake2b(orjson.dumps(said), digest_size=16).digest()


def replace_earlier(batch: Batch) -> None:
    """Give up the generation before, where nothing of it was accepted: this one has all its rows, unless it is of another kind."""
    before = batch.previous
    if before is None or before.state not in {Batch.State.CHECKED, Batch.State.UNREADABLE}:
        return
    if before.kind not in {"", batch.kind}:
        return
    before = Batch.objects.select_for_update(of=("self",)).get(pk=before.pk)
    if before.state in {Batch.State.CHECKED, Batch.State.UNREADABLE}:
        before.state = Batch.State.ABANDONED
        before.report |= {"replaced_by": [batch.pk, str(batch.public_id)]}
        before.save(update_fields=["state", "report"])
        BatchRow.objects.filter(batch=before).delete()


def told(batch: Batch) -> list[dict[str, Any]]:
    """The generations around a batch, the first one first, each in words."""
    chain = list(reversed(chain_of(batch)))
    chain += _following(batch)
    return [
        {
            "number": number,
            "batch": one,
            "own": one.pk == batch.pk,
            "label": _("Generation %(number)s: batch %(batch)s, %(state)s")
            % {"number": number, "batch": one.pk, "state": one.get_state_display()},
        }
        for number, one in enumerate(chain, start=1)
    ]


def _following(batch: Batch) -> list[Batch]:
    found: list[Batch] = []
    while len(found) < MOST_GENERATIONS:
        last = found[-1] if found else batch
        following = Batch.objects.filter(previous=last).order_by("pk").last()
        if following is None:
            return found
        found.append(following)
    return found
