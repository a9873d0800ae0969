"""The pure rules of leading cadres (校级领导干部): numbers by size, terms, probation, training, and the curriculum vitae of the form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import ClassVar, Final, Literal

from core.dates import DAY, add_months
from core.rules import Finding, Parameters

MONTHS_OF_A_YEAR: Final = 12
Level = Literal["nearest", "county", "city"]


@dataclass(frozen=True, kw_only=True)
class HeadNumber:
    """So many posts of a headship for units of up to so many classes; without `classes`: of any size."""

    number: int
    classes: int | None = None

    def __post_init__(self) -> None:
        if self.number < 0:
            raise ValueError("numbers of posts are not negative")


@dataclass(frozen=True, kw_only=True)
class HeadRule:
    """A headship: which bureau decides (`nearest`: the one right above the unit), how many by classes, whether of Party members only."""

    headship: str
    decided: Level
    numbers: tuple[HeadNumber, ...]
    party: bool = False

    def __post_init__(self) -> None:
        limits = [one.classes for one in self.numbers]
        if not limits or limits[-1] is not None or None in limits[:-1]:
            raise ValueError(f"{self.headship}: the last number, and no other, is for units of any size")
        known = [one for one in limits if one is not None]
        if any(before >= after for before, after in pairwise(known)):
            raise ValueError(f"{self.headship}: sizes rise from number to number")


@dataclass(frozen=True, kw_only=True)
class Headships(Parameters):
    """What law and place ask of headships.

    A term has `shortest` to `longest` years, usually `years`; so many `terms` running in one post of one school. `probation`: months for
    who is promoted. `full_term`: whoever is appointed can serve the term before the statutory retirement. `ending`: days ahead in which
    the end of a term is told; `training`: days after which a head is due for training again. `heads`: the headships of the list.
    """

    table: ClassVar[str] = "personnel.headships"
    shortest: int
    longest: int
    years: int
    terms: int
    probation: int
    ending: int
    training: int
    full_term: bool
    heads: tuple[HeadRule, ...]

    def __post_init__(self) -> None:
        if not 1 <= self.shortest <= self.years <= self.longest:
            raise ValueError("the usual term lies between the shortest and the longest")
        if self.terms < 1 or min(self.probation, self.ending, self.training) < 0:
            raise ValueError("terms are at least one; months and days are not negative")
        names = [one.headship for one in self.heads]
        if len(set(names)) != len(names):
            raise ValueError("a headship is named twice")

    def rule(self, headship: str) -> HeadRule | None:
        """The rule of a headship; None for one that the parameters do not name."""
        return next((one for one in self.heads if one.headship == headship), None)

    def number(self, headship: str, classes: int | None) -> int | None:
        """How many posts a unit of so many classes has; without a count of classes the least. None for a headship without a rule."""
        rule = self.rule(headship)
        if rule is None:
            return None
        fitting = (one.number for one in rule.numbers if one.classes is None or (classes or 0) <= one.classes)
        return next(fitting)


@dataclass(frozen=True, slots=True)
class Nomination:
    """What is asked of a proposal: the headship, from when, for how many years, which term; the unit's size and how many hold it already.

    `retires`: the first day of the statutory retirement month, None where it cannot be told. `member`: whether of the Party. `acting`
    heads have no term.
    """

    headship: str
    begins: date
    years: int | None
    term: int
    classes: int | None
    held: int
    retires: date | None = None
    member: bool = False
    acting: bool = False


def check_nomination(one: Nomination, rules: Headships) -> list[Finding]:
    """What the rules say of a nomination: number of posts, length and number of terms, Party membership, a whole term before retirement."""
    rule = rules.rule(one.headship)
    found: list[Finding] = []
    if rule is None:
        return found
    most = rules.number(one.headship, one.classes) or 0
    met = one.held < most or one.acting
    evidence = (("classes", "" if one.classes is None else str(one.classes)),)
    found.append(Finding(met, "personnel.headships.number", most, one.held + 1, evidence, rules.reference))
    if rule.party:
        found.append(Finding(one.member, "personnel.headships.party", None, None, (), rules.reference))
    if one.acting or one.years is None:
        return found
    within = rules.shortest <= one.years <= rules.longest
    bounds = (("shortest", str(rules.shortest)), ("longest", str(rules.longest)))
    found.append(Finding(within, "personnel.headships.years", None, one.years, bounds, rules.reference))
    found.append(
        Finding(one.term <= rules.terms, "personnel.headships.terms", rules.terms, one.term, (), rules.reference)
    )
    if rules.full_term:
        last = term_last(one.begins, one.years)
        enough = None if one.retires is None else one.retires > last
        found.append(Finding(enough, "personnel.headships.full_term", last, one.retires, (), rules.reference))
    return found


def term_last(begins: date, years: int) -> date:
    """The last day of a term of so many years."""
    return add_months(begins, years * MONTHS_OF_A_YEAR) - DAY


def probation_last(begins: date, rules: Headships) -> date:
    """The last day of the probation of whoever is promoted on a day."""
    return add_months(begins, rules.probation) - DAY


def over_terms(term: int, last: date | None, on: date, rules: Headships) -> bool:
    """Whether somebody leads on beyond the terms that the rules allow: in one too many, or after the last one ended."""
    return term > rules.terms or (term == rules.terms and last is not None and last < on)


def training_due(last: date | None, since: date, on: date, rules: Headships) -> date:
    """When a head is due for training: so many days after the last one, else after the headship began. It may lie in the past."""
    counted = max(last, since) if last is not None and last > since else (last or since)
    return counted + timedelta(days=rules.training)


@dataclass(frozen=True, slots=True)
class Stay:
    """Something of a life for half-open days (`ends` None: still): where, as what. `beside`: beside the rest, such as studies in service.

    `said` is the period in words where the days are not known to the month.
    """

    starts: date
    ends: date | None
    where: str
    what: str = ""
    beside: bool = False
    said: str = ""


@dataclass(frozen=True, slots=True)
class VitaeLine:
    """A line of the curriculum vitae for half-open days, what was done; `beside` stands in brackets below the line before."""

    starts: date
    ends: date | None
    text: str
    beside: bool = False
    said: str = ""


def curriculum(jobs: Sequence[Stay], heads: Sequence[Stay], others: Iterable[Stay]) -> list[VitaeLine]:
    """The curriculum vitae (简历) of the form: employments divided where a headship begins or ends, with studies and earlier work.

    In the order of the days; what is beside the rest follows the line within which it lies.
    """
    lines = [line for job in jobs for line in _of_job(job, [one for one in heads if one.where == job.where])]
    lines += [VitaeLine(one.starts, one.ends, f"{one.where}{one.what}", one.beside, one.said) for one in others]
    lines += [
        VitaeLine(one.starts, one.ends, f"{one.where}{one.what}", beside=True)
        for one in heads
        if not any(_overlap(one, job) and one.where == job.where for job in jobs)
    ]
    return _joined(sorted(lines, key=lambda line: (line.starts, line.beside)))


def _of_job(job: Stay, heads: Sequence[Stay]) -> list[VitaeLine]:
    """An employment in pieces, each with the headships held in it."""
    inside = [one for one in heads if _overlap(one, job)]
    cuts = {job.starts}
    for one in inside:
        cuts |= {max(one.starts, job.starts), *({one.ends} if one.ends is not None else set())}
    days = sorted(day for day in cuts if job.ends is None or day < job.ends)
    found = []
    for first, last in zip(days, [*days[1:], job.ends], strict=True):
        held = [one.what for one in inside if one.starts <= first and (one.ends is None or first < one.ends)]
        found.append(VitaeLine(first, last, f"{job.where}{'、'.join(held) or job.what}"))
    return found


def _overlap(one: Stay, other: Stay) -> bool:
    return (other.ends is None or one.starts < other.ends) and (one.ends is None or other.starts < one.ends)


def _joined(lines: Sequence[VitaeLine]) -> list[VitaeLine]:
    """Lines that say the same one after the other, without a gap, are one."""
    found: list[VitaeLine] = []
    for line in lines:
        before = found[-1] if found else None
        if before is not None and (before.text, before.beside, before.ends) == (line.text, line.beside, line.starts):
            found[-1] = VitaeLine(before.starts, line.ends, line.text, line.beside)
        else:
            found.append(line)
    return found
