"""Asking for moves: each case begins at the sender's desk. One move is asked for like many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from core.codes.selectors import entries
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.records.bulk import allocate
from core.records.changes import change
from core.records.models import StoredFile
from core.rules import Finding
from core.workflow.services import Opening, open_cases
from personnel.models import Move, MoveKind, Teacher
from personnel.selectors.move_facts import OPEN_STATES, Job, jobs_of
from personnel.selectors.move_words import refusal
from personnel.selectors.moves import (
    ASK,
    FLOWS,
    LEAVING,
    MENDED,
    MOVING,
    SENDING,
    Asked,
    findings_of_many,
    move_rules,
    unmet,
)
from personnel.services.facts import hold_open

LONGEST: Final = 400
WAITS: Final = "waits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A move as it is asked for: from a day on, up to, not including, `ends` (None: for good).

    `employment` says of a rotation whether the employment moves; of all other kinds it follows. `source` is the row of a workbook. Without
    `to_unit` the person leaves for a unit outside the system: `outside` names it, `place` says where it is, `letter` is the number of its
    letter (商调函), `letter_file` the scan.
    """

    teacher: Teacher
    kind: str
    to_unit: Unit | None
    starts: date
    ends: date | None = None
    ground: str
    words: str
    employment: bool | None = None
    post: str = ""
    level: str = ""
    key_teacher: bool = False
    exception: str = ""
    source: int | None = None
    outside: str = ""
    place: str = ""
    letter: str = ""
    letter_file: StoredFile | None = None

    @property
    def for_good(self) -> bool:
        """Whether employment, seat and post move with the person."""
        return self.kind == MoveKind.TRANSFER or (self.kind == MoveKind.ROTATION and bool(self.employment))


@dataclass(slots=True)
class Looked:
    """What is to be said of a move that somebody asks for: `refusal` keeps it out, by the field `about`; findings stand on its case."""

    wanted: Wanted
    asked: Asked | None = None
    about: str = ""
    refusal: Callable[[], str] | None = None
    findings: list[Finding] = field(default_factory=list)

    def refuse(self, about: str, say: Callable[[], str]) -> None:
        """Keep it out, for the first cause that was found."""
        if self.refusal is None:
            self.about, self.refusal = about, say


def look_at(*, actor: Any, wanted: Sequence[Wanted], together: bool = False) -> list[Looked]:
    """What stands against moves as things stand: words of a refusal, made in the language of who reads them, and the findings of the rules.

    Kept out is what no decision could mend: unknown codes, no words, days that make no sense, another move that waits, the same unit, a
    closed one, no employment at the sender, another time away on these days, a day past the month of retirement. `together`: they are
    asked for in one go, so that seats and posts count once. A fixed number of queries for each first day among them.
    """
    jobs = jobs_of({one.teacher.pk for one in wanted})
    units = Unit._base_manager.in_bulk({job.unit for held in jobs.values() for job in held})
    found = [Looked(one) for one in wanted]
    for one in found:
        _say(actor, one)
        _place(one, jobs.get(one.wanted.teacher.pk, ()), units)
    rows = Move._base_manager.filter(teacher__in=[one.wanted.teacher.pk for one in found], case__state__in=OPEN_STATES)
    waiting = dict(rows.values_list("teacher", "pk"))
    asked = [one for one in found if one.asked is not None]
    told = findings_of_many([one.asked for one in asked if one.asked is not None], together=together)
    for one, findings in zip(asked, told, strict=True):
        one.findings = findings
        if one.wanted.teacher.pk in waiting:
            one.refuse(WAITS, lambda: _("A move of this person waits for a decision already. Withdraw that one first."))
        for against in unmet(findings):
            if against.rule not in MENDED:
                one.refuse(against.rule, _against(findings))
    return found


def _against(findings: Sequence[Finding]) -> Callable[[], str]:
    return lambda: refusal([one for one in unmet(findings) if one.rule not in MENDED])


def ask_move(
    *, actor: Any, teacher: Teacher, kind: str, to_unit: Unit, starts: date, ends: date | None = None, ground: str, words: str,
    employment: bool | None = None, post: str = "", level: str = "", key_teacher: bool = False, exception: str = "", source: str = "page",
) -> Move:  # fmt: skip
    """Ask that a person moves to a unit from a day on, up to, not including, `ends` (None: for good); it waits at the sender first.

    `employment` says of a rotation whether the employment moves; of all other kinds it follows. The day may lie in the past. Raises
    `NotAllowed` without the right, and for what `look_at` keeps out.
    """
    wanted = Wanted(
        teacher=teacher, kind=kind, to_unit=to_unit, starts=starts, ends=ends, ground=ground, words=words, employment=employment,
        post=post, level=level, key_teacher=key_teacher, exception=exception,
    )  # fmt: skip
    with change("personnel.ask_move", actor=actor, reason=words.strip() or _("Move asked for"), source=source):
        return ask_moves(actor=actor, wanted=[wanted])[0]


def ask_to_leave(
    *, actor: Any, teacher: Teacher, outside: str, place: str, letter: str, starts: date, ground: str, words: str,
    letter_file: StoredFile | None = None, exception: str = "", source: str = "page",
) -> Move:  # fmt: skip
    """Ask that a person is transferred to a unit outside the system from a day on (调出); it waits at the sender first.

    Raises as `ask_move`.
    """
    wanted = Wanted(
        teacher=teacher, kind=MoveKind.TRANSFER, to_unit=None, starts=starts, ground=ground, words=words, exception=exception,
        outside=outside, place=place, letter=letter, letter_file=letter_file,
    )  # fmt: skip
    said = words.strip() or _("Move asked for")
    with change(
        "personnel.ask_move", actor=actor, reason=said, document=letter.strip(), source=source, evidence=letter_file
    ):
        return ask_moves(actor=actor, wanted=[wanted])[0]


def ask_moves(*, actor: Any, wanted: Sequence[Wanted]) -> list[Move]:
    """Ask for moves in the open change; each waits at its sender first. Raises `NotAllowed` for the first that is kept out."""
    if not actor.may(ASK):
        raise NotAllowed(_("Your role does not ask for moves."))
    hold_open(*(one.teacher for one in wanted))
    looked = look_at(actor=actor, wanted=wanted, together=True)
    for one in looked:
        if one.refusal is not None:
            raise NotAllowed(one.refusal(), field="" if one.about.startswith("personnel.") else one.about)
    return _written(actor, looked)


def _written(actor: Any, looked: Sequence[Looked]) -> list[Move]:
    """The moves with their cases, in their order: a fixed number of statements."""
    made: list[Move] = []
    for kind in FLOWS:
        some = [one for one in looked if _flow_of(one.wanted) == kind and one.asked is not None]
        cases = open_cases(kind=kind, actor=actor, asked=[_opening(one, actor) for one in some])
        made += [_move(one, case) for one, case in zip(some, cases, strict=True)]
    for move, pk in zip(made, allocate(Move, len(made)), strict=True):
        move.pk = pk
    Move._base_manager.bulk_create(made)
    by_wish = {(move.teacher_id, move.starts): move for move in made}
    return [by_wish[one.wanted.teacher.pk, one.wanted.starts] for one in looked]


def _flow_of(wanted: Wanted) -> str:
    if wanted.to_unit is None:
        return LEAVING
    return MOVING if wanted.for_good else SENDING


def _opening(one: Looked, actor: Any) -> Opening:
    assert one.asked is not None  # noqa: S101 - only what belongs somewhere is written
    unit = one.asked.from_unit
    days = move_rules(unit, actor.on).desk_days
    return Opening(unit, days=days, comment=one.wanted.words.strip(), source=one.wanted.source)


def _move(one: Looked, case: Any) -> Move:
    wanted, asked = one.wanted, one.asked
    assert asked is not None  # noqa: S101 - only what belongs somewhere is written
    return Move(
        case=case, teacher=wanted.teacher, kind=wanted.kind, employment=wanted.for_good, from_unit=asked.from_unit, to_unit=wanted.to_unit,
        starts=wanted.starts, ends=asked.ends, ground=wanted.ground, words=wanted.words.strip(), post=wanted.post.strip(),
        level=asked.level, key_teacher=wanted.key_teacher, exception=wanted.exception.strip(), source_row=wanted.source,
        outside=wanted.outside.strip(), place=wanted.place.strip(), letter=wanted.letter.strip(), letter_file=wanted.letter_file,
    )  # fmt: skip


def _say(actor: Any, one: Looked) -> None:
    """Refuse what is not said as it must be: codes, words, days."""
    wanted = one.wanted
    if wanted.kind not in MoveKind.values:
        one.refuse("kind", lambda: _("This kind of move is not known."))
    if wanted.ground not in {entry.code for entry in entries("move_ground", actor.on, actor.unit)}:
        one.refuse("ground", lambda: _("This code is not in its list."))
    if wanted.level and wanted.level not in {entry.code for entry in entries("post_level", actor.on, actor.unit)}:
        one.refuse("level", lambda: _("There is no post level “%(level)s”.") % {"level": wanted.level})
    if not wanted.words.strip() or len(wanted.words) > LONGEST:
        one.refuse("words", lambda: _("Say in words why, in at most %(most)s characters.") % {"most": LONGEST})
    if wanted.for_good and wanted.ends is not None:
        one.refuse("last_day", lambda: _("Whose employment moves, moves for good: leave the last day empty."))
    if wanted.to_unit is None:
        _say_outside(one)
    if not wanted.for_good and wanted.ends is None:
        one.refuse("last_day", lambda: _("Say until when: somebody whose employment stays comes back."))
    if wanted.ends is not None and wanted.ends <= wanted.starts:
        one.refuse("last_day", last_day_words)


def last_day_words() -> str:
    """That a last day lies before the first one."""
    return _("The last day lies before the first one.")


def day_words(name: str) -> str:
    """That somebody belongs nowhere on the first day."""
    return _("%(name)s belongs to no unit on that day.") % {"name": name}


def _say_outside(one: Looked) -> None:
    """Whoever leaves the system is transferred, to a unit that is named, by its letter."""
    wanted = one.wanted
    if wanted.kind != MoveKind.TRANSFER:
        one.refuse("kind", lambda: _("Only a transfer leads to a unit outside the system."))
    if not wanted.outside.strip():
        one.refuse("outside", lambda: _("Name the unit that receives."))
    if not wanted.letter.strip():
        one.refuse("letter", lambda: _("Enter the number of the receiver's letter: nobody is let go without it."))


def _place(one: Looked, jobs: Sequence[Job], units: dict[int, Unit]) -> None:
    """Find where the person belongs before the move (of one for good, on the day before its first)."""
    wanted = one.wanted
    held = [job for job in jobs if (job.starts < wanted.starts if wanted.for_good else job.holds(wanted.starts))]
    if not held:
        one.refuse("starts", lambda: day_words(wanted.teacher.name))
    elif one.refusal is None:
        one.asked = Asked(
            wanted.teacher, wanted.kind, wanted.for_good, units[held[-1].unit], wanted.to_unit, wanted.starts,
            None if wanted.for_good else wanted.ends, wanted.ground, wanted.level if wanted.for_good and wanted.to_unit else "",
            wanted.exception,
        )  # fmt: skip
