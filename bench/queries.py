"""How many queries a chunk of rows takes: as many for few rows as for many."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench import counties
from bench.ground import ground
from core.exchange.applying import apply_batch
from core.exchange.checking import check_batch
from core.exchange.services import create_batch

KEPT = ('"parameters_', '"codes_')


def queries_of_chunks(folder: Path, sizes: Sequence[int]) -> dict[str, list[int]]:
    """For the checks and the writing of new, changed and same rows: the number of queries at each size."""
    counted: dict[str, list[int]] = {}
    for size in sizes:
        files = counties.write(folder / f"chunk-{size}", counties.county_of(size))
        with ground() as place:
            for name, path in (
                ("units", files.units),
                ("new", files.roster),
                ("same", files.roster),
                ("changed", files.next_year),
            ):
                batch = create_batch(
                    actor=place.clerk, unit=place.county, name=path.name, content=path.read_bytes(), start=False
                )
                with CaptureQueriesContext(connection) as checked:
                    check_batch(batch.pk, place.clerk)
                with CaptureQueriesContext(connection) as written:
                    apply_batch(batch.pk, place.clerk)
                if name != "units":
                    counted.setdefault(f"check of {name} rows", []).append(_count(checked))
                    counted.setdefault(f"writing of {name} rows", []).append(_count(written))
    return counted


def _count(captured: CaptureQueriesContext) -> int:
    """Without those of small tables, which each process keeps for a while."""
    statements = [query["sql"] for query in captured.captured_queries]
    return sum(not any(kept in statement for kept in KEPT) for statement in statements)
