"""What is asked of dossiers: who keeps them, reading and borrowing, transfer, review."""

from __future__ import annotations

from typing import Any

from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from core.org.errors import NotAllowed
from core.web.pages import FormPage
from core.web.parts import Link
from personnel.forms.dossier import (
    KeepingForm,
    LoanForm,
    OccasionForm,
    TransferForm,
    keeping_initial,
)
from personnel.selectors.dossier import (
    BORROW,
    KEEP,
    VIEW,
)
from personnel.selectors.teachers import teachers_on
from personnel.services import dossier as verbs
from personnel.services.dossier_loans import ask_loan
from personnel.services.dossier_reviews import open_review
from personnel.services.dossier_transfers import ask_transfer
from personnel.views.dossier import MOST_CASES, DossierForm
from personnel.views.person import FilePage
from personnel.views.teachers import CHOSEN
from personnel.workflows.dossier_loans import LENDING
from personnel.workflows.dossier_reviews import REVIEWING
from personnel.workflows.dossier_transfers import TRANSFERRING


class DossierKeeper(DossierForm):
    """Say who keeps the dossier, and on which shelf."""

    name = "dossier_keeping"
    route = "teachers/<uuid:public_id>/dossier/keeper/"
    title = gettext_lazy("Keeper of the dossier")
    form_class = KeepingForm
    done_message = gettext_lazy("Recorded.")

    def initial(self) -> dict[str, Any]:
        return keeping_initial(self.object, self.on)

    def save(self, form: Any) -> str:
        data = form.cleaned_data
        verbs.keep_dossier(
            actor=self.actor, teacher=self.object, since=data["since"], values=form.values, reason=data["reason"]
        )
        return self.dossier_url


class BorrowDossier(DossierForm):
    """Ask that a dossier is read or lent."""

    name = "dossier_borrow"
    route = "teachers/<uuid:public_id>/dossier/borrow/"
    permission = BORROW
    title = gettext_lazy("Read or borrow the dossier")
    help = LENDING.help
    references = LENDING.references
    form_class = LoanForm
    submit_label = gettext_lazy("Send the request")
    done_message = gettext_lazy("Sent. The answer will stand here and on your first page.")

    def entered(self) -> None:
        FilePage.entered(self)
        if self.actor.may(VIEW):
            verbs.note_dossier(actor=self.actor, teachers=[self.object.pk])

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor, "teacher": self.object}

    def save(self, form: Any) -> str:
        data = form.cleaned_data
        loan = ask_loan(
            actor=self.actor, teacher=self.object, way=data["way"], purpose=data["purpose"], words=data["words"], asking=data["asking"],
            readers=form.readers, lent=form.lent,
        )  # fmt: skip
        return reverse("case", args=[loan.case.public_id])


class SendDossier(DossierForm):
    """Prepare that a dossier goes to another keeper."""

    name = "dossier_send"
    route = "teachers/<uuid:public_id>/dossier/send/"
    title = gettext_lazy("Send to another keeper")
    help = TRANSFERRING.help
    references = TRANSFERRING.references
    form_class = TransferForm
    submit_label = gettext_lazy("Prepare the transfer")
    done_message = gettext_lazy("Prepared. Once it is approved, the dossier can be sent.")

    def save(self, form: Any) -> str:
        data = form.cleaned_data
        transfer = ask_transfer(actor=self.actor, teachers=[self.object], **data)
        return reverse("case", args=[transfer.case.public_id])


class BeginReview(DossierForm):
    """Begin a review of the three ages and two histories."""

    name = "dossier_review"
    route = "teachers/<uuid:public_id>/dossier/review/"
    title = gettext_lazy("Review ages and histories")
    help = REVIEWING.help
    references = REVIEWING.references
    form_class = OccasionForm
    submit_label = gettext_lazy("Begin the review")

    def form_options(self) -> dict[str, Any]:
        return {}

    def save(self, form: Any) -> str:
        review = open_review(actor=self.actor, teacher=self.object, words=form.cleaned_data["words"])
        return reverse("case", args=[review.case.public_id])


class SendDossiers(FormPage):
    """Prepare that the dossiers of those who were ticked in the list go to another keeper under one notice."""

    name = "dossiers_send"
    route = "teachers/dossiers/send/"
    permission = KEEP
    title = gettext_lazy("Send to another keeper")
    form_class = TransferForm
    submit_label = gettext_lazy("Prepare the transfer")
    done_message = gettext_lazy("Prepared. Once it is approved, the dossiers can be sent.")
    cancel_url = reverse_lazy("teachers")
    help = TRANSFERRING.help
    references = TRANSFERRING.references

    @cached_property
    def chosen(self) -> list[Any]:
        """The people who were ticked and whom the actor sees."""
        kept = self.request.session.get(CHOSEN, [])
        return list(teachers_on(self.actor, self.on).filter(public_id__in=kept).order_by("pinyin", "pk"))

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def context(self) -> dict[str, Any]:
        names = pgettext("list separator", ", ").join(str(one) for one in self.chosen[:MOST_CASES])
        said = ngettext("%(n)s dossier: %(names)s", "%(n)s dossiers: %(names)s", len(self.chosen))
        more = " …" if len(self.chosen) > MOST_CASES else ""
        return {
            "crumbs": [
                Link(_("Teachers"), reverse("teachers")),
                Link(said % {"n": len(self.chosen), "names": names + more}),
            ]
        }

    def save(self, form: Any) -> str:
        if not self.chosen:
            raise NotAllowed(_("Nobody is ticked. Tick people in the list of teachers first."))
        transfer = ask_transfer(actor=self.actor, teachers=self.chosen, **form.cleaned_data)
        self.request.session.pop(CHOSEN, None)
        return reverse("case", args=[transfer.case.public_id])
