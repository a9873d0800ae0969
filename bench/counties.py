"""The workbooks that are measured: a county of any size, the same county saved anew, and its rows for the peer."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tests.workbooks.generator import County, Files, make_county, write_county
from tests.workbooks.roster import write_roster

SEED = 7


def county_of(people: int) -> County:
    """A county without a mistake in its roster, with the 22 columns and two-row header of a real one."""
    return make_county(SEED, people, share_wrong=0.0, usual_headers=True)


def write(folder: Path, county: County) -> Files:
    """Its workbooks."""
    return write_county(folder, county)


def save_anew(path: Path, county: County) -> None:
    """The same people in another order, every cell written in another way where there is one, the unit on every row."""
    chance = random.Random(SEED + 1)
    lines = list(county.lines)
    chance.shuffle(lines)
    write_roster(path, lines, county.units, replace(county.style, merged=False), chance)


def plain_rows(county: County, most: int) -> Iterator[list[str]]:
    """The first rows of the roster as the peer can read them: one form for each thing, no merged cells."""
    for number, line in enumerate(county.lines[:most], start=1):
        person, unit = line.person, county.units[line.person.unit]
        yield [
            str(number), unit.name, unit.code, person.name, person.sex, person.number, str(person.birth), person.nation,
            person.politics, str(person.work_start), str(person.work_start), str(int(person.in_quota)), person.education,
            person.degree, person.school, str(person.graduated), person.major, person.title, str(person.title_on or ""),
            person.subject, person.phone, "",
        ]  # fmt: skip
