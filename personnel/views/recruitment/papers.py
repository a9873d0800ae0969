"""The notice of a recruitment as a paper: preview, number, Word."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from core.documents import services as papers
from core.documents.forms import issue_form
from core.documents.kinds import all_kinds
from core.documents.models import IssuedDocument
from core.documents.reading import blocks_of
from core.documents.selectors import ISSUE
from core.documents.templating import CannotFill
from core.org.errors import NotAllowed
from core.web.pages import FormPage
from core.web.parts import Link
from personnel.documents.recruitment import NAME


class NewNoticePaper(FormPage):
    """Look at the notice as a paper, and issue it under a number. Of the preview nothing is kept."""

    name = "recruitment_notice_new"
    route = "recruitments/<uuid:public_id>/paper/"
    permission = ISSUE
    title = gettext_lazy("Notice as a paper")
    template = "personnel/new_paper.html"
    submit_label = gettext_lazy("Issue the paper")
    done_message = gettext_lazy("The paper is issued.")
    help = gettext_lazy(
        "The notice as it was approved, with its posts, conditions, days and weights, in Word. How it looks is decided by the template of "
        "your bureau."
    )
    record = None
    refusals = (NotAllowed,)

    def rows(self) -> Any:
        return all_kinds()[NAME].subjects(self.actor)

    def load(self) -> None:
        if NAME not in all_kinds():
            raise Http404
        super().load()

    @property
    def cancel_url(self) -> str:
        """Back to the recruitment."""
        return reverse("recruitment", args=[self.object.public_id])

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(self.object.title, self.cancel_url)]}

    def form(self, **given: Any) -> Any:
        return issue_form(all_kinds()[NAME], self.object, self.actor)(**given)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "preview" not in request.POST:
            return super().post(request, *args, **kwargs)
        form = self.form(data=request.POST)
        if not form.is_valid():
            return self.render(form=form, status=422)
        try:
            content = papers.previewed(all_kinds()[NAME], self.object, actor=self.actor, details=form.details)
            return self.render(form=form, blocks=blocks_of(content))
        except (NotAllowed, CannotFill) as error:
            form.add_error(None, str(error))
            return self.render(form=form, status=422)

    def save(self, form: Any) -> str:
        made = papers.issue(
            all_kinds()[NAME], self.object, actor=self.actor, reason=form.cleaned_data["reason"], details=form.details
        )
        return reverse("paper", args=[made.public_id])


def notice_paper(recruitment: Any, actor: Any) -> IssuedDocument | None:
    """The paper of a notice that was issued last and counts, where the actor may see it."""
    rows = IssuedDocument.objects.visible_to(actor).filter(
        kind=NAME, subject=recruitment._meta.label, subject_id=recruitment.pk, state=IssuedDocument.State.VALID
    )
    return rows.order_by("-pk").first() if actor.may("documents.view") else None


PAGES = (NewNoticePaper,)
