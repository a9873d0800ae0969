"""What the decision of an organisation change writes, in its one change and a fixed number of statements whatever the number of people."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.org.errors import NotAllowed
from core.org.models import Unit, UnitProfile
from core.records.bulk import allocate
from core.workflow.models import Case
from personnel.models import (
    Contract,
    Dispatch,
    Employment,
    Headship,
    Move,
    SeatUse,
    TeachingDuty,
    UnitChange,
)
from personnel.selectors.move_facts import OPEN_STATES
from personnel.selectors.unit_change_words import refusal
from personnel.selectors.unit_changes import obstacles, open_cases_at, open_under
from personnel.services.unit_changes.carrying import carry, rows_from
from personnel.services.unit_changes.posts import carry_posts, end_posts
from personnel.services.unit_changes.seats import carry_all, carry_some

CAME: Final = "reorganised"
LEFT: Final = "reorganised"
HEAD_ENDED: Final = "unit_ended"
PROFILE: Final = ("name", "short_name", "office_type", "location", "sponsor", "stages")
Kind = UnitChange.Kind


@dataclass(frozen=True, slots=True)
class Carrying:
    """Who goes from where to where on which day; `people` None: all. `said` is what the ledger notes."""

    made: UnitChange
    units: Collection[int]
    subject: Unit
    to_unit: Unit
    on: date
    people: Collection[int] | None = None
    said: dict[str, Any] = field(default_factory=dict)


def write(made: UnitChange, *, actor: Any, case: Any) -> None:
    """Write an organisation change in the open change.

    Raises `NotAllowed` for what stands in its way, and what ledger and posts refuse; nothing is half done then.
    """
    locked = Unit._base_manager.select_for_update().filter(
        pk__in=[key for key in (made.subject_id, made.receiver_id) if key]
    )
    units = {one.pk: one for one in locked.order_by("pk")}
    made.subject, made.receiver = units.get(made.subject_id or 0), units.get(made.receiver_id or 0)
    # Nobody comes to a unit that is held: what came before that is seen now.
    if found := obstacles(made):
        raise NotAllowed(refusal(found, made.on))
    subject = made.subject
    said = {"actor": actor, "case": case, "document": made.document, "reason": made.words}
    if made.kind == Kind.OPEN:
        made.made = _opened(made, made.parent)
    elif made.kind == Kind.RENAME:
        _renamed(made)
    elif subject is not None and made.kind == Kind.SPLIT:
        made.made = _opened(made, subject.parent)
        people = list(made.people.values_list("teacher", flat=True))
        units_from = list(open_under(subject, made.on).values_list("pk", flat=True))
        _split(Carrying(made, units_from, subject, made.made, made.on, people, said))
    elif subject is not None:
        subject.closed = made.on
        subject.save(update_fields={"closed"})
        if made.kind == Kind.MERGE:
            _merged(Carrying(made, [subject.pk], subject, units[made.receiver_id or 0], made.on, None, said))
        else:
            end_posts(subject, made.on)
    made.decided_on = actor.on
    made.save(update_fields={"made", "decided_on", "document"})


def _opened(made: UnitChange, parent: Unit | None) -> Unit:
    (key,) = allocate(Unit, 1)
    path = f"{parent.path}.{key}" if parent is not None else str(key)
    unit = Unit(pk=key, code=made.code, kind=made.level, parent=parent, path=path, opened=made.on)
    unit.save(force_insert=True)
    UnitProfile.objects.create(unit=unit, valid=Range(made.on, None), **_profile(made))
    return unit


def _profile(made: UnitChange) -> dict[str, Any]:
    return {name: getattr(made, name) for name in PROFILE}


def _renamed(made: UnitChange) -> None:
    held = UnitProfile._base_manager.select_for_update().filter(unit=made.subject_id, valid__contains=made.on).first()
    if held is None:
        raise NotAllowed(_("The unit has no name on that day that could be changed."))
    if held.valid.lower == made.on:
        held.correct(**_profile(made))
    else:
        held.supersede(on=made.on, **_profile(made))


def _merged(made: Carrying) -> None:
    _people(made)
    carry_posts(
        made.units,
        made.subject,
        made.to_unit,
        made.on,
        people=None,
        numbers=None,
        document=made.made.document,
        case=made.made.case,
    )
    carry_all(made.subject, made.to_unit, made.on, **made.said)
    _heads(made)
    _cases(made)


def _split(made: Carrying) -> None:
    parts = list(made.made.parts.all())
    _people(made)
    numbers = {(one.level, one.special): one.number for one in parts if one.level}
    carry_posts(
        made.units, made.subject, made.to_unit, made.on, people=made.people, numbers=numbers, document=made.made.document,
        case=made.made.case,
    )  # fmt: skip
    seats = {one.seats: one.number for one in parts if one.seats}
    carry_some(made.units, made.subject, made.to_unit, made.on, made.people or [], seats, **made.said)
    _heads(made)


def _people(made: Carrying) -> None:
    """Employments, contracts, duties and those who work there from elsewhere go on at the receiver."""
    target, on = made.to_unit.pk, made.on

    def rows(model: Any) -> list[Any]:
        return rows_from(model, made.units, on, made.people)

    carry(rows(Employment), target, on, left={"left_how": LEFT}, came={"came_how": CAME})
    ended = {"ground": "", "notice_on": None, "end_document": ""}
    carry(rows(Contract), target, on, left=ended, fitting=_probation, fits=("probation_last",))
    taught = set(
        TeachingDuty._base_manager.filter(unit=target, valid__overlap=Range(on, None)).values_list(
            "teacher", "stage", "subject"
        )
    )
    carry(rows(TeachingDuty), target, on, goes=lambda one: (one.teacher_id, one.stage, one.subject) not in taught)
    if made.people is None:
        carry(rows(Dispatch), target, on, left={"move": None})


def _probation(contract: Contract) -> None:
    """A probation that was over before the day stands with what went before."""
    last = contract.probation_last
    if last is not None and last < contract.valid.lower:
        contract.probation_last = None


def _heads(made: Carrying) -> None:
    """Who headed the old unit heads it no more; the receiver's heads are appointed by a proposal of their own."""
    rows = rows_from(Headship, made.units, made.on, made.people)
    said = {"ended_how": HEAD_ENDED, "end_document": made.made.document}
    carry(rows, made.to_unit.pk, made.on, left=said, goes=lambda _one: False)


def _cases(made: Carrying) -> None:
    """What waits at the old unit waits at the receiver; what is asked there is asked of the receiver."""
    old, new = made.subject.pk, made.to_unit.pk
    rows = open_cases_at(made.subject).exclude(pk=made.made.case_id)
    waiting = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for one in waiting:
        one.unit_id = new if one.unit_id == old else one.unit_id
        one.origin_id = new if one.origin_id == old else one.origin_id
    Case.objects.bulk_update(waiting, ["unit", "origin"])
    keys = [one.pk for one in waiting]
    asked = SeatUse._base_manager.select_for_update(of=("self",)).filter(unit=old)
    uses = list(asked.filter(Q(case__in=keys) | Q(reservation__account__unit=new)))
    for use in uses:
        use.unit_id = new
    SeatUse.objects.bulk_update(uses, ["unit"])
    # What moved for good before the day keeps its two units: only the report for duty is awaited.
    going = Q(employment=False) | Q(case__state__in=OPEN_STATES)
    moves = list(
        Move._base_manager.select_for_update(of=("self",)).filter(
            going, Q(from_unit=old) | Q(to_unit=old), case__in=keys
        )
    )
    for move in moves:
        move.from_unit_id = new if move.from_unit_id == old else move.from_unit_id
        move.to_unit_id = new if move.to_unit_id == old else move.to_unit_id
    Move.objects.bulk_update(moves, ["from_unit", "to_unit"])
