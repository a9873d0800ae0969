"""Publicities for those who work on them, and who objected."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from core.codes.values import values_of
from core.publicity.forms import StopForm
from core.publicity.kinds import all_kinds, kind_label
from core.publicity.models import ObjectionFile, Publicity
from core.publicity.selectors import DECIDE, VIEW, clear, counted, findings_of, objections, publicities, said
from core.publicity.services import stop
from core.publicity.views.telling import clock_badge, waiting_badge
from core.records.models import AccessLog
from core.records.storage import content_of
from core.records.vault import ErasedValue
from core.registry import ListColumn
from core.web.downloads import attachment
from core.web.filters import ChoiceFilter, UnitFilter
from core.web.forms import ReasonForm
from core.web.pages import DetailPage, FormPage, ListPage
from core.web.parts import Action, Badge, Cell, Column, Fact, Finding, Link, Row, Table
from core.workflow.registered import workflow_of
from core.workflow.selectors import cases
from core.workflow.views.telling import state_badge

HELP = gettext_lazy(
    "What a unit decides about people is shown to everybody before it counts: masked names, some working days, and anybody may object. "
    "While the time runs or an objection is not answered, nobody goes on."
)


class PublicityList(ListPage):
    """What the actor's unit and those below it published, the newest first."""

    name = "publicities"
    route = "publicities/"
    permission = VIEW
    title = gettext_lazy("Publicities")
    everything_label = gettext_lazy("All publicities")
    can_search = True
    search_label = gettext_lazy("Title")
    default_sort = "-opened"
    help = HELP
    empty = {
        "icon": "eye",
        "heading": gettext_lazy("Nothing was published yet"),
        "text": gettext_lazy("A publicity is opened where something is decided, such as a recruitment."),
    }
    columns = (
        ListColumn(
            "title", gettext_lazy("Publicity"),
            lambda row, _actor: Cell(row.title, reverse("publicity", args=[row.public_id]), kind_label(row.kind)), order=0,
        ),
        ListColumn("unit", gettext_lazy("Published by"), lambda row, actor: values_of(actor).unit(row.unit_id), order=10),
        ListColumn(
            "opened", gettext_lazy("Published on"), lambda row, _actor: row.opened_on, sort=("id",), indexed=True, nowrap=True, order=20
        ),
        ListColumn("last", gettext_lazy("Last day"), lambda row, _actor: row.last_day, nowrap=True, order=30),
        ListColumn("state", gettext_lazy("State"), lambda row, actor: Cell(badge=clock_badge(row, actor.on)), order=40),
        ListColumn("objections", gettext_lazy("Objections"), lambda row, _actor: Cell(badge=waiting_badge(row)), order=50),
    )  # fmt: skip
    filters = (
        UnitFilter("unit", gettext_lazy("Unit"), lambda rows, unit, _actor: rows.filter(unit__path__descendants=unit.path), order=10),
        ChoiceFilter(
            "state", gettext_lazy("State"), lambda rows, value, _actor: rows.filter(state=value),
            options=tuple(Publicity.State.choices), order=20,
        ),
    )  # fmt: skip

    def rows_of(self, actor: Any) -> Any:
        return publicities(actor)

    def search(self, rows: Any, text: str, actor: Any) -> Any:
        return rows.filter(title__icontains=text)

    def prepare(self, rows: list[Any], actor: Any) -> None:
        values_of(actor).prime(units=[row.unit_id for row in rows])
        known = {one.pk: one for one in counted(Publicity._base_manager.filter(pk__in=[row.pk for row in rows]))}
        for row in rows:
            row.waiting, row.objected = known[row.pk].waiting, known[row.pk].objected


class PublicityPage(DetailPage):
    """One publicity: its clock, its lines, the objections of which the reader may know."""

    name = "publicity"
    route = "publicities/<uuid:public_id>/"
    permission = VIEW
    template = "publicity/one.html"
    help = HELP

    def rows(self) -> Any:
        return counted(publicities(self.actor)).select_related("unit", "opened_by")

    def context(self) -> dict[str, Any]:
        one, kind = self.object, all_kinds().get(self.object.kind)
        key = [one.public_id]
        actions = [Action(_("Public page"), reverse("public_notice", args=[one.code]), "external")]
        if kind and (url := kind.url(one)):
            actions.append(Action(_("Open what it is about"), url, "arrow"))
        if one.state == Publicity.State.OPEN:
            actions.append(
                Action(pgettext("publicity", "Stop"), reverse("publicity_stop", args=key), "no", danger=True)
            )
        return {
            "crumbs": [Link(_("Publicities"), reverse("publicities"))],
            "badges": [clock_badge(one, self.on), *filter(None, [waiting_badge(one)])],
            "actions": actions,
            "facts": self._facts(),
            "findings": [
                Finding(said(found), "", "green" if found.met else "amber", "ok" if found.met else "clock")
                for found in findings_of(one, self.on)
            ],
            "table": self._lines(kind),
            "objections": self._objections(),
        }

    def _facts(self) -> list[Fact]:
        one, values = self.object, values_of(self.actor)
        values.prime(units=[one.unit_id])
        found = [
            Fact(_("Kind"), kind_label(one.kind)),
            Fact(_("Published by"), values.unit(one.unit_id), sub=str(one.opened_by)),
            Fact(_("Published on"), one.opened_on),
            Fact(_("Last day"), one.last_day, sub=_("%(days)s working days, the day of publishing not counted") % {"days": one.days}),
            Fact(_("Legal basis"), one.reference),
        ]  # fmt: skip
        if one.closed_on:
            found.append(Fact(_("Ended"), one.closed_on, sub=one.closed_why))
        return found

    def _lines(self, kind: Any) -> Table:
        columns = list(kind.columns) if kind else []
        rows = self.object.rows.order_by("place")
        return Table(
            caption=_("What everybody reads"),
            columns=[Column("label", _("Name")), *(Column(key, label) for key, label in columns), Column("struck", _("State"))],
            rows=[
                Row(
                    [
                        f"{row.place}. {row.masked}",
                        *(str(row.values.get(key, "")) for key, _label in columns),
                        Cell(badge=Badge(pgettext("publicity", "struck"), "red"), sub=row.struck_why) if row.struck else "",
                    ]
                )
                for row in rows
            ],
        )  # fmt: skip

    def _objections(self) -> Table | None:
        if not self.actor.may(DECIDE):
            return None
        rows = objections(self.actor).filter(publicity=self.object, case__in=cases(self.actor))
        rows = rows.select_related("case", "row").order_by("pk")
        return Table(
            caption=_("Objections"),
            columns=[Column("about", _("About")), Column("received", _("Received")), Column("state", _("State"))],
            rows=[
                Row(
                    [
                        Cell(
                            f"{row.row.place}. {row.row.masked}" if row.row else _("the publicity as a whole"),
                            reverse("case", args=[row.case.public_id]),
                        ),
                        row.received_on,
                        Cell(badge=state_badge(workflow_of(row.case.kind), row.case)),
                    ]
                )
                for row in rows
            ],
        )


class StopPublicity(FormPage):
    """End a publicity before its time."""

    name = "publicity_stop"
    route = "publicities/<uuid:public_id>/stop/"
    permission = VIEW
    title = gettext_lazy("Stop the publicity")
    form_class = StopForm
    submit_label = pgettext_lazy("publicity", "Stop")
    done_message = gettext_lazy("The publicity was stopped; nothing follows from it.")

    def rows(self) -> Any:
        return publicities(self.actor)

    def initial(self) -> dict[str, Any]:
        return {}

    def compared(self, record: Any) -> dict[str, Any]:
        return {}

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(self.object.title, self.cancel_url)]}

    @property
    def cancel_url(self) -> str:
        """Back to the publicity."""
        return reverse("publicity", args=[self.object.public_id])

    def save(self, form: Any) -> str:
        stop(actor=self.actor, publicity=self.object, reason=form.cleaned_data["reason"])
        return self.cancel_url


class WhoObjected(FormPage):
    """Name and telephone of who objected, in this one answer, after a reason was written down."""

    name = "objection_who"
    route = "objections/<uuid:public_id>/who/"
    permission = DECIDE
    title = gettext_lazy("Show who objected")
    form_class = ReasonForm
    submit_label = gettext_lazy("Show")

    def rows(self) -> Any:
        return objections(self.actor).filter(named=True).select_related("case", "key", "publicity")

    @property
    def record(self) -> Any:
        return None

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(self.object.publicity.title, self.cancel_url)]}

    @property
    def cancel_url(self) -> str:
        """Back to the case."""
        return reverse("case", args=[self.object.case.public_id])

    def save(self, form: Any) -> Any:
        AccessLog.note(
            actor=self.actor, of=self.object, what="publicity.Objection.name", reason=form.cleaned_data["reason"]
        )
        facts = [Fact(_("Name"), clear(self.object.name)), Fact(_("How to reach them"), clear(self.object.phone))]
        self.template = "publicity/who.html"
        return self.render(facts=facts, case_url=self.cancel_url)


class ObjectionDownload(DetailPage):
    """Hands out a file that came with an objection, to who decides on it."""

    name = "objection_file"
    route = "objections/files/<uuid:public_id>/file/"
    permission = DECIDE

    def rows(self) -> Any:
        return ObjectionFile.objects.filter(objection__in=objections(self.actor)).select_related(
            "file__key", "objection"
        )

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        stored = self.object.file
        try:
            content = content_of(stored)
        except (ErasedValue, FileNotFoundError) as error:
            raise Http404 from error
        AccessLog.note(
            actor=self.actor,
            of=self.object.objection,
            what="publicity.ObjectionFile.file",
            reason=_("file of an objection"),
        )
        return attachment(content, stored.name, stored.content_type)
