"""Reading the seat ledger: balances on any day, who holds a seat, what is reserved. A fixed number of queries whatever the units."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Max, Q, Sum

from personnel.models import Reservation, SeatAccount, SeatEntry

VIEW: Final = "personnel.view_seats"
KEEP: Final = "personnel.keep_seats"
ASK: Final = "personnel.ask_seats"
DECIDE: Final = "personnel.decide_seats"
USE: Final = "personnel.seat_use"
Bucket = SeatEntry.Bucket


@dataclass(frozen=True, slots=True)
class Balance:
    """One account on a day: approved = occupied + reserved + vacant − over. `known` is False where the ledger has no account."""

    approved: int = 0
    occupied: int = 0
    reserved: int = 0
    free: int = 0
    known: bool = False

    @property
    def vacant(self) -> int:
        """Seats that may be reserved or occupied."""
        return max(self.free, 0)

    @property
    def over(self) -> int:
        """People over the quota (超编), as the opening found them and as far as they are still there."""
        return max(-self.free, 0)


NOTHING: Final = Balance()


@dataclass(frozen=True, slots=True)
class Held:
    """A seat that a person holds on a day: where, of which kind, since which day without a break in that account."""

    teacher: int
    account: int
    unit: int
    kind: str
    since: date


def balances(units: Any, kind: str, on: date, *, position: int | None = None) -> dict[int, Balance]:
    """The balance of each unit (by its key) in one kind of seat at the end of a day; units without an account are left out.

    `units` is a queryset or keys of units. With `position` as it was known when the change at that place in commit order was settled.
    One query.
    """
    rows = _entries(position).filter(account__unit__in=_keys(units), account__kind=kind, on__lte=on)
    return {key: _balance(parts) for key, parts in _summed(rows, "account__unit").items()}


def balance(unit: Any, kind: str, on: date) -> Balance:
    """The balance of one unit; `NOTHING` where it has no account."""
    return balances([unit.pk], kind, on).get(unit.pk, NOTHING)


def all_balances(unit: Any, on: date) -> dict[str, Balance]:
    """The balances of one unit by kind of seat. One query."""
    return balances_of([unit.pk], on).get(unit.pk, {})


def balances_of(units: Any, on: date) -> dict[int, dict[str, Balance]]:
    """The balances of units (a queryset or keys) at the end of a day by the key of the unit, then by kind of seat. One query."""
    rows = SeatEntry._base_manager.filter(account__unit__in=_keys(units), on__lte=on)
    found: dict[int, dict[str, Balance]] = {}
    for (unit, kind), parts in sorted(_summed(rows, "account__unit", "account__kind").items()):
        found.setdefault(unit, {})[kind] = _balance(parts)
    return found


def least_vacant(unit: Any, kind: str, on: date) -> int:
    """The fewest vacant seats on any day from a day on: as many can be reserved or occupied without an end."""
    rows = SeatEntry._base_manager.filter(account__unit=unit, account__kind=kind, bucket=Bucket.VACANT)
    running = rows.filter(on__lte=on).aggregate(n=Sum("count"))["n"] or 0
    least = running
    for net in rows.filter(on__gt=on).values("on").annotate(n=Sum("count")).order_by("on").values_list("n", flat=True):
        running += net
        least = min(least, running)
    return max(least, 0)


def holders(on: date, condition: Q | None = None) -> dict[int, Held]:
    """Who holds a seat at the end of a day, by the person's key, under a condition on entries. One query."""
    rows = SeatEntry._base_manager.filter(condition or Q(), bucket=Bucket.OCCUPIED, on__lte=on)
    found = (
        rows.values("teacher", "account", "account__unit", "account__kind")
        .annotate(held=Sum("count"), since=Max("on", filter=Q(count__gt=0)))
        .filter(held__gt=0)
        .order_by("teacher")
    )
    return {
        row["teacher"]: Held(row["teacher"], row["account"], row["account__unit"], row["account__kind"], row["since"])
        for row in found
    }


def seats_of(teachers: Collection[int], on: date) -> dict[int, Held]:
    """The seats that some people (by their keys) hold on a day; who holds none is left out."""
    return holders(on, Q(teacher__in=list(teachers)))


def seat_of(teacher: Any, on: date) -> Held | None:
    """The seat that a person holds on a day."""
    return seats_of([teacher.pk], on).get(teacher.pk)


def remaining(reservations: Collection[int], on: date) -> dict[int, int]:
    """How many seats of each reservation (by its key) are left on a day: reserved, not used, not given back, not run out."""
    rows = SeatEntry._base_manager.filter(reservation__in=list(reservations), on__lte=on)
    return dict(rows.values("reservation").annotate(n=Sum("count")).order_by().values_list("reservation", "n"))


def usable(unit: Any, kind: str, on: date) -> list[tuple[Reservation, int]]:
    """The reservations of a unit from which seats can be occupied from a day on, the one that ends first before all others."""
    return usable_of([unit.pk], kind, on).get(unit.pk, [])


def usable_of(units: Collection[int], kind: str, on: date) -> dict[int, list[tuple[Reservation, int]]]:
    """The same for several units by their keys. Three queries."""
    rows = Reservation._base_manager.filter(account__unit__in=list(units), account__kind=kind, on__lte=on, until__gt=on)
    listed = list(rows.select_related("account", "use").order_by("until", "pk"))
    left = _left_to_the_end(listed, on)
    found: dict[int, list[tuple[Reservation, int]]] = {}
    for one in listed:
        if left[one.pk] > 0:
            found.setdefault(one.account.unit_id, []).append((one, left[one.pk]))
    return found


def vacant_of(units: Collection[int], kind: str, on: date) -> dict[int, int]:
    """The fewest vacant seats of units on any day from a day on, by their keys; units without an account are left out. Two queries."""
    accounts = SeatAccount._base_manager.filter(unit__in=list(units), kind=kind)
    running = dict.fromkeys(accounts.values_list("unit", flat=True), 0)
    least: dict[int, int] = {}
    rows = SeatEntry._base_manager.filter(account__in=accounts, bucket=Bucket.VACANT)
    told = rows.values("account__unit", "on").annotate(n=Sum("count")).order_by("on")
    for unit, day, net in told.values_list("account__unit", "on", "n"):
        if day > on:
            least.setdefault(unit, running[unit])
        running[unit] += net
        if unit in least:
            least[unit] = min(least[unit], running[unit])
    return {unit: max(least.get(unit, number), 0) for unit, number in running.items()}


def _left_to_the_end(found: Collection[Reservation], on: date) -> dict[int, int]:
    """The seats of each reservation that are left on every day from a day to its end: some may be booked for a later day already."""
    least = dict.fromkeys((one.pk for one in found), 0) | remaining([one.pk for one in found], on)
    until = {one.pk: one.until for one in found}
    running = dict(least)
    rows = SeatEntry._base_manager.filter(reservation__in=list(until), on__gt=on)
    for key, day, net in (
        rows.values("reservation", "on").annotate(n=Sum("count")).order_by("on").values_list("reservation", "on", "n")
    ):
        if day < until[key]:
            running[key] += net
            least[key] = min(least[key], running[key])
    return least


def accounts_under(unit: Any) -> Any:
    """The accounts of a unit and all below it."""
    return SeatAccount._base_manager.filter(unit__path__descendants=unit.path)


def _keys(units: Any) -> Any:
    return units.values("pk") if hasattr(units, "values") else list(units)


def _entries(position: int | None) -> Any:
    if position is None:
        return SeatEntry._base_manager.all()
    # Entries are only added: what was known is what had been added by then.
    known = SeatEntry.history.filter(history_type="+", change__settled__position__lte=position).order_by()
    return SeatEntry._base_manager.filter(pk__in=known.values("id"))


def _summed(rows: Any, *by: str) -> Mapping[Any, Mapping[str, int]]:
    """Sums of entries by part of the account, by one key or by several as a tuple."""
    found: dict[Any, dict[str, int]] = {}
    summed = rows.values(*by, "bucket").annotate(n=Sum("count")).order_by()
    for *keys, bucket, number in summed.values_list(*by, "bucket", "n"):
        found.setdefault(tuple(keys) if len(by) > 1 else keys[0], {})[bucket] = number
    return found


def _balance(parts: Mapping[str, int]) -> Balance:
    return Balance(
        -parts.get(Bucket.GRANTED, 0),
        parts.get(Bucket.OCCUPIED, 0),
        parts.get(Bucket.RESERVED, 0),
        parts.get(Bucket.VACANT, 0),
        True,
    )
