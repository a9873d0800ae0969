"""The page that asks why, and has the workbook with the reasons made."""

from __future__ import annotations

from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.exchange.models import Batch
from core.exchange.returning.services import ask_for_return, has_problems
from core.exchange.services import IMPORT, NotNow
from core.exchange.views.sent import BatchForm
from core.jobs.services import AlreadyRunning
from core.org.errors import NotAllowed
from core.web.parts import Action

TITLE: Final = gettext_lazy("Workbook with the reasons")


class ReturnedFile(BatchForm):
    """Asks why, writes it down, and lets a job make the file; its page gives it out."""

    name = "batch_returned"
    route = "imports/<uuid:public_id>/returned/"
    permission = IMPORT
    title = TITLE
    submit_label = gettext_lazy("Make the workbook")
    help = gettext_lazy(
        "You get the workbook as it was sent, with every wrong cell coloured, what is wrong and what may be meant as a comment on it, a "
        "column of reasons, and a first sheet that leads to each cell. Nothing else of it is changed. Correct it and send it again. "
        "It holds identity numbers, phones and addresses in clear: who asks for it, when and why goes into the access log."
    )
    refusals = (NotNow, NotAllowed)

    def save(self, form: Any) -> str:
        try:
            job = ask_for_return(actor=self.actor, batch=self.object, reason=form.cleaned_data["reason"])
        except AlreadyRunning as error:
            if error.job is None:
                return self.cancel_url
            job = error.job
        return reverse("job", args=[job.public_id])


def return_actions(batch: Batch, actor: Any) -> list[Action]:
    """The way to the workbook with the reasons, where there are any."""
    if not actor.may(IMPORT) or not has_problems(batch):
        return []
    return [
        Action(_("Workbook with the reasons"), url=reverse(ReturnedFile.name, args=[batch.public_id]), icon="download")
    ]
