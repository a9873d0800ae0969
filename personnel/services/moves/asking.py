"""Asking for a move: the case begins at the sender's desk."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from core.codes.selectors import entries
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.records.changes import change
from core.workflow.services import open_case
from personnel import rules
from personnel.models import Employment, Move, MoveKind, Teacher
from personnel.selectors.move_facts import OPEN_STATES
from personnel.selectors.move_words import refusal
from personnel.selectors.moves import ASK, MOVING, SENDING, Asked, findings_of, move_rules, unmet
from personnel.services.facts import hold_open

LONGEST: Final = 400
# Seats and posts may become free until it is decided; nothing else mends itself.
MENDED: Final = frozenset({"personnel.moves.seat", "personnel.moves.post", *rules.WAIVABLE})


def ask_move(
    *, actor: Any, teacher: Teacher, kind: str, to_unit: Unit, starts: date, ends: date | None = None, ground: str, words: str,
    employment: bool | None = None, post: str = "", level: str = "", key_teacher: bool = False, exception: str = "", source: str = "page",
) -> Move:  # fmt: skip
    """Ask that a person moves to a unit from a day on, up to, not including, `ends` (None: for good); it waits at the sender first.

    `employment` says of a rotation whether the employment moves; of all other kinds it follows. The day may lie in the past. Raises
    `NotAllowed` without the right, for unknown codes, without words, while another move of the person waits for a decision, and for what
    no decision could mend: the same unit, a closed one, no employment at the sender, another time away on these days, a day past
    the month of retirement.
    """
    if not actor.may(ASK):
        raise NotAllowed(_("Your role does not ask for moves."))
    moves = kind == MoveKind.TRANSFER or (kind == MoveKind.ROTATION and bool(employment))
    _must_be_said(actor, kind, ground, level, words)
    _must_be_days(starts, ends, for_good=moves)
    from_unit = _unit_of(teacher, starts, for_good=moves)
    asked = Asked(
        teacher, kind, moves, from_unit, to_unit, starts, None if moves else ends, ground, level if moves else "", exception
    )  # fmt: skip
    with change("personnel.ask_move", actor=actor, reason=words.strip(), source=source):
        hold_open(teacher)
        if Move._base_manager.filter(teacher=teacher, case__state__in=OPEN_STATES).exists():
            raise NotAllowed(_("A move of this person waits for a decision already. Withdraw that one first."))
        if found := [one for one in unmet(findings_of(asked)) if one.rule not in MENDED]:
            raise NotAllowed(refusal(found))
        case = open_case(
            kind=MOVING if moves else SENDING, actor=actor, unit=from_unit, days=move_rules(from_unit, actor.on).desk_days,
            comment=words.strip(),
        )  # fmt: skip
        return Move.objects.create(
            case=case, teacher=teacher, kind=kind, employment=moves, from_unit=from_unit, to_unit=to_unit, starts=starts,
            ends=asked.ends, ground=ground, words=words.strip(), post=post.strip(), level=asked.level, key_teacher=key_teacher,
            exception=exception.strip(),
        )  # fmt: skip


def _must_be_said(actor: Any, kind: str, ground: str, level: str, words: str) -> None:
    if kind not in MoveKind.values:
        raise NotAllowed(_("This kind of move is not known."), field="kind")
    if ground not in {one.code for one in entries("move_ground", actor.on, actor.unit)}:
        raise NotAllowed(_("This code is not in its list."), field="ground")
    if level and level not in {one.code for one in entries("post_level", actor.on, actor.unit)}:
        raise NotAllowed(_("There is no post level “%(level)s”.") % {"level": level}, field="level")
    if not words.strip() or len(words) > LONGEST:
        raise NotAllowed(_("Say in words why, in at most %(most)s characters.") % {"most": LONGEST}, field="words")


def _must_be_days(starts: date, ends: date | None, *, for_good: bool) -> None:
    if for_good and ends is not None:
        raise NotAllowed(_("Whose employment moves, moves for good: leave the last day empty."), field="last_day")
    if not for_good and ends is None:
        raise NotAllowed(_("Say until when: somebody whose employment stays comes back."), field="last_day")
    if ends is not None and ends <= starts:
        raise NotAllowed(_("The last day lies before the first one."), field="last_day")


def _unit_of(teacher: Teacher, starts: date, *, for_good: bool) -> Unit:
    """Where the person belongs before the move (of one for good, on the day before its first)."""
    rows = Employment._base_manager.filter(teacher=teacher).select_related("unit").order_by("-valid")
    held = rows.filter(valid__startswith__lt=starts) if for_good else rows.filter(valid__contains=starts)
    found = held.first()
    if found is None:
        raise NotAllowed(_("%(name)s belongs to no unit on that day.") % {"name": teacher.name}, field="starts")
    unit: Unit = found.unit
    return unit
