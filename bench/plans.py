"""How the server answers a query: whether it counts its way through a table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db import connection


def most_rows_aggregated(statement: str) -> int:
    """The most rows that one aggregate of a query takes in, by running it; 0 for what is no SELECT."""
    if not statement.lstrip().upper().startswith(("SELECT", "WITH")):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.replace('%', '%%')}", [])
        found = cursor.fetchone()[0]
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return max((_rows_below(node) for node in _nodes(plan) if node["Node Type"] == "Aggregate"), default=0)


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def _rows_below(node: dict[str, Any]) -> int:
    return max((int(below["Actual Rows"]) for below in node.get("Plans", ())), default=0)
