"""Reading papers, templates and prefixes."""

from __future__ import annotations

import json
from typing import Any, Final

from django.db.models import QuerySet

from core.documents.kinds import DocumentKind, all_kinds
from core.documents.models import IssuedDocument, NumberPrefix, PaperTemplate
from core.org.models import Unit
from core.records.storage import content_of
from core.records.vault import open_bytes, plain_key

VIEW: Final = "documents.view"
ISSUE: Final = "documents.issue"
TEMPLATES: Final = "documents.set_templates"


def papers(actor: Any) -> QuerySet[IssuedDocument]:
    """The papers that the actor may see: those of their unit and of all below it."""
    return IssuedDocument.objects.visible_to(actor).select_related("file__key")


def papers_about(subject: Any, actor: Any) -> QuerySet[IssuedDocument]:
    """The papers about a subject that the reader may see, whichever unit issued them: they are the subject's own."""
    closed = [kind.name for kind in all_kinds().values() if kind.reading and not actor.may(kind.reading)]
    rows = IssuedDocument._base_manager.filter(subject=subject._meta.label, subject_id=subject.pk).exclude(
        kind__in=closed
    )
    return rows.select_related("file__key").order_by("-pk")


def kinds_for(actor: Any, *, many: bool = False) -> list[DocumentKind]:
    """The kinds that the actor may issue by hand (for many subjects at once)."""
    found = (kind for kind in all_kinds().values() if kind.offered and actor.may(kind.permission))
    return [kind for kind in found if kind.many or not many]


def own_template(unit: Unit, kind: str) -> PaperTemplate | None:
    """The template that a bureau set for a unit: the unit's own, else that of the nearest above it."""
    above = PaperTemplate._base_manager.filter(kind=kind, unit__path__ancestors=unit.path)
    return max(above.select_related("unit", "file__key"), key=lambda one: one.unit.path.count("."), default=None)


def template_of(unit: Unit, kind: DocumentKind) -> bytes:
    """The template that a unit's papers of a kind are made of."""
    own = own_template(unit, kind.name)
    return content_of(own.file) if own is not None else kind.template.read_bytes()


def prefixes(actor: Any) -> QuerySet[NumberPrefix]:
    """The prefixes of the actor's units."""
    return NumberPrefix.objects.visible_to(actor)


def values_in(document: IssuedDocument) -> dict[str, Any]:
    """The values that were printed. Raises `ErasedValue` when the key of their person was destroyed."""
    opened = open_bytes(plain_key(document.file.key), bytes(document.content), label_of(document))
    values: dict[str, Any] = json.loads(opened)
    return values


def label_of(document: IssuedDocument) -> bytes:
    """What binds the sealed values to their paper."""
    return b"paper:" + document.public_id.bytes


def file_of(document: IssuedDocument) -> bytes:
    """The .docx as it was issued. Raises `ErasedValue`, and FileNotFoundError when the disk lost it."""
    return content_of(document.file)
