"""Reading moves: who sees which, what the rules say of one, which bureaus decide it, where somebody works meanwhile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.org.models import Unit, UnitProfile
from core.parameters.selectors import ParameterMissing, at
from core.rules import Finding
from core.workflow.selectors import inbox
from personnel import rules
from personnel.models import Dispatch, Move, MoveKind, SeatEntry, Teacher
from personnel.selectors.move_facts import OPEN_STATES, Asked, MoveFacts
from personnel.selectors.move_places import seats_wanted

VIEW: Final = "personnel.view_teacher"
ASK: Final = "personnel.ask_moves"
CONSENT: Final = "personnel.consent_moves"
DECIDE: Final = "personnel.decide_moves"
MOVING: Final = "personnel.move"
SENDING: Final = "personnel.dispatch"
LEAVING: Final = "personnel.leaving"
FLOWS: Final = (MOVING, SENDING, LEAVING)
# Seats and posts may become free until it is decided, and an exception may be approved; nothing else mends itself.
SEAT_FREE: Final = "personnel.moves.seat"
POST_FREE: Final = "personnel.moves.post"
MENDED: Final = frozenset({SEAT_FREE, POST_FREE, *rules.WAIVABLE})
NEAR: Final = 5
SHORTEST: Final = 2
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
    """The open unit that is called so on a day, or has that code; None where there is none, or more than one of that name.

    Who names a unit in full may send somebody there, though they do not see it.
    """
    found = [one for one in units_named([name], on).get(name.strip(), ()) if one.closed is None or one.closed > on]
    return found[0] if len(found) == 1 else None


def near_names(name: str, on: date) -> list[str]:
    """Names of open units in which what was said stands, at most `NEAR`; none for less than two characters. One query."""
    said = name.strip()
    if len(said) < SHORTEST:
        return []
    rows = UnitProfile._base_manager.filter(name__contains=said, valid__contains=on)
    rows = rows.filter(Q(unit__closed=None) | Q(unit__closed__gt=on))
    return list(rows.order_by("name").values_list("name", flat=True)[:NEAR])


def units_named(names: Collection[str], on: date) -> dict[str, list[Unit]]:
    """The units that are called so on a day or have that code, closed ones too, by what was said. Two queries."""
    said = {name.strip() for name in names} - {""}
    profiles = UnitProfile._base_manager.filter(name__in=said, valid__contains=on).select_related("unit")
    found: dict[str, dict[int, Unit]] = defaultdict(dict)
    for profile in profiles:
        found[profile.name][profile.unit_id] = profile.unit
    for unit in Unit._base_manager.filter(code__in=said):
        found[unit.code][unit.pk] = unit
    return {name: list(units.values()) for name, units in found.items()}


# the bureaus that decide


def deciding_bureaus(from_unit: Unit, to_unit: Unit | None, on: date) -> list[Unit]:
    """The bureaus that look at a move, in their order; the last one decides.

    Within one bureau it is that one. Across two: the sender's, the receiver's, then the nearest one above both. To a unit outside the
    system: those above the sender, up to the one that decides by the rules of the day.
    """
    if to_unit is None:
        found: list[Unit] = []
        for one in from_unit.bureaus() or [from_unit.bureau()]:
            found.append(one)
            if lets_leave(one, from_unit, on):
                break
        return found
    sends, receives = from_unit.bureau(), to_unit.bureau()
    if sends.pk == receives.pk:
        return [sends]
    above = Unit._base_manager.filter(path__ancestors=sends.path).order_by("-path")
    last = next((one for one in above if one.is_bureau and one.covers(receives)), sends)
    return [*(one for one in (sends, receives) if one.pk != last.pk), last]


def lets_leave(bureau: Unit, from_unit: Unit, on: date) -> bool:
    """Whether a bureau decides on transfers out of the system: its kind is that of the rules or higher, or nothing is above it."""
    return "." not in bureau.path or move_rules(from_unit, on).lets_leave(bureau.kind)


# what the rules say


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
    return findings_of_many([asked])[0]


def findings_of_many(
    asked: Sequence[Asked], *, together: bool = False, pending: Collection[str] = MENDED
) -> list[list[Finding]]:
    """What the rules find of moves, each as things stand; a fixed number of queries for each first day among them.

    `together`: they are decided as one set, so that all leave before they come, and seats and posts count on the sum; those against
    which more stands than the rules of `pending` do not count.
    """
    return findings_and_places(asked, together=together, pending=pending)[0]


def findings_and_places(
    asked: Sequence[Asked], *, together: bool, pending: Collection[str] = MENDED
) -> tuple[list[list[Finding]], MoveFacts]:
    """The same, with what was read for it."""
    facts = MoveFacts(asked)
    found = [_check(one, facts) for one in asked]
    if together:
        facts.place([
            one for one, told in zip(asked, found, strict=True)
            if all(against.rule in pending for against in unmet(told, one.exception))
        ])  # fmt: skip
        found = [_check(one, facts) for one in asked]
    return found, facts


def _check(asked: Asked, facts: MoveFacts) -> list[Finding]:
    parameters = move_rules(asked.from_unit, asked.starts)
    planned = rules.Planned(
        asked.starts, asked.ends, asked.employment, asked.ground in parameters.voluntary, facts.across(asked),
        rotation=asked.kind == MoveKind.ROTATION, outside=asked.to_unit is None,
    )  # fmt: skip
    rotation = rotation_rules(asked.from_unit, asked.starts) if planned.rotation else None
    return rules.check_planned(planned, facts.circumstances(asked), parameters, rotation)


def unmet(findings: Collection[Finding], exception: str = "") -> list[Finding]:
    """What stands against a move; with the paper of an exception without what that one lets pass."""
    return [one for one in findings if one.met is False and not (exception.strip() and one.rule in rules.WAIVABLE)]


def freeing(asked: Asked, rule: str) -> QuerySet[Move]:
    """Moves that are asked for and free the seat or post that one lacks at the receiver: somebody leaves it by the day with one."""
    rows = Move._base_manager.filter(
        from_unit=asked.to_unit, employment=True, starts__lte=asked.starts, case__state__in=OPEN_STATES
    ).exclude(teacher=asked.teacher)
    if rule == POST_FREE:
        rows = rows.filter(
            teacher__postappointments__unit=asked.to_unit, teacher__postappointments__level=asked.level,
            teacher__postappointments__valid__contains=asked.starts,
        )  # fmt: skip
    else:
        (kind,) = seats_wanted([asked])
        held = SeatEntry._base_manager.filter(
            teacher=OuterRef("teacher"),
            account__unit=asked.to_unit,
            account__kind=kind,
            bucket=SeatEntry.Bucket.OCCUPIED,
        )
        rows = rows.filter(Exists(held))
    found: QuerySet[Move] = rows.select_related("case", "teacher", "to_unit").order_by("case__state", "pk")
    return found


def inbox_of(actor: Any) -> Any:
    """The keys of the cases of moves that wait for the actor."""
    return inbox(actor).filter(kind__in=FLOWS).order_by().values("pk")
