"""Where people were employed, one unit after the other, and how they came and left."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import pairwise
from random import Random

from config.demo import places
from config.demo.people import Person, Spell
from config.demo.units import UnitPlan

SHORT_STAY = 3


class Map:
    """The schools by place and stage, to find where somebody may have been before."""

    def __init__(self, units: list[UnitPlan]) -> None:
        self._found: dict[tuple[int, str], list[UnitPlan]] = defaultdict(list)
        for unit in units:
            for stage in unit.stages:
                self._found[unit.place, stage].append(unit)
        self.merged = {unit.heir: unit for unit in units if unit.heir}

    def former(self, rng: Random, unit: UnitPlan, stage: str, start: date, end: date) -> UnitPlan | None:
        """Another school of the stage that existed all the time: mostly of the same place, rather in the country."""
        place = unit.place if rng.random() < 0.92 and unit.place else rng.choice((1, 2, 3))
        options = [
            one for one in self._found[place, stage or "primary"] if one is not unit and one.open_during(start, end)
        ]
        if not options:
            return None
        return rng.choices(options, [3 if one.rural else 2 for one in options])[0]


def employ(person: Person, first: date, places_of_work: Map) -> None:
    """Fill the person's employments from the first day to the last."""
    rng, unit = person.rng, person.post.unit
    last = person.leaves
    edges = _edges(person, first)
    here = Spell(unit, edges[-1], last, post=person.post.title)
    person.spells = [here]
    for start, end in reversed(list(pairwise(edges))):
        before = places_of_work.former(rng, unit, person.post.stage, start, end)
        if before is None or before is person.spells[0].unit:
            person.spells[0].start = start
            continue
        person.spells.insert(0, Spell(before, start, end, post="专任教师", left_how="transfer"))
        person.spells[1].came_how = "transfer"
    for spell in person.spells:
        spell.start = max(spell.start, spell.unit.opened)
    _came_with_merger(person, places_of_work)
    _from_elsewhere(person)
    person.spells[0].came_how = person.spells[0].came_how or _first_way(person)
    if last is not None:
        person.spells[-1].left_how = person.leaves_how
    _form(person)
    _promote(person)
    if person.leaves_how == "retired" and last is not None:
        _retire(person, last)


def _edges(person: Person, first: date) -> list[date]:
    """The first days of the employments; at least SHORT_STAY years between them."""
    rng, unit = person.rng, person.post.unit
    until = person.last.year
    years = until - first.year
    moves = 0 if years < 5 or person.post.family == "worker" else rng.choices((0, 1, 2, 3), (40, 36, 18, 6))[0]
    edges = [first]
    candidates = list(range(first.year + SHORT_STAY, until))
    for _ in range(moves):
        free = [year for year in candidates if all(abs(year - edge.year) >= SHORT_STAY for edge in edges)]
        if free:
            edges.append(date(rng.choice(free), rng.choice((8, 8, 8, 9, 2)), 1))
    edges.sort()
    if unit.opened > edges[-1]:
        edges.append(max(unit.opened, edges[-1]))
    return edges


def _came_with_merger(person: Person, places_of_work: Map) -> None:
    """When a small school was closed its teachers went on at its heir."""
    spell, before = person.spells[-1], places_of_work.merged.get(person.post.unit)
    if before is None or before.closed is None or person.post.leads or person.rng.random() > 0.25:
        return
    if spell.start.year < 2018 and person.last > before.closed:
        person.spells[-1:] = [
            Spell(before, spell.start, before.closed, post=spell.post, came_how=spell.came_how, left_how="transfer"),
            Spell(spell.unit, before.closed, spell.end, post=spell.post, came_how="transfer", left_how=spell.left_how),
        ]


def _from_elsewhere(person: Person) -> None:
    """A few began outside the city; what they did there is work experience."""
    first = person.spells[0]
    if len(person.spells) < 2 or person.rng.random() > 0.07 or first.end is None:
        return
    person.spells.pop(0)
    person.spells[0].came_how = "transfer"
    person.add(
        "WorkExperience", person.spells[0].start, starts=f"{first.start:%Y-%m}", ends=f"{first.end:%Y-%m}",
        workplace=person.rng.choice(places.SCHOOLS_ELSEWHERE), post="教师", teaching=True,
    )  # fmt: skip


def _first_way(person: Person) -> str:
    rng, year, post = person.rng, person.spells[0].start.year, person.post
    if post.family == "civil_servant":
        return "transfer" if year > 2000 else "graduate"
    if person.level in {"61", "71", "44"}:
        return rng.choice(("recruited", "military", "other"))
    if year < 1999:
        return "community" if person.birth.year < 1972 and rng.random() < 0.08 else "graduate"
    if year < 2007:
        return rng.choices(("graduate", "recruited", "substitute"), (60, 36, 4))[0]
    return rng.choices(("recruited", "free_normal", "talent"), (88, 9, 3))[0]


def _form(person: Person) -> None:
    """In quota or which other form; contracts outside the quota are more usual in kindergartens and among workers."""
    rng, post, last = person.rng, person.post, person.spells[-1]
    young = person.birth.year > 1985
    share = (
        0.42 if post.stage == "preschool" and young else 0.55 if post.family == "worker" else 0.035 if young else 0.0
    )
    if post.family == "civil_servant":
        for spell in person.spells:
            spell.contract = ""
    elif not post.leads and last.start.year > 2008 and len(person.spells) == 1 and rng.random() < share:
        last.in_quota, last.contract = False, "labour"
        last.form = rng.choices(("contract", "agency", "dispatch", "temporary"), (50, 20, 20, 10))[0]
    elif post.unit.rural and len(person.spells) == 1 and last.start.year > 2009 and post.teaches and rng.random() < 0.3:
        _special_post(person)


def _special_post(person: Person) -> None:
    """Special-post teachers (特岗) come into the quota after three years."""
    spell = person.spells[0]
    spell.came_how, spell.in_quota, spell.form, spell.contract = "recruited", False, "special_post", "labour"
    turn = date(spell.start.year + 3, 9, 1)
    if turn < (spell.end or person.day):
        person.spells.append(
            Spell(spell.unit, turn, spell.end, post=spell.post, came_how="special_post", left_how=spell.left_how)
        )
        spell.end, spell.left_how = turn, ""


def _promote(person: Person) -> None:
    """Leaders were teachers before; the post is a period of its own."""
    spell, post = person.spells[-1], person.post
    if not post.leads or spell.unit.type is None:
        return
    until = person.last.year
    if until - spell.start.year < 4:
        return
    turn = date(person.rng.randrange(max(spell.start.year + 2, until - 9), until), 8, 1)
    person.spells.append(
        Spell(spell.unit, turn, spell.end, spell.in_quota, spell.form, spell.contract, post.title, "", spell.left_how)
    )  # fmt: skip
    spell.end, spell.post, spell.left_how = turn, "专任教师", ""


def _retire(person: Person, day: date) -> None:
    """Who retires stays with the unit, outside its quota: the file is still kept there."""
    unit = person.spells[-1].unit
    person.spells.append(Spell(unit, day, in_quota=False, form="", contract="", post="退休人员"))
