"""Posts of units: approved, appointed, free on a day; who holds them; what moving between them asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, QuerySet

from core.codes import selectors as codes
from core.org.models import Unit
from core.parameters.selectors import at
from core.rules import Finding
from personnel import rules
from personnel.models import PostAppointment, PostProposal, PostSetting, Teacher
from personnel.models.vacancies import OVER, SPECIAL

LEVELS: Final = "post_level"
VIEW: Final = "personnel.view_teacher"
CHANGE: Final = "personnel.change_teacher"
PROPOSE: Final = "personnel.propose_posts"
DECIDE: Final = "personnel.decide_posts"
SETTING: Final = "personnel.post_setting"
Numbers = Mapping[tuple[str, bool], int]
Key = tuple[int, str, bool]
Counted = tuple[date, date | None, int]
TIERS: Final = (*rules.TIERS, rules.MANAGEMENT, rules.WORKER)


@dataclass(frozen=True, slots=True)
class Standing:
    """Posts of one level of a unit on a day: approved, and people appointed to them; those off the ratio are counted apart."""

    level: str
    special: bool
    approved: int
    appointed: int

    @property
    def vacant(self) -> int:
        """Posts that nobody holds."""
        return self.approved - self.appointed


@dataclass(frozen=True, slots=True)
class UnitPosts:
    """The posts of a unit, or of several together, on a day, highest level first; people off the ratio by level."""

    rows: tuple[Standing, ...] = ()
    over: Mapping[str, int] | None = None

    def of_tier(self, tier: str, tiers: Mapping[str, str]) -> Standing:
        """A tier, or a family without tiers, in sum; special posts are left out."""
        within = [one for one in self.rows if not one.special and tier_of(one.level, tiers) == tier]
        return Standing(tier, False, sum(one.approved for one in within), sum(one.appointed for one in within))

    @property
    def total(self) -> Standing:
        """All posts, special ones too."""
        return Standing("", False, sum(one.approved for one in self.rows), sum(one.appointed for one in self.rows))

    @property
    def special(self) -> Standing:
        """Special posts in sum."""
        within = [one for one in self.rows if one.special]
        return Standing("", True, sum(one.approved for one in within), sum(one.appointed for one in within))

    @property
    def off(self) -> int:
        """People off the ratio."""
        return sum((self.over or {}).values())

    @property
    def numbers(self) -> dict[str, int]:
        """Approved posts within the ratio by level."""
        return {one.level: one.approved for one in self.rows if not one.special}


def tier_of(level: str, tiers: Mapping[str, str]) -> str:
    """The tier of a professional level, else the family of the level."""
    return tiers.get(level) or rules.family_of(level)


def structure_at(on: date, unit: Any = None) -> rules.PostStructure:
    """The structure ratios of a day for a unit."""
    return at(rules.PostStructure, on, unit=unit)


def place_of(level: str) -> tuple[int, int, str]:
    """The place of a level in lists: families in their order, the highest level first."""
    families = list(rules.LETTERS)
    letter = level[:1]
    return families.index(letter) if letter in families else len(families), rules.rank_of(level), level


def levels(on: date, unit: Any = None) -> list[codes.CodeName]:
    """The levels that posts may have, in their order."""
    known = [one for one in codes.entries(LEVELS, on, unit) if rules.rank_of(one.code)]
    return sorted(known, key=lambda one: place_of(one.code))


def standings(units: QuerySet[Unit] | Sequence[int], on: date) -> dict[int, UnitPosts]:
    """The posts of units (given as a queryset or by key) on a day. Two queries, however many units."""
    chosen: Any = units.order_by().values("pk") if isinstance(units, QuerySet) else list(units)
    approved: dict[int, dict[tuple[str, bool], int]] = defaultdict(dict)
    rows = PostSetting._base_manager.filter(unit__in=chosen, valid__contains=on)
    for unit, level, special, number in rows.values_list("unit", "level", "special", "number"):
        approved[unit][level, special] = number
    taken: dict[int, dict[tuple[str, bool], int]] = defaultdict(dict)
    over: dict[int, dict[str, int]] = defaultdict(dict)
    held = PostAppointment._base_manager.filter(unit__in=chosen, valid__contains=on).order_by()
    for unit, level, place, number in (
        held.values("unit", "level", "place")
        .annotate(number=Count("pk"))
        .values_list("unit", "level", "place", "number")
    ):
        if place == OVER:
            over[unit][level] = number
        else:
            taken[unit][level, place == SPECIAL] = number
    return {unit: _posts(approved[unit], taken[unit], over[unit]) for unit in {*approved, *taken, *over}}


def _posts(
    approved: Mapping[tuple[str, bool], int], taken: Mapping[tuple[str, bool], int], over: Mapping[str, int]
) -> UnitPosts:
    keys = sorted({*approved, *taken}, key=lambda key: (key[1], place_of(key[0])))
    rows = tuple(Standing(*key, approved.get(key, 0), taken.get(key, 0)) for key in keys)
    return UnitPosts(rows, dict(sorted(over.items(), key=lambda one: place_of(one[0]))))


def together(several: Iterable[UnitPosts]) -> UnitPosts:
    """The posts of several units in sum."""
    approved: dict[tuple[str, bool], int] = defaultdict(int)
    taken: dict[tuple[str, bool], int] = defaultdict(int)
    over: dict[str, int] = defaultdict(int)
    for posts in several:
        for one in posts.rows:
            approved[one.level, one.special] += one.approved
            taken[one.level, one.special] += one.appointed
        for level, number in (posts.over or {}).items():
            over[level] += number
    return _posts(approved, taken, over)


def posts_of(unit: Unit, on: date) -> UnitPosts:
    """The posts of one unit itself on a day."""
    return standings([unit.pk], on).get(unit.pk, UnitPosts())


class Vacancies:
    """The posts of some units over time, read at once (two queries), to be asked and taken in thought."""

    def __init__(self, units: Iterable[int] = ()) -> None:
        self._read: set[int] = set()
        self._given: dict[Key, list[Counted]] = defaultdict(list)
        self._taken: dict[Key, list[Counted]] = defaultdict(list)
        self.begins: dict[int, date] = {}
        self.read(units)

    def read(self, units: Iterable[int]) -> None:
        """Read more units; those that were read stay as they are reckoned."""
        keys = set(units) - self._read
        if not keys:
            return
        self._read |= keys
        rows = PostSetting._base_manager.filter(unit__in=keys)
        for unit, level, special, valid, number in rows.values_list("unit", "level", "special", "valid", "number"):
            self._given[unit, level, special].append((valid.lower, valid.upper, number))
            self.begins[unit] = min(self.begins.get(unit, valid.lower), valid.lower)
        held = PostAppointment._base_manager.filter(unit__in=keys).exclude(place=OVER)
        for unit, level, place, valid in held.values_list("unit", "level", "place", "valid"):
            self._taken[unit, level, place == SPECIAL].append((valid.lower, valid.upper, 1))

    def free(self, key: Key, starts: date, ends: date | None = None) -> int:
        """How many more can be appointed to (unit, level, special) for all days from `starts` up to, not including, `ends`."""
        given, taken = self._given[key], self._taken[key]
        turns = {starts} | {
            day
            for row in (*given, *taken)
            for day in row[:2]
            if day is not None and starts < day and (ends is None or day < ends)
        }
        return min(_sum_on(given, day) - _sum_on(taken, day) for day in turns)

    def take(self, key: Key, starts: date, ends: date | None = None) -> None:
        """Reckon on with one more appointed."""
        self._taken[key].append((starts, ends, 1))

    def leave(self, key: Key, starts: date, on: date) -> None:
        """Reckon on with somebody who was appointed on `starts` gone from a day on."""
        rows = self._taken[key]
        for place, (first, end, number) in enumerate(rows):
            if first == starts and (end is None or end > on):
                rows[place] = (first, on, number)
                return


def free_posts(unit: Unit, level: str, *, special: bool, on: date, until: date | None = None) -> int:
    """How many more people can be appointed to a level for all days from `on` up to, not including, `until`. Two queries."""
    return Vacancies([unit.pk]).free((unit.pk, level, special), on, until)


def _sum_on(rows: Iterable[Counted], day: date) -> int:
    return sum(number for first, end, number in rows if first <= day and (end is None or day < end))


def books_begin(units: Sequence[int]) -> dict[int, date]:
    """The first day for which posts were set, by unit; units without any are left out."""
    found: dict[int, date] = {}
    for unit, valid in PostSetting._base_manager.filter(unit__in=list(units)).values_list("unit", "valid"):
        found[unit] = min(found.get(unit, valid.lower), valid.lower)
    return found


def holders(actor: Any, unit: Unit, on: date) -> list[PostAppointment]:
    """The appointments of a unit that the actor sees, on a day, highest level first, with the people."""
    rows = PostAppointment.objects.visible_to(actor).filter(unit=unit, valid__contains=on).select_related("teacher")
    return sorted(rows, key=lambda one: (place_of(one.level), one.valid.lower, one.teacher.pinyin))


def appointments_of(teacher: Teacher, on: date) -> list[PostAppointment]:
    """What a person is appointed to on a day, the usual post before the second one."""
    rows = PostAppointment._base_manager.filter(teacher=teacher, valid__contains=on).select_related("unit", "teacher")
    return list(rows.order_by("dual"))


def appointments_of_many(teachers: Iterable[int], on: date) -> dict[int, list[PostAppointment]]:
    """What people are appointed to on a day, by their keys, the usual post before the second one. One query."""
    found: dict[int, list[PostAppointment]] = {}
    for one in PostAppointment._base_manager.filter(teacher__in=list(teachers), valid__contains=on).order_by("dual"):
        found.setdefault(one.teacher_id, []).append(one)
    return found


def with_levels(rows: QuerySet[Teacher], on: date) -> QuerySet[Teacher]:
    """Annotate people with `post_level`, that of their usual post on a day."""
    held = PostAppointment._base_manager.filter(teacher=OuterRef("pk"), valid__contains=on, dual=False)
    return rows.annotate(post_level=held.values("level")[:1])


def held_levels(teacher: Teacher, family: str) -> list[rules.HeldLevel]:
    """All levels of a family that a person was ever appointed to."""
    rows = PostAppointment._base_manager.filter(teacher=teacher).values_list("level", "valid")
    return [
        rules.HeldLevel(level, valid.lower, valid.upper) for level, valid in rows if rules.family_of(level) == family
    ]


def move_findings(teacher: Teacher, unit: Unit, level: str, on: date) -> list[Finding]:
    """What moving to a level on a day asks of a person, by the parameters of the unit."""
    held = held_levels(teacher, rules.family_of(level))
    return rules.check_move(level, on, held, structure_at(on, unit), at(rules.PostMoves, on, unit=unit))


def open_proposal(unit: Unit) -> PostProposal | None:
    """The proposal about a unit that is not decided yet."""
    rows = PostProposal._base_manager.filter(unit=unit).exclude(case__desk="").select_related("case")
    return rows.order_by("-pk").first()


def units_with_posts(actor: Any, on: date) -> QuerySet[Unit]:
    """The actor's units that have posts or people appointed on a day, named, in the order of the tree."""
    set_here = PostSetting._base_manager.filter(unit=OuterRef("pk"), valid__contains=on)
    held = PostAppointment._base_manager.filter(unit=OuterRef("pk"), valid__contains=on)
    rows = Unit.objects.visible_to(actor).named(on).filter(Exists(set_here) | Exists(held))
    found: QuerySet[Unit] = rows.in_tree()
    return found
