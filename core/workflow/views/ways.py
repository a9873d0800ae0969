"""How cases of each kind go: drawn from the definition, and as a table."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.web.pages import SIGNED_IN, Page
from core.web.parts import Cell, Column, Link, Row, Table
from core.workflow.definition import OWNER, Transition, Workflow
from core.workflow.diagram import diagram
from core.workflow.registered import workflows
from core.workflow.views.case import slug_of


class WorkflowList(Page):
    """Every sort of case."""

    name = "workflows"
    route = "workflows/"
    permission = SIGNED_IN
    title = gettext_lazy("How cases go")
    template = "workflow/ways.html"

    def context(self) -> dict[str, Any]:
        return {"flows": [(flow, reverse("workflow", args=[slug_of(flow)])) for flow in workflows().values()]}


class WorkflowPage(Page):
    """One sort of case: its states, its steps, who takes them."""

    name = "workflow"
    route = "workflows/<slug:flow>/"
    permission = SIGNED_IN
    template = "workflow/way.html"

    @cached_property
    def flow(self) -> Workflow:
        """The workflow of the address."""
        found = next((one for one in workflows().values() if slug_of(one) == self.kwargs["flow"]), None)
        if found is None:
            raise Http404
        return found

    def load(self) -> None:
        self.flow  # noqa: B018 - not found before anything is shown

    def heading(self) -> Any:
        return self.flow.label

    def context(self) -> dict[str, Any]:
        flow = self.flow
        columns = [Column("step", _("Step")), Column("from", _("From")), Column("to", _("To")), Column("who", _("Who"))]
        rows = [_row(flow, step) for step in flow.transitions]
        return {
            "crumbs": [Link(WorkflowList.title, reverse("workflows"))],
            "drawing": diagram(flow),
            "table": Table(_("Steps"), columns, rows),
            "help": {"text": flow.help, "links": flow.references} if flow.help else None,
        }


def _row(flow: Workflow, step: Transition) -> Row:
    between = pgettext("list separator", ", ")
    who = dict.fromkeys(who_words(flow.wanted(step, source)) for source in step.sources)
    return Row([
        Cell(step.label), between.join(str(flow.state(source).label) for source in step.sources),
        str(flow.state(step.target).label), between.join(who),
    ])  # fmt: skip


def who_words(permission: str) -> str:
    """Those who hold a permission, as the page calls them."""
    if permission == OWNER:
        return _("who opened the case")
    roles = [str(role.label) for role in settings.ROLES.values() if permission in role.permissions]
    return pgettext("list separator", ", ").join(roles)
