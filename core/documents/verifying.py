"""What anybody may be told of a paper, who has its code or its file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.documents.kinds import PAPER_LANGUAGE, PUBLIC, all_kinds, kind_label
from core.documents.models import IssuedDocument
from core.documents.rules import read_code
from core.org.models import UnitProfile, User
from core.records.models import AccessLog
from core.text import masked_name
from core.web.looks import VERIFIED

MINUTE: Final = timedelta(minutes=1)
DIGEST: Final = re.compile(r"[0-9a-f]{64}\Z")
LABELS: Final = {
    "kind": gettext_lazy("Kind of paper"),
    "number": gettext_lazy("Number of the paper"),
    "unit": gettext_lazy("Issued by"),
    "date": gettext_lazy("Issued"),
    "status": gettext_lazy("Status"),
    "name": gettext_lazy("Holder of the paper"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a stranger is told: whether there is such a paper, what it says, whether their file is it (None: they sent none)."""

    found: bool
    state: str = ""
    said: tuple[tuple[str, Any, str], ...] = ()
    same_file: bool | None = None


def verify(code: str, digest: str = "") -> Answer:
    """The answer to a code and the SHA-256 of a file; either may be missing. One query more or less tells nothing of unknown codes."""
    known = read_code(code)
    digest = digest if DIGEST.match(digest) else ""
    rows = IssuedDocument._base_manager.all()
    wanted = {"code": known} if code.strip() else {"digest": digest}
    found = rows.filter(**wanted).first() if any(wanted.values()) else None
    if found is None:
        return Answer(found=False)
    _note(found)
    return Answer(True, found.state, tuple(_said(found)), found.digest == digest if digest else None)


def _note(document: IssuedDocument) -> None:
    """Write down, for the person of the paper, that somebody verified it and when; nothing of who it was. At most once a minute."""
    about = {"subject": document.subject, "subject_id": document.subject_id, "what": VERIFIED}
    with translation.override(PAPER_LANGUAGE):
        said = f"{kind_label(document.kind)} {document.number}"
    lately = timezone.now() - MINUTE
    if not AccessLog.objects.filter(**about, reason=said, at__gte=lately).exists():
        AccessLog.objects.create(actor=User.objects.system(), unit_id=document.unit_id, reason=said, **about)


def _said(document: IssuedDocument) -> list[tuple[str, Any, str]]:
    kind = all_kinds().get(document.kind)
    fields = kind.public_fields if kind is not None else PUBLIC
    values = {
        "kind": kind_label(document.kind),
        "number": document.number,
        "unit": _unit_name(document),
        "date": document.issued_on.isoformat(),
        "status": _status(document),
        "name": masked_name(document.holder),
    }
    return [(name, LABELS[name], values[name]) for name in fields]


def _status(document: IssuedDocument) -> str:
    if document.state == IssuedDocument.State.WITHDRAWN:
        return _("withdrawn on %(day)s: it no longer counts") % {"day": document.state_on}
    if document.state == IssuedDocument.State.REPLACED:
        return _("replaced on %(day)s by a newer paper: it no longer counts") % {"day": document.state_on}
    return _("valid")


def _unit_name(document: IssuedDocument) -> str:
    """What the unit was called when it issued the paper."""
    held = UnitProfile._base_manager.filter(unit=document.unit_id, valid__contains=document.issued_on)
    return held.values_list("name", flat=True).first() or ""
