"""One paper for each of many people, in one file."""

from __future__ import annotations

import zipfile
from typing import IO, Any, Final, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.documents import services
from core.documents.kinds import DocumentKind, all_kinds
from core.documents.models import IssuedDocument
from core.documents.selectors import file_of
from core.jobs.context import JobContext
from core.jobs.registered import job
from core.jobs.services import JobError
from core.org.errors import NotAllowed
from core.records.storage import storing

ISSUE_MANY: Final = "documents.issue_many"
MOST_AT_ONCE: Final = 1000
ZIP: Final = "application/zip"
LEFT_OUT: Final = "not-issued.txt"
NAME_LENGTH: Final = 100


@job(ISSUE_MANY, label=gettext_lazy("Issue papers"))
def issue_many(
    context: JobContext, *, kind: str, subjects: list[str], reason: str, details: dict[str, Any], clear: bool = False
) -> dict[str, Any]:
    """Issue a paper for each subject (their public ids) and keep them in a zip.

    Each is issued by itself; started again after a kill, those that this job issued already are taken as they are. Cancelled, the issued
    ones stay issued and stand in the list of papers.
    """
    known = all_kinds().get(kind)
    if known is None or not context.actor.may(known.permission):
        raise JobError(_("Your role does not issue this paper."))
    found = known.subjects(context.actor).filter(public_id__in=subjects[:MOST_AT_ONCE]).order_by("pk")
    total, refused, written = len(found), [], 0
    with (
        storing(f"{known.label}.zip", content_type=ZIP) as kept,
        zipfile.ZipFile(cast("IO[bytes]", kept), "w") as package,
    ):
        for number, subject in enumerate(found, start=1):
            try:
                document = _one(context, known, subject, reason=reason, details=details, clear=clear)
            except NotAllowed as error:
                refused.append(f"{known.holder(subject)}: {error}")
            else:
                package.writestr(_name(document), file_of(document))
                written += 1
            context.progress(number, total)
        if not written:
            why = refused[0] if refused else _("nobody is left to issue one for")
            raise JobError(_("No paper was issued: %(why)s") % {"why": why})
        if refused:
            package.writestr(LEFT_OUT, "\n".join(refused))
    return {"file": str(kept.stored.public_id), "name": kept.stored.name, "papers": written, "refused": len(refused)}


def _one(context: JobContext, kind: DocumentKind, subject: Any, **given: Any) -> IssuedDocument:
    issued = IssuedDocument._base_manager.filter(job=context.job, subject_id=subject.pk).select_related("file__key")
    return issued.first() or services.issue(
        kind, subject, actor=context.actor, source=f"job:{context.job.pk}", job=context.job, **given
    )


def _name(document: IssuedDocument) -> str:
    """A name in the zip that tells the papers apart."""
    said = f"{document.holder} {document.number}"
    return "".join(sign if sign.isalnum() or sign in " -_〔〕()（）" else "_" for sign in said)[:NAME_LENGTH] + ".docx"
