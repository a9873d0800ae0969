"""The whole file to take along: one's own in clear, another's as the reader sees it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.web.downloads import attachment
from core.web.pages import FormPage
from core.web.parts import Link
from personnel.documents.whole import as_file, whole_file
from personnel.forms.download import DownloadForm, OwnDownloadForm
from personnel.services.access import note_download
from personnel.views.person import EXPORT, FilePage


class TeacherDownload(FilePage, FormPage):
    """Asks for the form and hands the file out; each download is a look that the person reads."""

    name = "teacher_download"
    route = "teachers/<uuid:public_id>/download/"
    permission: ClassVar[tuple[str, ...]] = (EXPORT, "personnel.view_own")
    title = gettext_lazy("Download the whole file")
    template = "core/pages/form.html"
    submit_label = gettext_lazy("Download")
    help = gettext_lazy(
        "All sections as they stand today, with the photo: as a Word file to read, or as JSON with the names of the API. It is no issued "
        "paper. Your own file has protected values in clear; whoever keeps your file gets masks. Each download stands under “Who looked”."
    )
    references = (Link(gettext_lazy("Personal Information Protection Law, article 45")),)

    def wants_proof(self) -> bool:
        """Protected values of one's own are handed out in clear to whoever just showed who they are."""
        return self.is_own

    @property
    def record(self) -> Any:
        """A download changes nothing."""
        return None

    @property
    def cancel_url(self) -> str:
        """Back to the file."""
        return self.file_url()

    def heading(self) -> Any:
        return self.title

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(self.object.name, self.file_url())]}

    def form(self, **given: Any) -> Any:
        data = given.get("data")
        return OwnDownloadForm(data) if self.is_own else DownloadForm(data)

    def save(self, form: Any) -> HttpResponse:
        asked = form.cleaned_data
        content, name, kind = as_file(whole_file(self.object, self.actor, clear=self.is_own), asked["form"])
        reason = asked.get("reason") or _("own copy")
        note_download(actor=self.actor, teacher=self.object, reason=reason, clear=self.is_own)
        response = attachment(content, name, kind)
        response.headers["Cache-Control"] = "no-store, private, max-age=0"
        return response
