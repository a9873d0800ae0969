"""Families, and names that people bore before."""

from __future__ import annotations

from config.demo.names import relative_name, surname_of
from config.demo.people import BEGINNING, Person

JOBS = (
    "务农",
    "退休",
    "个体经营",
    "临溪县中医院护士",
    "石门县税务局干部",
    "福建移动员工",
    "青河区实验小学教师",
    "临江市第一医院医生",
    "自由职业",
    "外出务工",
    "邮政储蓄银行职员",
)


def relatives(person: Person) -> None:
    """Husband or wife, child and parents, for those whose families are on file."""
    rng = person.rng
    if "·" in person.name or rng.random() > 0.4:
        return
    surname, year = surname_of(person.name), person.birth.year
    known = max(person.enters, BEGINNING)
    if person.marriage == "2":
        spouse_year = year + rng.randrange(-4, 5)
        name = relative_name(rng, "", male=not person.male, birth_year=spouse_year)
        _member(person, "12" if person.male else "11", name, spouse_year, rng.choice(JOBS))
        if person.day.year - year > 30 and rng.random() < 0.85:
            son, child_year = rng.random() < 0.5, year + rng.randrange(26, 31)
            child = relative_name(rng, surname if person.male else "", male=son, birth_year=child_year)
            _member(
                person,
                "21" if son else "31",
                child,
                child_year,
                "学生" if child_year > known.year - 17 else rng.choice(JOBS),
            )
    if year > 1975 and rng.random() < 0.7:
        father, mother = year - rng.randrange(23, 32), year - rng.randrange(21, 29)
        _member(
            person,
            "51",
            relative_name(rng, surname, male=True, birth_year=father),
            father,
            rng.choice(("务农", "退休")),
        )
        _member(
            person, "52", relative_name(rng, "", male=False, birth_year=mother), mother, rng.choice(("务农", "退休"))
        )


def _member(person: Person, relation: str, name: str, year: int, workplace: str) -> None:
    status = "01" if person.rng.random() < 0.12 and workplace != "学生" else "13"
    person.add(
        "FamilyMember", BEGINNING, relation=relation, name=name, birth=f"{year}-{person.rng.randrange(1, 13):02}",
        political_status=status, workplace=workplace,
    )  # fmt: skip


def earlier_name(person: Person) -> None:
    """A few changed their given name when they were young."""
    rng = person.rng
    if "·" in person.name or rng.random() > 0.012:
        return
    before = relative_name(rng, surname_of(person.name), male=person.male, birth_year=person.birth.year)
    if before != person.name:
        person.former_name = before
        person.add("FormerName", BEGINNING, name=before, until=str(person.birth.year + rng.randrange(8, 19)))
