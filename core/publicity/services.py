"""Verbs: publish, object, decide on objections, go on, stop, forget who objected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from core.dates import today
from core.documents.rules import new_code, written_code
from core.exchange.evidence import Evidence
from core.org.actor import system_actor
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.parameters.selectors import at
from core.publicity.kinds import PublicityKind, Shown, all_kinds
from core.publicity.models import Objection, ObjectionFile, Publicity, PublicityRow
from core.publicity.rules import Publishing, last_day
from core.publicity.selectors import KIND, VIEW, digest_of, takes_objections, why_not_passed
from core.records.changes import change
from core.records.keys import destroy_key
from core.records.models import StoredFile
from core.records.storage import path_of, store
from core.records.vault import create_key
from core.workflow.definition import Act
from core.workflow.services import open_case

LONGEST: Final = 3000
AT_ONCE: Final = 500


def publish(
    *, actor: Any, kind: PublicityKind, unit: Unit, title: str, subject: str, subject_id: int, rows: Sequence[Shown], reason: str,
    words: str = "", contact: str = "",
) -> Publicity:  # fmt: skip
    """Show lines to everybody from today on, for as many working days as the kind says.

    `subject` and `subject_id` name the record that it is about; it is published once at a time. Raises `NotAllowed` without a line and
    where it is published already.
    """
    if not rows:
        raise NotAllowed(_("There is nobody to publish."))
    with translation.override("zh-hans"):  # what is published is in Chinese, whoever publishes it
        counted = kind.days(actor.on, unit)
    with change("publicity.publish", actor=actor, reason=reason):
        Unit._base_manager.select_for_update().filter(pk=unit.pk).values_list("pk").get()
        if Publicity._base_manager.filter(subject=subject, subject_id=subject_id, state=Publicity.State.OPEN).exists():
            raise NotAllowed(_("This is published already. Wait until that publicity is over, or stop it first."))
        made = Publicity.objects.create(
            kind=kind.name, unit=unit, title=title, words=words, contact=contact, subject=subject, subject_id=subject_id,
            code=new_code().lower(), opened_by=actor.user, opened_on=actor.on, days=counted.days,
            last_day=last_day(actor.on, counted.days), reference=counted.reference,
        )  # fmt: skip
        known = {key for key, _label in kind.columns}
        PublicityRow.objects.bulk_create(
            PublicityRow(
                publicity=made, place=place, masked=one.label, subject_id=one.subject_id, user_id=one.user,
                values={key: value for key, value in one.values.items() if key in known},
            )
            for place, one in enumerate(rows, 1)
        )  # fmt: skip
    return made


def object_to(
    *, publicity: Publicity, row: PublicityRow | None, text: str, named: bool, name: str = "", phone: str = "",
    files: Sequence[Evidence] = (), on: date | None = None,
) -> tuple[Objection, str]:  # fmt: skip
    """Take an objection of anybody, with or without a name: the objection and its receipt number, which nobody can read again.

    It is the system's act in the unit that published, on the day `on` (default: today). Raises `NotAllowed` once it is over, without
    words, and for a named one without a name.
    """
    on = on or today()
    if not takes_objections(publicity, on):
        raise NotAllowed(_("The time for objections is over."))
    if not text.strip() or len(text) > LONGEST:
        raise NotAllowed(_("Say what you object to, in at most %(most)s characters.") % {"most": LONGEST}, field="text")
    if named and not (name.strip() and phone.strip()):
        raise NotAllowed(_("A named objection needs your name and how to reach you."), field="name")
    rules = at(Publishing, on, unit=publicity.unit)
    if len(files) > rules.files:
        raise NotAllowed(_("Add fewer files."))
    code, who = new_code(), replace(system_actor(on), unit=publicity.unit)
    with change("publicity.object", actor=who, reason=_("An objection came in without a login"), source="page"):
        # Who ends a publicity waits for this, and the other way round.
        Publicity._base_manager.select_for_update().filter(pk=publicity.pk).values_list("pk").get()
        case = open_case(kind=KIND, actor=who, unit=publicity.unit, days=rules.decide)
        made = Objection(
            case=case,
            publicity=publicity,
            row=row,
            key=create_key(),
            named=named,
            receipt=digest_of(code),
            received_on=on,
        )
        made.text = text.strip()
        if named:
            made.name, made.phone = name.strip(), phone.strip()
        made.save(force_insert=True)
        for one in files:
            stored = store(one.name, one.content, content_type=one.content_type, key=made.key)
            ObjectionFile.objects.create(objection=made, file=stored)
    return made, written_code(code)


def uphold(act: Act) -> None:
    """The objector is right: the answer goes to them; the line is struck or the whole publicity stopped, where that was chosen."""
    objection = act.case.objection
    _answer(objection, Objection.State.UPHELD, act)
    then, publicity = act.data.get("then", ""), objection.publicity
    if publicity.state != Publicity.State.OPEN:
        return
    if then == "strike" and objection.row is not None:
        strike(actor=act.actor, row=objection.row, why=act.data["answer"])
    elif then == "stop":
        stop(actor=act.actor, publicity=publicity, reason=act.data["answer"])


def reject(act: Act) -> None:
    """The objector is not right: the answer says why."""
    _answer(act.case.objection, Objection.State.REJECTED, act)


def _answer(objection: Objection, state: str, act: Act) -> None:
    objection.state, objection.answer, objection.answered_on = state, act.data["answer"].strip(), act.actor.on
    objection.save(update_fields={"state", "answer", "answered_on"})


def strike(*, actor: Any, row: PublicityRow, why: str) -> None:
    """A line counts no more; the module that published it follows in the same change."""
    if row.struck:
        return
    with change("publicity.strike", actor=actor, reason=why):
        row.struck, row.struck_why = True, why
        row.save(update_fields={"struck", "struck_why"})
        kind = all_kinds().get(row.publicity.kind)
        if kind is not None and kind.struck is not None:
            kind.struck(row, actor, why)


def stop(*, actor: Any, publicity: Publicity, reason: str) -> None:
    """End a publicity before its time: nothing follows from it. Raises `NotAllowed` once it is over, and for whom it is about."""
    if not actor.may(VIEW):
        raise NotAllowed(_("Your role does not end publicities."))
    with change("publicity.stop", actor=actor, reason=reason):
        found = _locked(publicity)
        if found.state != Publicity.State.OPEN:
            raise NotAllowed(_("This publicity is over already."))
        if found.rows.filter(user=actor.user).exists():
            raise NotAllowed(_("One of its lines is about you: somebody else ends it."))
        found.state, found.closed_on, found.closed_why = Publicity.State.STOPPED, actor.on, reason
        found.save(update_fields={"state", "closed_on", "closed_why"})
        kind = all_kinds().get(found.kind)
        if kind is not None and kind.stopped is not None:
            kind.stopped(found, actor, reason)


def conclude(*, actor: Any, publicity: Publicity) -> Publicity:
    """Go on from a publicity whose clock has run out and of which every objection is answered; done before, nothing happens.

    Raises `NotAllowed` with what stands in the way. The database refuses it as well.
    """
    with transaction.atomic():
        found = _locked(publicity)
        if found.state == Publicity.State.PASSED:
            return found
        if why := why_not_passed(found, actor.on):
            raise NotAllowed(why)
        with change("publicity.conclude", actor=actor, reason=_("published to the end, no objection waits")):
            found.state, found.closed_on = Publicity.State.PASSED, actor.on
            found.save(update_fields={"state", "closed_on"})
    return found


def _locked(publicity: Publicity) -> Publicity:
    rows = Publicity._base_manager.select_for_update(of=("self",)).select_related("unit")
    found: Publicity = rows.get(pk=publicity.pk)
    return found


def forget_objectors(on: date) -> int:
    """Erase who objected, what they said and sent, some time after the publicity ended. Returns how many objections."""
    known = at(Publishing, on)
    over = Objection._base_manager.exclude(state=Objection.State.OPEN).filter(
        publicity__closed_on__lt=on - timedelta(days=known.kept), key__wrapped__isnull=False
    )
    gone = list(over.select_related("key").order_by("pk")[:AT_ONCE])
    if not gone:
        return 0
    reason = _("%(days)s days after the publicity ended") % {"days": known.kept}
    files = list(StoredFile.objects.filter(key__in=[one.key_id for one in gone]))
    with change(
        "records.erase", actor=system_actor(on), reason=reason, document=known.reference[:120], source="command"
    ):
        for one in gone:
            destroy_key(one.key, actor=system_actor(on), reason=reason, document=known.reference[:120])
        transaction.on_commit(lambda: _off_the_disk(files))
    return len(gone)


def _off_the_disk(files: Sequence[StoredFile]) -> None:
    for one in files:
        path_of(one).unlink(missing_ok=True)
