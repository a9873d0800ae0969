"""The reserve of cadres of a bureau: the lists by year, one list with its people."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.codes.values import values_of
from core.registry import ListColumn
from core.web.pages import ActionPage, DetailPage, FormPage, ListPage
from core.web.parts import Action, Cell, Fact, Link
from core.workflow.selectors import steps_of
from personnel.forms.cadres import MemberForm, ReserveForm
from personnel.models import Reserve, ReserveMember
from personnel.selectors.cadres import DECIDE, PROPOSE, members_of, named
from personnel.services.reserves import DRAFT, begin_reserve, enter_member, take_out_member
from personnel.views.cadres import CadreList
from personnel.views.recruitment.shown import case_badge
from personnel.workflows.cadres import REFERENCES, RESERVING, member_table

READ: tuple[str, ...] = (PROPOSE, DECIDE)
HELP = RESERVING.help


class ReserveList(ListPage):
    """The lists of the bureau, the newest first."""

    name = "reserves"
    route = "reserves/"
    permission = READ
    title = gettext_lazy("Reserve of cadres")
    everything_label = gettext_lazy("All years")
    default_sort = "-year"
    help = HELP
    references = REFERENCES
    columns = (
        ListColumn(
            "year", gettext_lazy("Year"), lambda row, _actor: Cell(str(row.year), reverse("reserve", args=[row.public_id])),
            sort=("year", "id"), order=0,
        ),
        ListColumn("unit", gettext_lazy("Bureau"), lambda row, actor: values_of(actor).unit(row.unit_id), order=10),
        ListColumn("state", gettext_lazy("State"), lambda row, _actor: Cell(badge=case_badge(row.case)), order=20),
        ListColumn("words", gettext_lazy("Grounds"), lambda row, _actor: row.words, order=30),
    )  # fmt: skip

    def rows_of(self, actor: Any) -> Any:
        return Reserve.objects.visible_to(actor).select_related("case")

    def prepare(self, rows: list[Any], actor: Any) -> None:
        values_of(actor).prime(units=[row.unit_id for row in rows])

    def actions(self) -> list[Action]:
        unit = self.actor.unit
        if self.actor.may(PROPOSE) and unit is not None and unit.is_bureau:
            return [Action(_("Begin the list of a year"), reverse("reserve_new"), "plus", primary=True)]
        return []

    @property
    def empty(self) -> dict[str, Any]:
        text = _("A bureau names each year whom it means to prepare for headships. Begin with the list of a year.")
        return {"icon": "users", "heading": _("No list yet"), "text": text, "actions": self.actions()}


class NewReserve(FormPage):
    """Begin the list of a year."""

    name = "reserve_new"
    route = "reserves/new/"
    permission = PROPOSE
    title = gettext_lazy("Reserve of cadres: begin the list of a year")
    form_class = ReserveForm
    submit_label = gettext_lazy("Begin")
    help = HELP

    @property
    def cancel_url(self) -> str:
        """Back to the lists."""
        return reverse("reserves")

    def initial(self) -> dict[str, Any]:
        return {"year": self.on.year}

    def save(self, form: Any) -> str:
        made = begin_reserve(actor=self.actor, **form.cleaned_data)
        return reverse("reserve", args=[made.public_id])


class OfReserve(DetailPage):
    """A page about one list."""

    permission: ClassVar[str | tuple[str, ...]] = READ
    help = HELP
    references = REFERENCES

    def rows(self) -> Any:
        return Reserve.objects.visible_to(self.actor).select_related("case", "unit")

    def heading(self) -> Any:
        return _("%(unit)s: reserve of cadres %(year)s") % {
            "unit": values_of(self.actor).unit(self.object.unit_id), "year": self.object.year,
        }  # fmt: skip

    @property
    def drafted(self) -> bool:
        """Whether the actor may still enter people."""
        return self.object.case.state == DRAFT and self.actor.may(PROPOSE) and self.actor.unit == self.object.unit


class ReservePage(OfReserve):
    """One list: who stands in it, who proposed and decided it."""

    name = "reserve"
    route = "reserves/<uuid:public_id>/"
    template = "personnel/reserve.html"

    def context(self) -> dict[str, Any]:
        one = self.object
        actions = [Action(_("Case"), reverse("case", args=[one.case.public_id]), "arrow")]
        if self.drafted:
            actions.insert(
                0, Action(_("Enter somebody"), reverse("reserve_enter", args=[one.public_id]), "plus", primary=True)
            )
        members = members_of(one)
        return {
            "crumbs": [Link(CadreList.title, reverse("cadres")), Link(ReserveList.title, reverse("reserves"))],
            "state": case_badge(one.case),
            "facts": self._acts(),
            "table": member_table(one, self.actor),
            "actions": actions,
            "removable": [(member, member.teacher.name) for member in members] if self.drafted else [],
        }  # fmt: skip

    def _acts(self) -> list[Fact]:
        """Who proposed the list and who decided on it, each time it was sent the last time."""
        found = {}
        for version in steps_of(self.object.case):
            if version.step in ("send", "decide") and version.step not in found:
                at = version.change
                unit = values_of(self.actor).unit(at.unit_id)
                told = [unit, f"{at.at:%Y-%m-%d}"]
                found[version.step] = Fact(
                    pgettext("reserve", "Proposed by") if version.step == "send" else pgettext("reserve", "Decided by"), str(at.actor),
                    sub=pgettext("list separator", ", ").join(filter(None, told)),
                )  # fmt: skip
        return [found[step] for step in ("send", "decide") if step in found]


class EnterMember(OfReserve, FormPage):
    """Enter somebody in a list."""

    name = "reserve_enter"
    route = "reserves/<uuid:public_id>/enter/"
    permission: ClassVar[str | tuple[str, ...]] = PROPOSE
    form_class = MemberForm
    submit_label = gettext_lazy("Enter")
    record = None

    @property
    def cancel_url(self) -> str:
        """Back to the list."""
        return reverse("reserve", args=[self.object.public_id])

    def initial(self) -> dict[str, Any]:
        return {}

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(str(self.heading()), self.cancel_url)]}

    def save(self, form: Any) -> str:
        data = dict(form.cleaned_data)
        teacher = named(self.actor, data.pop("who").strip(), self.on)
        enter_member(actor=self.actor, reserve=self.object, teacher=teacher, **data)
        return self.cancel_url


class TakeOutMember(ActionPage):
    """Take somebody out of a list."""

    name = "reserve_take_out"
    route = "reserves/members/<uuid:public_id>/take-out/"
    permission = PROPOSE

    def rows(self) -> Any:
        return ReserveMember.objects.visible_to(self.actor).select_related("reserve__case")

    def back(self) -> str:
        return reverse("reserve", args=[self.object.reserve.public_id])

    def act(self) -> str:
        take_out_member(actor=self.actor, member=self.object)
        return self.back()
