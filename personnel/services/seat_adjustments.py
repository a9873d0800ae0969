"""Seats asked to go from one unit to another (编制调剂): one person of a bureau asks, a second one decides, then they are booked."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from core.codes.selectors import entries
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.records.changes import change
from core.workflow.definition import Act
from core.workflow.services import open_case
from personnel.models import SeatAdjustment
from personnel.selectors.seats import KEEP, least_vacant
from personnel.services.seats import adjust
from personnel.services.seats.booking import must_count, unit_words

ADJUSTMENT: Final = "personnel.seat_adjustment"
LONGEST: Final = 400


def ask_adjustment(
    *, actor: Any, unit: Unit, to_unit: Unit, kind: str, count: int, on: date, words: str, source: str = "page"
) -> SeatAdjustment:  # fmt: skip
    """Ask that vacant seats move from one unit to another from a day on; a second person of the bureau decides.

    Raises `NotAllowed` without the right, for itself, units that are not below the bureau or closed by then, unknown kinds, no seats, and
    without words. Whether so many are vacant is asked when it is decided; the day may have passed, papers come late.
    """
    if not actor.may(KEEP) or actor.unit is None or not actor.unit.is_bureau:
        raise NotAllowed(_("Your role does not book seats."))
    must_count(count)
    if unit.pk == to_unit.pk:
        raise NotAllowed(_("Seats are moved to another unit than the one that gives them."), field="to_unit")
    for one in (unit, to_unit):
        _must_be_there(actor, one, on)
    if kind not in {one.code for one in entries("seat_kind", actor.on, actor.unit)}:
        raise NotAllowed(_("This kind of seat is not in its list."), field="kind")
    if not words.strip() or len(words) > LONGEST:
        raise NotAllowed(_("Say in words why, in at most %(most)s characters.") % {"most": LONGEST}, field="words")
    with change("personnel.ask_adjustment", actor=actor, reason=words.strip(), source=source):
        case = open_case(kind=ADJUSTMENT, actor=actor, unit=actor.unit)
        return SeatAdjustment.objects.create(
            case=case, unit=unit, to_unit=to_unit, kind=kind, count=count, on=on, words=words.strip()
        )


def _must_be_there(actor: Any, unit: Unit, on: date) -> None:
    if not actor.unit.covers(unit):
        raise NotAllowed(_("The unit is not one of the bureau that asks."))
    if unit.closed is not None and unit.closed <= on:
        raise NotAllowed(_("%(unit)s is closed by then.") % {"unit": unit_words(unit.pk, actor.on)})


def why_not_adjust(act: Act) -> str:
    """Why seats cannot be moved now: too few are vacant on some day from then on, or no paper was named."""
    asked: SeatAdjustment = act.case.seat_adjustment
    if not str(act.data.get("document") or "").strip():
        return _("Seats are approved on paper: give the number of the document.")
    vacant = least_vacant(asked.unit, asked.kind, asked.on)
    if vacant < asked.count:
        said = {
            "unit": unit_words(asked.unit_id, act.actor.on),
            "vacant": vacant,
            "n": asked.count,
            "day": asked.on.isoformat(),
        }
        return (
            _("%(unit)s has %(vacant)s vacant seats from %(day)s on; %(n)s are to move. Wait until they are left.")
            % said
        )
    return ""


def adjust_seats(act: Act) -> None:
    """Book the seats as they were asked for."""
    asked: SeatAdjustment = act.case.seat_adjustment
    adjust(
        actor=act.actor, from_unit=asked.unit, to_unit=asked.to_unit, kind=asked.kind, count=asked.count, on=asked.on,
        document=str(act.data["document"]).strip(), reason=asked.words, case=act.case,
    )  # fmt: skip
