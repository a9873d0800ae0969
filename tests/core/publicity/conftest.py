"""A sort of publicity of the tests' own: somebody is to be honoured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache

from core.publicity.kinds import PublicityKind, Shown
from core.publicity.rules import Counted
from core.publicity.services import publish
from core.registry import Module, registry
from tests.ground.clock import FixedClock

KIND = "test.honour"
OPENED = date(2026, 11, 16)
LAST = date(2026, 11, 25)
struck: list[Any] = []
stopped: list[Any] = []

HONOUR = PublicityKind(
    name=KIND,
    label="表彰公示",
    days=lambda _on, _unit: Counted(7, "测试办法第一条"),
    columns=(("school", "单位"), ("merit", "事迹")),
    struck=lambda row, _actor, why: struck.append((row.place, why)),
    stopped=lambda one, _actor, why: stopped.append((one.pk, why)),
)


@pytest.fixture(autouse=True)
def honour(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[PublicityKind]:
    """The kind, in use for the length of a test; requests are not counted from other tests."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    struck.clear()
    stopped.clear()
    monkeypatch.setitem(registry.modules, "honour", Module(name="honour", label="表彰", publicity_kinds=(HONOUR,)))
    yield HONOUR
    cache.clear()


@pytest.fixture
def at_day(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`at_day(day)`: the clock stands on that day."""

    def set_to(day: date) -> None:
        fixed = type(
            "Fixed",
            (FixedClock,),
            {"now": classmethod(lambda cls, tz=None: cls(day.year, day.month, day.day, 9, tzinfo=tz))},
        )
        monkeypatch.setattr("core.dates.datetime", fixed)

    return set_to


@pytest.fixture
def published(county_clerk: Any, teacher_actor: Any, honour: PublicityKind) -> Any:
    """Two people of county A, published on Monday 16 November for seven working days; the first has an account."""
    return publish(
        actor=replace(county_clerk, on=OPENED), kind=honour, unit=county_clerk.unit, title="2026年优秀教师公示", subject="test.Honour",
        subject_id=7, reason="民主推荐", words="经民主推荐，拟表彰下列人员。", contact="0591-12345678",
        rows=[
            Shown("李*", {"school": "第一初级中学", "merit": "班主任", "secret": "350726197902031234"}, 1, teacher_actor.user.pk),
            Shown("王*", {"school": "实验小学", "merit": "支教"}, 2),
        ],
    )  # fmt: skip


def said(**given: Any) -> dict[str, Any]:
    """What somebody says who objects."""
    return {"row": None, "text": "材料不实", "named": False, **given}
