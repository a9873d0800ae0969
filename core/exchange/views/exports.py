"""The file that an export or a returned workbook made, for who asked for it, in the role in which they did."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from core.exchange.returning.services import RETURN
from core.jobs.models import Job
from core.records.models import StoredFile
from core.records.storage import content_of
from core.records.vault import ErasedValue
from core.web.downloads import attachment
from core.web.pages import DetailPage

# What may be taken by whom: kind of job → permission.
KINDS = {
    "exchange.export_list": "exchange.export",
    "exchange.fill_template": "exchange.export",
    RETURN: "exchange.import",
}


class ExportFile(DetailPage):
    """Download what a job has made."""

    name = "job_file"
    route = "jobs/<uuid:public_id>/file/"
    permission = tuple(KINDS.values())

    def rows(self) -> Any:
        actor = self.actor
        kinds = [kind for kind, permission in KINDS.items() if actor.may(permission)]
        done = Job.objects.filter(user=actor.user, assignment=actor.assignment, kind__in=kinds, state=Job.State.DONE)
        return done.exclude(assignment__isnull=True)

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        stored, content = content_of_job(self.object)
        return attachment(content, stored.name, stored.content_type)


def content_of_job(job: Job) -> tuple[StoredFile, bytes]:
    """The file that a job has made and its bytes; 404 where there is none (any more)."""
    made = job.result.get("file") if job.state == Job.State.DONE else None
    stored = StoredFile.objects.filter(public_id=made).select_related("key").first() if made else None
    if stored is None:
        raise Http404
    try:
        return stored, content_of(stored)
    except (ErasedValue, FileNotFoundError) as error:
        raise Http404 from error
