"""Reading moves: who sees which, what the rules say of one, which bureaus decide it, where somebody works meanwhile."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db.models import Q, QuerySet

from core.dates import DAY, Period
from core.org.models import Unit, UnitProfile
from core.parameters.selectors import ParameterMissing, at
from core.rules import Finding
from core.workflow.selectors import inbox
from personnel import rules
from personnel.models import Dispatch, Employment, Move, MoveKind, SeatAccount, Teacher
from personnel.selectors.gone import gone
from personnel.selectors.posts import free_posts
from personnel.selectors.retirement import retirement_of
from personnel.selectors.seat_holding import seat_kind_on
from personnel.selectors.seats import least_vacant, seat_of, usable

VIEW: Final = "personnel.view_teacher"
ASK: Final = "personnel.ask_moves"
CONSENT: Final = "personnel.consent_moves"
DECIDE: Final = "personnel.decide_moves"
MOVING: Final = "personnel.move"
SENDING: Final = "personnel.dispatch"
FLOWS: Final = (MOVING, SENDING)
# Seats that were approved for people who come from elsewhere.
PURPOSE: Final = "transfer_in"
OPEN_STATES: Final = ("sender", "returned", "receiver", "bureau")
DECIDED: Final = ("decided", "there", "over", "done")


def moves(actor: Any) -> QuerySet[Move]:
    """The moves that the actor sees, with their cases and people."""
    rows: QuerySet[Move] = Move.objects.visible_to(actor).select_related("case", "teacher", "from_unit", "to_unit")
    return rows


def moves_of(teacher: Teacher) -> QuerySet[Move]:
    """All moves of a person, the latest first."""
    return Move._base_manager.filter(teacher=teacher).select_related("case").order_by("-starts", "-pk")


def decided_move(teacher: Teacher, *, employment: bool) -> Move | None:
    """The latest move of a person that was decided and not taken back, with employment or without."""
    rows = moves_of(teacher).filter(case__state__in=DECIDED, employment=employment)
    found: Move | None = rows.select_related("case", "from_unit", "to_unit").first()
    return found


def dispatch_on(teacher: Teacher, on: date) -> Dispatch | None:
    """Where somebody works on a day without belonging there."""
    found: Dispatch | None = Dispatch._base_manager.filter(teacher=teacher, valid__contains=on).first()
    return found


def unit_named(name: str, on: date) -> Unit | None:
    """The unit that is called so on a day, or has that code; None where there is none, or more than one of that name.

    Who names a unit in full may send somebody there, though they do not see it.
    """
    said = name.strip()
    if not said:
        return None
    rows = Unit._base_manager.filter(Q(closed=None) | Q(closed__gt=on))
    named = UnitProfile._base_manager.filter(name=said, valid__contains=on).values("unit")
    found = list(rows.filter(Q(code=said) | Q(pk__in=named))[:2])
    return found[0] if len(found) == 1 else None


# the bureaus that decide


def deciding_bureaus(from_unit: Unit, to_unit: Unit) -> list[Unit]:
    """The bureaus that look at a move, in their order; the last one decides.

    Within one bureau it is that one. Across two: the sender's, the receiver's, then the nearest one above both.
    """
    sends, receives = from_unit.bureau(), to_unit.bureau()
    if sends.pk == receives.pk:
        return [sends]
    above = Unit._base_manager.filter(path__ancestors=sends.path).order_by("-path")
    last = next((one for one in above if one.is_bureau and one.covers(receives)), sends)
    return [*(one for one in (sends, receives) if one.pk != last.pk), last]


def across_bureaus(from_unit: Unit, to_unit: Unit) -> bool:
    """Whether a move leaves the reach of the sender's bureau."""
    return from_unit.bureau().pk != to_unit.bureau().pk


# what the rules say


@dataclass(frozen=True, slots=True)
class Asked:
    """A move as somebody asks for it, before anything is written. `ends` is the first day back, None for good."""

    teacher: Teacher
    kind: str
    employment: bool
    from_unit: Unit
    to_unit: Unit
    starts: date
    ends: date | None
    ground: str
    level: str = ""
    exception: str = ""
    besides: Collection[int] = field(default_factory=tuple)

    @classmethod
    def of(cls, move: Move) -> Asked:
        """The same, of one that was asked for."""
        return cls(
            move.teacher, move.kind, move.employment, move.from_unit, move.to_unit, move.starts, move.ends, move.ground, move.level,
            move.exception, (move.pk,),
        )  # fmt: skip


def move_rules(unit: Any, on: date) -> rules.MoveRules:
    """The rules of moves for a unit on a day."""
    return at(rules.MoveRules, on, unit=unit)


def rotation_rules(unit: Any, on: date) -> rules.RotationRules | None:
    """The rules of rotation for a unit on a day; None before there were any."""
    try:
        return at(rules.RotationRules, on, unit=unit)
    except ParameterMissing:
        return None


def findings_of(asked: Asked) -> list[Finding]:
    """What the rules find of a move as things stand, a fixed number of queries."""
    parameters = move_rules(asked.from_unit, asked.starts)
    leaves = across_bureaus(asked.from_unit, asked.to_unit)
    planned = rules.Planned(
        asked.starts, asked.ends, asked.employment, asked.ground in parameters.voluntary, leaves,
        rotation=asked.kind == MoveKind.ROTATION,
    )  # fmt: skip
    rotation = rotation_rules(asked.from_unit, asked.starts) if planned.rotation else None
    return rules.check_planned(planned, _circumstances(asked), parameters, rotation)


def unmet(findings: Collection[Finding], exception: str = "") -> list[Finding]:
    """What stands against a move; with the paper of an exception without what that one lets pass."""
    return [one for one in findings if one.met is False and not (exception.strip() and one.rule in rules.WAIVABLE)]


def _circumstances(asked: Asked) -> rules.Circumstances:
    teacher, receiver = asked.teacher, asked.to_unit
    plan = retirement_of(teacher, asked.from_unit, asked.starts)
    ended = gone(asked.starts).filter(teacher=teacher).exists()
    return rules.Circumstances(
        elsewhere=asked.from_unit.pk != receiver.pk, employed=employed_through(asked), opened=receiver.opened, until=receiver.closed,
        ended=ended, retires=plan.month if plan is not None else None, others=_other_times(asked),
        seats=_free_seats(asked) if asked.employment else None,
        posts=free_posts(receiver, asked.level, special=False, on=asked.starts) if asked.employment and asked.level else None,
        school_since=since_when(teacher, [asked.from_unit.pk], asked.starts), county_since=_county_since(asked),
    )  # fmt: skip


def employed_through(asked: Asked) -> bool:
    """Whether the person belongs to the sender on the day before, and on every day of the move that is not for good.

    Of a move for good what follows is looked at when it is written.
    """
    rows = Employment._base_manager.filter(teacher=asked.teacher, unit=asked.from_unit)
    held = sorted((valid.lower, valid.upper) for valid in rows.values_list("valid", flat=True))
    day, last = asked.starts - DAY if asked.employment else asked.starts, asked.ends or asked.starts + DAY
    for lower, upper in held:
        if lower <= day and (upper is None or upper > day):
            if upper is None or upper >= last:
                return True
            day = upper
    return False


def since_when(teacher: Teacher, units: Collection[int], on: date) -> date | None:
    """Since which day a person belongs to one of some units without a gap, as of the day before `on`; None where they do not."""
    rows = Employment._base_manager.filter(teacher=teacher, valid__startswith__lt=on).order_by("-valid")
    since: date | None = None
    for unit, valid in rows.values_list("unit", "valid"):
        if unit not in units or (since is None and valid.upper is not None and valid.upper < on):
            break
        if since is not None and valid.upper is not None and valid.upper < since:
            break
        since = valid.lower
    return since


def _county_since(asked: Asked) -> date | None:
    bureau = asked.from_unit.bureau()
    below = Unit._base_manager.filter(path__descendants=bureau.path).values_list("pk", flat=True)
    return since_when(asked.teacher, set(below), asked.starts)


def _other_times(asked: Asked) -> list[Period]:
    """Other times of the person away, on file or decided, and moves for good that were decided for later."""
    away = Dispatch._base_manager.filter(teacher=asked.teacher).exclude(move__in=list(asked.besides))
    found = [Period(valid.lower, valid.upper) for valid in away.values_list("valid", flat=True)]
    waiting = Move._base_manager.filter(teacher=asked.teacher, case__state__in=OPEN_STATES)
    rows = waiting.exclude(pk__in=list(asked.besides)).values_list("starts", "ends")
    return sorted([*found, *(Period(starts, ends) for starts, ends in rows)], key=lambda one: one.start)


# seats


def seat_wanted(asked: Asked) -> str:
    """The kind of seat that the person is to hold at the receiver; "" where they hold none, or the receiver has no account of it.

    It is the one that they hold by the ledger, else the one that their file says.
    """
    held = seat_of(asked.teacher, asked.starts - DAY)
    kind = held.kind if held is not None else seat_kind_on(asked.teacher, asked.starts - DAY)
    there = SeatAccount._base_manager.filter(unit=asked.to_unit, kind=kind)
    return kind if kind and there.exists() else ""


def approved_use(unit: Unit, kind: str, on: date) -> Any:
    """A reservation that was approved for people who come to a unit, from which a seat can be taken on a day; None without."""
    rows = usable(unit, kind, on)
    return next((one for one, _left in rows if one.use is not None and one.use.purpose == PURPOSE), None)


def _free_seats(asked: Asked) -> int | None:
    kind = seat_wanted(asked)
    if not kind:
        return None
    approved = approved_use(asked.to_unit, kind, asked.starts) is not None
    return least_vacant(asked.to_unit, kind, asked.starts) + approved


def inbox_of(actor: Any) -> Any:
    """The keys of the cases of moves that wait for the actor."""
    return inbox(actor).filter(kind__in=FLOWS).order_by().values("pk")
