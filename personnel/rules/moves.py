"""The pure rules of moves: what stands against one, who is due for rotation, whether a year's shares are reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final

from core.dates import Period, add_months, full_years
from core.rules import Finding, Parameters

MONTHS_OF_A_YEAR: Final = 12
# The kinds of bureaus from below.
BUREAUS: Final = ("county", "city", "province")
# What an approved exception lets pass; everything else never does.
WAIVABLE: Final = frozenset({"personnel.moves.county_service", "personnel.moves.school_service"})


@dataclass(frozen=True, kw_only=True)
class MoveRules(Parameters):
    """What a place asks of moves.

    `voluntary`: codes of the list `move_ground` under which somebody moves at their own wish; only then `county_years` of service in
    the county (for a move out of it) and `school_years` at the school are asked. `desk_days`: working days of each desk;
    `report_days`: days after the first one within which whoever moves reports for duty. `leaving_decided_by`: up to which kind of bureau
    (`county`, `city`, `province`) a transfer to a unit outside the system goes, which decides it.
    """

    table: ClassVar[str] = "personnel.moves"
    voluntary: tuple[str, ...]
    county_years: int
    school_years: int
    desk_days: int
    report_days: int
    leaving_decided_by: str = "city"

    def __post_init__(self) -> None:
        if min(self.county_years, self.school_years, self.report_days) < 0 or self.desk_days < 1:
            raise ValueError("years and days are not negative, a desk has a day at least")
        if self.leaving_decided_by not in BUREAUS:
            raise ValueError(f"it is decided by a bureau: {', '.join(BUREAUS)}")

    def lets_leave(self, kind: str) -> bool:
        """Whether a unit of a kind decides on transfers to units outside the system: a bureau of the kind of the rules, or a higher one."""
        return kind in BUREAUS and BUREAUS.index(kind) >= BUREAUS.index(self.leaving_decided_by)


@dataclass(frozen=True, kw_only=True)
class RotationRules(Parameters):
    """Who is due for rotation, and which shares a county reaches each year.

    `due_years`: years at one school by the first day of `due_month`. `percent` of those who are due rotate, `key_percent` of those who
    rotate are key teachers (骨干教师). `families`: codes of the list `post_family` that rotate.
    """

    table: ClassVar[str] = "personnel.rotation"
    due_years: int
    percent: int
    key_percent: int
    due_month: int
    families: tuple[str, ...]

    def __post_init__(self) -> None:
        if not (0 <= self.percent <= 100 and 0 <= self.key_percent <= 100):
            raise ValueError("shares lie between 0 and 100 per cent")
        if self.due_years < 0 or not 1 <= self.due_month <= MONTHS_OF_A_YEAR:
            raise ValueError("years are not negative, months go from 1 to 12")

    def latest_start(self, year: int) -> date:
        """Whoever is at a school since this day or longer is due in a year."""
        return date(year - self.due_years, self.due_month, 1)


@dataclass(frozen=True, slots=True)
class Planned:
    """A move as it is asked for: half-open days (`ends` None: for good), whether the employment moves, of which sort it is.

    `outside`: the receiver is none of the system, so nothing is known of it.
    """

    starts: date
    ends: date | None
    employment: bool
    voluntary: bool
    leaves_county: bool
    rotation: bool = False
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is on file of the person and the receiver.

    `elsewhere`: other unit than the sender's. `employed`: at the sender on every day of the move, and the day before it. `until`: the
    receiver is closed from then on; `opened`: since when it is there. `ended`: they have retired, left or died by then. `retires`: the
    first day of the month of retirement, None where it is not known. `others`: other times away. `seats` and `posts` that are free
    at the receiver, None where none is asked. `school_since` and `county_since`: without a gap.
    """

    elsewhere: bool
    employed: bool
    opened: date | None
    until: date | None
    ended: bool
    retires: date | None
    others: Sequence[Period] = ()
    seats: int | None = None
    posts: int | None = None
    school_since: date | None = None
    county_since: date | None = None


def check_planned(
    planned: Planned, known: Circumstances, rules: MoveRules, rotation: RotationRules | None = None
) -> list[Finding]:
    """What stands against a move, and what does not. Findings that are not met refuse it; those of `WAIVABLE` an exception lets pass."""
    found = [*_places(planned, known), _not_past_retirement(planned, known), _alone(planned, known)]
    if known.seats is not None:
        found.append(Finding(known.seats >= 1, "personnel.moves.seat", 1, known.seats))
    if known.posts is not None:
        found.append(Finding(known.posts >= 1, "personnel.moves.post", 1, known.posts))
    if planned.employment and planned.voluntary:
        found += _service(planned, known, rules)
    if planned.rotation and rotation is not None:
        found.append(_due(planned, known, rotation))
    return found


def _places(planned: Planned, known: Circumstances) -> list[Finding]:
    employed = Finding(known.employed and not known.ended, "personnel.moves.employed", None, None)
    if planned.outside:
        return [employed]
    there = (known.opened is None or known.opened <= planned.starts) and (
        known.until is None or (known.until > planned.starts if planned.ends is None else known.until >= planned.ends)
    )
    return [
        Finding(known.elsewhere, "personnel.moves.elsewhere", None, None),
        Finding(there, "personnel.moves.open", known.opened, known.until),
        employed,
    ]


def _not_past_retirement(planned: Planned, known: Circumstances) -> Finding:
    """Nobody is lent beyond the month in which they retire, nor moved after it."""
    if known.retires is None:
        return Finding(None, "personnel.moves.retirement", None, planned.ends)
    end = add_months(known.retires, 1)
    met = planned.starts < end if planned.ends is None else planned.ends <= end
    return Finding(met, "personnel.moves.retirement", known.retires, planned.ends)


def _alone(planned: Planned, known: Circumstances) -> Finding:
    asked = Period(planned.starts, planned.ends)
    other = next((one for one in known.others if one.overlaps(asked)), None)
    return Finding(other is None, "personnel.moves.alone", None, other)


def _service(planned: Planned, known: Circumstances, rules: MoveRules) -> list[Finding]:
    asked = [("school_service", rules.school_years, known.school_since)]
    if planned.leaves_county:
        asked.append(("county_service", rules.county_years, known.county_since))
    return [
        Finding(
            None if since is None else full_years(since, planned.starts) >= years, f"personnel.moves.{name}", years, since,
            (), rules.reference,
        )
        for name, years, since in asked
        if years
    ]  # fmt: skip


def _due(planned: Planned, known: Circumstances, rotation: RotationRules) -> Finding:
    """Whoever is not due may rotate nevertheless; it is told, as they count for no share."""
    due = known.school_since is not None and known.school_since <= rotation.latest_start(planned.starts.year)
    return Finding(
        True if due else None, "personnel.moves.due", rotation.due_years, known.school_since, (), rotation.reference
    )


@dataclass(frozen=True, slots=True)
class Shares:
    """The shares of a year: people due, of them rotated, all who rotated, key teachers among these; whether each is reached."""

    due: int
    rotated_due: int
    rotated: int
    key: int
    findings: tuple[Finding, ...]


def shares_of(due: frozenset[int], rotated: frozenset[int], key: frozenset[int], rules: RotationRules) -> Shares:
    """The shares of a county from the keys of people. A share of nobody is reached. No rounding: 10 % of 41 are five people."""
    done = len(due & rotated)
    found = (
        Finding(
            done * 100 >= len(due) * rules.percent, "personnel.rotation.share", rules.percent, (done, len(due)), (),
            rules.reference,
        ),
        Finding(
            len(key) * 100 >= len(rotated) * rules.key_percent, "personnel.rotation.key_share", rules.key_percent,
            (len(key), len(rotated)), (), rules.reference,
        ),
    )  # fmt: skip
    return Shares(len(due), done, len(rotated), len(key), found)
