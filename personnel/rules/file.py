"""The pure rules of a file: ages, years of work and of teaching, the highest education, dates that cannot be right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, Final, Literal

from core.dates import PartialDate, Period, full_years, months_between
from core.idnumber import InvalidIdNumber, parse
from core.rules import Amount, Finding, Line, Parameters
from core.text import clean, clean_name

MONTHS_OF_A_YEAR: Final = 12
_NUMBER: Final = re.compile(r"[A-Z0-9]{5,20}", re.ASCII)
_NOISE: Final = re.compile(r"[\s\-()'./]+")
# What counts where archive and register differ is decided on the papers; the oldest record carries the day.
BIRTH_REFERENCE: Final = "组通字〔2006〕41号"
Counting = Literal["full_years", "calendar_years", "calendar_years_inclusive"]


@dataclass(frozen=True, kw_only=True)
class WorkingAge(Parameters):
    """The age in full years from which a person can have begun to work."""

    table: ClassVar[str] = "personnel.working_age"
    minimum: int


@dataclass(frozen=True, kw_only=True)
class PlausibleDates(Parameters):
    """Days a file can name: none before `earliest`; facts of the past up to `days_ahead` days after the sheet's own."""

    table: ClassVar[str] = "personnel.plausible_dates"
    earliest: date
    days_ahead: int


@dataclass(frozen=True, kw_only=True)
class PortraitSize(Parameters):
    """The least size of a portrait photo, in pixels."""

    table: ClassVar[str] = "personnel.portrait_size"
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class ServiceCounting(Parameters):
    """How years of work (工龄) and of teaching (教龄) are counted.

    `full_years`: whole months from day to day less the months of the interruptions, in whole years. `calendar_years`:
    the year looked at less the year of the beginning, less the same difference of each interruption (the month does not
    matter). `calendar_years_inclusive`: the same and one more, as the first year and the present one both count.
    """

    table: ClassVar[str] = "personnel.service_counting"
    service: Counting
    teaching: Counting


@dataclass(frozen=True, kw_only=True)
class EducationRanks(Parameters):
    """How educations compare: code of the list `education` → rank, the higher the better; without one it is none."""

    table: ClassVar[str] = "personnel.education_ranks"
    ranks: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Activation(Parameters):
    """Activation slips: days that one counts, tries after which its code is locked, days for which the person is told of its use."""

    table: ClassVar[str] = "personnel.activation"
    days: int
    tries: int
    told_days: int

    def __post_init__(self) -> None:
        for name, most in (("days", 90), ("tries", 20), ("told_days", 366)):
            if not 1 <= getattr(self, name) <= most:
                raise ValueError(f"{name}: {getattr(self, name)} is not from 1 to {most}")


@dataclass(frozen=True, slots=True)
class Interruption:
    """A time that does not count as teaching; whether it counts as work stands with it. Without an end it lasts."""

    starts: PartialDate
    ends: PartialDate | None
    cause: str
    counts_as_work: bool


@dataclass(frozen=True, slots=True)
class Studies:
    """One row of the education section: `key` is the caller's, `level` a code of the list `education`."""

    key: int
    level: str
    ends: PartialDate | None = None
    full_time: bool | None = None


@dataclass(frozen=True, slots=True)
class BirthByArchive:
    """The date of birth by the archive, and which of the two dates counts by the decision taken (`id` or `archive`)."""

    by_archive: PartialDate
    counts: str
    document: str = ""


@dataclass(frozen=True, slots=True)
class CountingBirth:
    """The date of birth that counts, on which basis, and the finding about the two dates (None where one is known)."""

    birth: PartialDate
    basis: Literal["id", "archive"]
    finding: Finding | None


def document_number(text: str) -> str | None:
    """The number of an identity document in capitals without blanks and signs; None where it has other than 5 to 20 letters and digits."""
    plain = _NOISE.sub("", clean(text)).upper()
    return plain if _NUMBER.fullmatch(plain) and any(sign.isdigit() for sign in plain) else None


def identity_number(text: str) -> str:
    """The number of an identity document in the form in which it is kept, however it was typed: full-width, a small x, 15 digits."""
    try:
        return parse(text).number
    except InvalidIdNumber:
        return document_number(text) or clean(text).upper()


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same but for blanks, dots and the size of letters."""
    first, second = ("".join(sign for sign in clean_name(name).casefold() if sign.isalnum()) for name in (one, other))
    return bool(first) and first == second


def age(birth: date, on: date) -> int:
    """Full years (周岁) on a day; the birthday itself completes one."""
    return full_years(birth, on)


def service_years(
    work_start: PartialDate, breaks: Iterable[Interruption], on: date, parameters: ServiceCounting
) -> Amount:
    """Years of work (工龄) on a day, less the interruptions that do not count as work.

    A month or year without its day is read in the person's favour: the start as its first day, an interruption as short
    as it can have been. Overlapping interruptions are taken off once.
    """
    counted = [one for one in breaks if not one.counts_as_work]
    method = _Method("personnel.service_years", parameters.service, parameters.reference)
    return _years(method, work_start, counted, on)


def teaching_years(
    teaching_start: PartialDate, breaks: Iterable[Interruption], on: date, parameters: ServiceCounting
) -> Amount:
    """Years of teaching (教龄) on a day, less all interruptions; dates are read as in `service_years`."""
    method = _Method("personnel.teaching_years", parameters.teaching, parameters.reference)
    return _years(method, teaching_start, list(breaks), on)


def highest_education(studies: Sequence[Studies], parameters: EducationRanks) -> Studies | None:
    """The studies with the highest rank; of equals the full-time ones, then the later ones. None where none counts.

    Studies that were broken off or concluded without a diploma have no rank.
    """
    counting = [one for one in studies if one.level in parameters.ranks]
    return max(counting, key=lambda one: _standing(one, parameters), default=None)


def counting_birth(by_id: date | None, decision: BirthByArchive | None) -> CountingBirth | None:
    """The date of birth that counts: by the archive where it was decided so, else by the identity number.

    Where the two dates contradict each other, the finding is met only by a decision with its document; without one a
    paper is needed. None where neither date is known.
    """
    if decision is None:
        return CountingBirth(PartialDate.of(by_id), "id", None) if by_id else None
    if by_id is None:
        return CountingBirth(decision.by_archive, "archive", None)
    identity = PartialDate.of(by_id)
    evidence: tuple[tuple[str, str], ...] = (
        ("birth_by_id", str(identity)),
        ("birth_by_archive", str(decision.by_archive)),
    )
    met = True if decision.by_archive.agrees(identity) or decision.document else None
    if decision.document:
        evidence = (*evidence, ("document", decision.document))
    finding = Finding(met, "personnel.birth_dates_agree", identity, decision.by_archive, evidence, BIRTH_REFERENCE)
    if decision.counts == "archive":
        return CountingBirth(decision.by_archive, "archive", finding)
    return CountingBirth(identity, "id", finding)


def too_young(birth: date, start: PartialDate, parameters: WorkingAge) -> Finding | None:
    """The finding that a person was younger than the minimum age when they began to work (or to teach), else None.

    `parameters` are those of the day when the work began. A start known to the month counts as its last day.
    """
    reached = full_years(birth, start.last_day())
    if reached >= parameters.minimum:
        return None
    evidence = (("birth", birth.isoformat()), ("start", str(start)))
    return Finding(False, "personnel.working_age", parameters.minimum, reached, evidence, parameters.reference)


def implausible_date(value: PartialDate, sheet_day: date, parameters: PlausibleDates) -> Finding | None:
    """The finding that a fact of the past cannot have that date, else None; a month is implausible only as a whole.

    `expected` is the period of plausible days as (first, last).
    """
    latest = sheet_day + timedelta(parameters.days_ahead)
    if parameters.earliest <= value.last_day() and value.first_day() <= latest:
        return None
    evidence = (("date", str(value)), ("sheet_day", sheet_day.isoformat()))
    expected = (parameters.earliest, latest)
    return Finding(False, "personnel.plausible_date", expected, value, evidence, parameters.reference)


def _standing(studies: Studies, parameters: EducationRanks) -> tuple[int, bool, str]:
    return parameters.ranks[studies.level], bool(studies.full_time), str(studies.ends or "")


@dataclass(frozen=True, slots=True)
class _Method:
    """Which years are counted, how, and by which source."""

    rule: str
    counting: Counting
    reference: str


def _years(method: _Method, start: PartialDate, breaks: list[Interruption], on: date) -> Amount:
    first = start.first_day()
    name = f"{method.rule}.{method.counting}"
    if on < first:
        return Amount(0, "year", name, (), method.reference)
    by_months = method.counting == "full_years"
    measure, unit = (_months, "month") if by_months else (_calendar_years, "year")
    whole = measure(first, on) + (1 if method.counting == "calendar_years_inclusive" else 0)
    lines = [Line(f"{method.rule}.counted", whole, unit, first, on, str(start), method.reference)]
    for period, causes in _merged(breaks, first, on):
        ends = period.end or on
        off = -measure(period.start, ends)
        lines.append(Line(f"{method.rule}.break", off, unit, period.start, ends, causes, method.reference))
    total = max(sum(line.amount for line in lines), 0)
    years = total // MONTHS_OF_A_YEAR if by_months else total
    return Amount(years, "year", name, tuple(lines), method.reference)


def _months(start: date, end: date) -> int:
    return max(months_between(start, end), 0)


def _calendar_years(start: date, end: date) -> int:
    return end.year - start.year


def _merged(breaks: list[Interruption], first: date, on: date) -> list[tuple[Period, str]]:
    """The interruptions between `first` and `on`, as short as they can have been; overlapping ones joined."""
    found: list[tuple[Period, str]] = []
    for one in sorted(breaks, key=lambda one: one.starts.last_day()):
        starts = max(one.starts.last_day(), first)
        ends = min(one.ends.first_day(), on) if one.ends else on
        if ends <= starts:
            continue
        if found and starts <= (found[-1][0].end or on):
            period, causes = found[-1]
            joined = causes if one.cause in causes.split(", ") else f"{causes}, {one.cause}"
            found[-1] = (Period(period.start, max(ends, period.end or on)), joined)
        else:
            found.append((Period(starts, ends), one.cause))
    return found


@dataclass(frozen=True, kw_only=True)
class CorrectableField:
    """Who decides what a person asks of a field, and what must prove it; `paper` names what usually does, in both languages."""

    decided: Literal["unit", "county", "city"]
    proof: Literal["none", "welcome", "needed"]
    paper: str = ""
    paper_en: str = ""


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """Sections of which somebody else keeps the original, and whom to ask, in both languages."""

    sections: tuple[str, ...]
    who: str
    who_en: str


@dataclass(frozen=True, kw_only=True)
class Correctable(Parameters):
    """What a person may ask to have corrected: fields as `section.field`, the working days in which it is decided, the most papers."""

    table: ClassVar[str] = "personnel.correctable"
    days: int
    papers: int
    fields: Mapping[str, CorrectableField]
    elsewhere: tuple[Elsewhere, ...] = ()

    def __post_init__(self) -> None:
        if self.days < 1 or self.papers < 0:
            raise ValueError("days and papers must be positive numbers")

    def of(self, section: str) -> dict[str, CorrectableField]:
        """The fields of a section that may be asked for, by name."""
        return {key.partition(".")[2]: rule for key, rule in self.fields.items() if key.partition(".")[0] == section}
