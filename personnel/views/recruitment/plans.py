"""The plans of a bureau: how many teachers of which subject a year, for which unit."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.codes.selectors import label as code_label
from core.codes.values import values_of
from core.registry import ListColumn
from core.web.pages import ActionPage, DetailPage, FormPage, ListPage
from core.web.parts import Action, Cell, Column, Link, Row, Table
from personnel.forms.recruitment import PlanForm, PlanRowForm
from personnel.models import PlannedPost
from personnel.selectors.recruitment import (
    RECRUIT,
    plans,
)
from personnel.services.recruitment import planning
from personnel.views.recruitment.shown import HELP, READ, case_badge


class PlanList(ListPage):
    """The plans of the bureau, the newest first."""

    name = "recruitment_plans"
    route = "recruitment-plans/"
    permission = READ
    title = gettext_lazy("Recruitment plans")
    everything_label = gettext_lazy("All plans")
    default_sort = "-year"
    help = HELP
    columns = (
        ListColumn(
            "title", pgettext_lazy("recruitment", "Title"),
            lambda row, _actor: Cell(row.title, reverse("recruitment_plan", args=[row.public_id])), order=0,
        ),
        ListColumn("year", gettext_lazy("Year"), lambda row, _actor: str(row.year), sort=("year", "id"), order=10),
        ListColumn("unit", gettext_lazy("Bureau"), lambda row, actor: values_of(actor).unit(row.unit_id), order=20),
        ListColumn("state", gettext_lazy("State"), lambda row, _actor: Cell(badge=case_badge(row.case)), order=30),
    )  # fmt: skip
    empty: ClassVar = {
        "icon": "users",
        "heading": gettext_lazy("No plan yet"),
        "text": gettext_lazy("Begin with the plan of a year."),
    }

    def rows_of(self, actor: Any) -> Any:
        return plans(actor).select_related("case")

    def prepare(self, rows: list[Any], actor: Any) -> None:
        values_of(actor).prime(units=[row.unit_id for row in rows])

    def actions(self) -> list[Action]:
        found = [Action(_("Recruitments"), reverse("recruitments"), "users")]
        if self.actor.may(RECRUIT):
            found.append(Action(_("New plan"), reverse("recruitment_plan_new"), "plus", primary=True))
        return found


class NewPlan(FormPage):
    """Begin the plan of a year."""

    name = "recruitment_plan_new"
    route = "recruitment-plans/new/"
    permission = RECRUIT
    title = gettext_lazy("New recruitment plan")
    form_class = PlanForm
    help = HELP

    @property
    def cancel_url(self) -> str:
        """Back to the plans."""
        return reverse("recruitment_plans")

    def initial(self) -> dict[str, Any]:
        year = self.on.year + (self.on.month > 8)
        return {"year": year, "title": _("Recruitment of teachers %(year)s") % {"year": year}}

    def save(self, form: Any) -> str:
        made = planning.draw_up_plan(actor=self.actor, **form.cleaned_data)
        return reverse("recruitment_plan", args=[made.public_id])


class PlanPage(DetailPage):
    """One plan: its rows, where it stands, the notices that were drawn up from it."""

    name = "recruitment_plan"
    route = "recruitment-plans/<uuid:public_id>/"
    permission = READ
    template = "personnel/recruitment_plan.html"
    help = HELP

    def rows(self) -> Any:
        return plans(self.actor).select_related("case", "unit")

    def context(self) -> dict[str, Any]:
        plan, values = self.object, values_of(self.actor)
        rows = list(plan.posts.order_by("unit", "stage", "subject"))
        values.prime(units=[row.unit_id for row in rows])
        drafted = plan.case.state == "draft" and self.actor.may(RECRUIT)
        actions = [Action(_("Case"), reverse("case", args=[plan.case.public_id]), "arrow")]
        if drafted:
            actions.insert(
                0, Action(_("Add a row"), reverse("recruitment_plan_row", args=[plan.public_id]), "plus", primary=True)
            )
        if plan.case.state == "approved" and self.actor.may(RECRUIT):
            actions.insert(
                0, Action(_("Draw up a notice"), reverse("recruitment_new", args=[plan.public_id]), "pen", primary=True)
            )
        table = Table(
            caption=_("Rows"),
            columns=[
                Column("unit", _("Unit")), Column("stage", _("Stage")), Column("subject", _("Subject")),
                Column("number", _("How many"), number=True),
            ],
            rows=[
                Row([values.unit(row.unit_id), code_label("stage", row.stage), code_label("subject", row.subject), row.number])
                for row in rows
            ],
        )  # fmt: skip
        return {
            "crumbs": [Link(_("Recruitment plans"), reverse("recruitment_plans"))],
            "state": case_badge(plan.case),
            "table": table,
            "total": sum(row.number for row in rows),
            "actions": actions,
            "removable": [(row, values.unit(row.unit_id), code_label("subject", row.subject)) for row in rows]
            if drafted
            else [],
            "notices": list(plan.recruitments.select_related("case").order_by("-pk")),
        }


class AddPlanRow(FormPage):
    """So many teachers of a subject for a unit."""

    name = "recruitment_plan_row"
    route = "recruitment-plans/<uuid:public_id>/rows/"
    permission = RECRUIT
    title = gettext_lazy("Add a row")
    form_class = PlanRowForm

    def rows(self) -> Any:
        return plans(self.actor).select_related("case", "unit")

    record = None

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor}

    @property
    def cancel_url(self) -> str:
        """Back to the plan."""
        return reverse("recruitment_plan", args=[self.object.public_id])

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(self.object.title, self.cancel_url)]}

    def save(self, form: Any) -> str:
        planning.add_row(actor=self.actor, plan=self.object, **form.cleaned_data)
        return self.cancel_url


class RemovePlanRow(ActionPage):
    """Take a row out of a plan."""

    name = "recruitment_plan_row_remove"
    route = "recruitment-plans/rows/<uuid:public_id>/remove/"
    permission = RECRUIT

    def rows(self) -> Any:
        return PlannedPost.objects.visible_to(self.actor).select_related("plan__case")

    def back(self) -> str:
        return reverse("recruitment_plan", args=[self.object.plan.public_id])

    def act(self) -> str:
        planning.remove_row(actor=self.actor, row=self.object)
        return self.back()


PAGES = (PlanList, NewPlan, PlanPage, AddPlanRow, RemovePlanRow)
