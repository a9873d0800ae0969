"""The use of seats (用编): asked, approved with a day until which it counts, put off, given back, run out."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from core.codes.selectors import entries
from core.dates import add_months
from core.org.actor import system_actor
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.parameters.selectors import at
from core.records.changes import change
from core.workflow.definition import Act
from core.workflow.models import Case
from core.workflow.services import advance, open_case
from personnel.models import Reservation, SeatUse
from personnel.rules import SeatHolding
from personnel.selectors.seats import ASK, USE, least_vacant, remaining
from personnel.services.seats import cancel_reservation, extend_reservation, reserve
from personnel.services.seats.booking import must_count, unit_words

LONGEST = 400


def ask_use(
    *, actor: Any, unit: Unit, kind: str, count: int, purpose: str, words: str, source: str = "page"
) -> SeatUse:  # fmt: skip
    """Apply to use seats of a unit; it waits at the bureau above.

    Raises `NotAllowed` without the right, for no seats or unknown codes, without words, and while an application of the unit for the
    same waits.
    """
    if not actor.may(ASK):
        raise NotAllowed(_("Your role does not apply for seats."))
    must_count(count)
    for name, code in (("seat_kind", kind), ("seat_purpose", purpose)):
        if code not in {one.code for one in entries(name, actor.on, actor.unit)}:
            raise NotAllowed(_("This code is not in its list."), field=name.removeprefix("seat_"))
    if not words.strip() or len(words) > LONGEST:
        raise NotAllowed(_("Say in words why, in at most %(most)s characters.") % {"most": LONGEST}, field="words")
    if unit.closed is not None and unit.closed <= actor.on:
        raise NotAllowed(_("The unit is closed: nobody comes to it any more."))
    with change("personnel.ask_seats", actor=actor, reason=words.strip(), source=source):
        Unit.objects.select_for_update(no_key=True).filter(pk=unit.pk).values_list("pk").get()
        if SeatUse.objects.filter(unit=unit, kind=kind, purpose=purpose, case__state="asked").exists():
            raise NotAllowed(_("An application of this unit for the same waits already. Withdraw that one first."))
        case = open_case(kind=USE, actor=actor, unit=unit, waits_at=unit.bureau())
        return SeatUse.objects.create(
            case=case, unit=unit, kind=kind, count=count, purpose=purpose, words=words.strip()
        )


def mend_use(act: Act) -> None:
    """Write what was said anew of a returned application, how many seats and why; what is not said stays."""
    use: SeatUse = act.case.seat_use
    use.count = act.data.get("count") or use.count
    use.words = act.data.get("words", "").strip() or use.words
    use.save(update_fields={"count", "words"})


def why_not_approve(act: Act) -> str:
    """Why seats cannot be approved now: too few are vacant on some day, or no paper was named."""
    use: SeatUse = act.case.seat_use
    count = act.data.get("count") or use.count
    vacant = least_vacant(use.unit, use.kind, act.actor.on)
    if count > use.count:
        return _("At most as many seats are approved as were asked for.")
    if vacant < count:
        said = {"unit": unit_words(use.unit_id, act.actor.on), "vacant": vacant, "n": count}
        return (
            _(
                "%(unit)s has %(vacant)s vacant seats from today on; %(n)s are needed. Approve fewer, or move seats there first."
            )
            % said
        )
    return ""


def approve_use(act: Act) -> None:
    """Reserve the seats from today until the day that the parameters give."""
    use: SeatUse = act.case.seat_use
    months = at(SeatHolding, act.actor.on, unit=use.unit).usable_months
    reserve(
        actor=act.actor, unit=use.unit, kind=use.kind, count=act.data.get("count") or use.count, on=act.actor.on,
        until=add_months(act.actor.on, months), use=use, case=act.case, document=act.data.get("document", ""), reason=use.words,
    )  # fmt: skip


def why_not_extend(act: Act) -> str:
    """Why the last day cannot be put off once more."""
    use: SeatUse = act.case.seat_use
    most = at(SeatHolding, act.actor.on, unit=use.unit).extensions
    if use.extended >= most:
        return _("It was put off %(n)s times, as often as the rules let it. Apply anew.") % {"n": use.extended}
    return _spent(use, act.actor.on)


def extend_use(act: Act) -> None:
    """The seats that are left count for as long again."""
    use: SeatUse = act.case.seat_use
    months = at(SeatHolding, act.actor.on, unit=use.unit).usable_months
    held: Reservation = use.reservation
    extend_reservation(
        actor=act.actor,
        reservation=held,
        until=add_months(held.until, months),
        on=act.actor.on,
        case=act.case,
        reason=act.comment,
    )
    use.extended += 1
    use.save(update_fields={"extended"})


def give_back(act: Act) -> None:
    """What is left is vacant again from today on."""
    use: SeatUse = act.case.seat_use
    cancel_reservation(actor=act.actor, reservation=use.reservation, on=act.actor.on, case=act.case, reason=act.comment)


def why_not_close(act: Act) -> str:
    """Seats that can still be used are given back, not closed."""
    return (
        ""
        if _spent(act.case.seat_use, act.actor.on)
        else _("Some of the seats can still be used. Give them back instead.")
    )


def _spent(use: SeatUse, on: date) -> str:
    """Why nothing of it can be used any more, in words; "" while something can."""
    held: Reservation = use.reservation
    if on >= held.until:
        return _("It has run out on %(day)s. Apply anew.") % {"day": held.until.isoformat()}
    return "" if remaining([held.pk], on).get(held.pk, 0) else _("All its seats are used or given back.")


def close_spent(on: date) -> int:
    """Close the cases of uses that have run out or are used up by a day; the ledger has let go of the seats by itself. How many."""
    open_ones = Case._base_manager.filter(kind=USE, state="usable").select_related("seat_use__reservation")
    found = [one for one in open_ones if _spent(one.seat_use, on)]
    actor = system_actor(on)
    for case in found:
        advance(case, "close", actor=actor, source="job")
    return len(found)
