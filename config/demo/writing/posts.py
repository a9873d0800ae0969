"""Posts near what people hold, with some free and some people off the ratio; contracts, some of them due; decided retirement classes."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from psycopg.types.range import Range

from config.demo.places import CITY_CODE
from config.demo.writing.offices import QUOTA_PAPERS, Offices
from core.dates import DAY, add_months
from core.org.actor import system_actor
from core.org.models import Unit
from core.parameters.selectors import version_at
from core.parameters.services import set_local
from core.records.changes import change
from personnel.models import Contract, PostAppointment, PostSetting, RetirementCategory, Teacher
from personnel.models.vacancies import OVER, RATIO
from personnel.rules import PostStructure
from personnel.selectors.posts import posts_of
from personnel.selectors.teachers import employed, with_facts
from personnel.services.post_settings import propose_posts
from titles.models import TitleHeld

SET: Final = date(2019, 9, 1)
SCHOOLS: Final = ("school", "teaching_point")
SCHOOL_CLERK: Final = "school.clerk"
# Years in a title after which people stand on the next level of its band.
STEPS: Final = {
    "senior_full": ("p4",),
    "senior": ("p7", "p6", "p5"),
    "first": ("p10", "p9", "p8"),
    "second": ("p12", "p11"),
}
YEARS_EACH: Final = 6
PLAIN: Final = {"worker": "w3", "management": "m9"}
LONG_SERVICE: Final = 15
TERM: Final = 3
RATIOS: Final = {"parts": {"high": 25, "middle": 45, "junior": 30}, "whole": 100}
DECIDED: Final = 3
# How many contracts run out soon, and how many probations nobody judged in time.
RUNNING_OUT, FORGOTTEN = 0.03, 0.15
AT_ONCE: Final = 2000


@dataclass(frozen=True, slots=True)
class Holding:
    """Somebody in quota with the level that they hold: at which unit, since when, and since when they work there."""

    teacher: int
    unit: int
    place: int
    level: str
    since: date
    joined: date
    new: bool


def set_posts(offices: Offices, places: dict[int, int], seed: int) -> None:
    """Posts, appointments and contracts of all schools; `places` says of which bureau each school is (unit → place)."""
    rng = Random(f"{seed}:posts")  # noqa: S311 - invented figures, the same at every run
    _set_ratios(offices)
    holdings = _holdings(offices.day, places)
    numbers = _numbers(holdings, rng)
    for place in sorted(set(places.values())):
        with change(
            "personnel.appoint", actor=offices.clerk(place, offices.day), reason="岗位设置和聘任情况录入", source="command",
            document=f"{QUOTA_PAPERS[place]}〔2019〕16号",
        ):  # fmt: skip
            _write(place, [one for one in holdings if one.place == place], numbers)
            Contract.objects.bulk_create(
                [_contract(one, offices.day, rng) for one in holdings if one.place == place], batch_size=AT_ONCE
            )
    _decide_retirements(offices)
    _propose(offices)


def _set_ratios(offices: Offices) -> None:
    """The city has ratios of its own, as its schools have more posts of the upper tiers than the national target."""
    shipped = version_at(PostStructure.table, SET)
    city = Unit.objects.get(code=CITY_CODE)
    if shipped is not None:
        set_local(
            actor=system_actor(offices.day), table=PostStructure.table, unit=city, on=SET, data={**shipped.data, "overall": RATIOS},
            reference="江人社〔2019〕52号", reason="中小学岗位结构比例", document="江人社〔2019〕52号",
        )  # fmt: skip


def _holdings(day: date, places: dict[int, int]) -> list[Holding]:
    """The people in quota at schools, by unit; one query for people, one for titles."""
    titles: dict[int, tuple[str, date]] = {}
    for teacher, rank, valid in TitleHeld.objects.filter(valid__contains=day).values_list(
        "teacher_id", "rank", "valid"
    ):
        titles[teacher] = rank, valid.lower
    people: Any = employed(with_facts(Teacher.objects.filter(merged_into__isnull=True), day), day)
    found = []
    for teacher in people.filter(unit__in=places, in_quota=True).order_by("pk"):
        rank, since = titles.get(teacher.pk, ("none", teacher.unit_since))
        begins = max(since, teacher.unit_since)
        if begins > day:
            continue
        level = _level(teacher.post_family, rank, day.year - since.year)
        new = (day - teacher.unit_since).days < 2 * 366 and str(teacher.work_start or "")[:4] >= str(
            teacher.unit_since.year - 1
        )
        found.append(Holding(teacher.pk, teacher.unit, places[teacher.unit], level, begins, teacher.unit_since, new))
    return found


def _level(family: str, rank: str, years: int) -> str:
    steps = STEPS.get(rank, ("p13",))
    return PLAIN.get(family) or steps[min(years // YEARS_EACH, len(steps) - 1)]


def _numbers(holdings: list[Holding], rng: Random) -> dict[tuple[int, str], int]:
    """Posts by unit and level: about as many as people, often some more, seldom fewer where all were there before."""
    held = Counter((one.unit, one.level) for one in holdings)
    before = Counter((one.unit, one.level) for one in holdings if one.since < SET)
    found = {}
    for key in sorted(held):
        fewer = before[key] > 1 and rng.random() < 0.15
        found[key] = held[key] - 1 if fewer else held[key] + rng.choice((0, 0, 0, 1, 1, 2))
    return found


def _write(place: int, holdings: list[Holding], numbers: dict[tuple[int, str], int]) -> None:
    document = f"{QUOTA_PAPERS[place]}〔2019〕16号"
    units = {one.unit for one in holdings}
    PostSetting.objects.bulk_create(
        [
            PostSetting(unit_id=unit, level=level, number=number, document=document, valid=Range(SET, None))
            for (unit, level), number in numbers.items()
            if unit in units
        ],
        batch_size=AT_ONCE,
    )
    by_key: dict[tuple[int, str], list[Holding]] = defaultdict(list)
    for one in holdings:
        by_key[one.unit, one.level].append(one)
    rows: list[Any] = []
    for key, people in by_key.items():
        # Whoever came since the posts were set has one of them; of the others the longest appointed.
        ordered = sorted(people, key=lambda one: (one.since < SET, one.since, one.teacher))
        for number, one in enumerate(ordered):
            place_held = RATIO if number < numbers[key] else OVER
            rows.append(
                PostAppointment(
                    teacher_id=one.teacher, unit_id=one.unit, level=one.level, place=place_held, valid=Range(one.since, None),
                    document=document if one.since < SET else "",
                )
            )  # fmt: skip
    PostAppointment.objects.bulk_create(rows, batch_size=AT_ONCE)


def _contract(one: Holding, day: date, rng: Random) -> Contract:
    """Until retirement after many years, else for three years at a time; of new people the probation of the law."""
    years = day.year - one.joined.year
    if years >= LONG_SERVICE:
        return Contract(teacher_id=one.teacher, unit_id=one.unit, valid=Range(one.joined, None))
    starts = one.joined
    while add_months(starts, TERM * 12) <= day:
        starts = add_months(starts, TERM * 12)
    ends = add_months(starts, TERM * 12)
    if rng.random() < RUNNING_OUT:
        ends = day + timedelta(rng.randrange(5, 55))
        starts = max(one.joined, add_months(ends, -TERM * 12))
    probation = add_months(starts, 12) - DAY if one.new and starts == one.joined else None
    judged = probation is not None and probation < day and rng.random() > FORGOTTEN
    return Contract(
        teacher_id=one.teacher, unit_id=one.unit, valid=Range(starts, ends), number=f"{starts.year}-{rng.randrange(1, 400):03}",
        signed_on=starts, first_job=probation is not None, probation_last=probation, probation_verdict="passed" if judged else "",
        verdict_on=probation if judged else None,
    )  # fmt: skip


def _decide_retirements(offices: Offices) -> None:
    """A few women with senior titles who retire by the 60-year class, by decision."""
    actor = offices.clerk(1, offices.day)
    rows = Teacher.objects.visible_to(actor).filter(
        sex="2", titlehelds__rank="senior", titlehelds__valid__contains=offices.day
    )
    with change(
        "personnel.add_fact",
        actor=actor,
        reason="高级职称女性退休类别认定",
        source="command",
        document="临教人〔2025〕6号",
    ):
        for teacher in employed(rows, offices.day).order_by("birth", "pk")[:DECIDED]:
            RetirementCategory.objects.create(
                teacher=teacher, category="f60", basis="senior_title", decided_on=date(2025, 3, 20), document="临教人〔2025〕6号",
                valid=Range(date(2025, 3, 20), None),
            )  # fmt: skip


def _propose(offices: Offices) -> None:
    """The school of the examples asks for two more posts; the county has it before it."""
    actor = offices.actor(SCHOOL_CLERK, offices.day)
    unit = Unit.objects.get(pk=actor.unit.pk) if actor.unit is not None else None
    now = posts_of(unit, offices.day).numbers if unit is not None else {}
    if unit is None or not now:
        return
    asked = {(level, False): number for level, number in now.items()}
    asked["p10", False] = asked.get(("p10", False), 0) + 2
    propose_posts(
        actor=actor, unit=unit, begins=date(offices.day.year + 1, 1, 1), numbers=asked, words="学生增加，编制增加2名，相应增设中级岗位",
        source="command",
    )  # fmt: skip
