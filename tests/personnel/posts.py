"""Posts as tests need them: settings, people appointed, and what the database says of both."""

from __future__ import annotations

from datetime import date
from typing import Any

from psycopg.types.range import Range

from core.org.actor import system_actor
from core.records.changes import change
from personnel.models import PostAppointment, Teacher
from personnel.selectors.posts import standings
from personnel.services.post_settings import write_setting
from personnel.services.posts import NewAppointment, appoint_many
from tests.factories.people import make_teacher
from tests.ground.clock import TODAY

SET = date(2020, 9, 1)


def set_posts(unit: Any, begins: date = SET, **numbers: int) -> None:
    """`set_posts(unit, p10=3, special_p7=1)`: what is approved for a unit from a day on."""
    told = {(key.removeprefix("special_"), key.startswith("special_")): number for key, number in numbers.items()}
    with change("test.set_posts", actor=system_actor(TODAY), reason="test ground"):
        write_setting(unit, begins, told, document="青编〔2020〕1号")


def appointed(
    unit: Any, level: str, since: date = date(2021, 9, 1), until: date | None = None, name: str = "张伟"
) -> PostAppointment:
    """Somebody new at the unit who holds a level."""
    teacher = make_teacher(name, unit)
    put(unit, level, since, until, teacher)
    return PostAppointment.objects.get(teacher=teacher)


def put(unit: Any, level: str, since: date, until: date | None, teacher: Teacher) -> None:
    """A person who holds a level of a unit for a period."""
    with change("test.appoint", actor=system_actor(TODAY), reason="test ground"):
        appoint_many([NewAppointment(teacher.pk, unit.pk, level, since, until)])


def period(starts: date, ends: date | None = None) -> Range[date]:
    """Half-open days."""
    return Range(starts, ends)


def told(unit: Any, on: date = TODAY) -> dict[str, tuple[int, int, int]]:
    """Of each level: approved, appointed, off the ratio."""
    posts = standings([unit.pk], on).get(unit.pk)
    if posts is None:
        return {}
    over = dict(posts.over or {})
    found = {one.level: (one.approved, one.appointed, over.pop(one.level, 0)) for one in posts.rows if not one.special}
    return found | {level: (0, 0, number) for level, number in over.items()}
