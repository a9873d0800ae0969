"""The whole demo city in one transaction, all of it or nothing; then papers, and the one sheet that was taken out before others wrote."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random

from django.db import transaction
from django.utils import translation

from config.demo.ledger import Ledger
from config.demo.people import Registry
from config.demo.places import CITY_BUREAU, CITY_CODE, COUNTIES
from config.demo.population import populate
from config.demo.units import UnitPlan, plan_units
from config.demo.writing.accounts import hand_out_a_slip
from config.demo.writing.acts import Acts
from config.demo.writing.cases import ask_for_corrections
from config.demo.writing.city import close_units, write_profiles, write_quotas, write_statistics, write_units
from config.demo.writing.dossiers import keep_dossiers
from config.demo.writing.examining import examine
from config.demo.writing.files import adopt, open_files, write_file
from config.demo.writing.leading import lead
from config.demo.writing.moving import move_some, send_rotations
from config.demo.writing.offices import Offices
from config.demo.writing.organising import organise
from config.demo.writing.papers import issue_papers
from config.demo.writing.planning import plan
from config.demo.writing.posts import set_posts
from config.demo.writing.recruiting import recruit
from config.demo.writing.rosters import import_roster, on_roster, place_on_roster
from config.demo.writing.rotation import send_on_rotation
from config.demo.writing.seats import keep_seats
from config.demo.writing.stale import send_stale_sheet
from config.demo.writing.twice import open_twice
from config.demo.writing.waiting import leave_work
from core.org.models import Unit

SEED = 1949
# The story needs some years after its beginning.
EARLIEST = date(2023, 1, 1)
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Seeded:
    """What was made: units, people with a file, changes."""

    units: int
    people: int
    changes: int


def is_there() -> bool:
    """Whether the demo city was made already."""
    return Unit.objects.filter(code=CITY_CODE).exists()


def seed(*, people: int, schools: int, day: date, tell: Told, number: int = SEED) -> Seeded:
    """Make the demo city as it stands on a day. Raises ValueError for a size that cannot be, `RosterRefused` when the import disagrees."""
    if day < EARLIEST:
        raise ValueError(f"the story of the demo city ends on {EARLIEST} at the earliest")
    offices, registry = Offices(units := plan_units(schools), day, number), Registry()
    with translation.override("zh-hans"):
        with transaction.atomic():
            seeded = _write(units, people, offices, registry, tell, number)
        issue_papers(offices)
        keep_dossiers(offices)
        set_posts(offices, {unit.pk: unit.place for unit in units if unit.is_school}, number)
        recruit(offices)
        examine(offices)
        hand_out_a_slip(offices)
        keep_seats(offices)
        plan(offices)
        lead(offices)
        move_some(offices)
        organise(offices)
        send_rotations(offices)
        send_stale_sheet(offices, registry, Random(f"{number}:stale"))  # noqa: S311 - invented, always the same
    return seeded


def _write(units: list[UnitPlan], people: int, offices: Offices, registry: Registry, tell: Told, number: int) -> Seeded:
    day, ledger = offices.day, Ledger()
    population = populate(units, people, day, number, registry)
    tell(f"{len(units)} units and {len(population)} people thought out")
    offices.open(units)
    write_units(units)
    write_profiles(ledger, units, offices)
    write_statistics(ledger, units, population, offices, number)
    write_quotas(ledger, units, population, offices, number)
    offices.give_roles(ledger)
    changes = 1 + ledger.write(lambda _done, _total: None)
    acts = Acts(ledger, offices)
    names = (CITY_BUREAU, *(county.bureau for county in COUNTIES))
    for place, name in enumerate(names):
        staff = [person for person in population if on_roster(person) and place_on_roster(person) == place]
        batch = import_roster(staff, place, offices, name)
        tell(f"{name}: roster of 2019 with {batch.counts['new']} people accepted")
    found = adopt([person for person in population if on_roster(person)], acts)
    found += open_files([person for person in population if not on_roster(person)], acts)
    for file in found:
        write_file(file, acts, offices)
    send_on_rotation(found, acts)
    close_units(ledger, units, offices)
    changes += len(names) + ledger.write(lambda done, total: tell(f"change {done} of {total}"))
    leave_work(found, units, offices, registry, Random(f"{number}:waiting"))  # noqa: S311 - invented, always the same
    ask_for_corrections(offices, registry, Random(f"{number}:cases"))  # noqa: S311 - invented, always the same
    twice = open_twice(offices)
    return Seeded(len(units), len(found) + twice, changes)
