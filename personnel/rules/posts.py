"""The pure rules of posts (岗位): their levels, structure ratios, laying out a number by them, moving between levels."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import ClassVar, Final, Literal

from core.dates import add_months
from core.rules import Amount, Finding, Line, Parameters

MONTHS_OF_A_YEAR: Final = 12
PROFESSIONAL, MANAGEMENT, WORKER = "professional", "management", "worker"
# The letter with which codes of the list `post_level` begin, and the family that it stands for.
LETTERS: Final = {"p": PROFESSIONAL, "m": MANAGEMENT, "w": WORKER}
Method = Literal["largest_remainder", "floor", "half_up"]
HIGH, MIDDLE, JUNIOR = "high", "middle", "junior"
TIERS: Final = (HIGH, MIDDLE, JUNIOR)


def family_of(level: str) -> str:
    """The post family of a level (code of the list `post_level`), empty where it names none."""
    return LETTERS.get(level[:1], "")


def rank_of(level: str) -> int:
    """The number of a level within its family, 1 the highest; 0 where the code has none."""
    return int(level[1:]) if level[1:].isdigit() else 0


def _place(key: str) -> tuple[int, str, int]:
    """The place of a tier or level from the highest down."""
    return TIERS.index(key) if key in TIERS else len(TIERS), key[:1], rank_of(key)


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """Parts of a whole, from the highest level or tier down (whatever their order in what is stored): `parts` add up to `whole`."""

    parts: Mapping[str, int]
    whole: int

    def __post_init__(self) -> None:
        ordered = {key: self.parts[key] for key in sorted(self.parts, key=_place)}
        object.__setattr__(self, "parts", MappingProxyType(ordered))
        if not self.parts or min(self.parts.values()) < 0:
            raise ValueError("a ratio has parts that are not negative")
        total = sum(self.parts.values())
        if total != self.whole:
            said = " + ".join(str(part) for part in self.parts.values())
            raise ValueError(f"the ratio does not add up: {said} = {total}, not {self.whole}")


@dataclass(frozen=True, kw_only=True)
class PostStructure(Parameters):
    """How professional posts are divided.

    `overall` divides all of them among the tiers high, middle and junior; `by_type` does so for units of a type (code of the list
    `school_type`, or the beginning of such codes), where the place has ratios of its own. `bands` divide the posts of a tier among its
    levels (codes of the list `post_level`). `tiers` says of which tier each level is. `method` says what is done with the fractions.
    """

    table: ClassVar[str] = "personnel.post_structure"
    overall: Ratio
    bands: tuple[Ratio, ...]
    tiers: Mapping[str, Literal["high", "middle", "junior"]]
    method: Method
    by_type: Mapping[str, Ratio]

    def __post_init__(self) -> None:
        for ratio in (self.overall, *self.by_type.values()):
            if tuple(ratio.parts) != TIERS:
                raise ValueError("a ratio of tiers names high, middle and junior, in this order")
        unknown = {level for band in self.bands for level in band.parts} - set(self.tiers)
        if unknown:
            raise ValueError(f"no tier is named for {', '.join(sorted(unknown))}")

    def of_type(self, office_type: str) -> Ratio:
        """The ratio of tiers of a unit of a type: the longest beginning of its code that is named, else the overall one."""
        known = [code for code in self.by_type if office_type.startswith(code)]
        return self.by_type[max(known, key=len)] if known else self.overall


@dataclass(frozen=True, kw_only=True)
class PostMoves(Parameters):
    """What moving up between levels asks.

    `within` and `across`: years on the level below, within a tier and into a higher tier. `skipping`: whether levels may be left out.
    """

    table: ClassVar[str] = "personnel.post_moves"
    within: int
    across: int
    skipping: bool

    def __post_init__(self) -> None:
        if min(self.within, self.across) < 0:
            raise ValueError("years are not negative")


def lay_out(total: int, ratio: Ratio, method: Method, reference: str = "") -> Amount:
    """Divide a number of posts by a ratio: one line for each part, in its order; the lines add up to `total`.

    `largest_remainder`: whole parts first, what is left goes to the largest fractions, of equal ones to the lower level. `floor`: each
    part is rounded down, what is left goes to the lowest. `half_up`: each part is rounded half up, the lowest takes what is left.
    """
    exact = {key: Fraction(total * part, ratio.whole) for key, part in ratio.parts.items()}
    numbers = _rounded(exact, method, total)
    lines = tuple(
        Line(f"personnel.post_structure.{key}", number, "post", note=_plain(exact[key]), reference=reference)
        for key, number in numbers.items()
    )
    return Amount(total, "post", f"personnel.post_structure.{method}", lines, reference)


def numbers_of(laid: Amount) -> dict[str, int]:
    """What a layout gives each part."""
    return {line.rule.rpartition(".")[2]: line.amount for line in laid.lines}


def _plain(value: Fraction) -> str:
    return str(Decimal(value.numerator) / Decimal(value.denominator))[:6]


def _rounded(exact: Mapping[str, Fraction], method: Method, total: int) -> dict[str, int]:
    keys = list(exact)
    if method == "half_up":
        found = {key: int(value + Fraction(1, 2)) for key, value in exact.items()}
        higher = 0
        for key in keys[:-1]:
            found[key] = min(found[key], total - higher)
            higher += found[key]
        return {**found, keys[-1]: total - higher}
    found = {key: int(value) for key, value in exact.items()}
    left = total - sum(found.values())
    if method == "floor":
        return {**found, keys[-1]: found[keys[-1]] + left}
    places = {key: place for place, key in enumerate(keys)}
    for key in sorted(keys, key=lambda key: (exact[key] - found[key], places[key]), reverse=True)[:left]:
        found[key] += 1
    return found


def laid_out(total: int, office_type: str, parameters: PostStructure) -> dict[str, int]:
    """All professional posts of a unit by level: first among the tiers, then within each. Levels outside the bands get none."""
    tiers = numbers_of(lay_out(total, parameters.of_type(office_type), parameters.method))
    found: dict[str, int] = {}
    for tier in TIERS:
        # The national bands of the high tier are two; posts of schools are set in the lower one.
        band = [one for one in parameters.bands if parameters.tiers[next(iter(one.parts))] == tier][-1:]
        for one in band:
            found |= numbers_of(lay_out(tiers[tier], one, parameters.method))
    return found


def check_structure(numbers: Mapping[str, int], office_type: str, parameters: PostStructure) -> list[Finding]:
    """What a setting of professional posts (level → number) says to the ratios: one finding for the tiers and one for each band in use.

    A ratio is a ceiling: what is not used above may be set below. `expected` is what the ratio gives from the top, `actual` the numbers
    set, both as (name, number) pairs.
    """
    by_tier = {
        tier: sum(number for level, number in numbers.items() if parameters.tiers.get(level) == tier) for tier in TIERS
    }
    total = sum(by_tier.values())
    if not total:
        return []
    ratio = parameters.of_type(office_type)
    found = [_compared("personnel.post_structure.tiers", by_tier, total, ratio, parameters)]
    for band in parameters.bands:
        inside = {level: numbers.get(level, 0) for level in band.parts}
        if sum(inside.values()):
            name = "personnel.post_structure." + "-".join((next(iter(inside)), list(inside)[-1]))
            found.append(_compared(name, inside, sum(inside.values()), band, parameters))
    return found


def _compared(rule: str, numbers: Mapping[str, int], total: int, ratio: Ratio, parameters: PostStructure) -> Finding:
    wanted = numbers_of(lay_out(total, ratio, parameters.method))
    have = most = 0
    met = True
    for key in list(ratio.parts)[:-1]:
        have, most = have + numbers[key], most + wanted[key]
        met = met and have <= most
    said = (("ratio", ":".join(str(part) for part in ratio.parts.values())), ("method", parameters.method))
    return Finding(met, rule, tuple(wanted.items()), tuple(numbers.items()), said, parameters.reference)


@dataclass(frozen=True, slots=True)
class HeldLevel:
    """A level that somebody was appointed to, for half-open days."""

    level: str
    starts: date
    ends: date | None = None


def check_move(
    level: str, on: date, held: Sequence[HeldLevel], structure: PostStructure, parameters: PostMoves
) -> list[Finding]:
    """What moving to a level on a day asks of somebody; nothing of a first appointment, a move down or one to another family.

    The years on the level below count without a gap, with those on any level above it. `met` is None for a title that a higher tier
    needs, which a paper has to show.
    """
    before = [one for one in held if one.starts < on and (one.ends is None or one.ends >= on)]
    now = next((one for one in before if family_of(one.level) == family_of(level)), None)
    if now is None or not 0 < rank_of(level) < rank_of(now.level):
        return []
    across = structure.tiers.get(level) != structure.tiers.get(now.level)
    years = parameters.across if across else parameters.within
    found = []
    if not parameters.skipping and not across:
        below = f"{level[:1]}{rank_of(level) + 1}"
        found.append(
            Finding(now.level == below, "personnel.post_moves.step", below, now.level, (), parameters.reference)
        )
    since = _since(now, held)
    enough = add_months(since, years * MONTHS_OF_A_YEAR) <= on
    evidence = (("level", now.level), ("since", since.isoformat()))
    found.append(Finding(enough, "personnel.post_moves.years", years, since, evidence, parameters.reference))
    if across:
        tier = structure.tiers.get(level, "")
        found.append(Finding(None, "personnel.post_moves.title", tier, "", (), parameters.reference))
    return found


def _since(now: HeldLevel, held: Collection[HeldLevel]) -> date:
    """Since when a level or one above it is held without a gap."""
    since = now.starts
    higher = [
        one for one in held if family_of(one.level) == family_of(now.level) and rank_of(one.level) <= rank_of(now.level)
    ]
    while earlier := next(
        (one for one in higher if one.starts < since and one.ends is not None and one.ends >= since), None
    ):
        since = earlier.starts
    return since
