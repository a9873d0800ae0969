"""The workflow of requests for correction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from core.codes.values import label, values_of
from core.org.errors import NotAllowed
from core.web.parts import Fact, Finding, Link
from core.workflow.authority import steps_open
from core.workflow.definition import OWNER, Act, Body, State, Subject, Transition, Workflow
from personnel.forms.corrections import AcceptForm, ResendForm, papers_wanted
from personnel.forms.reveal import question_of
from personnel.selectors.corrections import (
    KIND,
    corrections,
    fields_asked,
    opened,
    rules_for,
    section_model,
    section_of,
    sees_file,
)
from personnel.selectors.versions import named
from personnel.services.corrections import accept, effects, send_again, why_not_accept, why_not_decide

DECIDE: Final = "personnel.decide_correction"
# What is said to an office whose the person is no longer.
GONE: Final = (
    Finding(
        gettext_lazy("The person is no longer in your units"),
        gettext_lazy(
            "What stands on file now is not shown. Refuse what is still open, so that it is asked for where the person is now; a bureau "
            "above both units may accept it."
        ),
        "amber",
        "info",
    ),
)
# What a browser shows in the page.
PICTURES: Final = frozenset({"image/jpeg", "image/png"})


def _days(case: Any) -> int:
    return rules_for(case.correction.teacher, case.opened_on).days


def _subjects(cases: Sequence[Any], actor: Any) -> Mapping[int, Subject]:
    found = {}
    for key, correction in corrections(cases).items():
        model = section_model(correction)
        fields = _listed(label(model, name) for name in opened(correction.asked))
        title = _("%(name)s: %(section)s") % {"name": correction.teacher.name, "section": named(model)}
        found[key] = Subject(title, fields, reverse("teacher", args=[correction.teacher.public_id]))
    return found


def _listed(words: Iterable[str]) -> str:
    return pgettext("list separator", ", ").join(words)


def _people(cases: Sequence[Any]) -> Mapping[int, Collection[int]]:
    return {key: {row.teacher.user_id} for key, row in corrections(cases).items() if row.teacher.user_id is not None}


def _body(case: Any, actor: Any) -> Body:
    correction = corrections([case])[case.pk]
    model, values = section_model(correction), values_of(actor)
    fields, seen = fields_asked(correction), sees_file(correction, actor)
    reveals = actor.may(DECIDE) or correction.teacher.user_id == actor.user.pk
    rows = [
        {
            "label": label(model, one.name), "stale": one.stale and seen,
            **{
                which: _value(correction, one, which, values.shown(model, one.name, getattr(one, which)), actor, reveals=reveals)
                for which in ("now", "was", "asked") if seen or which != "now"
            },
        }
        for one in fields
    ]  # fmt: skip
    papers = list(correction.papers.select_related("file"))
    return Body(
        findings=[
            *(_stale(fields, case) if seen else GONE), *_proof(correction, fields, papers),
            *(_effects(correction, case, actor) if seen else []),
        ],
        facts=[Fact(_("Section"), str(section_of(correction).label)), Fact(_("Why"), correction.words)],
        template="personnel/correction_body.html",
        context={
            "rows": rows, "fresh": correction.record is None,
            "papers": [
                (one.file, reverse("correction_paper_file", args=[one.public_id]), one.file.content_type in PICTURES) for one in papers
            ],
        },
    )  # fmt: skip


def _value(correction: Any, one: Any, which: str, shown: Any, actor: Any, *, reveals: bool) -> Fact:
    """A value of a request; where it is masked, with the question before it is shown."""
    asked = shown.masked and shown.text and reveals
    url = reverse("correction_reveal", args=[correction.public_id])
    reveal = question_of(url, correction.teacher, actor, f"{which}:{one.name}") if asked else None
    return Fact(which, shown.text, reveal=reveal)


def _effects(correction: Any, case: Any, actor: Any) -> list[Finding]:
    """What accepting does, for who may accept."""
    if "accept" not in steps_open(CORRECTION, case, actor):
        return []
    heading = _("What accepting does")
    if why_not := why_not_decide(Act(case, actor)):
        return [Finding(_("Somebody else decides this"), why_not, "amber", "alert")]
    try:
        found = effects(actor=actor, correction=correction)
    except NotAllowed as error:
        return [Finding(heading, _("It would be refused: %(why)s") % {"why": error}, "red", "no")]
    text = _("The file says what was asked, for the same period; what stood there stays in the history.")
    added = _("The record is added to the file.")
    return [Finding(heading, added if correction.record is None else text, icon="pen"), *found]


def _stale(fields: Sequence[Any], case: Any) -> list[Finding]:
    if not case.desk or not any(one.stale for one in fields):
        return []
    text = _(
        "Between asking and now somebody changed it. Both values stand below; accepting puts what was asked in place."
    )
    return [Finding(_("The file was changed since"), text, "amber", "alert")]


def _proof(correction: Any, fields: Sequence[Any], papers: Sequence[Any]) -> list[Finding]:
    rules = rules_for(correction.teacher, correction.case.opened_on)
    known = rules.of(correction.section)
    wanted = papers_wanted(known[one.name] for one in fields if one.name in known)
    if not wanted:
        return []
    tone, icon = ("green", "ok") if papers else ("amber", "alert")
    heading = _("Proof: %(papers)s") % {"papers": _listed(wanted)}
    said = ngettext("%(n)s file was added.", "%(n)s files were added.", len(papers)) % {"n": len(papers)}
    text = said if papers else _("Nothing was added.")
    return [Finding(heading, text, tone, icon, reference=rules.reference)]


CORRECTION: Final = Workflow(
    kind=KIND,
    label=gettext_lazy("Request for correction"),
    initial="asked",
    states=(
        State("asked", gettext_lazy("being checked"), desk=DECIDE, days=_days, unit=lambda case: case.correction.decided_at),
        State("returned", gettext_lazy("returned, something is missing"), desk=OWNER, tone="amber", unit=lambda case: case.origin),
        State("accepted", gettext_lazy("accepted"), tone="green"),
        State("refused", gettext_lazy("refused"), tone="red"),
        State("withdrawn", gettext_lazy("withdrawn")),
    ),
    transitions=(
        Transition(
            "accept", gettext_lazy("Accept"), gettext_lazy("Accepted, the file was corrected"), ("asked",), "accepted",
            form=AcceptForm, guard=why_not_accept, effect=accept, primary=True, icon="check",
        ),
        Transition(
            "return", gettext_lazy("Return"), gettext_lazy("Returned"), ("asked",), "returned", reasons="correction_return",
            guard=why_not_decide, comment="needed", icon="undo", bulk=True,
        ),
        Transition(
            "refuse", gettext_lazy("Refuse"), gettext_lazy("Refused"), ("asked",), "refused", reasons="correction_refusal",
            guard=why_not_decide, comment="needed", danger=True, bulk=True,
        ),
        Transition(
            "resend", gettext_lazy("Send again"), gettext_lazy("Sent again"), ("returned",), "asked", permission=OWNER, own=True,
            form=ResendForm, effect=send_again, comment="needed", primary=True,
        ),
        Transition(
            "withdraw", gettext_lazy("Withdraw"), gettext_lazy("Withdrawn"), ("asked", "returned"), "withdrawn", permission=OWNER,
            own=True,
        ),
    ),
    subjects=_subjects,
    people=_people,
    body=_body,
    way=("asked", "accepted"),
    help=gettext_lazy(
        "A person asks that their own file says what is true. The office that the rules name compares it with the proof, and decides: "
        "accepted, it goes into the file with its history; refused or returned, the person reads why."
    ),
    references=(Link(gettext_lazy("Personal Information Protection Law, article 46")),),
)  # fmt: skip
