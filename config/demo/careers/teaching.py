"""What people taught, school year by school year, and when they led a class."""

from __future__ import annotations

from datetime import date
from typing import Final

from config.demo.people import Fact, Person, Spell

HOURS: Final = {
    "preschool": (20, 26),
    "primary": (13, 18),
    "junior": (11, 15),
    "senior": (10, 14),
    "vocational": (10, 16),
    "special": (12, 16),
}
# The curriculum of 2022 made 信息科技 a subject of compulsory schooling.
DIGITAL_FROM: Final = date(2022, 9, 1)


def teach(person: Person) -> None:
    """Periods of teaching: a new one with each school, with each turn as class teacher, and when hours change."""
    if not person.post.teaches:
        return
    for spell in person.spells:
        if spell.start < person.last:
            _teach_at(person, spell)


def _teach_at(person: Person, spell: Spell) -> None:
    last = spell.end or person.leaves
    edges = [spell.start, *(day for day in _turns(person, spell) if spell.start < day)]
    leads = person.rng.random() < 0.35
    for start, end in zip(edges, [*edges[1:], last], strict=True):
        if end is not None and end <= start:
            continue
        stage = person.post.stage if person.post.stage in spell.unit.stages else (*spell.unit.stages, "")[0]
        values = {
            "stage": stage,
            "subject": _subject(person, stage, start),
            "weekly_hours": _hours(person, spell, stage),
            "class_teacher": leads and spell.post == "专任教师",
        }
        person.teaching.append(Fact(start, end, values))
        leads = not leads if person.rng.random() < 0.6 else leads


def _turns(person: Person, spell: Spell) -> list[date]:
    """The first days of school years in which something changed; more of them in the years that the system knows."""
    rng = person.rng
    last = spell.end or person.last
    turns = {
        date(year, 9, 1)
        for year in range(spell.start.year + 1, last.year + 1)
        if rng.random() < (0.24 if year > 2018 else 0.06)
    }
    if person.post.subject == "digital" and spell.start.year < DIGITAL_FROM.year and last > DIGITAL_FROM:
        turns.add(DIGITAL_FROM)
    return sorted(day for day in turns if day < last)


def _subject(person: Person, stage: str, start: date) -> str:
    if stage in {"preschool", "special"} and person.post.stage != stage:
        return stage
    if person.post.subject == "digital" and start < DIGITAL_FROM.replace(month=6):
        return "it"
    return person.post.subject


def _hours(person: Person, spell: Spell, stage: str) -> str:
    if "长" in spell.post and "年段长" not in spell.post:
        return str(person.rng.randrange(2, 7))
    low, high = HOURS.get(stage, (8, 12))
    return str(person.rng.randrange(low, high + 1))
