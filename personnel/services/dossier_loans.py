"""Reading and borrowing of dossiers: asking, handing out, putting off, taking back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.org.errors import NotAllowed
from core.parameters.selectors import at
from core.records.changes import change
from core.workflow.definition import Act
from core.workflow.services import open_case
from personnel.choices import OTHER_REASON
from personnel.models import DossierLoan, LoanReader, Teacher
from personnel.rules import DossierLending
from personnel.selectors.corrections import unit_of
from personnel.selectors.dossier import BORROW, KEEP, LOAN, cases_of, keeper_of, keeping_of, kin_of, named_by, out_now
from personnel.services.dossier import must_be_known, note_dossier
from personnel.services.facts import hold_open

LONGEST = 1000


def lending_for(teacher: Teacher, on: Any) -> DossierLending:
    """The rules by which a person's dossier is lent, those of its keeper."""
    return at(DossierLending, on, unit=keeper_of(teacher, on))


def ask_loan(
    *, actor: Any, teacher: Teacher, way: str, purpose: str, words: str, asking: str, readers: Sequence[Mapping[str, Any]],
    lent: Sequence[str] = (), source: str = "page",
) -> DossierLoan:  # fmt: skip
    """Ask that a dossier, or the materials `lent` of it, is read in the archive or taken away. It waits at the keeper.

    `readers` are those who come: name, post, in_party, namesake. Raises `NotAllowed` without the right, for one's own or a relative's
    dossier (as far as the accounts and the families on file tell), with fewer readers than the rules ask for, with readers who are
    not of the Party where they must be, and where the dossier is out or asked for by the actor already.
    """
    if not (actor.may(BORROW) or actor.may(KEEP)):
        raise NotAllowed(_("Your role does not ask for dossiers."))
    unit, keeper = unit_of(teacher, actor.on), keeper_of(teacher, actor.on)
    if unit is None or keeper is None:
        raise NotAllowed(_("Nobody is known to keep this dossier."))
    must_be_known("dossier_purpose", purpose, actor, "purpose")
    _must_be_said(purpose, words, asking)
    if kin_of(actor.user, teacher):
        raise NotAllowed(_("Nobody reads or borrows their own dossier, nor that of a relative."))
    _must_be_proper(readers, teacher, lending_for(teacher, actor.on))
    why = words.strip()
    with change("personnel.ask_dossier", actor=actor, reason=why, source=source):
        hold_open(teacher)
        if cases_of(teacher).filter(kind=LOAN, opened_by=actor.user, state="asked").exists():
            raise NotAllowed(
                _("You asked for this dossier already. Wait for the answer, or withdraw that request first.")
            )
        case = open_case(
            kind=LOAN, actor=actor, unit=actor.unit or unit, waits_at=keeper, days=lending_for(teacher, actor.on).decide
        )
        loan = DossierLoan.objects.create(
            case=case, teacher=teacher, way=way, purpose=purpose, words=why, asking=asking.strip(), lent=list(lent)
        )
        for one in readers:
            LoanReader.objects.create(
                loan=loan, name=one["name"].strip(), post=one.get("post", ""), in_party=bool(one.get("in_party")),
                namesake=bool(one.get("namesake")),
            )  # fmt: skip
    return loan


def _must_be_said(purpose: str, words: str, asking: str) -> None:
    if not purpose or not asking.strip():
        raise NotAllowed(_("Say who asks, and for what purpose."))
    if not words.strip() or len(words) > LONGEST:
        raise NotAllowed(_("Say in words why, in at most %(most)s characters.") % {"most": LONGEST})
    if purpose == OTHER_REASON and len(words.strip()) < 4:
        raise NotAllowed(_("Say in words what it is for."), field="words")


def _must_be_proper(readers: Sequence[Mapping[str, Any]], teacher: Teacher, rules: DossierLending) -> None:
    names = [str(one.get("name") or "").strip() for one in readers]
    if len(names) < rules.readers or not all(names) or len(set(names)) != len(names):
        raise NotAllowed(_("At least %(n)s people come for a dossier, each by name.") % {"n": rules.readers})
    if rules.in_party and not all(one.get("in_party") for one in readers):
        raise NotAllowed(_("Those who come for a dossier are members of the Party. Name others."))
    for one in readers:
        who = named_by(one["name"], teacher)
        if who and not one.get("namesake"):
            said = (
                _("%(name)s is the person themself. If it is somebody else of the same name, say so beside the name.")
                if who == "own"
                else _(
                    "%(name)s is a relative on file. If it is somebody else of the same name, say so beside the name."
                )
            )
            raise NotAllowed(said % {"name": one["name"]})


def why_not_lend(act: Act) -> str:
    """Why a dossier cannot be promised or handed out: it is out already, or who decides is kin."""
    teacher = act.case.loan.teacher
    if kin_of(act.actor.user, teacher):
        return _("Nobody decides on the dossier of a relative.")
    other = out_now(teacher)
    if other is not None and other.pk != act.case.pk:
        return _("The dossier is not in the archive: it is lent, or on its way to another keeper.")
    return ""


def why_not_hand_out(act: Act) -> str:
    """As above; or the day lies ahead, or before the dossier was kept here. What was given out first may be entered later."""
    today, day = act.actor.on, act.data.get("on") or act.actor.on
    kept = keeping_of(act.case.loan.teacher, today)
    first = kept.valid.lower if kept is not None else min(act.case.opened_on, today)
    if not first <= day <= today:
        return _("It is handed out between %(first)s, since when it is kept here, and today: look at the day.") % {
            "first": first.isoformat()
        }
    return why_not_lend(act)


def hand_out(act: Act) -> None:
    """The dossier is given out, today or on the day that was said."""
    loan = act.case.loan
    loan.handed_on = act.data.get("on") or act.actor.on
    loan.save(update_fields={"handed_on"})
    note_dossier(actor=act.actor, teachers=[loan.teacher_id])


def why_not_extend(act: Act) -> str:
    """Why it cannot be put off once more."""
    loan = act.case.loan
    most = lending_for(loan.teacher, act.actor.on).extensions
    if loan.extended >= most:
        return _("It was put off %(n)s times, as often as the rules let it. Ask for it back.") % {"n": loan.extended}
    return ""


def extend(act: Act) -> None:
    """It stays out for as long again from today."""
    loan = act.case.loan
    loan.extended += 1
    loan.save(update_fields={"extended"})


def take_back(act: Act) -> None:
    """The dossier is back and was compared with its catalogue."""
    loan = act.case.loan
    loan.back_on = act.data.get("on") or act.actor.on
    loan.save(update_fields={"back_on"})


def why_not_back(act: Act) -> str:
    """A day of return before the handing out, or ahead, cannot be."""
    loan, day = act.case.loan, act.data.get("on") or act.actor.on
    if loan.handed_on is not None and day < loan.handed_on:
        return _("It came back before it was handed out: look at the day.")
    return _("The day of the return lies ahead.") if day > act.actor.on else ""
