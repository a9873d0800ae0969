"""Who applied: the list, their scores, and what is protected of them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from core.org.errors import NotAllowed
from core.publicity.selectors import clear
from core.records.models import AccessLog
from core.records.storage import content_of
from core.records.vault import ErasedValue
from core.registry import ListColumn
from core.web.downloads import attachment
from core.web.filters import ChoiceFilter
from core.web.forms import ReasonForm
from core.web.pages import DetailPage, FormPage, ListPage
from core.web.pages.forms import refuse
from core.web.parts import Cell, Fact, Link
from personnel.forms.recruitment import ScoresForm
from personnel.models import Applicant, ApplicantFile
from personnel.selectors.recruitment import (
    RECRUIT,
    applicants,
    name_of,
    recruitments,
)
from personnel.services.recruitment import examining
from personnel.views.recruitment.shown import HELP, READ, case_badge, stage_badge


class EnterScores(FormPage):
    """Written scores, judges' scores or those of an extra exam, whichever the recruitment waits for."""

    name = "recruitment_scores"
    route = "recruitments/<uuid:public_id>/scores/"
    permission = RECRUIT
    title = gettext_lazy("Enter scores")
    form_class = ScoresForm
    record = None
    help = gettext_lazy("Copy the columns from the exam office's sheet and paste them. All lines are taken, or none.")

    def rows(self) -> Any:
        return recruitments(self.actor).select_related("case", "unit")

    def form_options(self) -> dict[str, Any]:
        hints = {
            "written": _("One line for each: application number, written score (“absent” for who was absent)."),
            "interviews": _("One line for each: application number, then the score of each judge."),
            "checking": _("Extra exam between those whom nothing else tells apart: application number, score."),
        }
        return {"hint": hints.get(self.object.case.state, "")}

    @property
    def cancel_url(self) -> str:
        """Back to the recruitment."""
        return reverse("recruitment", args=[self.object.public_id])

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(self.object.title, self.cancel_url)]}

    def save(self, form: Any) -> Any:
        verbs = {"interviews": examining.enter_judged, "checking": examining.enter_extra}
        verb = verbs.get(self.object.case.state, examining.enter_written)
        number = verb(actor=self.actor, recruitment=self.object, text=form.cleaned_data["scores"])
        self.done_message = ngettext("%(n)s line taken.", "%(n)s lines taken.", number) % {"n": number}
        return self.cancel_url

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(data=request.POST)
        if form.is_valid():
            try:
                return super().post(request, *args, **kwargs)
            except examining.Refused as error:
                for problem in error.problems[:50]:
                    form.add_error("scores", problem)
            except NotAllowed as error:
                refuse(form, error)
        return self.render(form=form, status=422)

    refusals = ()


class RecruitmentFilter(ChoiceFilter):
    """One recruitment."""

    def choices(self, actor: Any) -> list[tuple[str, Any]]:
        return [
            (str(key), title)
            for key, title in recruitments(actor).order_by("-pk").values_list("public_id", "title")[:100]
        ]


class ApplicantList(ListPage):
    """Everybody who applied, by recruitment and how far they came."""

    name = "applicants"
    route = "applicants/"
    permission = READ
    title = gettext_lazy("Applicants")
    everything_label = gettext_lazy("All applicants")
    can_search = True
    search_label = gettext_lazy("Application number")
    default_sort = "-serial"
    help = HELP
    columns = (
        ListColumn(
            "serial", gettext_lazy("Application number"),
            lambda row, _actor: Cell(str(row.serial), reverse("case", args=[row.case.public_id])), sort=("id",), indexed=True, order=0,
        ),
        ListColumn("name", gettext_lazy("Name"), lambda row, _actor: name_of(row), order=10),
        ListColumn("recruitment", gettext_lazy("Recruitment"), lambda row, _actor: row.recruitment.title, order=20),
        ListColumn("post", pgettext_lazy("recruitment", "Post"), lambda row, _actor: str(row.post.number), order=30),
        ListColumn("applied", gettext_lazy("Applied"), lambda row, _actor: row.applied_on, nowrap=True, order=40),
        ListColumn("check", gettext_lazy("Qualification check"), lambda row, _actor: Cell(badge=case_badge(row.case)), order=50),
        ListColumn("stage", gettext_lazy("How far"), lambda row, _actor: Cell(badge=stage_badge(row)), order=60),
    )  # fmt: skip
    filters = (
        RecruitmentFilter(
            "recruitment", gettext_lazy("Recruitment"), lambda rows, value, _actor: rows.filter(recruitment__public_id=value), order=10
        ),
        ChoiceFilter(
            "stage", gettext_lazy("How far"), lambda rows, value, _actor: rows.filter(stage=value),
            options=tuple(Applicant.Stage.choices), order=20,
        ),
    )  # fmt: skip

    def rows_of(self, actor: Any) -> Any:
        return applicants(actor).select_related("recruitment", "post", "case", "key")

    def search(self, rows: Any, text: str, actor: Any) -> Any:
        return rows.filter(serial=int(text)) if text.isascii() and text.isdigit() and len(text) < 9 else rows.none()


class ApplicantReveal(FormPage):
    """Identity number and telephone of an applicant, in this one answer, after a reason was written down."""

    name = "applicant_reveal"
    route = "applicants/<uuid:public_id>/reveal/"
    permission = READ
    title = gettext_lazy("Show identity number and telephone")
    form_class = ReasonForm
    submit_label = gettext_lazy("Show")
    record = None

    def rows(self) -> Any:
        return applicants(self.actor).select_related("case", "key")

    @property
    def cancel_url(self) -> str:
        """Back to the application."""
        return reverse("case", args=[self.object.case.public_id])

    def save(self, form: Any) -> Any:
        AccessLog.note(
            actor=self.actor, of=self.object, what="personnel.Applicant.number", reason=form.cleaned_data["reason"]
        )
        self.template = "personnel/applicant_revealed.html"
        facts = [
            Fact(_("Name"), name_of(self.object)),
            Fact(_("Identity number"), clear(self.object.number), number=True),
            Fact(_("Telephone"), clear(self.object.phone)),
        ]
        return self.render(facts=facts, case_url=self.cancel_url)


class ApplicantDownload(DetailPage):
    """Hands out a paper of an applicant."""

    name = "applicant_file"
    route = "applicants/files/<uuid:public_id>/file/"
    permission = READ

    def rows(self) -> Any:
        return ApplicantFile.objects.visible_to(self.actor).select_related("file__key", "applicant")

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        stored = self.object.file
        try:
            content = content_of(stored)
        except (ErasedValue, FileNotFoundError) as error:
            raise Http404 from error
        AccessLog.note(
            actor=self.actor,
            of=self.object.applicant,
            what="personnel.ApplicantFile.file",
            reason=pgettext("applicant", "paper"),
        )
        return attachment(content, stored.name, stored.content_type)


PAGES = (EnterScores, ApplicantList, ApplicantReveal, ApplicantDownload)
