"""Asking for a correction of one's own file, and what an office's decision does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django.db import transaction
from django.utils.translation import gettext as _

from core.org.errors import NotAllowed
from core.records.changes import change
from core.records.models import StoredFile
from core.workflow.definition import Act
from core.workflow.services import open_case
from personnel.models import Correction, CorrectionPaper, Teacher
from personnel.selectors.corrections import (
    KIND,
    correctable,
    decided_at,
    fields_asked,
    meant,
    open_requests,
    opened,
    record_of,
    rules_for,
    section_model,
    sees_file,
    told,
    unit_of,
    value_now,
)
from personnel.selectors.slips import used_slip
from personnel.services.facts import add_fact, correct_fact, hold_open
from personnel.services.trying import try_out

LONGEST = 1000
# How the fields of forms begin that hold a file.
PAPER = "paper_"


def ask_correction(
    *, actor: Any, teacher: Teacher, section: str, record: Any, values: Mapping[str, Any], words: str, papers: Sequence[Any] = (),
    source: str = "page",
) -> Correction:  # fmt: skip
    """Ask that fields of a record of one's own file say something else, or (`record` None) that a record is added.

    `papers` are stored files that prove it. Raises `NotAllowed` for another's file, a field that may not be asked for, a record that is
    asked about already, nothing that differs, no words, or a paper that is needed and missing.
    """
    if teacher.user_id is None or teacher.user_id != actor.user.pk:
        raise NotAllowed(_("Only the person whose file it is asks for a correction."))
    unit, rules = unit_of(teacher, actor.on), rules_for(teacher, actor.on)
    known = correctable(teacher, actor, rules).get(section)
    if known is None or unit is None:
        raise NotAllowed(_("What stands in this section cannot be asked for here."))
    model = section_model(Correction(section=section))
    asked = {name: told(model, name, value) for name, value in values.items()}
    was = {name: value_now(record, name) for name in asked}
    changed = {name: value for name, value in asked.items() if value != was[name]}
    _must_be_meant(changed, known[1], words, papers, rules.papers)
    with change("personnel.ask_correction", actor=actor, reason=words.strip(), source=source):
        hold_open(teacher)
        if record is not None and open_requests(teacher).filter(section=section, record=record.pk).exists():
            raise NotAllowed(_("You asked about this already. Withdraw that request first, or wait for the answer."))
        at = decided_at(unit, [known[1][name] for name in changed])
        case = open_case(kind=KIND, actor=actor, unit=unit, waits_at=at, days=rules.days, comment=words.strip())
        found = Correction(
            case=case, teacher=teacher, section=section, record=record.pk if record is not None else None,
            seen=record.revision if record is not None else None, words=words.strip(), decided_at=at,
        )  # fmt: skip
        found.asked = orjson.dumps(changed).decode()
        found.was = orjson.dumps({name: was[name] for name in changed}).decode()
        found.save(force_insert=True)
        for file in papers:
            CorrectionPaper.objects.create(correction=found, file=file)
    return found


def _must_be_meant(
    changed: Mapping[str, Any], known: Mapping[str, Any], words: str, papers: Sequence[Any], most: int
) -> None:
    if not changed:
        raise NotAllowed(_("Nothing differs from what is on file."))
    if not words.strip() or len(words) > LONGEST:
        raise NotAllowed(_("Say in words why, in at most %(most)s characters.") % {"most": LONGEST})
    if changed.keys() - known.keys():
        raise NotAllowed(_("One of these fields cannot be asked for here."))
    if len(papers) > most:
        raise NotAllowed(_("Add at most %(most)s files.") % {"most": most})
    if not papers and any(known[name].proof == "needed" for name in changed):
        raise NotAllowed(_("This needs a proof. Add a photo or a scan of it."))


def send_again(act: Act) -> None:
    """What was returned comes again with other words or more papers; the values stay as they were asked."""
    correction = act.case.correction
    for name, file in act.data.items():
        if name.startswith(PAPER) and isinstance(file, StoredFile):
            CorrectionPaper.objects.create(correction=correction, file=file)


def why_not_decide(act: Act) -> str:
    """Why somebody cannot decide a request: they handed out the slip by which the account was opened that asks, so they could be both."""
    slip = used_slip(act.case.correction.teacher)
    if slip is not None and slip.issued_by_id == act.actor.user.pk:
        return _("You handed out the slip by which this account was opened, so somebody else decides what it asks for.")
    return ""


def why_not_accept(act: Act) -> str:
    """Why a request cannot be accepted as things are.

    As above; or the person moved on and the file is not the actor's to see; or the record is gone, or a field was changed since and
    nobody said which counts.
    """
    correction = act.case.correction
    if why := why_not_decide(act):
        return why
    if not sees_file(correction, act.actor):
        return _("The person is no longer in your units, so you cannot write into the file.")
    if correction.record is not None and record_of(correction) is None:
        return _("The record that was asked about is not in the file any more.")
    if not act.data.get("overwrite") and any(one.stale for one in fields_asked(correction)):
        return _("The file was changed since this was asked. Compare both values, and say which one counts.")
    return ""


def accept(act: Act) -> None:
    """Write what was asked into the file, in the change of the decision."""
    _write_asked(act.case.correction, act.actor)


def effects(*, actor: Any, correction: Correction) -> list[Any]:
    """What would follow from accepting a request, as `Finding`s; nothing is written. Raises `NotAllowed` as accepting would."""

    def trial() -> None:
        with change("personnel.ask_correction", actor=actor, reason=correction.words):
            _write_asked(correction, actor)

    return try_out(trial, person=correction.teacher_id, models=(section_model(correction),), actor=actor)


def _write_asked(request: Correction, actor: Any) -> None:
    correction = Correction.objects.select_related("teacher__key").get(pk=request.pk)
    model, asked = section_model(correction), opened(correction.asked)
    values = {name: meant(model, name, kept) for name, kept in asked.items()}
    record = record_of(correction)
    differing = {name: value for name, value in values.items() if value_now(record, name) != asked[name]}
    reason = _("Accepted at the request of the person: %(words)s") % {"words": correction.words}
    with transaction.atomic():
        if correction.record is None:
            add_fact(actor=actor, teacher=correction.teacher, model=model, values=values, reason=reason)
        elif differing:
            correct_fact(actor=actor, record=record, values=differing, reason=reason)
