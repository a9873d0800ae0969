"""Objections, from the receipt to the answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.parameters.selectors import at
from core.publicity.forms import AnswerForm, UpholdForm
from core.publicity.models import Publicity
from core.publicity.rules import Publishing
from core.publicity.selectors import DECIDE, KIND, about, clear, of_cases, people_of
from core.publicity.services import reject, uphold
from core.web.parts import Fact, Finding
from core.workflow.definition import Body, State, Subject, Transition, Workflow


def _days(case: Any) -> int:
    return at(Publishing, case.opened_on, unit=case.origin).decide


def _subjects(cases: Sequence[Any], _actor: Any) -> Mapping[int, Subject]:
    found = {}
    for key, one in of_cases(cases).items():
        line = f"{one.row.place}. {one.row.masked}" if one.row is not None else _("the publicity as a whole")
        title = _("Objection: %(title)s") % {"title": one.publicity.title}
        found[key] = Subject(title, line, reverse("publicity", args=[one.publicity.public_id]))
    return found


def _people(cases: Sequence[Any]) -> Mapping[int, Collection[int]]:
    return people_of(of_cases(cases))


def _body(case: Any, actor: Any) -> Body:
    one = of_cases([case])[case.pk]
    facts = [
        Fact(_("Published"), one.publicity.opened_on, sub=_("up to %(day)s") % {"day": one.publicity.last_day}),
        Fact(_("Received"), one.received_on),
        Fact(_("Objector"), _("gave a name") if one.named else _("anonymous")),
    ]
    if one.answer:
        facts.append(Fact(_("Answer to the objector"), one.answer, sub=str(one.answered_on or "")))
    findings = []
    if case.desk and one.publicity.state == Publicity.State.OPEN:
        text = _("As long as this is not answered, nobody goes on from the publicity, whatever its last day.")
        findings.append(
            Finding(_("It holds up what was published"), text, "amber", "lock", reference=one.publicity.reference)
        )
    files = [(row.file, reverse("objection_file", args=[row.public_id])) for row in one.files.select_related("file")]
    context = {
        "said": clear(one.text), "files": files, "objection": one,
        "reveal_url": reverse("objection_who", args=[one.public_id]) if one.named and actor.may(DECIDE) else "",
    }  # fmt: skip
    return Body(findings=findings, facts=facts, template="publicity/objection_body.html", context=context)


OBJECTION: Final = Workflow(
    kind=KIND,
    label=gettext_lazy("Objection to a publicity"),
    initial="received",
    states=(
        State("received", pgettext_lazy("objection", "received"), desk=DECIDE, days=_days),
        State("looked_into", pgettext_lazy("objection", "being looked into"), desk=DECIDE, days=_days, tone="amber"),
        State("rejected", pgettext_lazy("objection", "rejected"), tone="green"),
        State("upheld", pgettext_lazy("objection", "upheld"), tone="red"),
    ),
    transitions=(
        Transition(
            "investigate", gettext_lazy("Look into it"), gettext_lazy("Taken up"), ("received",), "looked_into", comment="needed",
            icon="search",
        ),
        Transition(
            "uphold", pgettext_lazy("objection", "Uphold"), gettext_lazy("Upheld and answered"), ("received", "looked_into"), "upheld",
            form=UpholdForm, effect=uphold, comment="needed", danger=True,
        ),
        Transition(
            "reject", pgettext_lazy("objection", "Reject"), gettext_lazy("Rejected and answered"), ("received", "looked_into"),
            "rejected", form=AnswerForm, effect=reject, comment="needed", primary=True,
        ),
    ),
    subjects=_subjects,
    people=_people,
    body=_body,
    way=("received", "rejected"),
    withheld=lambda actor: about(actor.user, "objection__"),
    help=gettext_lazy(
        "Somebody objects to what is published. Whoever decides looks into it and answers with reasons; the objector reads the answer by "
        "their receipt number. Whom it is about neither reads nor decides it. What was published goes no further while one is open."
    ),
)  # fmt: skip
