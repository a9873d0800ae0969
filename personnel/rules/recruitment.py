"""Recruitment as rules: who meets a post's conditions, who is interviewed, what the totals are, who stands where. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import ClassVar, Final, Literal

from core.rules import Finding, Parameters
from personnel.rules.file import EducationRanks, age

EDUCATION, MAJOR, CERTIFICATE, PUTONGHUA, AGE = (
    f"personnel.recruitment.{name}" for name in ("education", "major", "certificate", "putonghua", "age")
)
HUNDRED: Final = Decimal(100)
Tie = Literal["written", "interview"]


@dataclass(frozen=True, kw_only=True)
class Recruiting(Parameters):
    """What a notice says unless its unit decides otherwise, and what it may not go below.

    `notice` working days for applications at least, `publicity` working days; `ratio` interviews for each place; `opening` qualified
    applicants for each place, fewer close the post; `written` the weight of the written score in per cent; `most` the highest score of
    either; `drop` the highest and lowest judges' scores that do not count, from `drop_from` judges on; `places` decimals; `levels` of
    Putonghua from the best down; `check` working days for an application; `kept` days after the end for which data of those not hired stay.
    """

    table: ClassVar[str] = "personnel.recruiting"
    notice: int
    publicity: int
    ratio: int
    opening: int
    written: int
    most: Decimal
    drop: int
    drop_from: int
    places: int
    tie: Tie
    one_post: bool
    levels: tuple[str, ...]
    check: int
    kept: int

    def __post_init__(self) -> None:
        for name in ("notice", "publicity", "ratio", "opening", "check", "kept"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: {getattr(self, name)} is not at least 1")
        if not 0 <= self.written <= 100:
            raise ValueError(f"written: {self.written} is not from 0 to 100")
        if self.drop_from <= 2 * self.drop:
            raise ValueError("drop_from: dropping would leave no score")


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a post asks for; what is empty is not asked. `majors` are words of which the major has one; `age_on` is the day of the age."""

    education: str = ""
    majors: tuple[str, ...] = ()
    certificate: str = ""
    putonghua: str = ""
    age_most: int | None = None
    age_on: date | None = None


@dataclass(frozen=True, slots=True)
class Declared:
    """What an applicant says of themselves: codes of the lists, words, the day of birth."""

    birth: date
    education: str
    major: str
    certificate: str = ""
    putonghua: str = ""


def eligibility(
    said: Declared, asked: Conditions, ranks: EducationRanks, levels: Sequence[str], reference: str = ""
) -> list[Finding]:
    """Whether somebody meets each condition that a post asks for. None where a paper is still to come (a certificate later)."""
    found = []
    if asked.education:
        met = ranks.ranks.get(said.education, 0) >= ranks.ranks.get(asked.education, 0)
        found.append(Finding(met, EDUCATION, asked.education, said.education, reference=reference))
    if asked.majors:
        met = any(word in said.major for word in asked.majors)
        found.append(Finding(met, MAJOR, "、".join(asked.majors), said.major, reference=reference))
    if asked.certificate:
        met_or_later = True if said.certificate == asked.certificate else (None if not said.certificate else False)
        found.append(Finding(met_or_later, CERTIFICATE, asked.certificate, said.certificate, reference=reference))
    if asked.putonghua:
        met = said.putonghua in levels and levels.index(said.putonghua) <= levels.index(asked.putonghua)
        found.append(Finding(met, PUTONGHUA, asked.putonghua, said.putonghua, reference=reference))
    if asked.age_most is not None and asked.age_on is not None:
        years = age(said.birth, asked.age_on)
        found.append(Finding(years <= asked.age_most, AGE, asked.age_most, years, reference=reference))
    return found


def interviewed(written: Mapping[int, Decimal], places: int, ratio: int) -> set[int]:
    """Who of a post is interviewed: the best `places × ratio` by written score, and all who tie with the last of them."""
    if not written or places < 1:
        return set()
    ordered = sorted(written.values(), reverse=True)
    last = ordered[min(places * ratio, len(ordered)) - 1]
    return {key for key, score in written.items() if score >= last}


def is_open(qualified: int, places: int, opening: int) -> int:
    """For how many places a post is examined: as many as have `opening` qualified applicants each; 0 closes it."""
    return min(places, qualified // opening)


def rounded(value: Decimal, places: int) -> Decimal:
    """Half up, as exam offices do."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def of_judges(scores: Sequence[Decimal], drop: int, drop_from: int, places: int) -> Decimal:
    """The mean of several judges without the `drop` highest and lowest, where there are `drop_from` judges or more.

    Raises ValueError without a score.
    """
    if not scores:
        msg = "no judge gave a score"
        raise ValueError(msg)
    ordered = sorted(scores)
    counting = ordered[drop : len(ordered) - drop] if drop and len(ordered) >= drop_from else ordered
    return rounded(sum(counting, Decimal(0)) / len(counting), places)


def total(written: Decimal, interview: Decimal, weight: int, places: int) -> Decimal:
    """The total of both scores; `weight` is that of the written one in per cent."""
    return rounded((written * weight + interview * (100 - weight)) / HUNDRED, places)


@dataclass(frozen=True, slots=True)
class Scored:
    """An applicant who was examined: their key, both scores, the total, the score of an extra exam where one was held."""

    key: int
    written: Decimal
    interview: Decimal
    total: Decimal
    extra: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """Places by key, from 1; who ties for good has the same place. `tied` are the groups that nothing tells apart."""

    places: Mapping[int, int]
    tied: Sequence[frozenset[int]] = field(default_factory=tuple)


def ranking(scored: Sequence[Scored], tie: str) -> Ranking:
    """Order by total, then by the score that the notice names, then by the extra exam; the next place after a tie is left out."""

    def standing(one: Scored) -> tuple[Decimal, Decimal, Decimal]:
        told = one.written if tie == "written" else one.interview
        return one.total, told, one.extra if one.extra is not None else Decimal(-1)

    ordered = sorted(scored, key=standing, reverse=True)
    places: dict[int, int] = {}
    groups: dict[tuple[Decimal, Decimal, Decimal], list[int]] = {}
    for place, one in enumerate(ordered, 1):
        group = groups.setdefault(standing(one), [])
        group.append(one.key)
        places[one.key] = place - len(group) + 1
    return Ranking(places, tuple(frozenset(group) for group in groups.values() if len(group) > 1))


@dataclass(frozen=True, slots=True)
class Called:
    """Who is called next: their keys; `undecided` are those between whom an extra exam must decide first."""

    keys: tuple[int, ...]
    undecided: frozenset[int] = frozenset()


def called(ranked: Ranking, waiting: Sequence[int], free: int) -> Called:
    """The best `free` of those who wait. A tie that goes over the last free place calls none of its group."""
    ordered = sorted(waiting, key=lambda key: (ranked.places[key], key))
    if len(ordered) <= free:
        return Called(tuple(ordered))
    chosen = ordered[:free]
    if not chosen or ranked.places[chosen[-1]] != ranked.places[ordered[free]]:
        return Called(tuple(chosen))
    at = ranked.places[chosen[-1]]
    undecided = frozenset(key for key in ordered if ranked.places[key] == at)
    return Called(tuple(key for key in chosen if key not in undecided), undecided)
