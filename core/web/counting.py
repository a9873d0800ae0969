"""How many rows a list has, without ever counting a whole table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

CAP = 10_000
ESTIMATE = "estimate"
AT_LEAST = "at least"
EXACT = "exact"


@dataclass(frozen=True, slots=True)
class Total:
    """A number of rows: exact, "more than" the cap, or the planner's estimate."""

    number: int
    kind: str = EXACT

    def __str__(self) -> str:
        if self.kind == AT_LEAST:
            return f"{self.number:,}+"
        if self.kind == ESTIMATE:
            return _("about %(number)s") % {"number": f"{self.number:,}"}
        return f"{self.number:,}"

    @property
    def exact(self) -> bool:
        """Whether every row was counted."""
        return self.kind == EXACT


def total(rows: Any, *, narrowed: bool, cap: int = CAP) -> Total:
    """How many rows there are, counted up to `cap`; beyond it the planner's estimate, or "cap+" where conditions narrow the list.

    A planner knows little of conditions put together, but much of whole tables.
    """
    plain = rows.order_by()
    counted = plain.values("pk")[: cap + 1].count()
    if counted <= cap:
        return Total(counted)
    return Total(cap, AT_LEAST) if narrowed else Total(_rounded(max(estimate(plain), cap)), ESTIMATE)


def estimate(rows: Any) -> int:
    """What the planner believes that the query returns."""
    sql, params = rows.values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        plan = cursor.fetchone()[0]
    tree = json.loads(plan) if isinstance(plan, str) else plan
    return int(tree[0]["Plan"]["Plan Rows"])


def _rounded(number: int) -> int:
    """Two significant digits: an estimate knows no more."""
    step = 10 ** max(len(str(number)) - 2, 0)
    return number // step * step
