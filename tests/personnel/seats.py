"""Seats for tests: what the ledger says in a few words."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from core.org.models import Unit
from core.workflow.services import advance
from personnel.models import SeatEntry
from personnel.selectors.seats import balance
from personnel.services import seats
from personnel.services.seat_adjustments import ask_adjustment

KIND = "institution"
YEAR = date(2026, 1, 1)


def told(unit: Unit, on: date, kind: str = KIND) -> tuple[int, int, int, int, int]:
    """Approved, occupied, reserved, vacant, over."""
    one = balance(unit, kind, on)
    return one.approved, one.occupied, one.reserved, one.vacant, one.over


def approved(actor: Any, unit: Unit, count: int, on: date = YEAR, kind: str = KIND) -> Any:
    """Seats that were approved for a unit."""
    return seats.approve(actor=actor, unit=unit, kind=kind, count=count, on=on, document="编办〔2026〕1号")


def adjusted(clerk: Any, approver: Any, unit: Unit, to_unit: Unit, count: int, on: date) -> Any:
    """Seats that one person asked to move and a second one let move; the case."""
    asked = ask_adjustment(actor=clerk, unit=unit, to_unit=to_unit, kind=KIND, count=count, on=on, words="学生减少")
    advance(asked.case, "approve", actor=approver, data={"document": "编办〔2026〕7号"})
    return asked.case


def wrong_days() -> list[Any]:  # noqa: C901 - one plain loop, unlike the triggers
    """What falls below zero on any day, recomputed by a plain reading of all entries; who holds more than one seat, too.

    Vacant seats may stand below zero from an opening on, as long as they only rise.
    """
    totals: dict[Any, int] = {}
    found = []
    rows = SeatEntry._base_manager.order_by("on", "count").values_list(
        "account", "bucket", "on", "count", "teacher", "movement__kind"
    )
    days = sorted({row[2] for row in rows})
    for day in days:
        eve = dict(totals)
        touched = set()
        opened = set()
        for account, bucket, on, count, teacher, kind in rows:
            if on != day:
                continue
            for key in ((account, bucket), ("person", teacher) if teacher else None):
                if key:
                    totals[key] = totals.get(key, 0) + count
                    touched.add(key)
            if kind == "opening":
                opened.add(account)
        for key in touched:
            number = totals[key]
            if key[0] == "person":
                found += [(day, key, number)] if number not in (0, 1) else []
            elif key[1] == "granted":
                found += [(day, key, number)] if number > 0 else []
            elif number < 0 and not (key[1] == "vacant" and (key[0] in opened or number >= eve.get(key, 0))):
                found.append((day, key, number))
    return found


def insert_entry(**columns: Any) -> None:
    """An entry written around all services."""
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO personnel_seatentry ({names}) VALUES ({', '.join(['%s'] * len(columns))})",
            list(columns.values()),
        )
