"""Proposing an organisation change, and trying it out: what would stand in the way is told before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from core.codes.selectors import entries
from core.org.errors import NotAllowed
from core.org.models import Unit, UnitKind
from core.records.changes import change
from core.workflow.services import open_case
from personnel import rules
from personnel.models import Employment, SplitPart, SplitPerson, Teacher, UnitChange
from personnel.selectors.unit_change_words import refusal
from personnel.selectors.unit_changes import KIND, MOST_NUMBER, PROPOSE, Obstacle, obstacles, open_under
from personnel.services.unit_changes.writing import write

Kind = UnitChange.Kind
LONGEST: Final = 400
CODE: Final = 20
# What no decision could mend: all else may be put in order until it is decided.
AT_ONCE: Final = frozenset(
    {"name", "code", "not_open", "closed", "receiver_not_open", "receiver_closed", "other_change", "later_name"}
)
OPENED: Final = (UnitKind.SCHOOL, UnitKind.TEACHING_POINT, UnitKind.DEPARTMENT)


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is proposed. `profile`: code, level and what the unit is called and is; `people` and the numbers are of a split."""

    kind: str
    on: date
    words: str
    document: str = ""
    subject: Unit | None = None
    receiver: Unit | None = None
    parent: Unit | None = None
    profile: Mapping[str, Any] = field(default_factory=dict)
    people: Sequence[Teacher] = ()
    seats: Mapping[str, int] = field(default_factory=dict)
    posts: Mapping[tuple[str, bool], int] = field(default_factory=dict)


def propose(*, actor: Any, asked: Proposed, source: str = "page") -> UnitChange:
    """Propose an organisation change: its case waits for a second person of the bureau.

    Raises `NotAllowed` without the right, without words, for a unit that is not below the bureau, a merge into itself, a receiver that is
    closed, a first day before the unit opened, a name or code that another unit has, and while another change of the unit is open.
    """
    _must_be_said(actor, asked)
    with change(
        "personnel.propose_unit_change",
        actor=actor,
        reason=asked.words.strip(),
        document=asked.document.strip(),
        source=source,
    ):
        for unit in sorted({one.pk for one in (asked.subject, asked.receiver) if one is not None}):
            Unit._base_manager.select_for_update().filter(pk=unit).values_list("pk").get()
        made = _written(actor, asked)
        if found := [one for one in obstacles(made) if one.what in AT_ONCE]:
            raise NotAllowed(refusal(found, asked.on), field=_field(found))
    return made


@dataclass(slots=True)
class Trial:
    """What a trial found: obstacles by rules, what ledger or posts refuse in words, and what `look` said of it."""

    found: list[Obstacle]
    refused: str = ""
    looked: Any = None


def try_change(*, actor: Any, asked: Proposed, look: Callable[[UnitChange], Any] | None = None) -> Trial:
    """What would stand in the way, by rules and by ledger and posts themselves; nothing is written.

    `look(change)` is asked of the change as it would stand before it is decided. Raises `NotAllowed` as `propose`, but for what is told
    as an obstacle.
    """
    _must_be_said(actor, asked)
    trial = Trial([])
    with transaction.atomic():
        try:
            with transaction.atomic(), change("personnel.propose_unit_change", actor=actor, reason=asked.words.strip()):
                made = _written(actor, asked)
                trial.found = obstacles(made)
                trial.looked = look(made) if look is not None else None
                if not trial.found:
                    write(made, actor=actor, case=made.case)
        except NotAllowed as error:
            trial.refused = str(error)
        transaction.set_rollback(True)
    return trial


def why_not_propose(actor: Any) -> str:
    """Why the actor proposes no organisation changes."""
    own = actor.unit
    if not actor.may(PROPOSE) or own is None or not own.is_bureau:
        return _("Your role does not propose changes of the organisation.")
    return ""


def _written(actor: Any, asked: Proposed) -> UnitChange:
    case = open_case(kind=KIND, actor=actor, unit=actor.unit, comment=asked.words.strip())
    made = UnitChange.objects.create(
        case=case, kind=asked.kind, unit=actor.unit, subject=asked.subject, receiver=asked.receiver, on=asked.on,
        words=asked.words.strip(), document=asked.document.strip(), parent=asked.parent, **asked.profile,
    )  # fmt: skip
    SplitPerson.objects.bulk_create(SplitPerson(of=made, teacher=one) for one in asked.people)
    SplitPart.objects.bulk_create(
        [
            *(SplitPart(of=made, seats=kind, number=n) for kind, n in sorted(asked.seats.items()) if n),
            *(SplitPart(of=made, level=level, special=special, number=n) for (level, special), n in sorted(asked.posts.items()) if n),
        ]
    )  # fmt: skip
    return made


def _must_be_said(actor: Any, asked: Proposed) -> None:
    if why := why_not_propose(actor):
        raise NotAllowed(why)
    if asked.kind not in Kind.values:
        raise NotAllowed(_("This kind of change is not known."), field="kind")
    if not asked.words.strip() or len(asked.words) > LONGEST:
        raise NotAllowed(_("Say in words why, in at most %(most)s characters.") % {"most": LONGEST}, field="words")
    _must_be_units(actor, asked)
    if asked.kind in (Kind.OPEN, Kind.SPLIT, Kind.RENAME):
        _must_be_named(actor, asked)
    if asked.kind == Kind.SPLIT:
        _must_be_parts(actor, asked)


def _must_be_units(actor: Any, asked: Proposed) -> None:
    if (asked.subject is None) != (asked.kind == Kind.OPEN) or (asked.receiver is None) != (asked.kind != Kind.MERGE):
        raise NotAllowed(_("Say which unit it is about, and of a merge into which it goes."), field="receiver")
    for name in ("subject", "receiver", "parent"):
        unit = getattr(asked, name)
        if unit is None:
            continue
        if not actor.unit.covers(unit) or (name != "parent" and (unit.is_bureau or unit.pk == actor.unit.pk)):
            raise NotAllowed(_("%(unit)s is no school or department of your bureau.") % {"unit": unit}, field=name)
    if asked.receiver is not None and asked.subject is not None:
        if asked.receiver.pk == asked.subject.pk:
            raise NotAllowed(_("A unit does not go into itself: choose another receiver."), field="receiver")
        if asked.subject.covers(asked.receiver):
            raise NotAllowed(_("The receiver lies below the unit that would be closed."), field="receiver")
    if asked.kind == Kind.OPEN:
        _must_be_parent(asked.parent, asked.on)


def _must_be_parent(parent: Unit | None, on: date) -> None:
    if parent is None:
        raise NotAllowed(_("Say below which unit it is opened."), field="parent")
    if parent.closed is not None and parent.closed <= on:
        raise NotAllowed(_("%(unit)s is closed by then.") % {"unit": parent}, field="on")
    if parent.opened is not None and parent.opened > on:
        raise NotAllowed(_("%(unit)s is not open yet on that day.") % {"unit": parent}, field="on")


def _must_be_named(actor: Any, asked: Proposed) -> None:
    said = asked.profile
    if not str(said.get("name", "")).strip():
        raise NotAllowed(_("Give the unit a name."), field="name")
    lists = {"office_type": "school_type", "location": "location", "sponsor": "sponsor"}
    for name, codes in lists.items():
        if said.get(name) and said[name] not in {one.code for one in entries(codes, actor.on, actor.unit)}:
            raise NotAllowed(_("This code is not in its list."), field=name)
    if asked.kind == Kind.RENAME:
        return
    code = str(said.get("code", ""))
    if not code or len(code) > CODE or not code.isascii() or not code.isalnum():
        raise NotAllowed(
            _("Give the unit a code of letters and digits, at most %(most)s.") % {"most": CODE}, field="code"
        )
    if said.get("level") not in OPENED:
        raise NotAllowed(_("Only schools, teaching points and departments are opened here."), field="level")
    above = asked.parent or (asked.subject.parent if asked.subject is not None else None)
    if above is not None and (above.kind == UnitKind.SCHOOL) != (said["level"] == UnitKind.TEACHING_POINT):
        raise NotAllowed(
            _("Teaching points stand below a school, schools and departments below a bureau."), field="level"
        )


def _must_be_parts(actor: Any, asked: Proposed) -> None:
    if not asked.people and not any(asked.seats.values()) and not any(asked.posts.values()):
        raise NotAllowed(_("Say who or what goes to the new unit: people, seats or posts."), field="people")
    for number in (*asked.seats.values(), *asked.posts.values()):
        if not 0 <= number <= MOST_NUMBER:
            raise NotAllowed(_("A number is from 0 to %(most)s.") % {"most": MOST_NUMBER})
    if unknown := set(asked.seats) - {one.code for one in entries("seat_kind", asked.on, actor.unit)}:
        raise NotAllowed(_("“%(code)s” is no kind of seat.") % {"code": min(unknown)})
    for level, _special in asked.posts:
        if not rules.rank_of(level) or not rules.family_of(level):
            raise NotAllowed(_("There is no post level “%(level)s”.") % {"level": level})
    if asked.subject is not None:
        _must_belong(asked.subject, asked.on, asked.people)


def _must_belong(subject: Unit, on: date, people: Collection[Teacher]) -> None:
    units = open_under(subject, on).values("pk")
    rows = Employment._base_manager.filter(unit__in=units, valid__contains=on, teacher__in=[one.pk for one in people])
    here = set(rows.values_list("teacher", flat=True))
    if away := [one.name for one in people if one.pk not in here]:
        said = {"names": "、".join(away[:5]), "unit": subject}
        raise NotAllowed(_("%(names)s do not belong to %(unit)s on that day.") % said, field="people")


def _field(found: Sequence[Obstacle]) -> str:
    return {
        "name": "name", "code": "code", "not_open": "on", "receiver_not_open": "on", "receiver_closed": "receiver", "later_name": "on",
    }.get(found[0].what, "")  # fmt: skip
