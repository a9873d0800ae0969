"""The sealed content of a batch row: cells as sent, cleaned values, differences, problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import orjson

from core.dates import PartialDate
from core.exchange.kinds import Column, Draft, Problem
from core.exchange.models import Batch, BatchRow
from core.records.bulk import allocate, copy_rows
from core.records.vault import open_bytes, plain_key, seal_bytes

LABEL = b"batch row"
# How many rows one statement writes anew.
REWRITTEN = 500
Reader = Callable[[str], Any]
# The person's data key, which lies beside the values while a batch is applied and is never stored with them.
DATA_KEY = "_key"


def write_rows(batch: Batch, drafts: list[Draft]) -> Counter[str]:
    """Store checked rows with COPY, content sealed under the key of the batch's file. Returns how many have which outcome."""
    key = plain_key(batch.file.key)
    for draft, pk in zip(drafts, allocate(BatchRow, len(drafts)), strict=True):
        draft.id = pk
    outcomes = [draft.outcome for draft in drafts]
    columns = ["id", "batch_id", "sheet", "row", "outcome", "subject", "fields", "problems", "asked", "content"]
    copy_rows(
        BatchRow, columns, (_line(batch, draft, outcome, key) for draft, outcome in zip(drafts, outcomes, strict=True))
    )
    return Counter(outcomes)


def rewrite_rows(batch: Batch, drafts: Sequence[Draft]) -> None:
    """Store rows anew whose outcome has changed since they were checked, set-wise."""
    key = plain_key(batch.file.key)
    rows = []
    for draft in drafts:
        outcome = draft.outcome
        fields = draft.changed_fields if outcome == "changed" else []
        codes = list(dict.fromkeys(problem.code for problem in draft.problems))
        content = seal_bytes(key, pack(draft, outcome), LABEL)
        rows.append(BatchRow(pk=draft.id, outcome=outcome, fields=fields, problems=codes, content=content))
    BatchRow.objects.bulk_update(rows, ["outcome", "fields", "problems", "content"], batch_size=REWRITTEN)


def _line(batch: Batch, draft: Draft, outcome: str, key: bytes) -> list[Any]:
    codes = _array(list(dict.fromkeys(problem.code for problem in draft.problems))) if draft.problems else "{}"
    fields = _array(draft.changed_fields) if outcome == "changed" else "{}"
    sealed = seal_bytes(key, pack(draft, outcome), LABEL)
    asked = _array(draft.asked) if draft.asks else "{}"
    return [draft.id, batch.pk, draft.sheet, draft.row, outcome, draft.subject, fields, codes, asked, sealed]


def _array(names: list[str]) -> str:
    """Identifiers as COPY takes an array."""
    return "{" + ",".join(names) + "}"


def pack(draft: Draft, outcome: str) -> bytes:
    """The content as JSON."""
    values = draft.values
    if DATA_KEY in values:
        values = {name: value for name, value in values.items() if name != DATA_KEY}
    told = outcome == "changed" or draft.adds or bool(draft.asks)
    more: dict[str, Any] = {"asks": draft.asks} if draft.asks else {}
    if draft.fixed:
        more["fixed"] = draft.fixed
    if draft.finished:
        more["finished"] = True
    return orjson.dumps(
        {
            **more,
            "cells": draft.cells,
            "values": values,
            "differences": draft.differences if told else {},
            "seen": draft.seen if told else {},
            "begins": draft.begins if outcome == "changed" or draft.asks else {},
            "key": draft.key.hex() if draft.key else "",
            "problems": [[p.column, p.code, p.value, p.severity, p.params] for p in draft.problems],
        },
        default=str,  # PartialDate, Decimal
        option=orjson.OPT_PASSTHROUGH_DATACLASS,
    )


def unpack(row: Any, key: bytes, readers: Mapping[str, Reader] | None = None) -> Draft:
    """The draft behind a stored row. With `readers` (see `readers_of`), dates are dates again and decimal numbers such numbers."""
    content = orjson.loads(open_bytes(key, bytes(row.content), LABEL))
    values = content["values"]
    for said in (values, *_kept_back(content)):
        for name in readers.keys() & said.keys() if readers is not None else ():
            said[name] = readers[name](said[name])  # type: ignore[index]
    problems = [Problem(*parts) for parts in content["problems"]]
    draft = Draft(row.sheet, row.row, content["cells"], values, problems, row.subject)
    draft.id, draft.differences, draft.seen = row.pk, content["differences"], content["seen"]
    # Batches checked by an earlier version have none of these.
    draft.begins, draft.asks = content.get("begins", {}), content.get("asks", {})
    draft.fixed, draft.finished = content.get("fixed", {}), content.get("finished", False)
    draft.key = bytes.fromhex(content["key"]) or None
    return draft


def _kept_back(content: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What the row says and what waits for a decision."""
    for asked in content.get("asks", {}).values():
        yield from (one["values"] for one in asked.values())


def readers_of(columns: Iterable[Column]) -> dict[str, Reader]:
    """How the values of columns are read back from their text, for those that are no text themselves."""
    known: dict[str, Reader] = {"date": PartialDate.parse, "decimal": Decimal}
    return {"_birth": date.fromisoformat} | {
        column.name: known[column.kind] for column in columns if column.kind in known
    }


def drafts_of(rows: Iterable[Any], batch: Batch, columns: Mapping[str, Column] | None = None) -> Iterator[Draft]:
    """Unpack rows of one batch: `BatchRow` or what was read of such."""
    key = plain_key(batch.file.key)
    readers = readers_of(columns.values()) if columns is not None else None
    return (unpack(row, key, readers) for row in rows)
