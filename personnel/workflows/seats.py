"""The use of seats (用编), from the application to the last seat used."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from core.codes.selectors import label as code_label
from core.codes.values import values_of
from core.web.parts import Fact, Finding, Link
from core.workflow.definition import OWNER, Body, State, Subject, Transition, Workflow
from personnel.forms.seats import ApproveUseForm, MendUseForm
from personnel.models import SeatUse
from personnel.selectors.seats import DECIDE, USE, VIEW, least_vacant, remaining
from personnel.services.seat_uses import (
    approve_use,
    extend_use,
    give_back,
    mend_use,
    why_not_approve,
    why_not_close,
    why_not_extend,
)

DAYS: Final = 10


def uses(cases: Sequence[Any]) -> Mapping[int, SeatUse]:
    """The applications of cases, by the case: one query."""
    rows = SeatUse._base_manager.filter(case__in=[case.pk for case in cases]).select_related("unit", "reservation")
    return {row.case_id: row for row in rows}


def _subjects(cases: Sequence[Any], actor: Any) -> Mapping[int, Subject]:
    values = values_of(actor)
    found = uses(cases)
    values.prime(units=[one.unit_id for one in found.values()])
    return {
        key: Subject(
            ngettext("%(unit)s: use of %(n)s seat", "%(unit)s: use of %(n)s seats", _counted(use))
            % {"unit": values.unit(use.unit_id), "n": _counted(use)},
            pgettext("list separator", ", ").join(
                [str(code_label("seat_kind", use.kind)), str(code_label("seat_purpose", use.purpose))]
            ),
            reverse("unit_seats", args=[use.unit.public_id]),
        )
        for key, use in found.items()
    }


def _counted(use: SeatUse) -> int:
    """How many seats it is about: those approved, until then those asked for."""
    held = getattr(use, "reservation", None)
    return use.count if held is None else int(held.count)


def _people(_cases: Sequence[Any]) -> Mapping[int, Collection[int]]:
    return {}


def _body(case: Any, actor: Any) -> Body:
    use = uses([case])[case.pk]
    facts = [
        Fact(_("Unit"), values_of(actor).unit(use.unit_id)),
        Fact(_("Kind of seat"), code_label("seat_kind", use.kind)),
        Fact(_("Seats asked for"), use.count),
        Fact(_("Purpose"), code_label("seat_purpose", use.purpose), sub=use.words),
    ]
    held = getattr(use, "reservation", None)
    if held is None:
        return Body(findings=[_vacant(use, actor)] if case.desk else [], facts=facts)
    left = remaining([held.pk], actor.on).get(held.pk, 0)
    facts += [
        Fact(pgettext("seats", "Approved"), held.count, sub=held.document),
        Fact(_("Can be used until"), held.until, sub=_("not on that day any more")),
        Fact(_("Left"), left),
    ]
    return Body(facts=facts)


def _vacant(use: SeatUse, actor: Any) -> Finding:
    vacant = least_vacant(use.unit, use.kind, actor.on)
    heading = ngettext("%(n)s seat is vacant", "%(n)s seats are vacant", vacant) % {"n": vacant}
    if vacant >= use.count:
        return Finding(heading, _("from today on, on every day that is booked ahead"), "green", "ok")
    return Finding(heading, _("fewer than are asked for; approve fewer, or move seats there first"), "red", "no")


USING: Final = Workflow(
    kind=USE,
    label=gettext_lazy("Use of seats"),
    initial="asked",
    states=(
        State("asked", gettext_lazy("being decided"), desk=DECIDE, days=lambda _case: DAYS),
        State("returned", gettext_lazy("returned, something is missing"), desk=OWNER, tone="amber", unit=lambda case: case.origin),
        State("usable", pgettext_lazy("seats", "approved, can be used"), desk=DECIDE, tone="green"),
        State("over", pgettext_lazy("seats", "used or run out")),
        State("given_back", pgettext_lazy("seats", "given back")),
        State("refused", pgettext_lazy("seats", "refused"), tone="red"),
        State("withdrawn", gettext_lazy("withdrawn")),
    ),
    transitions=(
        Transition(
            "approve", gettext_lazy("Approve"), pgettext_lazy("case", "Approved"), ("asked",), "usable", form=ApproveUseForm,
            guard=why_not_approve, effect=approve_use, primary=True, icon="check",
        ),
        Transition(
            "return", gettext_lazy("Return"), gettext_lazy("Returned"), ("asked",), "returned", comment="needed", icon="undo",
        ),
        Transition(
            "refuse", pgettext_lazy("seats", "Refuse"), pgettext_lazy("seats", "Refused"), ("asked",), "refused", comment="needed",
            danger=True,
        ),
        Transition(
            "resend", gettext_lazy("Send again"), gettext_lazy("Sent again"), ("returned",), "asked", permission=OWNER, own=True,
            form=MendUseForm, effect=mend_use, comment="needed", primary=True,
        ),
        Transition(
            "extend", pgettext_lazy("seats", "Put off the last day"), pgettext_lazy("seats", "Last day put off"), ("usable",), "usable",
            guard=why_not_extend, effect=extend_use, comment="needed", icon="clock",
        ),
        Transition(
            "give_back", pgettext_lazy("seats", "Give back what is left"), pgettext_lazy("seats", "Given back"), ("usable",),
            "given_back", effect=give_back, comment="needed", icon="undo",
        ),
        Transition(
            "close", pgettext_lazy("seats", "Close"), pgettext_lazy("seats", "Closed"), ("usable",), "over", guard=why_not_close,
        ),
        Transition(
            "withdraw", gettext_lazy("Withdraw"), gettext_lazy("Withdrawn"), ("asked", "returned"), "withdrawn", permission=OWNER,
            own=True,
        ),
    ),
    subjects=_subjects,
    people=_people,
    body=_body,
    way=("asked", "usable", "over"),
    look=(VIEW,),
    help=gettext_lazy(
        "A school applies before anybody is hired or transferred onto a seat. What is approved is kept for it until a day; from "
        "that day on, what was not used is vacant again by itself."
    ),
    references=(Link(gettext_lazy("Regulation on the establishment of local governments (Order 486), article 6")),),
)  # fmt: skip
