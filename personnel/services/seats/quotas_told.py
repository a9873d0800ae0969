"""The approved quota of a unit, as lists and pages of units tell it, follows the ledger where there is one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Sum
from psycopg.types.range import Range

from core.org.models import ApprovedQuota
from core.parameters.selectors import at
from personnel.models import SeatAccount, SeatEntry
from personnel.rules import SeatHolding


def tell_quotas(accounts: Collection[SeatAccount], *, since: date) -> None:
    """Write the approved quotas of the accounts' units anew from a day on, in the open change.

    Accounts of other kinds than that of the quota are left out. What was recorded before the day stays.
    """
    told = {one.unit_id: one for one in accounts if one.kind == at(SeatHolding, since, unit=one.unit).quota_kind}
    if not told:
        return
    steps = _steps([one.pk for one in told.values()], since)
    for unit, account in told.items():
        if account.pk in steps:
            _write(unit, steps[account.pk], since)


def _steps(accounts: Collection[int], since: date) -> dict[int, list[tuple[date, int]]]:
    """The approved seats of accounts from a day on, each from its first day."""
    rows = SeatEntry._base_manager.filter(account__in=accounts, bucket=SeatEntry.Bucket.GRANTED)
    found: dict[int, list[tuple[date, int]]] = {}
    for account, day, net in (
        rows.values("account", "on").annotate(n=Sum("count")).order_by("on").values_list("account", "on", "n")
    ):
        steps = found.setdefault(account, [])
        seats = (steps[-1][1] if steps else 0) - net
        if steps and day <= since:
            steps.pop()
        steps.append((max(day, since), seats))
    return found


def _write(unit: int, steps: list[tuple[date, int]], since: date) -> None:
    rows = ApprovedQuota._base_manager.filter(unit=unit).order_by("valid")
    held: Any = rows.filter(valid__contains=since).first()
    if held is not None and len(steps) == 1 and held.valid.upper is None and held.seats == steps[0][1]:
        return
    rows.filter(valid__startswith__gte=since).delete()
    if held is not None and held.valid.lower < since:
        held.valid = Range(held.valid.lower, since)
        held.save(update_fields={"valid"})
    ends = [day for day, _seats in steps[1:]]
    ApprovedQuota.objects.bulk_create(
        ApprovedQuota(unit_id=unit, seats=seats, valid=Range(day, end))
        for (day, seats), end in zip(steps, [*ends, None], strict=True)
    )
