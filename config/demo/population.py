"""The people of the demo city: a person for each post, with a whole career."""

from __future__ import annotations

from datetime import date
from random import Random

from config.demo import story
from config.demo.careers import beginnings, family, learning, slips, spells, standing, statuses, teaching, titles
from config.demo.people import Person, Post, Registry, change_phone, new_person
from config.demo.staffing import posts_of, share_out
from config.demo.units import UnitPlan


def populate(units: list[UnitPlan], people: int, day: date, seed: int, registry: Registry) -> list[Person]:
    """`people` persons with their careers up to a day, always the same for the same arguments. ValueError when too few."""
    places_of_work = spells.Map(units)
    found: list[Person] = []
    for unit, number in share_out(units, people).items():
        rng = Random(f"{seed}:{unit.code}")  # noqa: S311 - invented people, the same at every run
        for post in posts_of(unit, number, rng):
            own = Random(f"{seed}:{len(found)}")  # noqa: S311 - one stream each, so that a change to one person leaves others alone
            found.append(_person(len(found) + 1, own, post, day, registry, places_of_work))
    story.tell(found, units, registry)
    _number_staff(found)
    return found


def _person(number: int, rng: Random, post: Post, day: date, registry: Registry, places_of_work: spells.Map) -> Person:
    male = beginnings.is_male(rng, post)
    gone, how = beginnings.departure(rng, post, day)
    birth = beginnings.born(rng, post, day, gone, how, male=male)
    person = new_person(number, rng, post, birth, day, male=male, registry=registry)
    person.leaves, person.leaves_how = gone, how
    fill(person, places_of_work)
    change_phone(person, registry)
    return person


def fill(person: Person, places_of_work: spells.Map) -> None:
    """Everything that follows from who the person is and which post it is."""
    person.level = beginnings.first_level(person.rng, person.post, person.birth)
    first = beginnings.begin_work(person, person.last)
    person.work_start = beginnings.work_start_text(person.rng, first)
    person.teaching_start = f"{first.year}-09" if person.post.teaches else None
    spells.employ(person, first, places_of_work)
    teaching.teach(person)
    titles.give_titles(person, first, person.last)
    learning.study(person, first)
    learning.certify(person, first, person.last)
    learning.go_abroad(person, first, person.last)
    standing.join_party(person, first)
    standing.achieve(person, first, person.last)
    statuses.absences(person)
    statuses.interruptions(person, first)
    statuses.archive_birth(person)
    family.relatives(person)
    family.earlier_name(person)
    slips.slip(person)


def _number_staff(people: list[Person]) -> None:
    """Staff numbers: the year of the first work and a running number."""
    for place, person in enumerate(sorted(people, key=lambda one: (one.work_start, one.number)), 1):
        person.staff_number = f"{person.work_start[:4]}{place:05}"
