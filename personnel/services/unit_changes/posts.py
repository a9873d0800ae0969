"""Posts that go from one unit to another: the settings of both, and the appointments of those who go."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.codes.selectors import label as code_label
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.records.changes import settled
from personnel.models import PostAppointment, PostSetting
from personnel.models.vacancies import OVER, RATIO
from personnel.selectors.posts import Numbers, books_begin
from personnel.services.post_settings import lock_posts
from personnel.services.unit_changes.carrying import carry, rows_from


def carry_posts(
    units: Collection[int], unit: Unit, to_unit: Unit, on: date, *, people: Collection[int] | None, numbers: Numbers | None,
    document: str, case: Any,
) -> None:  # fmt: skip
    """Let posts and who is appointed to them go to another unit from a day on: so many of `unit`, or (None) all of them.

    Who stands off the ratio of a unit that is closed, stands off it at the receiver; of one that goes on, they come within it. Raises
    `NoVacancy` where more people than posts go or stay, `NotAllowed` where fewer posts are approved than are to go.
    """
    lock_posts([*units, to_unit.pk])
    rows = PostSetting._base_manager.select_for_update().filter(unit__in=[unit.pk, to_unit.pk], valid__contains=on)
    held = {(row.unit_id, row.level, row.special): row for row in rows}
    leaving = {
        (level, special): row.number for (place, level, special), row in held.items() if place == unit.pk
    } if numbers is None else dict(numbers)  # fmt: skip
    said = {"document": document, "case": case}
    with settled():
        _set(held, to_unit.pk, on, leaving, 1, said)
        begun = books_begin([to_unit.pk]).get(to_unit.pk)
        appointed = rows_from(PostAppointment, units, on, people)
        carry(
            appointed,
            to_unit.pk,
            on,
            fitting=lambda one: _placed(one, begun, on, closing=numbers is None),
            fits=("place",),
        )
        _set(held, unit.pk, on, leaving, -1, said)


def end_posts(unit: Unit, on: date) -> None:
    """Let a unit have no posts from a day on. Raises `NoVacancy` where somebody is appointed to one."""
    lock_posts([unit.pk])
    rows = list(PostSetting._base_manager.select_for_update().filter(unit=unit, valid__overlap=Range(on, None)))
    ended = [row for row in rows if row.valid.lower < on]
    never = [row for row in rows if row.valid.lower >= on]
    for row in ended:
        row.valid = Range(row.valid.lower, on)
    for row in never:
        row.number = 0
    with settled():
        PostSetting.objects.bulk_update(ended, ["valid"])
        PostSetting.objects.bulk_update(never, ["number"])


def _placed(one: PostAppointment, begun: date | None, on: date, *, closing: bool) -> None:
    if begun is None or max(one.valid.lower, on) < begun:
        one.place = OVER
    elif one.place == OVER and not closing:
        one.place = RATIO


def _set(
    held: Mapping[tuple[int, str, bool], PostSetting], unit: int, on: date, leaving: Mapping[tuple[str, bool], int], sign: int,
    said: Mapping[str, Any],
) -> None:  # fmt: skip
    """Let so many posts of each level come to a unit on a day, or go."""
    ended, put, fresh = [], [], []
    for (level, special), n in leaving.items():
        row = held.get((unit, level, special))
        number = (row.number if row is not None else 0) + sign * n
        if number < 0:
            text = _("%(level)s: fewer posts are approved than are to go: %(n)s are missing.")
            raise NotAllowed(text % {"level": code_label("post_level", level), "n": -number})
        if row is not None and row.valid.lower == on:
            row.number = number
            put.append(row)
            continue
        if row is not None:
            end = row.valid.upper
            row.valid = Range(row.valid.lower, on)
            ended.append(row)
        else:
            end = None
        if number:
            fresh.append(
                PostSetting(unit_id=unit, level=level, special=special, number=number, valid=Range(on, end), **said)
            )
    PostSetting.objects.bulk_update(ended, ["valid"])
    PostSetting.objects.bulk_update(put, ["number"])
    PostSetting.objects.bulk_create(fresh)
