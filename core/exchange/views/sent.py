"""The workbook as it was sent: identity numbers, phones and addresses in clear, so it is handed out like a revealed value."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.exchange.models import Batch
from core.exchange.selectors import batches
from core.records.models import AccessLog
from core.records.storage import content_of
from core.records.vault import ErasedValue
from core.web.downloads import attachment
from core.web.forms import ReasonForm
from core.web.pages import FormPage
from core.web.parts import Link

FILE = f"{Batch._meta.label}.file"


class BatchForm(FormPage):
    """Asks why something of a batch is taken out; the batch itself is not changed."""

    form_class = ReasonForm
    record = None

    def rows(self) -> Any:
        return batches(self.actor)

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(self.object.file.name, self.cancel_url)]}

    @property
    def cancel_url(self) -> str:
        """Back to the batch."""
        return reverse("batch", args=[self.object.public_id])


class BatchFile(BatchForm):
    """Asks why, writes it down, and hands out the file in this one answer."""

    name = "batch_file"
    route = "imports/<uuid:public_id>/file/"
    permission = "exchange.import"
    title = _("The workbook as sent")
    submit_label = _("Download")
    help = _(
        "The workbook holds identity numbers, phones and addresses in clear. Who downloads it, when and why goes into the access log."
    )

    def save(self, form: Any) -> HttpResponse:
        stored = self.object.file
        try:
            content = content_of(stored)
        except (ErasedValue, FileNotFoundError) as error:
            raise Http404 from error
        AccessLog.note(actor=self.actor, of=self.object, what=FILE, reason=form.cleaned_data["reason"])
        return attachment(content, stored.name)
