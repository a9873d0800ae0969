"""Verbs of appointment contracts: conclude, judge the probation, change, renew, end."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.codes.values import period_words
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.records.changes import change
from core.rules import Finding
from personnel import rules
from personnel.models import Contract, Employment, Teacher
from personnel.selectors.contracts import CHANGE, after, contract_rules, end_findings, term_findings
from personnel.selectors.finding_words import unmet_words
from personnel.services.dossier import must_be_known
from personnel.services.facts import hold_open

UNSIGNED: Final = "unsigned"


def conclude_contract(
    *, actor: Any, teacher: Teacher, unit: Unit, starts: date, ends: date | None, kind: str = "appointment", number: str = "",
    signed_on: date | None = None, first_job: bool = False, probation_last: date | None = None, note: str = "", reason: str = "",
    document: str = "", source: str = "page",
) -> Contract:  # fmt: skip
    """Conclude a contract for half-open days (`ends` None: until retirement); the employment says the same kind from then on.

    `probation_last` is the last day of the probation.

    Raises `NotAllowed` without the right, where the person is not employed there on the first day, another contract holds on some day,
    or a rule of its term or probation is not met.
    """
    _must_change(actor)
    return contract_decided(
        actor=actor, teacher=teacher, unit=unit, starts=starts, ends=ends, kind=kind, number=number, signed_on=signed_on,
        first_job=first_job, probation_last=probation_last, note=note, reason=reason, document=document, source=source,
    )  # fmt: skip


def contract_decided(
    *, actor: Any, teacher: Teacher, unit: Unit, starts: date, ends: date | None, kind: str = "appointment", number: str = "",
    signed_on: date | None = None, first_job: bool = False, probation_last: date | None = None, note: str = "", reason: str = "",
    document: str = "", source: str = "page",
) -> Contract:  # fmt: skip
    """As `conclude_contract`, for a step that was decided by who may decide it, whether or not they keep contracts."""
    job = Employment.objects.filter(teacher=teacher, unit=unit, valid__contains=starts).first()
    if job is None:
        raise NotAllowed(not_employed_words(teacher.name, starts), field="unit")
    must_be_concludable(actor, unit, kind, rules.Terms(starts, ends, after(probation_last), first_job))
    valid = Range(starts, ends)
    why = reason.strip() or _("Contract concluded")
    with change("personnel.conclude_contract", actor=actor, reason=why, document=document.strip(), source=source):
        hold_open(teacher)
        _must_be_free(teacher, valid)
        _tell_employment(job, kind, starts)
        return Contract.objects.create(
            teacher=teacher, unit=unit, kind=kind, number=number.strip(), signed_on=signed_on, first_job=first_job,
            probation_last=probation_last, note=note.strip(), valid=valid,
        )  # fmt: skip


def must_be_concludable(actor: Any, unit: Unit, kind: str, terms: rules.Terms) -> None:
    """What is asked of a contract by itself: its kind, its days, its probation. Raises `NotAllowed` with the field; no query."""
    must_be_known("contract_kind", kind, actor, "kind")
    if kind in ("", UNSIGNED):
        raise NotAllowed(
            _("That no contract was signed is said at the unit of the file, not by a contract."), field="kind"
        )
    if terms.ends is not None and terms.ends <= terms.starts:
        raise NotAllowed(_("The last day lies before the first one."), field="last_day")
    if terms.probation_ends is not None and terms.probation_ends <= terms.starts:
        raise NotAllowed(_("The probation ends before it begins."), field="probation")
    _must_be_met(term_findings(terms, unit), "probation")


def not_employed_words(name: str, day: date) -> str:
    """That somebody is not employed at the unit on a day."""
    return _("%(name)s is not employed at this unit on %(day)s.") % {"name": name, "day": day}


def overlapping_words(valid: Range[date]) -> str:
    """That another contract holds on some of the days."""
    said = {"period": period_words(valid)}
    return _("Another contract holds %(period)s. Renew or end that one, or choose other days.") % said


def _tell_employment(job: Employment, kind: str, starts: date) -> None:
    """What sort of contract somebody has stands with their employment, too, as rosters and national forms say it."""
    if job.contract == kind:
        return
    if job.contract in ("", UNSIGNED) and job.valid.lower == starts:
        job.correct(contract=kind)
    elif job.valid.lower < starts:
        job.supersede(on=starts, contract=kind)
    else:
        job.correct(contract=kind)


def _must_be_free(teacher: Teacher, valid: Range[date]) -> None:
    other = Contract._base_manager.filter(teacher=teacher, valid__overlap=valid).order_by("valid").first()
    if other is not None:
        raise NotAllowed(overlapping_words(other.valid))


def judge_probation(
    *,
    actor: Any,
    contract: Contract,
    verdict: str,
    on: date,
    document: str = "",
    reason: str = "",
    source: str = "page",
) -> Contract:
    """Record the verdict of a probation. Raises `NotAllowed` without the right, where there is none, or it was judged already."""
    _must_change(actor)
    must_be_known("probation_verdict", verdict, actor, "verdict")
    if not verdict:
        raise NotAllowed(_("Say whether the probation was passed."), field="verdict")
    if contract.probation_last is None:
        raise NotAllowed(_("This contract has no probation."))
    if contract.probation_verdict:
        raise NotAllowed(_("The probation was judged already. Put it right in the file where that was wrong."))
    if not contract.valid.lower <= on <= actor.on:
        raise NotAllowed(_("The verdict is given within the contract, and not ahead."), field="on")
    why = reason.strip() or _("Probation judged")
    with change("personnel.judge_probation", actor=actor, reason=why, document=document.strip(), source=source):
        contract.correct(probation_verdict=verdict, verdict_on=on)
    return contract


def change_contract(
    *,
    actor: Any,
    contract: Contract,
    on: date,
    note: str,
    number: str = "",
    document: str = "",
    reason: str = "",
    source: str = "page",
) -> Contract:
    """Let other terms hold from a day on, as agreed: what was agreed before stays in the file. Returns the contract as it is from then on.

    Raises `NotAllowed` without the right, where the day is not inside the term, or nothing is said.
    """
    _must_change(actor)
    if not note.strip():
        raise NotAllowed(_("Say what was agreed."), field="note")
    if not (contract.valid.lower < on and contract.period.contains(on)):
        raise NotAllowed(_("The day must lie inside the term, after its first day."), field="on")
    why = reason.strip() or _("Contract changed")
    with change("personnel.change_contract", actor=actor, reason=why, document=document.strip(), source=source):
        return contract.supersede(
            on=on, note=note.strip(), number=number.strip() or contract.number, probation_last=_later(contract, on),
        )  # fmt: skip


def _later(contract: Contract, on: date) -> date | None:
    """The end of the probation where it lies behind the day of a change."""
    last = contract.probation_last
    return last if last is not None and last >= on else None


def renew_contract(
    *, actor: Any, contract: Contract, ends: date | None, number: str = "", signed_on: date | None = None, document: str = "",
    reason: str = "", source: str = "page",
) -> Contract:  # fmt: skip
    """Conclude the contract that follows one without a gap, without a probation. Returns the new one.

    Raises `NotAllowed` without the right, where the present one has no end or was ended for good, or something follows already.
    """
    _must_change(actor)
    if contract.valid.upper is None:
        raise NotAllowed(_("This contract holds until retirement; there is nothing to renew."))
    if contract.ground:
        raise NotAllowed(_("This contract was ended. Conclude a new one."))
    starts = contract.valid.upper
    if ends is not None and ends <= starts:
        raise NotAllowed(_("The last day lies before the first one."), field="last_day")
    _must_be_met(term_findings(rules.Terms(starts, ends), contract.unit))
    why = reason.strip() or _("Contract renewed")
    with change("personnel.renew_contract", actor=actor, reason=why, document=document.strip(), source=source):
        hold_open(contract.teacher)
        _must_be_free(contract.teacher, Range(starts, ends))
        return Contract.objects.create(
            teacher=contract.teacher, unit=contract.unit, kind=contract.kind, number=number.strip(), signed_on=signed_on,
            valid=Range(starts, ends),
        )  # fmt: skip


def end_contract(
    *, actor: Any, contract: Contract, ground: str, ends: date, notice_on: date | None = None, document: str = "", reason: str = "",
    source: str = "page",
) -> Contract:  # fmt: skip
    """End a contract on a ground: it holds up to, not including, `ends`.

    Raises `NotAllowed` without the right, for an unknown ground, where it was ended already, would end before it began, or the days of
    notice of the ground are not kept.
    """
    _must_change(actor)
    if ground not in contract_rules(contract.unit, ends).grounds:
        raise NotAllowed(_("Choose the ground on which it ends."), field="ground")
    if contract.ground:
        raise NotAllowed(_("This contract was ended already."))
    if ends <= contract.valid.lower:
        raise NotAllowed(_("It would end before it began."), field="last_day")
    _must_be_met(end_findings(contract, ground, ends, notice_on))
    why = reason.strip() or _("Contract ended")
    with change("personnel.end_contract", actor=actor, reason=why, document=document.strip(), source=source):
        contract.valid = Range(contract.valid.lower, ends)
        contract.ground, contract.notice_on, contract.end_document = ground, notice_on, document.strip()
        contract.save(update_fields={"valid", "ground", "notice_on", "end_document"})
    return contract


def _must_be_met(findings: list[Finding], field: str = "") -> None:
    unmet = unmet_words(findings)
    if unmet:
        raise NotAllowed(_("The rules are not kept. %(unmet)s") % {"unmet": unmet}, field=field)


def _must_change(actor: Any) -> None:
    if not actor.may(CHANGE):
        raise NotAllowed(_("Your role does not keep contracts."))
