"""Verbs on papers: issue, withdraw, replace; set a template, set how numbers begin."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from io import BytesIO
from typing import Any, Final

import segno
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from psycopg.types.range import Range

from core.documents.kinds import PAPER_LANGUAGE, Asked, DocumentKind, Picture, all_kinds
from core.documents.models import IssuedDocument, NumberPrefix, PaperTemplate
from core.documents.numbering import Number, allocate
from core.documents.rules import new_code, written_code
from core.documents.selectors import ISSUE, TEMPLATES, label_of, template_of
from core.documents.templating import CannotFill, Fault, faults_of, render
from core.org.errors import NotAllowed
from core.org.models import UnitProfile
from core.records.changes import change
from core.records.settling import position_at, settle
from core.records.storage import content_of, store
from core.records.vault import plain_key, seal_bytes
from core.registry import registry

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
QR_MILLIMETRES: Final = 22


class BadTemplate(NotAllowed):
    """A template cannot be used; `.faults` are its faults with their places."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.place}: {fault.message}" for fault in faults))
        self.faults = faults


def issue(
    kind: DocumentKind, subject: Any, *, actor: Any, reason: str, details: Mapping[str, Any] | None = None, clear: bool = False,
    source: str = "page", job: Any = None, replaces: IssuedDocument | None = None,
) -> IssuedDocument:  # fmt: skip
    """A new paper of a kind about a subject, numbered and stored, in one change with the reason.

    With `clear`, protected values that the kind prints are printed in clear. Refused by `NotAllowed`: without the right, about what the
    actor does not see, and where the template cannot be filled in.
    """
    _must_be_allowed(kind, subject, actor, clear)
    settle()
    position = position_at(timezone.now())
    asked = Asked(subject, actor, details or {}, clear)
    with transaction.atomic():
        number = allocate(actor.unit, kind.name, actor.on)
        with change("documents.issue", actor=actor, reason=reason, document=number.text, source=source):
            document = IssuedDocument(
                kind=kind.name, unit=actor.unit, prefix=number.prefix, year=number.year, serial=number.serial, number=number.text,
                issued_on=actor.on, subject=subject._meta.label, subject_id=subject.pk, holder=kind.holder(subject), code=new_code(),
                clear=clear, position=position, replaces=replaces, job=job,
            )  # fmt: skip
            _fill(document, kind, asked, number)
            document.save()
            for follower in registry.each("paper_followers"):
                follower.issued(document, kind, subject, actor)
            kind.noted(actor, subject.pk, f"{kind.label} {number.text}", clear)
    return document


def _must_be_allowed(kind: DocumentKind, subject: Any, actor: Any, clear: bool) -> None:
    if not actor.may(kind.permission) or actor.unit is None:
        raise NotAllowed(_("Your role does not issue this paper."))
    if not kind.subjects(actor).filter(pk=subject.pk).exists():
        raise NotAllowed(_("You may not issue papers about this person."))
    if clear and not (kind.clear and actor.may(kind.clear)):
        raise NotAllowed(_("Your role does not show protected values in clear."))


def _fill(document: IssuedDocument, kind: DocumentKind, asked: Asked, number: Number) -> None:
    """Make the paper, store it under the key of its subject, and keep beside it what was printed."""
    values = values_for(kind, asked, number=number.text, code=document.code)
    try:
        content = render(template_of(asked.actor.unit, kind), values)
    except CannotFill as error:
        raise NotAllowed(str(error)) from error
    key = getattr(asked.subject, "key", None)
    with translation.override(PAPER_LANGUAGE):
        name = f"{kind.label} {number.text}.docx"
    document.file = store(name, content, content_type=DOCX, key=key)
    document.digest = hashlib.sha256(content).hexdigest()
    kept = json.dumps(values, default=_kept, ensure_ascii=False).encode()
    document.content = seal_bytes(plain_key(document.file.key), kept, label_of(document))


def values_for(kind: DocumentKind, asked: Asked, *, number: str, code: str) -> dict[str, Any]:
    """All that a template may print: what the kind gives, and what every paper has."""
    with translation.override(PAPER_LANGUAGE):
        return {**kind.context(asked), **common(kind, asked.actor, number=number, code=code)}


NOT_YET: Final = "（尚未编号）"


def previewed(kind: DocumentKind, subject: Any, *, actor: Any, details: Mapping[str, Any]) -> bytes:
    """The paper as it would be, masked and without a number; nothing is kept of it. Raises `NotAllowed` and `CannotFill` as `issue`."""
    values = values_for(kind, Asked(subject, actor, details), number=NOT_YET, code="0" * 16)
    return render(template_of(actor.unit, kind), values)


def common(kind: DocumentKind, actor: Any, *, number: str, code: str) -> dict[str, Any]:
    """What every paper has: title, number, day, issuing unit; the code, the address and the picture by which it is verified."""
    address = f"{settings.PUBLIC_URL}{reverse('verify')}"
    profile = UnitProfile.objects.filter(unit=actor.unit, valid__contains=actor.on).first()
    return {
        "paper": {
            "title": str(kind.label), "number": number, "date": f"{actor.on:%Y}年{actor.on.month}月{actor.on.day}日",
            "unit": profile.name if profile is not None else "",
        },
        "verify": {
            "code": written_code(code), "address": address,
            "qr": Picture(qr_picture(f"{address}?code={code}"), QR_MILLIMETRES, QR_MILLIMETRES),
        },
    }  # fmt: skip


def qr_picture(text: str) -> bytes:
    """A QR code as PNG, readable with a seventh of it damaged."""
    made = BytesIO()
    segno.make(text, error="m", micro=False).save(made, kind="png", scale=6, border=2)
    return made.getvalue()


def qr_data(text: str) -> str:
    """A QR code as the address of a picture that stands in the page itself."""
    return str(segno.make(text, error="m", micro=False).svg_data_uri(scale=4, border=2))


def _kept(value: Any) -> Any:
    """What is remembered of a value that JSON does not know: of a picture its fingerprint."""
    if isinstance(value, Picture):
        return {"picture": hashlib.sha256(value.content).hexdigest() if value.content else None}
    return str(value)


def opened(document: IssuedDocument, *, actor: Any) -> bytes:
    """The .docx as it was issued, for somebody who reads it, which is written down.

    Refused by `NotAllowed` where protected values stand in it in clear and the actor may not see such. Raises `ErasedValue`, and
    FileNotFoundError when the disk lost it.
    """
    kind = all_kinds().get(document.kind)
    if not may_read(document, actor):
        raise NotAllowed(_("Your role does not read papers of this kind."))
    if not may_open(document, actor):
        raise NotAllowed(_("Protected values stand in this paper in clear, which your role does not see."))
    if kind is not None:
        kind.noted(actor, document.subject_id, f"{kind.label} {document.number}", document.clear)
    return content_of(document.file)


def may_open(document: IssuedDocument, actor: Any) -> bool:
    """Whether the actor may read all that stands in a paper."""
    kind = all_kinds().get(document.kind)
    if not may_read(document, actor):
        return False
    return not document.clear or (kind is not None and bool(kind.clear) and actor.may(kind.clear)) or actor.own_only


def may_read(document: IssuedDocument, actor: Any) -> bool:
    """Whether the actor may read papers of this kind, and this one of them."""
    kind = all_kinds().get(document.kind)
    if kind is None or (kind.reading and not actor.may(kind.reading)):
        return kind is None
    return kind.withheld is None or not kind.withheld(actor, document.subject_id)


def withdraw(document: IssuedDocument, *, actor: Any, reason: str, source: str = "page") -> IssuedDocument:
    """Say of a paper that it no longer counts. Raises `NotAllowed` where it does not count any more already, `StaleRecord`."""
    with change("documents.withdraw", actor=actor, reason=reason, document=document.number, source=source):
        return _end(document, IssuedDocument.State.WITHDRAWN, actor)


def replace(
    document: IssuedDocument, *, actor: Any, reason: str, details: Mapping[str, Any] | None = None, clear: bool = False,
    source: str = "page",
) -> IssuedDocument:  # fmt: skip
    """Issue the paper anew, by what is on file now and under a new number; the old one says that it was replaced.

    Raises `NotAllowed` as `issue` and `withdraw` do, and where the subject is no longer the actor's to see.
    """
    kind = all_kinds().get(document.kind)
    subject = kind.subjects(actor).filter(pk=document.subject_id).first() if kind is not None else None
    if kind is None or subject is None:
        raise NotAllowed(
            _(
                "The person is no longer in your units. Withdraw the paper; the unit where they are now issues a new one."
            )
        )
    settle()
    with change("documents.replace", actor=actor, reason=reason, document=document.number, source=source):
        _end(document, IssuedDocument.State.REPLACED, actor)
        return issue(
            kind, subject, actor=actor, reason=reason, details=details, clear=clear, source=source, replaces=document
        )


def _end(document: IssuedDocument, state: str, actor: Any) -> IssuedDocument:
    if not actor.may(ISSUE):
        raise NotAllowed(_("Your role does not issue papers, so it withdraws none."))
    found = IssuedDocument.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=document.pk).first()
    if found is None:
        raise NotAllowed(_("You may not decide on this paper."))
    if found.state != IssuedDocument.State.VALID:
        raise NotAllowed(
            _("This paper no longer counts already: it is %(state)s.") % {"state": found.get_state_display()}
        )
    found.state, found.state_on = state, actor.on
    found.save(update_fields={"state", "state_on"})
    for follower in registry.each("paper_followers"):
        follower.ended(found, actor)
    return found


def set_template(kind: DocumentKind, content: bytes, *, name: str, actor: Any, reason: str) -> PaperTemplate:
    """Let the papers of the actor's unit, and of those below that have none of their own, look as a .docx says.

    Raises `BadTemplate` with the faults and their places, and `NotAllowed` without the right.
    """
    _must_keep_templates(actor)
    if faults := faults_of(content, sample_of(kind, actor)):
        raise BadTemplate(faults)
    with change("documents.set_template", actor=actor, reason=reason, source="page"):
        own = PaperTemplate.objects.filter(unit=actor.unit, kind=kind.name).select_for_update().first()
        own = own or PaperTemplate(unit=actor.unit, kind=kind.name)
        own.file = store(name, content, content_type=DOCX)
        own.save()
    return own


def reset_template(kind: DocumentKind, *, actor: Any, reason: str) -> None:
    """Give the unit's own template up. Raises `NotAllowed` where there is none."""
    _must_keep_templates(actor)
    with change("documents.reset_template", actor=actor, reason=reason, source="page"):
        own = PaperTemplate.objects.filter(unit=actor.unit, kind=kind.name).first()
        if own is None:
            raise NotAllowed(_("Your unit has no template of its own for this paper."))
        own.delete()


def sample_of(kind: DocumentKind, actor: Any) -> dict[str, Any]:
    """The values of an invented subject, for a template to be tried with."""
    with translation.override(PAPER_LANGUAGE):
        number = _("Sample") + f"〔{actor.on.year}〕1号"
        return {**kind.sample(), **common(kind, actor, number=number, code="0" * 16)}


def set_prefix(
    kind: DocumentKind, prefix: str, *, actor: Any, on: date, reason: str, document: str = ""
) -> NumberPrefix:
    """Let the numbers of the unit's papers of a kind begin so from a day on; what held before ends there.

    Refused by `NotAllowed`: without the right, where another unit begins so, and before a later beginning.
    """
    _must_keep_templates(actor)
    prefix = prefix.strip()
    others = NumberPrefix._base_manager.filter(prefix=prefix, valid__overlap=Range(on, None)).exclude(unit=actor.unit)
    if others.exists():
        raise NotAllowed(_("Another unit's numbers begin so. Papers of two units could not be told apart."))
    own = NumberPrefix.objects.filter(unit=actor.unit, kind=kind.name)
    if own.filter(valid__startswith__gte=on).exists():
        raise NotAllowed(_("A prefix that begins on that day or later is already recorded."))
    with change("documents.set_prefix", actor=actor, reason=reason, document=document, source="page"):
        held = own.filter(valid__contains=on).first()
        if held is not None:
            following: NumberPrefix = held.supersede(on=on, until=None, prefix=prefix)
            return following
        return NumberPrefix.objects.create(unit=actor.unit, kind=kind.name, prefix=prefix, valid=Range(on, None))


def _must_keep_templates(actor: Any) -> None:
    if not actor.may(TEMPLATES) or actor.unit is None:
        raise NotAllowed(_("Your role does not decide how papers look."))


def hand_over(subject: str, former: int, now: int) -> int:
    """Inside an open change: the papers about one subject are about another from now on. Returns how many.

    What they say stays as it was printed.
    """
    return IssuedDocument._base_manager.filter(subject=subject, subject_id=former).update(subject_id=now)
