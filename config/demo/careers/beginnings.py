"""When people were born, what they had learnt when they began to work, and whether and how they have left."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Final

from config.demo.people import BEGINNING, Person, Post, birth_day, years_after

SHARE_GONE: Final = 0.1
# Share of women by the first stage of the school.
WOMEN: Final = {
    "preschool": 0.96,
    "primary": 0.74,
    "junior": 0.58,
    "senior": 0.5,
    "vocational": 0.52,
    "special": 0.72,
    "": 0.4,
}
# Ages on which people of the demo city go: its own story, not a rule of the product.
GOES_AT: Final = {True: 60, False: 55}
# Educations of GB/T 4658, and at what age one has them.
NORMAL_SCHOOL, COLLEGE, BACHELOR, MASTER = "41", "31", "21", "14"
BEGINS_AT: Final = {NORMAL_SCHOOL: 19, COLLEGE: 22, BACHELOR: 23, MASTER: 26}


def is_male(rng: Random, post: Post) -> bool:
    """The sex that goes with a post's school and rank."""
    women = WOMEN[post.unit.stages[0] if post.unit.stages else ""]
    if post.leads and post.unit.stages != ("preschool",):
        women *= 0.6
    if post.title in {"驾驶员", "水电工", "门卫"}:
        women = 0.05
    return rng.random() >= women


def departure(rng: Random, post: Post, day: date) -> tuple[date | None, str]:
    """The day on which the person left, and how; most are still there."""
    settled = post.unit.weight >= 10 and post.unit.opened < date(2010, 1, 1)
    if post.leads or not settled or rng.random() >= SHARE_GONE:
        return None, ""
    span = (day - BEGINNING).days - 60
    gone = BEGINNING + timedelta(days=30 + rng.randrange(span))
    how = rng.choices(("retired", "resigned", "transfer", "died", "contract_end", "dismissed"), (68, 15, 9, 5, 2, 1))[0]
    # Who retires does so at the end of a month; others at the end of a term, except the dead.
    if how == "retired":
        return (gone.replace(day=1) + timedelta(days=32)).replace(day=1), how
    if how == "died":
        return gone, how
    terms = [date(year, month, 1) for year in range(BEGINNING.year + 1, day.year + 1) for month in (2, 8)]
    return rng.choice([term for term in terms if term + timedelta(days=30) < day]), how


def born(rng: Random, post: Post, day: date, gone: date | None, how: str, *, male: bool) -> date:
    """A birthday that fits: not too old to be there still, or just old enough when the person retired."""
    if gone is not None and how == "retired":
        month_before = gone - timedelta(days=20)
        return years_after(month_before.replace(day=1) + timedelta(days=rng.randrange(18)), -GOES_AT[male])
    last = gone or day
    youngest = 32 if post.leads else 30 if gone else 22
    oldest = GOES_AT[male] - 1
    usual = 34 if post.unit.stages == ("preschool",) else 50 if post.family == "worker" else 46 if post.leads else 42
    age = round(rng.triangular(youngest, oldest, usual))
    return birth_day(rng, last.year - age)


def first_level(rng: Random, post: Post, birth: date) -> str:
    """The education with which the person began to work."""
    year, stage = birth.year, post.stage
    if post.family == "worker":
        return rng.choice(("61", "71", "44", "61"))
    if stage in {"preschool", "primary", "special"}:
        if year < 1978:
            return NORMAL_SCHOOL if rng.random() < 0.9 else COLLEGE
        if year < 1986:
            return rng.choices((NORMAL_SCHOOL, COLLEGE, BACHELOR), (25, 55, 20))[0]
        return rng.choices((COLLEGE, BACHELOR), (60, 40) if stage == "preschool" else (18, 82))[0]
    if stage == "junior":
        if year < 1978:
            return rng.choices((NORMAL_SCHOOL, COLLEGE, BACHELOR), (14, 70, 16))[0]
        return rng.choices((COLLEGE, BACHELOR, MASTER), (14, 83, 3))[0]
    if year < 1976:
        return rng.choices((COLLEGE, BACHELOR), (40, 60))[0]
    return rng.choices((BACHELOR, MASTER), (85, 15) if year > 1985 else (96, 4))[0]


def begin_work(person: Person, last: date) -> date:
    """The first day of work: summer of the year in which the studies ended, at the latest three years before `last`."""
    age = BEGINS_AT.get(person.level, 20) + (person.rng.random() < 0.15)
    year = min(person.birth.year + age, last.year - (0 if age < 30 and last.month >= 9 else 1))
    return date(year, person.rng.choice((8, 8, 8, 9)), 1)


def work_start_text(rng: Random, first: date) -> str:
    """As the papers say it: old ones to the month, newer ones to the day."""
    return f"{first:%Y-%m}" if rng.random() < (0.6 if first.year < 2005 else 0.15) else first.isoformat()
