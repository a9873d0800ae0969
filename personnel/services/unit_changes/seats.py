"""The seats that go from one unit to another: one movement for each account, with who holds them and what is booked ahead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db.models import Sum

from core.org.models import Unit
from personnel.models import Reservation, SeatAccount, SeatEntry, Teacher
from personnel.services.seats.booking import Booking, Bucket, Kind, Line, accounts, book, refusals
from personnel.services.seats.quotas_told import tell_quotas

Key = tuple[str, date, int | None, int | None]
"""A part of an account, a day, whose seat, of which reservation."""
Nets = Mapping[Key, int]


def nets_from(
    accounts_: Collection[SeatAccount], on: date, people: Collection[int] | None = None
) -> dict[int, dict[Key, int]]:
    """What stands in each account on a day, and what is booked for later days; of some people, or all. One query."""
    rows = SeatEntry._base_manager.filter(account__in=[one.pk for one in accounts_])
    if people is not None:
        rows = rows.filter(teacher__in=people)
    found: dict[int, dict[Key, int]] = defaultdict(lambda: defaultdict(int))
    for account, bucket, day, teacher, reservation, net in (
        rows.values("account", "bucket", "on", "teacher", "reservation").annotate(n=Sum("count")).order_by()
        .values_list("account", "bucket", "on", "teacher", "reservation", "n")
    ):  # fmt: skip
        found[account][bucket, max(day, on), teacher, reservation] += net
    return found


def carry_all(unit: Unit, to_unit: Unit, on: date, **said: Any) -> None:
    """Let all seats of a unit be those of another from a day on: approved, occupied, reserved, vacant, and all that is booked ahead.

    `said` is what `book` takes. Raises `SeatsRefused` where the receiver would stand further over its quota than it does.
    """
    own = list(SeatAccount._base_manager.filter(unit=unit).select_related("unit").order_by("pk"))
    if not own:
        return
    with refusals():
        takes = accounts([(to_unit, one.kind) for one in own], actor=said["actor"], on=on)
        nets = nets_from(own, on)
        kept = _reservations(own, takes, nets, on)
        bookings = []
        for one in own:
            gains = {(bucket, day, who, kept.get(of or 0, of)): n for (bucket, day, who, of), n in nets[one.pk].items()}
            losses = {key: -n for key, n in nets[one.pk].items()}
            bookings.append(_booking(to_unit, on, [(one, losses), (takes[to_unit.pk, one.kind], gains)]))
        _book(bookings, [*own, *takes.values()], on, said)


def carry_some(
    units: Collection[int], unit: Unit, to_unit: Unit, on: date, people: Collection[int], seats: Mapping[str, int], **said: Any
) -> None:  # fmt: skip
    """Let some people of units hold their seats at another one from a day on, and so many approved seats of `unit` go there.

    Raises `SeatsRefused` where more people go than seats, or more seats than are left vacant.
    """
    own = list(SeatAccount._base_manager.filter(unit__in=units).select_related("unit").order_by("pk"))
    by_place = {(one.unit_id, one.kind): one for one in own}
    nets = nets_from(own, on, people)
    kinds = {*seats, *(one.kind for one in own if nets.get(one.pk))}
    if not kinds:
        return
    with refusals():
        takes = accounts([(to_unit, kind) for kind in kinds], actor=said["actor"], on=on)
        gives = accounts([(unit, kind) for kind in seats], actor=said["actor"], on=on)
        bookings = []
        for kind in sorted(kinds):
            parts: dict[int, dict[Key, int]] = defaultdict(lambda: defaultdict(int))
            known = {one.pk: one for one in (*own, *gives.values(), *takes.values()) if one.kind == kind}
            target = takes[to_unit.pk, kind].pk
            for account in [one for one in own if one.kind == kind]:
                for (bucket, day, who, _of), n in nets.get(account.pk, {}).items():
                    _swap(parts, account.pk, target, bucket, Bucket.VACANT, day, n, who)
            if kind in seats:
                source = by_place.get((unit.pk, kind), gives[unit.pk, kind]).pk
                _swap(parts, source, target, Bucket.VACANT, Bucket.GRANTED, on, seats[kind], None)
            bookings.append(_booking(to_unit, on, [(known[key], part) for key, part in parts.items()]))
        _book(bookings, [*own, *gives.values(), *takes.values()], on, said)


def _swap(
    parts: dict[int, dict[Key, int]], source: int, target: int, bucket: str, other: str, day: date, n: int, who: int | None
) -> None:  # fmt: skip
    """So many go from a part of one account to that of another; the other part of both makes up for it."""
    whose = who if bucket == Bucket.OCCUPIED else None
    for account, number in ((source, -n), (target, n)):
        parts[account][bucket, day, whose, None] += number
        parts[account][other, day, None, None] -= number


def _reservations(
    own: Collection[SeatAccount], takes: Mapping[tuple[int, str], SeatAccount], nets: Mapping[int, Nets], on: date
) -> dict[int, int]:
    """What is still kept of reservations is kept at the receiver: a new one for each, with its application. Old key → new key."""
    wanted = {key[3] for part in nets.values() for key, n in part.items() if key[3] is not None and n}
    if not wanted:
        return {}
    target = {account.kind: account for account in takes.values()}
    kinds = {one.pk: one.kind for one in own}
    old = list(Reservation._base_manager.select_for_update().filter(pk__in=wanted).order_by("pk"))
    left = {one.pk: _left(nets[one.account_id], one.pk) for one in old}
    made = [
        Reservation(
            account=target[kinds[one.account_id]], count=max(left[one.pk], 1), on=max(one.on, on), until=max(one.until, one.on, on),
            use_id=one.use_id, document=one.document, note=one.note,
        )
        for one in old
    ]  # fmt: skip
    for one in old:
        one.use_id = None
    Reservation.objects.bulk_update(old, ["use"])
    Reservation.objects.bulk_create(made)
    return {was.pk: now.pk for was, now in zip(old, made, strict=True)}


def _left(nets: Nets, reservation: int) -> int:
    """The most that is kept of a reservation on any day from the first one on."""
    running, most = 0, 0
    for _key, n in sorted(
        (key[1], n) for key, n in nets.items() if key[3] == reservation and key[0] == Bucket.RESERVED
    ):
        running += n
        most = max(most, running)
    return most


def _booking(to_unit: Unit, on: date, parts: list[tuple[SeatAccount, Nets]]) -> Booking:
    lines = [
        Line(account, bucket, day, n, Teacher(pk=who) if who else None, Reservation(pk=of) if of else None)
        for account, part in parts
        for (bucket, day, who, of), n in sorted(part.items(), key=lambda one: (one[0][1], one[0][0], one[0][2] or 0, one[0][3] or 0))
        if n
    ]  # fmt: skip
    return Booking(Kind.ADJUST, to_unit, on, lines)


def _book(bookings: list[Booking], touched: Collection[SeatAccount], on: date, said: Mapping[str, Any]) -> None:
    book([one for one in bookings if one.lines], **said)
    tell_quotas(list({one.pk: one for one in touched}.values()), since=on)
