"""The adjustment of seats between units (调剂): asked by who keeps the seats, decided by a second person of the bureau."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from core.codes.selectors import label as code_label
from core.codes.values import values_of
from core.web.parts import Fact, Finding, Link
from core.workflow.definition import OWNER, Body, State, Subject, Transition, Workflow
from personnel.forms.seats import AdjustmentForm
from personnel.models import SeatAdjustment
from personnel.selectors.seats import DECIDE, VIEW, least_vacant
from personnel.services.seat_adjustments import ADJUSTMENT, adjust_seats, why_not_adjust

DAYS: Final = 10


def adjustments(cases: Sequence[Any]) -> Mapping[int, SeatAdjustment]:
    """The adjustments of cases, by the case: one query."""
    rows = SeatAdjustment._base_manager.filter(case__in=[case.pk for case in cases])
    return {row.case_id: row for row in rows.select_related("unit", "to_unit")}


def _subjects(cases: Sequence[Any], actor: Any) -> Mapping[int, Subject]:
    found, values = adjustments(cases), values_of(actor)
    values.prime(units=[key for one in found.values() for key in (one.unit_id, one.to_unit_id)])
    return {
        key: Subject(
            ngettext("%(unit)s to %(to)s: %(n)s seat", "%(unit)s to %(to)s: %(n)s seats", one.count)
            % {"unit": values.unit(one.unit_id), "to": values.unit(one.to_unit_id), "n": one.count},
            _("from %(day)s on") % {"day": one.on.isoformat()}, reverse("unit_seats", args=[one.unit.public_id]),
        )
        for key, one in found.items()
    }  # fmt: skip


def _people(_cases: Sequence[Any]) -> Mapping[int, Collection[int]]:
    return {}


def _body(case: Any, actor: Any) -> Body:
    asked, values = adjustments([case])[case.pk], values_of(actor)
    facts = [
        Fact(_("Gives seats"), values.unit(asked.unit_id), url=reverse("unit_seats", args=[asked.unit.public_id])),
        Fact(_("Receives seats"), values.unit(asked.to_unit_id), url=reverse("unit_seats", args=[asked.to_unit.public_id])),
        Fact(_("Kind of seat"), code_label("seat_kind", asked.kind)),
        Fact(_("Seats"), asked.count, sub=asked.words),
        Fact(_("Day"), asked.on),
    ]  # fmt: skip
    return Body(findings=[_vacant(asked)] if case.desk else [], facts=facts)


def _vacant(asked: SeatAdjustment) -> Finding:
    vacant = least_vacant(asked.unit, asked.kind, asked.on)
    heading = ngettext("%(n)s seat is vacant", "%(n)s seats are vacant", vacant) % {"n": vacant}
    if vacant >= asked.count:
        return Finding(heading, _("from that day on, on every day that is booked ahead"), "green", "ok")
    return Finding(heading, _("fewer than are to move; it can be approved once seats were left"), "red", "no")


ADJUSTING: Final = Workflow(
    kind=ADJUSTMENT,
    label=gettext_lazy("Adjustment of seats"),
    initial="asked",
    states=(
        State("asked", gettext_lazy("being decided"), desk=DECIDE, days=lambda _case: DAYS),
        State("returned", gettext_lazy("returned, something is missing"), desk=OWNER, tone="amber", unit=lambda case: case.origin),
        State("adjusted", pgettext_lazy("seats", "adjusted"), tone="green"),
        State("refused", pgettext_lazy("seats", "refused"), tone="red"),
        State("withdrawn", gettext_lazy("withdrawn")),
    ),
    transitions=(
        Transition(
            "approve", gettext_lazy("Approve"), pgettext_lazy("case", "Approved"), ("asked",), "adjusted", form=AdjustmentForm,
            guard=why_not_adjust, effect=adjust_seats, primary=True, icon="check",
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
            comment="needed", primary=True,
        ),
        Transition(
            "withdraw", gettext_lazy("Withdraw"), gettext_lazy("Withdrawn"), ("asked", "returned"), "withdrawn", permission=OWNER,
            own=True,
        ),
    ),
    subjects=_subjects,
    people=_people,
    body=_body,
    way=("asked", "adjusted"),
    look=(VIEW,),
    help=gettext_lazy(
        "Vacant seats go from one school to another from a day on. Who keeps the seats asks, from the ledger of a school or from a "
        "scenario of the planning; a second person of the bureau decides under a document number, and only then the ledger is booked."
    ),
    references=(Link(gettext_lazy("Regulation on the establishment of local governments (Order 486), article 6")),),
)  # fmt: skip
