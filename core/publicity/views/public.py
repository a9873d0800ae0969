"""What everybody reads and may do without a login: what is published, object, ask what became of it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.codes.values import values_of
from core.dates import today
from core.org.actor import system_actor
from core.org.errors import NotAllowed
from core.parameters.selectors import at
from core.publicity.forms import ObjectionForm, ReceiptForm
from core.publicity.kinds import all_kinds, kind_label
from core.publicity.models import Objection, Publicity
from core.publicity.rules import Publishing, provisional
from core.publicity.selectors import MOST_SHOWN, of_receipt, public, public_one, takes_objections
from core.publicity.services import object_to
from core.publicity.views.telling import clock_badge
from core.text import clean
from core.web.pages.forms import refuse
from core.web.pages.strangers import CountedPage
from core.web.parts import Badge, Cell, Column, Fact, Row, Table

LONGEST_CODE = 20


def unit_names(keys: list[int]) -> Any:
    """A reader of names of units, as the system knows them today."""
    values = values_of(system_actor(today()))
    values.prime(units=keys)
    return values


class PublicNotices(CountedPage):
    """What is published now, and what was lately; `unit` is the code of one that published."""

    name = "public_notices"
    route = "publicity/"
    title = gettext_lazy("Publicity")
    template = "publicity/public_list.html"

    def context(self) -> dict[str, Any]:
        on, unit = today(), clean(self.request.GET.get("unit", "")[:LONGEST_CODE])
        rows = public(on).order_by("-opened_on", "-pk")
        rows = list((rows.filter(unit__code=unit) if unit else rows)[:MOST_SHOWN])
        names = unit_names([row.unit_id for row in rows])
        heads = [_("Publicity"), _("Published by"), _("Published on"), _("Last day"), _("State")]
        table = Table(
            caption=_("Publicity"),
            columns=[Column(str(place), head) for place, head in enumerate(heads)],
            rows=[
                Row(
                    [
                        Cell(row.title, reverse("public_notice", args=[row.code]), kind_label(row.kind)),
                        Cell(names.unit(row.unit_id), f"{reverse('public_notices')}?unit={row.unit.code}"),
                        row.opened_on, row.last_day, Cell(badge=clock_badge(row, on)),
                    ]
                )
                for row in rows
            ],
        )  # fmt: skip
        return {"table": table, "only": names.unit(rows[0].unit_id) if unit and rows else "", "unit": unit}


class OfNotice(CountedPage):
    """What pages of one publicity share; an address that names none that may be read is not found."""

    @cached_property
    def notice(self) -> Publicity:
        """The publicity of the address."""
        found = public_one(self.kwargs["notice"], today())
        if found is None:
            raise Http404
        return found

    def heading(self) -> Any:
        return self.notice.title

    @property
    def facts(self) -> list[Fact]:
        """Who publishes what, until when, by which rule."""
        one, on = self.notice, today()
        names = unit_names([one.unit_id])
        found = [
            Fact(_("Published by"), names.unit(one.unit_id)),
            Fact(_("Kind"), kind_label(one.kind)),
            Fact(_("Published on"), one.opened_on),
            Fact(
                _("Last day"), one.last_day,
                sub=_("%(days)s working days, the day of publishing not counted") % {"days": one.days},
                badges=[clock_badge(one, on)],
            ),
        ]  # fmt: skip
        if one.contact:
            found.append(Fact(_("Where else to object"), one.contact))
        if one.reference:
            found.append(Fact(_("Legal basis"), one.reference))
        return found

    @property
    def uncertain(self) -> str:
        """That the last day may move, where holidays are not announced yet."""
        years = provisional(self.notice.opened_on, self.notice.last_day)
        if not years or self.notice.state != Publicity.State.OPEN:
            return ""
        said = pgettext("list separator", ", ").join(str(year) for year in years)
        return _("The holidays of %(years)s are not announced yet, so the last day may become a later one.") % {
            "years": said
        }


class PublicNotice(OfNotice):
    """One publicity, as everybody reads it: masked names and public values."""

    name = "public_notice"
    route = "publicity/<slug:notice>/"
    template = "publicity/public_one.html"

    def context(self) -> dict[str, Any]:
        one = self.notice
        kind = all_kinds().get(one.kind)
        columns = list(kind.columns) if kind else []
        rows = list(one.rows.order_by("place"))
        table = Table(
            caption=one.title,
            columns=[Column("place", pgettext("row", "No.")), Column("label", _("Name")), *(Column(key, label) for key, label in columns)],
            rows=[
                Row(
                    [
                        str(row.place),
                        Cell(row.masked, badge=Badge(pgettext("publicity", "struck"), "red")) if row.struck else row.masked,
                        *(str(row.values.get(key, "")) for key, _label in columns),
                    ]
                )
                for row in rows
            ],
        )  # fmt: skip
        return {
            "table": table, "facts": self.facts, "uncertain": self.uncertain, "notice": one,
            "takes": takes_objections(one, today()),
        }  # fmt: skip


class Objecting(OfNotice):
    """Object, with or without a name; the receipt number is shown once."""

    name = "public_objection"
    route = "publicity/<slug:notice>/object/"
    template = "publicity/object.html"
    strangers_send = True

    def heading(self) -> Any:
        return _("Object to: %(title)s") % {"title": self.notice.title}

    def form(self, **given: Any) -> ObjectionForm:
        """The form with the lines of the publicity."""
        slots = at(Publishing, today(), unit=self.notice.unit).files
        return ObjectionForm(publicity=self.notice, slots=slots, **given)

    def context(self) -> dict[str, Any]:
        return {"notice": self.notice, "takes": takes_objections(self.notice, today())}

    def get(self, _request: HttpRequest, /, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return self.shown(self.form(initial={"row": self.request.GET.get("row", "")[:9]}))

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        form = self.form(data=request.POST, files=request.FILES)
        if not form.is_valid():
            return self.shown(form, status=422)
        try:
            made, receipt = object_to(publicity=self.notice, **form.said)
        except NotAllowed as error:
            refuse(form, error)
            return self.shown(form, status=422)
        return self.shown(receipt=receipt, objection=made)


class Receipt(CountedPage):
    """What became of an objection, for who holds its receipt number. Asked by POST, so that no log keeps the number."""

    name = "public_receipt"
    route = "objections/"
    title = gettext_lazy("What became of my objection?")
    template = "publicity/receipt.html"

    def get(self, _request: HttpRequest, /, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return self.shown(ReceiptForm())

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        form = ReceiptForm(request.POST)
        if not form.is_valid():
            return self.shown(form, status=422)
        found = of_receipt(form.cleaned_data["receipt"])
        return self.shown(form, asked=True, found=found, facts=facts_of(found) if found else [])


def facts_of(one: Objection) -> list[Fact]:
    """What the objector is told: what it was about, where it stands, the answer; not what they wrote themselves."""
    line = f"{one.row.place}. {one.row.masked}" if one.row is not None else _("the publicity as a whole")
    tone = {Objection.State.UPHELD: "red", Objection.State.REJECTED: ""}.get(Objection.State(one.state), "amber")
    found = [
        Fact(_("Publicity"), one.publicity.title),
        Fact(_("About"), line),
        Fact(_("Received"), one.received_on),
        Fact(_("State"), "", badges=[Badge(one.get_state_display(), tone)]),
    ]
    if one.case.due is not None and one.state == Objection.State.OPEN:
        found.append(Fact(_("To be answered by"), one.case.due))
    if one.answer:
        found.append(Fact(_("Answer"), one.answer, sub=str(one.answered_on or "")))
    return found
