"""The import as a test drives it: one call from workbook to batch, and the batch as sets that can be compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.exchange.applying import apply_batch
from core.exchange.checking import check_batch
from core.exchange.models import Batch
from core.exchange.report import outcomes, summary
from core.exchange.services import create_batch


def send(actor: Any, unit: Any, file: Path, *, accept: bool = True) -> Batch:
    """Upload a file for a unit, check it, and accept what is good."""
    batch = create_batch(actor=actor, unit=unit, name=file.name, content=file.read_bytes(), start=False)
    batch = check_batch(batch.pk, actor)
    if accept and batch.state == Batch.State.CHECKED:
        batch = apply_batch(batch.pk, actor)
        batch.refresh_from_db()
    return batch


def refusals(batch: Batch) -> set[tuple[int, str, str]]:
    """(row, column as sent, code) of everything that kept a row out."""
    found = summary(batch)["problems"]
    return {(p["row"], "".join(p["column"].split()), p["code"]) for p in found if p["severity"] == "error"}


def changed(batch: Batch) -> set[tuple[str, str]]:
    """(identity number, field) of everything that differs."""
    return {(row["id"], field) for row in outcomes(batch) if row["outcome"] == "changed" for field in row["fields"]}


def ids(batch: Batch, outcome: str) -> set[str]:
    """The identity numbers of rows with an outcome."""
    return {row["id"] for row in outcomes(batch) if row["outcome"] == outcome}
