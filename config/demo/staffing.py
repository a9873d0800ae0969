"""Who works where: the posts of each unit, so that they add up to the number of people asked for."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from config.demo.people import Post
from config.demo.units import UnitPlan
from core.org.models import UnitKind

# What is taught in a stage, more of it where it stands more often.
SUBJECTS: Final = {
    "preschool": ("preschool",),
    "primary": tuple(
        "chinese chinese chinese chinese chinese mathematics mathematics mathematics mathematics english english science"
        " morality_law pe pe music fine_arts digital labour".split()
    ),
    "junior": tuple(
        "chinese chinese chinese mathematics mathematics mathematics english english english physics physics chemistry biology"
        " history geography morality_law pe music fine_arts digital psychology".split()
    ),
    "senior": tuple(
        "chinese chinese chinese mathematics mathematics mathematics english english english physics physics chemistry"
        " chemistry biology biology politics history geography pe music fine_arts it general_technology".split()
    ),
    "vocational": tuple(
        "vocational vocational vocational vocational chinese mathematics english politics pe it".split()
    ),
    "special": ("special", "special", "special", "special", "pe", "music", "fine_arts", "psychology"),
}
_HEAD: Final = {"111": ("园长", "副园长")}
_MIDDLE: Final = (
    "教务主任",
    "德育主任",
    "总务主任",
    "办公室主任",
    "教研室主任",
    "年段长",
    "少先队总辅导员",
    "教务副主任",
)
_SUPPORT: Final = ("会计", "出纳", "图书管理员", "实验员", "校医", "文印员")
_WORKERS: Final = ("驾驶员", "水电工", "食堂管理员", "门卫", "炊事员")
_OFFICE: Final = ("科长", "副科长", "一级科员", "二级科员", "四级主任科员")
_COUNTY_OFFICE: Final = ("股长", "副股长", "一级科员", "二级科员", "教研员")


def share_out(units: list[UnitPlan], people: int) -> dict[UnitPlan, int]:
    """How many of the people belong to each unit, by weight; every open unit has somebody, the largest takes what is left over."""
    open_units = [unit for unit in units if unit.closed is None]
    total = sum(unit.weight for unit in open_units)
    shares = {unit: max(1, round(people * unit.weight / total)) for unit in open_units}
    largest = max(open_units, key=lambda unit: unit.weight)
    shares[largest] += people - sum(shares.values())
    if shares[largest] < 1:
        raise ValueError(f"{people} people are too few for {len(open_units)} units")
    return shares


def posts_of(unit: UnitPlan, number: int, rng: Random) -> Iterator[Post]:
    """The posts of a unit, leaders first."""
    if unit.type is None:
        yield from _office_posts(unit, number)
        return
    leaders = _leaders(unit, number)
    support = round(number * 0.05) if number >= 12 else 0
    workers = round(number * 0.05) if number >= 12 else 0
    for place in range(number):
        stage = unit.stages[place % len(unit.stages)]
        if place < len(leaders):
            title, family = leaders[place]
            yield Post(unit, title, family, stage, _subject(unit, stage, rng), leads=True)
        elif place < len(leaders) + support:
            yield Post(unit, _SUPPORT[place % len(_SUPPORT)], "professional")
        elif place < len(leaders) + support + workers:
            yield Post(unit, _WORKERS[place % len(_WORKERS)], "worker")
        else:
            yield Post(unit, "专任教师", "professional", stage, _subject(unit, stage, rng))


def _subject(unit: UnitPlan, stage: str, rng: Random) -> str:
    if unit.kind == UnitKind.TEACHING_POINT:
        return "all_subjects"
    return rng.choice(SUBJECTS[stage])


def _leaders(unit: UnitPlan, number: int) -> list[tuple[str, str]]:
    head, deputy = _HEAD.get(unit.type.office_type if unit.type else "", ("校长", "副校长"))
    if number < 6:
        return []
    middle = min(number // 14, len(_MIDDLE))
    family = "management" if number >= 40 else "professional"
    return [
        (head, family),
        *[(deputy, family)] * min(number // 35, 3),
        *[(title, "professional") for title in _MIDDLE[:middle]],
    ]


def _office_posts(unit: UnitPlan, number: int) -> Iterator[Post]:
    if unit.kind in {UnitKind.CITY, UnitKind.COUNTY}:
        titles = ("局长", "副局长", "副局长", "总督学", "主任督学")
    else:
        titles = _OFFICE if unit.place == 0 else _COUNTY_OFFICE
    for place in range(number):
        title = titles[place] if place < len(titles) else titles[-2]
        yield Post(unit, title, "professional" if title == "教研员" else "civil_servant", leads=place == 0)
