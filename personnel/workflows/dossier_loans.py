"""Reading and borrowing of dossiers (查阅、借阅), from the request to the return."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from core import workdays
from core.codes.selectors import label as code_label
from core.dates import today
from core.web.parts import Fact, Finding, Link
from core.workflow.definition import OWNER, Body, State, Subject, Transition, Workflow
from personnel.forms.dossier import BackForm, HandOutForm
from personnel.models import DossierLoan
from personnel.selectors.dossier import DECIDE, KEEP, LOAN, VIEW, keeping_of, named_by, out_now
from personnel.services.dossier_loans import (
    extend,
    hand_out,
    lending_for,
    take_back,
    why_not_back,
    why_not_extend,
    why_not_hand_out,
    why_not_lend,
)

REFERENCES: Final = (Link(gettext_lazy("Regulation on cadre dossiers (2018), reading and borrowing")),)


def _days(name: str) -> Any:
    return lambda case: getattr(lending_for(case.loan.teacher, case.opened_on), name)


def _days_out(case: Any) -> int:
    """The working days that are left, counted from the day of handing out; once it was put off, from today."""
    loan = case.loan
    rules = lending_for(loan.teacher, case.opened_on)
    whole = rules.lent if loan.way == DossierLoan.Way.LENT else rules.read
    if loan.extended or loan.handed_on is None:
        return whole
    return whole - workdays.between(loan.handed_on, today())


def loans(cases: Sequence[Any]) -> Mapping[int, DossierLoan]:
    """The loans of cases, by the case: one query."""
    rows = DossierLoan._base_manager.filter(case__in=[case.pk for case in cases]).select_related("teacher__key", "case")
    return {row.case_id: row for row in rows}


def _listed(*words: Any) -> str:
    return pgettext("list separator", ", ").join(str(word) for word in words if word)


def _subjects(cases: Sequence[Any], _actor: Any) -> Mapping[int, Subject]:
    found = {}
    for key, loan in loans(cases).items():
        title = _("%(name)s: dossier, %(way)s") % {"name": loan.teacher.name, "way": loan.get_way_display()}
        sub = pgettext("list separator", ", ").join(
            filter(None, [loan.asking, str(code_label("dossier_purpose", loan.purpose))])
        )
        found[key] = Subject(title, sub, reverse("teacher_dossier", args=[loan.teacher.public_id]))
    return found


def _people(cases: Sequence[Any]) -> Mapping[int, Collection[int]]:
    return {key: {row.teacher.user_id} for key, row in loans(cases).items() if row.teacher.user_id is not None}


def _body(case: Any, actor: Any) -> Body:
    loan = loans([case])[case.pk]
    kept = keeping_of(loan.teacher, actor.on)
    readers = list(loan.readers.order_by("pk"))
    facts = [
        Fact(_("How"), loan.get_way_display()),
        Fact(_("Purpose"), code_label("dossier_purpose", loan.purpose), sub=loan.words),
        Fact(_("Who asks"), loan.asking),
        *(Fact(_("Reader"), one.name, sub=_listed(one.post, _("member of the Party") if one.in_party else "")) for one in readers),
        Fact(_("What of it"), pgettext("list separator", ", ").join(loan.lent) or _("the whole dossier")),
    ]  # fmt: skip
    if kept is not None and kept.shelf and actor.may(VIEW):
        facts.append(Fact(_("Shelf number"), kept.shelf))
    if loan.handed_on:
        facts.append(Fact(pgettext("a dossier", "Handed out"), loan.handed_on))
    if loan.back_on:
        facts.append(Fact(_("Came back"), loan.back_on))
    return Body(findings=_findings(loan, readers, case), facts=facts)


def _findings(loan: DossierLoan, readers: Sequence[Any], case: Any) -> list[Finding]:
    rules = lending_for(loan.teacher, case.opened_on)
    enough = len(readers) >= rules.readers and (not rules.in_party or all(one.in_party for one in readers))
    said = _("%(n)s readers, members of the Party") if rules.in_party else _("%(n)s readers")
    found = [
        Finding(said % {"n": rules.readers}, _("as many as the rules ask for") if enough else _("fewer than the rules ask for"),
                "green" if enough else "red", "ok" if enough else "no", reference=rules.reference)
    ]  # fmt: skip
    for one in readers:
        if named_by(one.name, loan.teacher):
            heading = _("%(name)s has the name of the person or of a relative") % {"name": one.name}
            text = _("Whoever asked says that it is somebody else. Compare the identity card before you hand it out.")
            found.append(Finding(heading, text, "amber", "alert"))
    other = out_now(loan.teacher) if case.desk else None
    if other is not None and other.pk != case.pk:
        found.append(
            Finding(
                _("The dossier is not in the archive"),
                _("It is lent, or on its way to another keeper."),
                "amber",
                "alert",
            )
        )
    return found


LENDING: Final = Workflow(
    kind=LOAN,
    label=gettext_lazy("Reading or borrowing of a dossier"),
    initial="asked",
    states=(
        State("asked", gettext_lazy("being decided"), desk=DECIDE, days=_days("decide")),
        State("returned", gettext_lazy("returned, something is missing"), desk=OWNER, tone="amber", unit=lambda case: case.origin),
        State("promised", gettext_lazy("approved, to be fetched"), desk=KEEP),
        State("out", pgettext_lazy("a dossier", "handed out"), desk=KEEP, days=_days_out, tone="amber"),
        State("back", gettext_lazy("came back"), tone="green"),
        State("refused", pgettext_lazy("dossier", "refused"), tone="red"),
        State("withdrawn", gettext_lazy("withdrawn")),
    ),
    transitions=(
        Transition(
            "approve", gettext_lazy("Approve"), pgettext_lazy("case", "Approved"), ("asked",), "promised", guard=why_not_lend, primary=True,
            icon="check", bulk=True,
        ),
        Transition(
            "return", gettext_lazy("Return"), gettext_lazy("Returned"), ("asked",), "returned", reasons="dossier_return",
            comment="needed", icon="undo",
        ),
        Transition(
            "refuse", pgettext_lazy("dossier", "Refuse"), pgettext_lazy("dossier", "Refused"), ("asked",),
            "refused", reasons="dossier_return",
            comment="needed", danger=True,
        ),
        Transition(
            "resend", gettext_lazy("Send again"), gettext_lazy("Sent again"), ("returned",), "asked", permission=OWNER, own=True,
            comment="needed", primary=True,
        ),
        Transition(
            "hand_out", pgettext_lazy("a dossier", "Hand out"), pgettext_lazy("a dossier", "Handed out"), ("promised",), "out",
            form=HandOutForm, own=True, guard=why_not_hand_out, effect=hand_out, primary=True, icon="arrow",
        ),
        Transition(
            "take_back", pgettext_lazy("dossier", "Take back"), gettext_lazy("Came back"), ("out",), "back", form=BackForm, own=True,
            guard=why_not_back, effect=take_back, primary=True, icon="check",
        ),
        Transition(
            "extend", gettext_lazy("Put off the return"), gettext_lazy("Return put off"), ("out",), "out", own=True,
            guard=why_not_extend, effect=extend, comment="needed", icon="clock",
        ),
        Transition(
            "withdraw", gettext_lazy("Withdraw"), gettext_lazy("Withdrawn"), ("asked", "returned", "promised"), "withdrawn",
            permission=OWNER, own=True,
        ),
    ),
    subjects=_subjects,
    people=_people,
    body=_body,
    way=("asked", "promised", "out", "back"),
    look=(VIEW,),
    help=gettext_lazy(
        "Who needs a dossier says why and who comes for it: two people, by practice members of the Party, never the person themself or a "
        "relative. Whoever decides on dossiers approves, the keeper hands it out and takes it back on the day; what is late is "
        "reminded of and stands on the first page."
    ),
    references=REFERENCES,
)  # fmt: skip
