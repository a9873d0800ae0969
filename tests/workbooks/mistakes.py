"""What people get wrong in a roster: each mistake on a row of its own, which says what a right reader finds."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from tests.workbooks.people import Person, identity_number

if TYPE_CHECKING:
    from tests.workbooks.roster import Line, RosterStyle

# (heading of the column, code)
Problem = tuple[str, str]

KINDS = (
    "check_digit", "check_digit", "number_cell", "birth_differs_from_id", "not_a_date", "sex_differs_from_id",
    "missing", "too_young", "unknown_code",
)  # fmt: skip
NO_DATES = ("20141415", "1985.13", "1979-02-30", "1990年13月", "2001/4/31")
UNKNOWN = {"education": "火星大学", "nation": "外星族", "politics": "火星党"}


def plant(chance: random.Random, lines: list[Line], share: float, style: RosterStyle) -> list[Line]:
    """The lines with mistakes in this share of them, a second row for one person, a row of an unknown unit."""
    planted = list(lines)
    wrong = chance.sample(range(len(lines)), int(len(lines) * share))
    for number, place in enumerate(wrong):
        planted[place] = _mistaken(chance, planted[place], KINDS[number % len(KINDS)], style)
    if share:
        twice = chance.choice([line for line in planted if not line.problems])
        planted.append(replace(twice, problems=[(style.heading("number"), "duplicate_in_file")], unit_shown=True))
        stranger = replace(
            chance.choice(lines).person, number=_stranger(chance), name="赵某某", birth=date(1990, 5, 6), sex="女",
            work_start=date(2012, 9, 1), graduated=date(2012, 7, 1), title="", title_on=None,
        )  # fmt: skip
        written: dict[str, object] = {"unit": "不存在的学校", "unit_code": "3999999999", "birth": "1990.05"}
        planted.append(
            replace(
                lines[0],
                person=stranger,
                written=written,
                problems=[(style.heading("unit"), "unknown_unit")],
                unit_shown=True,
            )
        )
    return planted


def _stranger(chance: random.Random) -> str:
    return identity_number("500101", date(1990, 5, 6), chance.randrange(0, 998, 2))


def _mistaken(chance: random.Random, line: Line, kind: str, style: RosterStyle) -> Line:
    person = line.person
    column, value = _MISTAKES[kind](chance, person)
    return replace(line, written={column: value}, problems=[(style.heading(column), kind)])


def _check_digit(chance: random.Random, person: Person) -> tuple[str, object]:
    wrong = chance.choice([sign for sign in "0123456789X" if sign != person.number[-1]])
    return "number", person.number[:-1] + wrong


def _number_cell(chance: random.Random, person: Person) -> tuple[str, object]:
    return "number", float(person.number.replace("X", "0"))


def _birth(chance: random.Random, person: Person) -> tuple[str, object]:
    return "birth", f"{person.birth.year - 1}-{person.birth.month:02}-01"


def _no_date(chance: random.Random, person: Person) -> tuple[str, object]:
    return "birth", chance.choice(NO_DATES)


def _sex(chance: random.Random, person: Person) -> tuple[str, object]:
    return "sex", "女" if person.sex == "男" else "男"


def _missing(chance: random.Random, person: Person) -> tuple[str, object]:
    return "number", chance.choice(("", "", " ", "无"))


def _too_young(chance: random.Random, person: Person) -> tuple[str, object]:
    return "work_start", f"{person.birth.year + 9}-09-01"


def _unknown(chance: random.Random, person: Person) -> tuple[str, object]:
    return chance.choice(list(UNKNOWN.items()))


_MISTAKES = {
    "check_digit": _check_digit, "number_cell": _number_cell, "birth_differs_from_id": _birth, "not_a_date": _no_date,
    "sex_differs_from_id": _sex, "missing": _missing, "too_young": _too_young, "unknown_code": _unknown,
}  # fmt: skip
