"""The seat ledger of the demo city: opened last month, a few movements since, one application that waits, a few differences."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import date, timedelta

from psycopg.types.range import Range

from config.demo.places import COUNTIES
from config.demo.writing.offices import QUOTA_PAPERS, Offices
from core.dates import add_months
from core.org.actor import Actor
from core.org.errors import NotAllowed
from core.org.models import ApprovedQuota, Unit
from core.records.changes import change
from personnel.selectors.seat_holding import SURPLUS, differences, expected_holders
from personnel.services import seats
from personnel.services.seat_uses import ask_use

SCHOOL = "school.clerk"
LEFT_OPEN = 3
KIND = "institution"


def keep_seats(offices: Offices) -> None:
    """Each bureau opens its ledger; who left since is released, but for some that the comparison is to show."""
    day = offices.day
    opened = add_months(day.replace(day=1), -1)
    for place in (*range(1, len(COUNTIES) + 1), 0):
        clerk = offices.clerk(place, day)
        bureau = clerk.unit
        if bureau is None:
            continue
        _offices_have_seats(clerk, bureau, opened)
        with suppress(NotAllowed):
            seats.open_ledger(
                actor=clerk, unit=bureau, on=opened, document=f"{QUOTA_PAPERS[place]}〔{opened.year}〕40号"
            )
        units = list(Unit.objects.filter(path__descendants=bureau.path))
        gone = [one for one in differences(units, day) if one.what == SURPLUS]
        if len(gone) > LEFT_OPEN:
            seats.book_differences(actor=clerk, found=gone[LEFT_OPEN:], on=day, reason="退休、离职下编")
    _move(offices, opened)


def _offices_have_seats(clerk: Actor, bureau: Unit, opened: date) -> None:
    """Bureaus and their departments have as many seats as people in quota."""
    without = Unit.objects.filter(path__descendants=bureau.path, quotas=None)
    held = Counter(one.unit for one in expected_holders(without, opened).values())
    if held:
        with change("org.approve_quota", actor=clerk, reason="机关编制录入"):
            ApprovedQuota.objects.bulk_create(
                ApprovedQuota(unit_id=unit, seats=seats_, valid=Range(opened, None))
                for unit, seats_ in sorted(held.items())
            )


def _move(offices: Offices, opened: date) -> None:
    """The school of the story is given two seats, keeps one for a transfer and applies to use another."""
    school = offices.actor(SCHOOL, offices.day)
    clerk = offices.clerk(1, offices.day)
    if school.unit is None or clerk.unit is None or not clerk.unit.covers(school.unit):
        return
    seats.approve(
        actor=clerk, unit=school.unit, kind=KIND, count=12, on=opened + timedelta(days=9),
        document=f"{QUOTA_PAPERS[1]}〔{opened.year}〕46号", reason="学生增加，增核编制",
    )  # fmt: skip
    seats.reserve(
        actor=clerk, unit=school.unit, kind=KIND, count=1, on=offices.day, until=add_months(offices.day, 6),
        document=f"{QUOTA_PAPERS[1]}〔{opened.year}〕51号", reason="引进人才",
    )  # fmt: skip
    ask_use(
        actor=school, unit=school.unit, kind=KIND, count=2, purpose="recruit",
        words="数学、物理教师各缺一名，拟参加明年全市公开招聘。",
    )  # fmt: skip
