"""Deciding an organisation change, and taking the decision back on its day or before it takes effect."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from django.utils.translation import gettext as _

from core.exchange.undo.touched import Line
from core.org.errors import NotAllowed
from core.org.models import RoleAssignment, Unit, UnitProfile
from core.workflow.definition import Act
from core.workflow.models import Case
from personnel.models import (
    Contract,
    Dispatch,
    Employment,
    Headship,
    Move,
    PostAppointment,
    PostSetting,
    Reservation,
    SeatMovement,
    SeatUse,
    TeachingDuty,
    UnitChange,
)
from personnel.selectors.unit_change_words import names_of, refusal
from personnel.selectors.unit_changes import obstacles
from personnel.services.as_before import STANDS, give_back, in_the_way, written_by
from personnel.services.post_settings import lock_posts
from personnel.services.seats import counter_of_cases
from personnel.services.seats.booking import Kind as Movement
from personnel.services.unit_changes.asking import CODE
from personnel.services.unit_changes.writing import write

# In this order they go back: the unit is open again before people belong to it, its posts are there before they are held.
WRITTEN: Final = (
    Unit, UnitProfile, PostSetting, Employment, PostAppointment, Contract, Headship, TeachingDuty, Dispatch, SeatUse, Move, Case,
)  # fmt: skip


def why_not_decide(act: Act) -> str:
    """Why a change cannot be decided now: all that stands in its way, with names."""
    made: UnitChange = act.case.unit_change
    if not (act.data.get("document") or made.document).strip():
        return _("Enter the number of the document by which it is decided.")
    found = obstacles(made)
    return refusal(found, made.on) if found else ""


def decide(act: Act) -> None:
    """Write all that follows, in the change that decides it."""
    made: UnitChange = act.case.unit_change
    made.document = (act.data.get("document") or made.document).strip()
    write(made, actor=act.actor, case=act.case)


def why_not_take_back(act: Act) -> str:
    """A decision is taken back on the day on which it was made, and as long as its own day lies ahead."""
    made: UnitChange = act.case.unit_change
    if act.actor.on != made.decided_on and act.actor.on >= made.on:
        return _("It has taken effect, and the day of the decision is over. From now on another change puts it right.")
    return ""


def why_not_put_away(act: Act) -> str:
    """What is put away is not taken back any more: so only once it is in effect."""
    made: UnitChange = act.case.unit_change
    return _("It takes effect on %(day)s: put it away then.") % {"day": made.on} if act.actor.on < made.on else ""


def take_back(act: Act) -> None:
    """Let everything be as before, in one change. Raises `NotAllowed` with the names of what was changed since."""
    made: UnitChange = act.case.unit_change
    change = act.case.history.filter(state="decided").order_by("revision").first().change_id
    lock_posts([key for key in (made.subject_id, made.receiver_id, made.made_id) if key])
    lines = written_by(change, WRITTEN, but=_staying(act, made))
    # Entries of the ledger stand on reservations for good: whether they were used since the ledger says itself.
    kept = in_the_way(written_by(change, [Reservation]))
    if found := [*in_the_way(lines), *(one for one in kept if one[2] != STANDS)]:
        raise NotAllowed(_changed(found))
    if made.made is not None:
        _must_be_unused(made.made, lines)
    _seats_back(act, change)
    # Who was appointed at the receiver leaves it before its posts are fewer again.
    appointed = lines.get(PostAppointment, [])
    give_back({PostAppointment: [one for one in appointed if one.created]})
    give_back(lines | {PostAppointment: [one for one in appointed if not one.created]})
    if made.made is not None:
        # Entries of the ledger point to it: it stays, but there is no day on which it is open, and its code is free again.
        made.made.closed = made.made.opened
        made.made.code = f"{made.made_id}-{made.code}"[:CODE]
        made.made.save(update_fields={"closed", "code"})


def _staying(act: Act, made: UnitChange) -> Collection[tuple[Any, int]]:
    staying: set[tuple[Any, int]] = {(Case, act.case.pk)}
    if made.made_id is not None:
        staying.add((Unit, made.made_id))
        staying |= {
            (UnitProfile, key)
            for key in UnitProfile._base_manager.filter(unit=made.made_id).values_list("pk", flat=True)
        }
    return staying


def _seats_back(act: Act, change: int) -> None:
    """Counter movements give the seats back; applications get the reservations that were theirs."""
    said: dict[str, Any] = {"actor": act.actor, "reason": act.comment or _("Decision taken back")}
    rows = SeatMovement._base_manager.filter(case=act.case, countered_by__isnull=True).exclude(kind=Movement.COUNTER)
    counter_of_cases(movements=list(rows.select_related("case", "unit").order_by("-pk")), **said)
    versions = written_by(change, [Reservation]).get(Reservation, [])
    fresh = list(Reservation._base_manager.filter(pk__in=[one.id for one in versions if one.created]))
    for one in fresh:
        one.use_id = None
    Reservation.objects.bulk_update(fresh, ["use"])
    give_back({Reservation: [one for one in versions if not one.created]})


def _must_be_unused(unit: Unit, lines: dict[Any, list[Line]]) -> None:
    """Refuse where somebody or something came to the unit that the change opened, but by the change itself."""
    own = {model: [one.id for one in found] for model, found in lines.items()}
    for model in (Employment, PostAppointment, PostSetting, Contract, Headship, Dispatch):
        rows = model._base_manager.filter(unit=unit).exclude(pk__in=own.get(model, []))
        row = rows.first()
        if row is not None:
            who = getattr(row, "teacher", None)
            said = {"what": model._meta.verbose_name, "who": who.name if who is not None else row}
            raise NotAllowed(_("The new unit is in use since: %(what)s, %(who)s. Put that right first.") % said)
    held = RoleAssignment.objects.filter(unit=unit).select_related("user").first()
    if held is not None:
        raise NotAllowed(
            _("The new unit is in use since: %(who)s holds a role there. End it first.") % {"who": held.user}
        )
    if Case._base_manager.filter(unit=unit).exclude(desk="").exists():
        raise NotAllowed(_("The new unit is in use since: a case waits there. Have it decided or withdrawn first."))


def _changed(found: list[tuple[Any, Line, str]]) -> str:
    return _("It cannot be taken back: this was changed since. %(names)s") % {"names": names_of(found)}
