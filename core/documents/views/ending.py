"""A paper no longer counts: withdrawn, or replaced by a newer one."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.documents import services
from core.documents.forms import issue_form
from core.documents.kinds import all_kinds
from core.documents.models import IssuedDocument
from core.documents.selectors import ISSUE, papers, values_in
from core.web.forms import ReasonForm
from core.web.pages import FormPage
from core.web.parts import Link


class EndingPage(FormPage):
    """What withdrawing and replacing share."""

    permission = ISSUE

    def rows(self) -> Any:
        return papers(self.actor).filter(state=IssuedDocument.State.VALID)

    @property
    def record(self) -> Any:
        """The form says nothing of the paper but why."""
        return None

    @property
    def cancel_url(self) -> str:
        """Back to the paper."""
        return reverse("paper", args=[self.object.public_id])

    def heading(self) -> Any:
        return pgettext("after a label", ": ").join([str(self.title), str(self.object.number)])

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(_("Issued papers"), reverse("papers")), Link(self.object.number, self.cancel_url)]}


class WithdrawPaper(EndingPage):
    """Say of a paper that it no longer counts."""

    name = "paper_withdraw"
    route = "papers/<uuid:public_id>/withdraw/"
    title = gettext_lazy("Withdraw")
    form_class = ReasonForm
    submit_label = gettext_lazy("Withdraw the paper")
    done_message = gettext_lazy("The paper is withdrawn: whoever verifies it is told so from now on.")
    help = gettext_lazy(
        "The paper stays in the list with its file. It cannot be made valid again; issue a new one instead."
    )

    def save(self, form: Any) -> str:
        services.withdraw(self.object, actor=self.actor, reason=form.cleaned_data["reason"])
        return self.cancel_url


class ReplacePaper(EndingPage):
    """Issue a paper anew by what is on file now."""

    name = "paper_replace"
    route = "papers/<uuid:public_id>/replace/"
    title = gettext_lazy("Replace")
    submit_label = gettext_lazy("Issue the new paper")
    done_message = gettext_lazy("The new paper is issued; whoever verifies the old one is told that it was replaced.")
    help = gettext_lazy(
        "The new paper says what is on file now and has a number of its own. The old one no longer counts."
    )

    @property
    def kind(self) -> Any:
        """The kind of the paper; 404 where no module knows it any more."""
        found = all_kinds().get(self.object.kind)
        if found is None:
            raise Http404
        return found

    def form(self, **given: Any) -> Any:
        subject = self.kind.subjects(self.actor).filter(pk=self.object.subject_id).first()
        if subject is None:
            raise Http404
        initial = {"purpose": values_in(self.object).get("purpose", "")} if not given else {}
        return issue_form(self.kind, subject, self.actor)(**{"initial": initial, **given})

    def save(self, form: Any) -> str:
        made = services.replace(
            self.object,
            actor=self.actor,
            reason=form.cleaned_data["reason"],
            details=form.details,
            clear=form.clear_values,
        )
        return reverse("paper", args=[made.public_id])
