"""The file that an export made, for who asked for it, in the role in which they did."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from core.exchange.storage import content_of
from core.jobs.models import Job
from core.records.models import StoredFile
from core.records.vault import ErasedValue
from core.web.downloads import attachment
from core.web.pages import DetailPage

EXPORTS = ("exchange.export_list", "exchange.fill_template")


class ExportFile(DetailPage):
    """Download an export."""

    name = "job_file"
    route = "jobs/<uuid:public_id>/file/"
    permission = "exchange.export"

    def rows(self) -> Any:
        actor = self.actor
        done = Job.objects.filter(user=actor.user, assignment=actor.assignment, kind__in=EXPORTS, state=Job.State.DONE)
        return done.exclude(assignment__isnull=True)

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        stored = StoredFile.objects.filter(public_id=self.object.result.get("file")).select_related("key").first()
        if stored is None:
            raise Http404
        try:
            content = content_of(stored)
        except (ErasedValue, FileNotFoundError) as error:
            raise Http404 from error
        return attachment(content, stored.name, stored.content_type)
