"""What everybody reads of recruitments and does without a login: the notice, apply, ask by the receipt, mend, withdraw."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.codes.selectors import label as code_label
from core.dates import today
from core.org.errors import NotAllowed
from core.publicity.forms import ReceiptForm
from core.publicity.views.public import unit_names
from core.web.pages.forms import refuse
from core.web.pages.strangers import CountedPage
from core.web.parts import Badge, Cell, Column, Fact, Row, Table
from personnel.forms.recruitment import ApplyForm, MendForm
from personnel.models import Applicant, Recruitment
from personnel.selectors.recruitment import of_receipt, public, public_one, said_of, takes_applications
from personnel.selectors.recruitment_words import condition_words
from personnel.services.recruitment import applying

MOST_SHOWN = 100


class PublicRecruitments(CountedPage):
    """The notices."""

    name = "public_recruitments"
    route = "recruitment/"
    title = gettext_lazy("Recruitment of teachers")
    template = "personnel/public_recruitments.html"

    def context(self) -> dict[str, Any]:
        on = today()
        rows = list(public(on)[:MOST_SHOWN])
        names = unit_names([row.unit_id for row in rows])
        heads = [pgettext("recruitment", "Notice"), _("Bureau"), _("Applications"), _("State")]
        table = Table(
            caption=_("Notices"),
            columns=[Column(str(place), head) for place, head in enumerate(heads)],
            rows=[
                Row(
                    [
                        Cell(row.title, reverse("public_recruitment", args=[row.code])),
                        names.unit(row.unit_id),
                        f"{row.opens} – {row.last}",
                        Cell(badge=open_badge(row)),
                    ]
                )
                for row in rows
            ],
        )
        return {"table": table}


def open_badge(row: Recruitment) -> Badge:
    """Whether one may apply now."""
    on = today()
    if takes_applications(row, on):
        return Badge(_("applications open"), "green")
    return Badge(_("not open yet"), "amber") if on < row.opens else Badge(_("applications closed"))


class OfNotice(CountedPage):
    """What pages of one notice share."""

    @cached_property
    def notice(self) -> Recruitment:
        """The recruitment of the address."""
        found = public_one(self.kwargs["recruitment"], today())
        if found is None:
            raise Http404
        return found

    @cached_property
    def posts(self) -> list[Any]:
        """Its posts, each with the name of its unit."""
        rows = list(self.notice.posts.select_related("recruitment").order_by("number"))
        names = unit_names([row.unit_id for row in rows])
        for row in rows:
            row.where = names.unit(row.unit_id)
            row.what = f"{code_label('stage', row.stage)} {code_label('subject', row.subject)}"
        return rows

    def heading(self) -> Any:
        return self.notice.title


class PublicRecruitment(OfNotice):
    """One notice: its posts, conditions and rules."""

    name = "public_recruitment"
    route = "recruitment/<slug:recruitment>/"
    template = "personnel/public_recruitment.html"

    def context(self) -> dict[str, Any]:
        one = self.notice
        heads = [pgettext("row", "No."), _("Unit"), _("Subject"), _("Wanted"), _("Conditions")]
        table = Table(
            caption=_("Posts"),
            columns=[Column(str(place), head, number=place == 3) for place, head in enumerate(heads)],
            rows=[
                Row([str(row.number), row.where, row.what, row.wanted, condition_words(row) or "—"])
                for row in self.posts
            ],
        )
        facts = [
            Fact(_("Bureau"), unit_names([one.unit_id]).unit(one.unit_id)),
            Fact(_("Applications"), f"{one.opens} – {one.last}", badges=[open_badge(one)]),
            Fact(_("Interviews for each place"), one.ratio, sub=_("all who tie with the last are interviewed")),
            Fact(_("Applicants for each place at least"), one.opening, sub=_("with fewer a post has fewer places, or is closed")),
            Fact(
                _("Total"),
                _("written %(written)s %%, interview %(interview)s %%") % {"written": one.weight, "interview": 100 - one.weight},
            ),
            Fact(_("Between equal totals counts"), one.get_tie_display(), sub=_("then an extra exam")),
        ]  # fmt: skip
        if one.drop:
            said = _("without the %(n)s highest and lowest, where there are enough judges") % {"n": one.drop}
            facts.append(Fact(_("Interview score"), _("the mean of the judges"), sub=said))
        if one.contact:
            facts.append(Fact(_("Whom to ask"), one.contact))
        return {"table": table, "facts": facts, "notice": one, "takes": takes_applications(one, today())}


class ApplyHere(OfNotice):
    """Apply for a post; the receipt number is shown once."""

    name = "public_application"
    route = "recruitment/<slug:recruitment>/apply/"
    template = "personnel/apply.html"
    strangers_send = True

    def heading(self) -> Any:
        return _("Apply: %(title)s") % {"title": self.notice.title}

    def context(self) -> dict[str, Any]:
        return {"notice": self.notice, "takes": takes_applications(self.notice, today())}

    def form(self, **given: Any) -> ApplyForm:
        """The form with the posts of the notice."""
        posts = {str(row.number): (row, f"{row.number}. {row.where} · {row.what}") for row in self.posts}
        return ApplyForm(posts=posts, **given)

    def get(self, _request: HttpRequest, /, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return self.shown(self.form())

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        form = self.form(data=request.POST, files=request.FILES)
        if not form.is_valid():
            return self.shown(form, status=422)
        data = form.cleaned_data
        try:
            made, receipt = applying.apply_for(
                recruitment=self.notice, post=data["post"], name=data["name"], number=data["number"], phone=data["phone"],
                said=form.said, files=form.papers,
            )  # fmt: skip
        except NotAllowed as error:
            refuse(form, error)
            return self.shown(form, status=422)
        return self.shown(receipt=receipt, applicant=made)


class MyApplication(CountedPage):
    """Where an application stands, for who holds its receipt number; what was returned is mended here."""

    name = "public_applicant"
    route = "applications/"
    title = gettext_lazy("My application")
    template = "personnel/my_application.html"
    strangers_send = True

    def get(self, _request: HttpRequest, /, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return self.shown(ReceiptForm())

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        asked = ReceiptForm(request.POST)
        found = of_receipt(request.POST.get("receipt", "")[:60])
        if not asked.is_valid() or found is None:
            return self.shown(asked, asked=True, status=200 if asked.is_valid() else 422)
        act = {"mend": self._mend, "withdraw": self._withdraw}.get(request.POST.get("act", ""))
        return act(request, found) if act else self.told(found)

    def told(self, one: Applicant, **more: Any) -> HttpResponse:
        """Where it stands, with the form to mend it where it was returned."""
        receipt = self.request.POST["receipt"]
        returned = one.case.state == "returned"
        given = {"receipt": receipt, **said_of(one)}
        shown = {
            "found": one,
            "facts": facts_of(one),
            "mending": MendForm(initial=given) if returned else None,
            "receipt": receipt,
        }
        return self.shown(ReceiptForm(), **{**shown, "open": one.case.state in ("applied", "returned"), **more})

    def _mend(self, request: HttpRequest, one: Applicant) -> HttpResponse:
        form = MendForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.told(one, mending=form, status=422)
        try:
            applying.mend(applicant=one, phone=form.cleaned_data["phone"], said=form.said, files=form.papers)
        except NotAllowed as error:
            form.add_error(None, str(error))
            return self.told(one, mending=form, status=422)
        return self.told(again(one), done=_("Your application was sent again."))

    def _withdraw(self, _request: HttpRequest, one: Applicant) -> HttpResponse:
        try:
            applying.withdraw(applicant=one)
        except NotAllowed as error:
            return self.told(one, problem=str(error))
        return self.told(again(one), done=_("Your application was withdrawn."))


def again(one: Applicant) -> Applicant:
    """The applicant as it stands now."""
    rows = Applicant._base_manager.select_related("recruitment__unit", "recruitment__case", "post", "case", "key")
    found: Applicant = rows.get(pk=one.pk)
    return found


def facts_of(one: Applicant) -> list[Fact]:
    """What the applicant is told: where it stands, why it was returned, scores and place once they are there."""
    found = [
        Fact(_("Recruitment"), one.recruitment.title),
        Fact(pgettext("recruitment", "Post"), one.post.number),
        Fact(_("Application number"), one.serial),
        Fact(_("How far"), one.get_stage_display(), sub=one.why),
    ]
    lists = {"returned": "application_return", "refused": "application_refusal"}
    if one.case.state in lists:
        words = "；".join(str(code_label(lists[one.case.state], code)) for code in one.case.reasons)
        found.append(Fact(_("What the office says"), words, sub=one.case.comment))
    for label, value in ((_("Written"), one.written), (_("Interview"), one.interview), (_("Total"), one.total)):
        if value is not None:
            found.append(Fact(label, f"{value:.2f}"))
    if one.place is not None:
        found.append(Fact(_("Place"), one.place))
    return found


PAGES = (PublicRecruitments, PublicRecruitment, ApplyHere, MyApplication)
