"""Who the invented people are: birth, identity number, name, where they come from, how to reach them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from config.demo import places
from config.demo.names import person_name
from config.demo.units import UnitPlan
from core.idnumber import check_character
from core.text import pinyin_keys

# The day on which the city began to keep its files in the system; what happened before is known from papers.
BEGINNING: Final = date(2019, 9, 3)
# No operator was ever given these numbers, so that nobody's telephone rings.
PHONE_PREFIX: Final = "154"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that holds for a period (half-open days), by column names."""

    start: date
    end: date | None
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Item:
    """Something without a period of its own: a course, a certificate; `day` is when it came about."""

    day: date
    values: dict[str, Any]


@dataclass(eq=False, slots=True)
class Spell:
    """A time at one unit in one post."""

    unit: UnitPlan
    start: date
    end: date | None = None
    in_quota: bool = True
    form: str = "in_quota"
    contract: str = "appointment"
    post: str = ""
    came_how: str = ""
    left_how: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """A place on the staff of a unit that somebody has to fill: what it is called, its family, what is taught."""

    unit: UnitPlan
    title: str
    family: str
    stage: str = ""
    subject: str = ""
    leads: bool = False

    @property
    def teaches(self) -> bool:
        """Whether lessons belong to it."""
        return bool(self.subject)


@dataclass(eq=False, slots=True)
class Person:
    """One invented person with everything that will stand in the file. Filled by `careers`, written by `writing`."""

    number: int
    rng: Random
    post: Post
    male: bool
    birth: date
    name: str
    ethnicity: str
    identity: str
    region: str
    phone: str
    day: date
    level: str = ""
    leaves: date | None = None
    leaves_how: str = ""
    staff_number: str = ""
    work_start: str = ""
    teaching_start: str | None = None
    former_name: str = ""
    marriage: str = "2"
    health: str = "1"
    native_place: str = ""
    birthplace: str = ""
    email: str = ""
    address: str = ""
    document_kind: str = "1"
    spells: list[Spell] = field(default_factory=list)
    titles: list[Fact] = field(default_factory=list)
    political: list[Fact] = field(default_factory=list)
    teaching: list[Fact] = field(default_factory=list)
    statuses: list[Fact] = field(default_factory=list)
    party_posts: list[Fact] = field(default_factory=list)
    items: dict[str, list[Item]] = field(default_factory=dict)
    # Values that were first recorded wrongly, and the paper by which they were put right.
    slips: list[Slip] = field(default_factory=list)
    login: str = ""
    new_phones: list[tuple[date, str]] = field(default_factory=list)

    @property
    def pinyin(self) -> tuple[str, str]:
        """The search keys of the name: syllables with blanks, initials."""
        keys = pinyin_keys(self.name)
        return keys.spaced, keys.initials

    @property
    def last(self) -> date:
        """The day on which the person left, else the day on which the story ends."""
        return self.leaves or self.day

    @property
    def enters(self) -> date:
        """The day on which the system learns of the person."""
        return max(self.spells[0].start, BEGINNING)

    def add(self, model: str, day: date, **values: Any) -> None:
        """Note an item of a section by the section's name."""
        self.items.setdefault(model, []).append(Item(day, values))

    def spell_on(self, day: date) -> Spell | None:
        """Where the person was on a day."""
        return next((one for one in self.spells if one.start <= day and (one.end is None or day < one.end)), None)


@dataclass(frozen=True, slots=True)
class Slip:
    """A value that was recorded wrongly at first and corrected on a day."""

    column: str
    wrong: Any
    day: date
    reason: str
    series: str = ""


def years_after(day: date, years: int) -> date:
    """The same day some years later; of 29 February the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def identity_number(region: str, birth: date, sequence: int) -> str:
    """A number that is valid by construction (GB 11643); an odd sequence is a man's."""
    first = f"{region}{birth:%Y%m%d}{sequence:03}"
    return first + check_character(first)


class Registry:
    """Gives out identity numbers and telephones, each once."""

    def __init__(self) -> None:
        self._numbers: set[str] = set()
        self._phones: set[str] = set()

    def identity(self, rng: Random, region: str, birth: date, *, male: bool) -> str:
        """A number that nobody else here has."""
        while True:
            number = identity_number(region, birth, rng.randrange(500) * 2 + male)
            if number not in self._numbers:
                self._numbers.add(number)
                return number

    def keep_phone(self, phone: str) -> str:
        """A telephone chosen by hand, so that nobody else gets it."""
        self._phones.add(phone)
        return phone

    def phone(self, rng: Random) -> str:
        """A telephone that nobody else here has, of a range that no operator uses."""
        while True:
            phone = f"{PHONE_PREFIX}{rng.randrange(10**8):08}"
            if phone not in self._phones:
                self._phones.add(phone)
                return phone


def new_person(
    number: int, rng: Random, post: Post, birth: date, day: date, *, male: bool, registry: Registry
) -> Person:
    """A person for a post, born on `birth`; `day` is the day on which the story ends."""
    name, ethnicity = person_name(rng, male=male, birth_year=birth.year)
    home = places.COUNTIES[post.unit.place - 1].region if post.unit.place else rng.choice(places.CITY_REGIONS)
    region = home if rng.random() < 0.8 else rng.choice(places.CITY_REGIONS)
    identity = registry.identity(rng, region, birth, male=male)
    person = Person(number, rng, post, male, birth, name, ethnicity, identity, region, registry.phone(rng), day)
    describe(person)
    return person


def change_phone(person: Person, registry: Registry) -> None:
    """A few had a new telephone when their school checked its list."""
    if person.rng.random() < 0.08:
        year = person.rng.choice((2021, 2023, 2025))
        person.new_phones.append((date(year, 9, 20), registry.phone(person.rng)))


def describe(person: Person) -> None:
    """The small facts of a person: where from, married, how to reach."""
    rng, keys = person.rng, pinyin_keys(person.name)
    county = next((one for one in places.COUNTIES if one.region == person.region), None)
    home = f"福建{county.name}" if county else "福建临江"
    person.native_place = home if rng.random() < 0.8 else rng.choice(places.NATIVE_PLACES)
    person.birthplace = f"{home}{rng.choice(county.towns)}" if county else home
    age = person.day.year - person.birth.year
    single = rng.random() < max(0.0, (33 - age) / 10)
    person.marriage = "1" if single else rng.choices(("2", "4", "3"), (94, 5, 1))[0]
    person.health = rng.choices(("1", "2", "3"), (94, 5, 1))[0]
    # A few fields were never filled in, as in every county.
    for name in ("native_place", "birthplace", "marriage", "health"):
        if rng.random() < 0.02:
            setattr(person, name, "")
    if rng.random() < 0.4:
        person.email = f"{keys.full[:20]}{person.birth:%y}@edu.example"
    if rng.random() < 0.8:
        street, estate = rng.choice(places.STREETS), rng.choice(places.ESTATES)
        person.address = f"{street}{rng.randrange(2, 260)}号{estate}{rng.randrange(1, 20)}幢{rng.randrange(1, 19)}0{rng.randrange(1, 5)}室"


def birth_day(rng: Random, year: int) -> date:
    """Some day of a year."""
    return date(year, 1, 1) + timedelta(days=rng.randrange(365))
