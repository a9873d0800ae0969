"""Moves of people, from the request to the report for duty (调动、交流轮岗), or to the day on which they are back (借调、支教等)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from core.codes.values import label, values_of
from core.dates import DAY
from core.org.models import Unit
from core.web.parts import Fact, Finding, Link
from core.workflow.definition import OWNER, Body, State, Subject, Together, Transition, Workflow
from core.workflow.selectors import cases as visible_cases
from personnel import rules
from personnel.forms.moves import BackForm, DecideForm, DecideManyForm, MendMoveForm, ReportForm
from personnel.models import Move, Teacher
from personnel.selectors.dossier import KEEP as KEEP_DOSSIER
from personnel.selectors.move_facts import OPEN_STATES
from personnel.selectors.move_words import receiver_words, told
from personnel.selectors.moves import (
    ASK,
    CONSENT,
    DECIDE,
    LEAVING,
    MOVING,
    SENDING,
    Asked,
    deciding_bureaus,
    findings_of,
    move_rules,
)
from personnel.services.moves.deciding import (
    decide,
    decides,
    freed_words,
    freeing_one,
    next_bureau,
    why_not_decide,
    why_not_pass_on,
)
from personnel.services.moves.ending import (
    come_back,
    report,
    revoke,
    why_not_back,
    why_not_report,
    why_not_revoke,
)
from personnel.services.moves.mending import send_again, why_not_send_again

REFERENCES: Final = (
    Link(gettext_lazy("Regulations on personnel management of public institutions (2014)")),
    Link(gettext_lazy("Opinion on rotation of heads and teachers within counties (2014 No. 4)")),
)


def moves_by_case(cases: Sequence[Any]) -> Mapping[int, Move]:
    """The moves of cases, by the case: one query."""
    rows = Move._base_manager.filter(case__in=[case.pk for case in cases])
    return {row.case_id: row for row in rows.select_related("teacher", "from_unit", "to_unit", "case", "letter_file")}


def move_title(move: Move) -> str:
    """What a move is called: whose, of which sort."""
    return pgettext("after a label", ": ").join([move.teacher.name, str(move.get_kind_display())])


def _subjects(cases: Sequence[Any], actor: Any) -> Mapping[int, Subject]:
    known, values = moves_by_case(cases), values_of(actor)
    values.prime(units=[key for one in known.values() for key in one.units])
    people = {one.teacher_id for one in known.values()}
    seen = set(Teacher.objects.visible_to(actor).filter(pk__in=people).values_list("pk", flat=True))
    return {
        key: Subject(
            move_title(move), way_words(move, values),
            reverse("teacher", args=[move.teacher.public_id]) if move.teacher_id in seen else "",
        )
        for key, move in known.items()
    }  # fmt: skip


def way_words(move: Move, values: Any) -> str:
    """From where to where, from when."""
    said = {"sender": values.unit(move.from_unit_id), "receiver": receiver_words(move, values), "day": move.starts}
    return _("from %(sender)s to %(receiver)s, from %(day)s on") % said


def _people(cases: Sequence[Any]) -> Mapping[int, Collection[int]]:
    return {
        key: {move.teacher.user_id} if move.teacher.user_id is not None else set()
        for key, move in moves_by_case(cases).items()
    }


def _without(cases: Sequence[Any]) -> Mapping[int, Collection[str]]:
    """The bureau that decides passes nothing on, and the others decide nothing."""
    waiting = [case for case in cases if case.state == "bureau"]
    known = moves_by_case(waiting) if waiting else {}
    return {case.pk: ("pass_on" if decides(case.unit, known[case.pk]) else "approve",) for case in waiting}


def _body(case: Any, actor: Any) -> Body:
    move, values = moves_by_case([case])[case.pk], values_of(actor)
    chain = deciding_bureaus(move.from_unit, move.to_unit, move.starts)
    values.prime(units=[*move.units, *(one.pk for one in chain)])
    facts = [
        Fact(label(Move, "kind"), move.get_kind_display(), sub=_stays(move)),
        Fact(label(Move, "from_unit"), values.unit(move.from_unit_id)),
        Fact(label(Move, "to_unit"), receiver_words(move, values)),
        Fact(
            label(Move, "letter"), move.letter, _letter_url(move), sub=move.letter_file.name if move.letter_file else ""
        ),
        Fact(label(Move, "starts") if move.to_unit_id else _("First day away"), move.starts),
        Fact(_("Last day there"), move.ends - DAY if move.ends else ""),
        Fact(label(Move, "ground"), values.code("move_ground", move.ground), sub=move.words),
        Fact(_("Post there"), move.post),
        Fact(_("Post level there"), values.code("post_level", move.level) if move.level else ""),
        Fact(label(Move, "key_teacher"), _("yes") if move.key_teacher else ""),
        Fact(pgettext("move", "Decided by"), _chain_words(chain, values)),
        Fact(label(Move, "document"), move.document),
        Fact(label(Move, "exception"), move.exception),
        Fact(label(Move, "reported_on"), move.reported_on or ""),
    ]
    return Body(findings=_findings(case, move, actor), facts=[one for one in facts if one.value not in ("", None)])


def _letter_url(move: Move) -> str:
    return reverse("move_letter", args=[move.public_id]) if move.letter_file_id else ""


def _stays(move: Move) -> Any:
    if move.to_unit_id is None:
        return _("employment ends here, seat and post become free")
    if move.employment:
        return _("employment, seat and post move")
    return _("employment and seat stay with the sender")


def _chain_words(chain: Sequence[Unit], values: Any) -> str:
    return " → ".join(values.unit(one.pk) for one in chain)


def _findings(case: Any, move: Move, actor: Any) -> list[Finding]:
    if case.state in OPEN_STATES:
        asked = Asked.of(move)
        found = findings_of(asked)
        return [
            *(_freed(other, actor) for other in freeing_one(asked, found)),
            *told(found, move.exception, rules.WAIVABLE),
        ]
    return what_comes_next(case, move, actor)


def _freed(other: Move, actor: Any) -> Finding:
    """The case that frees what is lacking; whose it is, and the way to it, for who sees it."""
    seen = visible_cases(actor).filter(pk=other.case_id).exists()
    link = Link(_("Look at that case"), reverse("case", args=[other.case.public_id])) if seen else None
    text = freed_words(other) if seen else _("Another move is on its way and frees one.")
    return Finding(_("A place is about to become free"), text, "blue", "swap", link=link)


def what_comes_next(case: Any, move: Move, actor: Any) -> list[Finding]:
    """What is to be done once a move is decided: letters, the report for duty, the dossier."""
    if case.state not in ("decided", "there", "done"):
        return []
    found = []
    if case.state == "decided" and move.to_unit is None:
        text = _("Issue the letters before the first day away; record it when the receiver sends its part back.")
        found.append(Finding(_("The receiver confirms"), text, icon="cal"))
    elif case.state == "decided" and move.to_unit is not None:
        last = move.starts + timedelta(days=move_rules(move.to_unit, move.starts).report_days)
        late = actor.on > last
        text = _("Within the days of the letter, so by %(day)s; the receiver records it.") % {"day": last}
        found.append(Finding(_("Report for duty"), text, "red" if late else "", "alert" if late else "cal"))
    seen = Teacher.objects.visible_to(actor).filter(pk=move.teacher_id).exists()
    if seen and actor.may("documents.issue"):
        link = Link(_("Papers of the person"), reverse("teacher_papers", args=[move.teacher.public_id]))
        found.append(Finding(_("Letters"), _letters(move), icon="paper", link=link))
    if move.employment and seen and actor.may(KEEP_DOSSIER):
        link = Link(_("Send to another keeper"), reverse("dossier_send", args=[move.teacher.public_id]))
        text = _("Where another bureau keeps the dossiers of the receiver, it goes there under a notice.")
        found.append(Finding(_("Dossier"), text, icon="lock", link=link))
    return found


def _letters(move: Move) -> str:
    if move.employment:
        return _("Approval form, letter of introduction and wage transfer letter are issued under “Papers”.")
    return _("The letter to the receiver is issued under “Papers”.")


def _days(case: Any) -> int:
    return move_rules(case.origin, case.opened_on).desk_days


def _states(*last: State) -> tuple[State, ...]:
    return (
        State("sender", gettext_lazy("asked, the sender decides"), desk=CONSENT, days=_days, unit=lambda case: case.origin),
        State("returned", gettext_lazy("returned, something is missing"), desk=OWNER, tone="amber", unit=lambda case: case.origin),
        State("receiver", gettext_lazy("the receiver decides"), desk=CONSENT, days=_days, unit=lambda case: case.move.to_unit),
        State("bureau", gettext_lazy("the bureau decides"), desk=DECIDE, days=_days, unit=next_bureau),
        State(
            "decided", gettext_lazy("decided, report for duty awaited"), desk=ASK, tone="green", unit=lambda case: case.move.to_unit
        ),
        *last,
        State("refused", pgettext_lazy("move", "refused"), tone="red"),
        State("withdrawn", gettext_lazy("withdrawn")),
        State("revoked", pgettext_lazy("move", "taken back")),
    )  # fmt: skip


def _agreeing(after: str) -> Transition:
    return Transition(
        "agree_sender", pgettext_lazy("move", "Let them go"), gettext_lazy("The sender agreed"), ("sender",), after,
        primary=True, icon="check", bulk=True,
    )  # fmt: skip


def _consents() -> tuple[Transition, ...]:
    """The sender agrees, then the receiver."""
    return (
        _agreeing("receiver"),
        Transition(
            "agree_receiver", pgettext_lazy("move", "Take them"), gettext_lazy("The receiver agreed"), ("receiver",), "bureau",
            primary=True, icon="check", bulk=True,
        ),
    )  # fmt: skip


def _transitions(
    consents: tuple[Transition, ...], *last: Transition, desks: tuple[str, ...] = ("sender", "receiver", "bureau")
) -> Any:
    return (
        *consents,
        Transition(
            "approve", gettext_lazy("Approve"), pgettext_lazy("case", "Approved"), ("bureau",), "decided", form=DecideForm,
            together=Together(why_not_decide, decide), primary=True, icon="check", bulk=True, bulk_form=DecideManyForm,
        ),
        Transition(
            "pass_on", pgettext_lazy("move", "Pass on to the next bureau"), pgettext_lazy("move", "Agreed and passed on"), ("bureau",),
            "bureau", guard=why_not_pass_on, primary=True, icon="right",
        ),
        Transition(
            "return", gettext_lazy("Return"), gettext_lazy("Returned"), desks, "returned", comment="needed",
            icon="undo",
        ),
        Transition(
            "refuse", pgettext_lazy("move", "Refuse"), pgettext_lazy("move", "Refused"), desks, "refused",
            comment="needed", danger=True,
        ),
        Transition(
            "resend", gettext_lazy("Send again"), gettext_lazy("Sent again"), ("returned",), "sender", permission=OWNER, own=True,
            form=MendMoveForm, guard=why_not_send_again, effect=send_again, comment="needed", primary=True,
        ),
        *last,
        Transition(
            "withdraw", gettext_lazy("Withdraw"), gettext_lazy("Withdrawn"), ("returned", *desks), "withdrawn",
            permission=OWNER, own=True,
        ),
        Transition(
            "revoke", pgettext_lazy("move", "Take the decision back"), pgettext_lazy("move", "Decision taken back"), ("decided",),
            "revoked", permission=DECIDE, together=Together(why_not_revoke, revoke), comment="needed", danger=True, bulk=True,
        ),
    )  # fmt: skip


HELP: Final = gettext_lazy(
    "The sender agrees, then the receiver, then the bureau above both; across counties both county bureaus agree and the city decides. "
    "What the rules find stands above; a seat that is free is kept from the decision on."
)
MOVING_PEOPLE: Final = Workflow(
    kind=MOVING,
    label=gettext_lazy("Transfer and rotation"),
    initial="sender",
    states=_states(State("done", gettext_lazy("reported for duty"), tone="green")),
    transitions=_transitions(
        _consents(),
        Transition(
            "report", gettext_lazy("Record the report for duty"), gettext_lazy("Reported for duty"), ("decided",), "done", form=ReportForm,
            guard=why_not_report, effect=report, own=True, primary=True, icon="check",
        ),
    ),
    subjects=_subjects,
    people=_people,
    without=_without,
    body=_body,
    way=("sender", "receiver", "bureau", "decided", "done"),
    help=HELP,
    references=REFERENCES,
)  # fmt: skip
SENDING_PEOPLE: Final = Workflow(
    kind=SENDING,
    label=gettext_lazy("Loan, support teaching, shadowing"),
    initial="sender",
    states=_states(
        State("there", gettext_lazy("working at the receiver"), desk=ASK, tone="green"), State("over", gettext_lazy("back"))
    ),
    transitions=_transitions(
        _consents(),
        Transition(
            "report", gettext_lazy("Record the report for duty"), gettext_lazy("Reported for duty"), ("decided",), "there", form=ReportForm,
            guard=why_not_report, effect=report, own=True, primary=True, icon="check",
        ),
        Transition(
            "back", gettext_lazy("Record the return"), gettext_lazy("Back"), ("there",), "over", form=BackForm,
            guard=why_not_back, effect=come_back, own=True, icon="undo",
        ),
    ),
    subjects=_subjects,
    people=_people,
    without=_without,
    body=_body,
    way=("sender", "receiver", "bureau", "decided", "there", "over"),
    help=HELP,
    references=REFERENCES,
)  # fmt: skip
LEAVING_PEOPLE: Final = Workflow(
    kind=LEAVING,
    label=gettext_lazy("Transfer to a unit elsewhere"),
    initial="sender",
    states=(
        State("sender", gettext_lazy("asked, the sender decides"), desk=CONSENT, days=_days, unit=lambda case: case.origin),
        State("returned", gettext_lazy("returned, something is missing"), desk=OWNER, tone="amber", unit=lambda case: case.origin),
        State("bureau", gettext_lazy("the bureau decides"), desk=DECIDE, days=_days, unit=next_bureau),
        State(
            "decided", gettext_lazy("decided, confirmation awaited"), desk=ASK, tone="green", unit=lambda case: case.origin
        ),
        State("done", pgettext_lazy("move", "gone"), tone="green"),
        State("refused", pgettext_lazy("move", "refused"), tone="red"),
        State("withdrawn", gettext_lazy("withdrawn")),
        State("revoked", pgettext_lazy("move", "taken back")),
    ),
    transitions=_transitions(
        (_agreeing("bureau"),),
        Transition(
            "report", gettext_lazy("Record the receiver's confirmation"), gettext_lazy("The receiver confirmed"), ("decided",), "done",
            form=ReportForm, guard=why_not_report, effect=report, own=True, primary=True, icon="check",
        ),
        desks=("sender", "bureau"),
    ),
    subjects=_subjects,
    people=_people,
    without=_without,
    body=_body,
    way=("sender", "bureau", "decided", "done"),
    help=gettext_lazy(
        "For a unit outside the system, by its letter. The sender agrees, then the bureaus above it one after the other, up to "
        "the one that decides by the rules of the place. On the day the employment ends here, seat and post become free, and the former "
        "units keep the file as it was on the last day."
    ),
    references=REFERENCES,
)  # fmt: skip
FLOWS: Final = (MOVING_PEOPLE, SENDING_PEOPLE, LEAVING_PEOPLE)
