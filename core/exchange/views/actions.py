"""What may be done with a batch."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from core.exchange.selectors import batches, is_dated
from core.exchange.services import NotNow, abandon_batch, accept_batch, check_again, set_day
from core.exchange.views.undo import undo_at_work
from core.jobs.services import AlreadyRunning, cancel
from core.org.errors import NotAllowed
from core.web.forms import DayField
from core.web.pages import ActionPage


class BatchAction(ActionPage):
    """An act on one batch; it leads back to the batch."""

    refusals = (NotNow, AlreadyRunning, NotAllowed)

    def rows(self) -> Any:
        return batches(self.actor)

    def back(self) -> str:
        return reverse("batch", args=[self.object.public_id])


class AcceptBatch(BatchAction):
    """Accept the good rows."""

    name = "batch_accept"
    route = "imports/<uuid:public_id>/accept/"
    permission = "exchange.approve"

    def act(self) -> str:
        accept_batch(actor=self.actor, batch=self.object)
        return self.back()


class AbandonBatch(BatchAction):
    """Give the batch up."""

    name = "batch_abandon"
    route = "imports/<uuid:public_id>/abandon/"
    permission = "exchange.import"
    done_message = gettext_lazy("The batch was given up. Nothing was written.")

    def act(self) -> str:
        abandon_batch(actor=self.actor, batch=self.object)
        return reverse("imports")


class CheckBatchAgain(BatchAction):
    """Start a check again that failed."""

    name = "batch_check"
    route = "imports/<uuid:public_id>/check/"
    permission = "exchange.import"

    def act(self) -> str:
        check_again(actor=self.actor, batch=self.object)
        return self.back()


class CancelBatch(BatchAction):
    """Stop the job at work on the batch: a check is given up, an acceptance or an undo writes nothing."""

    name = "batch_cancel"
    route = "imports/<uuid:public_id>/cancel/"
    permission = ("exchange.import", "exchange.approve")

    def act(self) -> str:
        job = undo_at_work(self.object) or self.object.job
        if job is not None:
            cancel(actor=self.actor, job=job)
        return self.back()


class DayForm(forms.Form):
    """The day from which moves without a day hold."""

    day = DayField(label=gettext_lazy("Changes hold from"))


class SetBatchDay(BatchAction):
    """Take another day and check again."""

    name = "batch_day"
    route = "imports/<uuid:public_id>/day/"
    permission = "exchange.import"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.form = DayForm(request.POST)
        return super().post(request, *args, **kwargs)

    def act(self) -> str:
        if not self.form.is_valid():
            messages.error(self.request, gettext_lazy("This is no day. Write it as 2026-09-01."))
        elif not is_dated(self.object):
            raise Http404
        else:
            set_day(actor=self.actor, batch=self.object, day=self.form.cleaned_data["day"])
        return self.back()
