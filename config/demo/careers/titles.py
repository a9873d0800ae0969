"""The titles that people rose to, year by year."""

from __future__ import annotations

from datetime import date, timedelta

from config.demo import places
from config.demo.careers.beginnings import BACHELOR, MASTER, NORMAL_SCHOOL
from config.demo.people import Fact, Person


def give_titles(person: Person, first: date, last: date) -> None:
    """Third or second, first, senior and seldom senior-full, with the years between them that are usual."""
    if person.post.family in {"worker", "civil_servant"} or not (
        person.post.stage or person.post.title in {"实验员", "教研员"}
    ):
        return
    steps = [_dated(person, rank, day) for rank, day in _steps(person, first) if day < last]
    ends = [start for _rank, start, _text in steps[1:]]
    for (rank, start, text), end in zip(steps, [*ends, None], strict=False):
        bound = _rural(person) and rank == "senior" and start.year > 2019 and person.rng.random() < 0.4
        values = {
            "rank": rank,
            "obtained": text,
            "scope_of_title": "rural" if bound else "general",
            "area": _county(person) if bound else "",
        }
        person.titles.append(Fact(start, end, values))


def _rural(person: Person) -> bool:
    return person.post.unit.rural and person.post.unit.place > 0


def _county(person: Person) -> str:
    return places.COUNTIES[person.post.unit.place - 1].name


def _dated(person: Person, rank: str, day: date) -> tuple[str, date, str]:
    """The rank, the day from which it holds, and that day as the papers say it: old ones to the month."""
    if day.year < 2005 and person.rng.random() < 0.7:
        return rank, day.replace(day=1), f"{day:%Y-%m}"
    return rank, day, day.isoformat()


def _steps(person: Person, first: date) -> list[tuple[str, date]]:
    rng = person.rng
    steps: list[tuple[str, date]] = []
    if person.level == MASTER:
        steps.append(("second", _summer(first.year, person) + timedelta(days=120)))
        year = first.year + rng.randrange(3, 5)
    elif person.level == BACHELOR:
        steps.append(("second", _summer(first.year + 1, person)))
        year = first.year + 1 + rng.randrange(5, 10)
    else:
        steps.append(("third", _summer(first.year + 1, person)))
        second = first.year + (6 if person.level == NORMAL_SCHOOL else 4) + rng.randrange(2)
        steps.append(("second", _winter(second, person)))
        year = second + rng.randrange(5, 9)
    if rng.random() > 0.93:
        return steps
    steps.append(("first", _winter(year, person)))
    senior = year + rng.randrange(6, 13)
    if rng.random() < (0.75 if person.post.leads else 0.5):
        steps.append(("senior", _winter(senior, person)))
        if rng.random() < (0.12 if person.post.leads else 0.03):
            steps.append(("senior_full", _winter(max(senior + rng.randrange(7, 11), 2016), person)))
    return steps


def _summer(year: int, person: Person) -> date:
    return date(year, 8, 1 if person.rng.random() < 0.7 else 31)


def _winter(year: int, person: Person) -> date:
    return date(year, 12, person.rng.choice((1, 12, 15, 18, 20, 25, 28)))
