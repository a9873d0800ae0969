"""Changes of the organisation (撤并、拆分、更名): proposed by the bureau's clerk, decided by a second person of the bureau."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.codes.values import values_of
from core.web.parts import Link
from core.workflow.definition import OWNER, Body, State, Subject, Transition, Workflow
from personnel.forms.unit_changes import DecideForm
from personnel.models import UnitChange
from personnel.selectors.unit_change_words import title_of
from personnel.selectors.unit_changes import DECIDE, KIND, PROPOSE
from personnel.services.unit_changes.deciding import (
    decide,
    take_back,
    why_not_decide,
    why_not_put_away,
    why_not_take_back,
)
from personnel.workflows.unit_change_told import body

DAYS: Final = 10


def changes_by_case(cases: Sequence[Any]) -> Mapping[int, UnitChange]:
    """The changes of cases, by the case: one query."""
    rows = UnitChange._base_manager.filter(case__in=[case.pk for case in cases])
    return {row.case_id: row for row in rows.select_related("subject", "receiver", "made", "case", "unit", "parent")}


def _subjects(cases: Sequence[Any], actor: Any) -> Mapping[int, Subject]:
    known, values = changes_by_case(cases), values_of(actor)
    values.prime(units=[key for one in known.values() for key in (one.subject_id, one.receiver_id) if key])
    return {
        key: Subject(
            title_of(one, values.unit), _("from %(day)s on") % {"day": one.on.isoformat()},
            reverse("unit", args=[one.subject.public_id]) if one.subject is not None else "",
        )
        for key, one in known.items()
    }  # fmt: skip


def _people(_cases: Sequence[Any]) -> Mapping[int, Collection[int]]:
    return {}


def _body(case: Any, actor: Any) -> Body:
    return body(changes_by_case([case])[case.pk], case, actor)


CHANGING: Final = Workflow(
    kind=KIND,
    label=gettext_lazy("Organisation change"),
    initial="asked",
    states=(
        State("asked", gettext_lazy("being decided"), desk=DECIDE, days=lambda _case: DAYS),
        State("returned", gettext_lazy("returned, something is missing"), desk=OWNER, tone="amber", unit=lambda case: case.origin),
        State("decided", pgettext_lazy("organisation", "decided"), desk=DECIDE, tone="green"),
        State("done", pgettext_lazy("organisation", "put away"), tone="green"),
        State("refused", pgettext_lazy("organisation", "refused"), tone="red"),
        State("withdrawn", gettext_lazy("withdrawn")),
        State("taken_back", pgettext_lazy("organisation", "taken back"), tone="red"),
    ),
    transitions=(
        Transition(
            "decide", gettext_lazy("Approve"), pgettext_lazy("case", "Approved"), ("asked",), "decided", form=DecideForm,
            guard=why_not_decide, effect=decide, primary=True, icon="check",
        ),
        Transition(
            "return", gettext_lazy("Return"), gettext_lazy("Returned"), ("asked",), "returned", comment="needed", icon="undo",
        ),
        Transition(
            "refuse", pgettext_lazy("organisation", "Refuse"), pgettext_lazy("organisation", "Refused"), ("asked",), "refused",
            comment="needed", danger=True,
        ),
        Transition(
            "resend", gettext_lazy("Send again"), gettext_lazy("Sent again"), ("returned",), "asked", permission=OWNER, own=True,
            comment="needed", primary=True,
        ),
        Transition(
            "withdraw", gettext_lazy("Withdraw"), gettext_lazy("Withdrawn"), ("asked", "returned"), "withdrawn", permission=OWNER,
            own=True,
        ),
        Transition(
            "put_away", pgettext_lazy("organisation", "Put away"), pgettext_lazy("organisation", "Put away"), ("decided",), "done",
            guard=why_not_put_away, icon="check",
        ),
        Transition(
            "take_back", pgettext_lazy("organisation", "Take the decision back"), pgettext_lazy("organisation", "Decision taken back"),
            ("decided",), "taken_back", guard=why_not_take_back, effect=take_back, comment="needed", danger=True,
        ),
    ),
    subjects=_subjects,
    people=_people,
    body=_body,
    way=("asked", "decided", "done"),
    look=(PROPOSE,),
    help=gettext_lazy(
        "One change on one day: people, seats, posts, contracts and open cases follow the unit. The bureau's clerk proposes it, a second "
        "person decides it under a document number. On the day of the decision, and until the day before it takes effect, "
        "it can be taken back."
    ),
    references=(Link(gettext_lazy("Rules on merging and closing schools: State Council Office Opinion 2012 No. 48")),),
)  # fmt: skip
