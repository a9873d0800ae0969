"""Other counties of the shape of `county-a`, of any size, with the right verdict on each row; one seed, one county.

python -m tests.workbooks.generator FOLDER --seed 7 --people 3000
"""

import argparse
import json
import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from tests.workbooks.mistakes import plant
from tests.workbooks.people import TITLES, People, Person
from tests.workbooks.roster import Line, RosterStyle, write_roster
from tests.workbooks.units import Unit, make_units, write_units

PER_UNIT = 45
REGIONS = (("140702", "140721", "140781"), ("410105", "410122", "410181"), ("130102", "130123"), ("620102", "620122"))


@dataclass
class County:
    """A county as it is, and what its bureau wrote: `lines` are the rows of the roster with their problems."""

    seed: int
    chance: random.Random
    maker: People
    units: list[Unit]
    people: list[Person]
    style: RosterStyle
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Files:
    """The workbooks of a county and the verdicts on them; paths of one folder."""

    units: Path
    roster: Path
    roster_expected: Path
    next_year: Path
    next_year_expected: Path


def make_county(seed: int, people: int, *, share_wrong: float = 0.06, usual_headers: bool = False) -> County:
    """A county of this many people, some of their rows with one planted problem each."""
    chance = random.Random(seed)
    units = make_units(chance, max(people // PER_UNIT, 3))
    maker = People(chance, chance.choice(REGIONS), len(units))
    staff = sorted((maker.make() for _ in range(people)), key=lambda person: person.unit)
    county = County(seed, chance, maker, units, staff, RosterStyle.of(chance, usual=usual_headers))
    county.lines = plant(chance, [Line(person) for person in staff], share_wrong, county.style)
    return county


def write_county(folder: Path, county: County) -> Files:
    """Units, the roster, and the roster of the next year, with their verdicts as JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    names = (
        "1-units.xlsx",
        "2-roster.xlsx",
        "2-roster.expected.json",
        "3-roster-next-year.xlsx",
        "3-roster-next-year.expected.json",
    )
    files = Files(*(folder / name for name in names))
    write_units(files.units, county.units)
    rows = write_roster(files.roster, county.lines, county.units, county.style, county.chance)
    _write_json(files.roster_expected, [_verdict(row, line) for row, line in zip(rows, county.lines, strict=True)])
    lines, changed, new = _next_year(county)
    rows = write_roster(files.next_year, lines, county.units, county.style, county.chance)
    verdicts = [_verdict(row, line) for row, line in zip(rows, lines, strict=True)]
    _write_json(files.next_year_expected, {"changed": changed, "new": new, "rows": verdicts})
    return files


def accepted(lines: Iterable[Line]) -> set[str]:
    """The identity numbers whose rows have nothing wrong."""
    return {line.person.number for line in lines if not line.problems}


def _next_year(county: County) -> tuple[list[Line], dict[str, str], list[str]]:
    """The same people a year later without a mistake: some moved, rose or changed their phone, some are new."""
    chance, changed = county.chance, {}
    people = list(county.people)
    for place in chance.sample(range(len(people)), len(people) // 25):
        after, what = _changed(county, people[place])
        people[place], changed[after.number] = after, what
    new = [county.maker.make() for _ in range(max(len(people) // 50, 1))]
    people = sorted(people + new, key=lambda person: person.unit)
    return [Line(person) for person in people], changed, [person.number for person in new]


def _changed(county: County, person: Person) -> tuple[Person, str]:
    what = county.chance.choice(("unit", "title", "phone"))
    if what == "title" and person.title != TITLES[-1]:
        rank = TITLES.index(person.title) + 1 if person.title else 0
        return replace(person, title=TITLES[rank], title_on=date(2026, 6, 1)), "title"
    if what == "unit":
        return person.moved((person.unit + county.chance.randrange(1, len(county.units))) % len(county.units)), "unit"
    return replace(person, phone=county.maker.phone()), "phone"


def _verdict(row: int, line: Line) -> dict[str, object]:
    return {
        "row": row,
        "id": line.person.number,
        "name": line.person.name,
        "problems": [list(problem) for problem in line.problems],
    }


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the workbooks of an invented county.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=3000)
    parser.add_argument("--wrong", type=float, default=0.06, help="the share of rows with a planted problem")
    given = parser.parse_args()
    files = write_county(given.folder, make_county(given.seed, given.people, share_wrong=given.wrong))
    print(files.roster)


if __name__ == "__main__":
    main()
