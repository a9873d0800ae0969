"""One scenario: what it assumes and proposes, what became of that, and the plan that follows."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.codes.selectors import label as code_label
from core.codes.values import values_of
from core.web.parts import Action, Cell, Column, Link, Row, Table
from personnel.selectors.planning import Assumed, Facts, Plan, facts_under, planned
from personnel.selectors.recruitment import RECRUIT
from personnel.selectors.scenarios import assumptions, scenarios
from personnel.selectors.seats import KEEP
from personnel.services.planning import becoming
from personnel.views.planning.overview import Planned, PlanningPage
from personnel.views.planning.shown import (
    case_cell,
    method_words,
    percent,
    school_chart,
    school_table,
    school_year,
    subject_table,
    total_stats,
)


class ScenarioPage(Planned):
    """One scenario: its assumptions, its proposals with what became of them, and the plan that follows."""

    name = "scenario"
    route = "planning/scenarios/<uuid:public_id>/"
    template = "personnel/scenario.html"
    title = gettext_lazy("Planning scenario")

    def rows(self) -> Any:
        return scenarios(self.actor)

    def heading(self) -> Any:
        return self.object.name

    @property
    def unit(self) -> Any:
        """A scenario is about its bureau and all below it."""
        return self.object.unit

    @property
    def year(self) -> int:
        """The year of the scenario."""
        return int(self.object.year)

    @cached_property
    def assumed(self) -> Assumed:
        """What it assumes and proposes."""
        return assumptions([self.object], self.kind)[self.object.pk]

    @cached_property
    def plan(self) -> Plan:
        """The plan that follows."""
        return planned(self.facts, self.year, self.assumed)

    @cached_property
    def facts(self) -> Facts:
        """What is on record."""
        return facts_under(self.actor, self.unit, self.kind, years=[self.year])

    def context(self) -> dict[str, Any]:
        one, values, may = self.object, values_of(self.actor), self.actor.may(KEEP)
        moves = list(one.seat_proposals.select_related("adjustment__case").order_by("pk"))
        hires = list(one.recruit_proposals.select_related("plan__case").order_by("unit", "stage", "subject"))
        entered = list(one.pupils.order_by("unit", "stage"))
        named = [key for move in moves for key in (move.unit_id, move.to_unit_id)]
        values.prime(units=[one.unit_id, *named, *(row.unit_id for row in (*hires, *entered))])
        said = {
            "unit": values.unit(one.unit_id), "year": school_year(one.year), "method": method_words(one.method),
            "change": percent(one.yearly_change),
        }  # fmt: skip
        recruits: dict[tuple[str, str], int] = {}
        for hire in hires:
            recruits[hire.stage, hire.subject] = recruits.get((hire.stage, hire.subject), 0) + hire.number
        tables = [
            self._moves(moves, may), _hires(hires, values), _entered(entered, values),
            school_table(self.plan.rows, lambda unit: f"{reverse('planning')}?under={unit.public_id}&year={self.year}"),
            subject_table(self.gaps(self.plan), self.actor, recruits=recruits),
        ]  # fmt: skip
        return {
            "crumbs": [Link(PlanningPage.title, reverse("planning"))],
            "sub": _("%(unit)s, school year %(year)s. Pupils: %(method)s, change a year %(change)s") % said,
            "actions": self._actions(hires) if may else [], "numbers": total_stats(self.plan.total),
            "charts": [school_chart(self.plan)] if self.plan.rows else [], "tables": [table for table in tables if table.rows],
            "parts": _parts(moves, hires, entered, values) if may else [], "may": may,
        }  # fmt: skip

    def _actions(self, hires: list[Any]) -> list[Action]:
        key = [self.object.public_id]
        found = [
            Action(_("Change"), reverse("scenario_change", args=key), "pen"),
            Action(_("Enter pupils"), reverse("scenario_pupils", args=key), "users"),
            Action(_("Move seats"), reverse("scenario_seats", args=key), "swap"),
            Action(_("Recruit"), reverse("scenario_recruits", args=key), "plus"),
            Action(
                _("Compare"),
                f"{reverse('scenarios_compare')}?under={self.unit.public_id}&scenario={self.object.public_id}",
                "compare",
            ),
        ]
        if self.actor.may(RECRUIT) and any(one.plan_id is None for one in hires):
            found.append(
                Action(_("Draft a recruitment plan"), reverse("scenario_draft", args=key), "paper", primary=True)
            )
        return found

    def _moves(self, rows: list[Any], may: bool) -> Table:
        values = values_of(self.actor)
        columns = [
            Column("unit", _("Gives seats")), Column("to", _("Receives seats")), Column("kind", _("Kind of seat")),
            Column("count", _("Seats"), number=True), Column("case", _("Case")),
        ]  # fmt: skip
        lines = []
        for row in rows:
            made = row.adjustment
            make = (
                Cell(_("Make a case"), reverse("proposal_case", args=[row.public_id])) if may else Cell(_("none yet"))
            )
            over = made is not None and made.case.state in becoming.CAME_TO_NOTHING
            case = case_cell(made.case) if made is not None and not (over and may) else make
            lines.append(
                Row(
                    [
                        values.unit(row.unit_id),
                        values.unit(row.to_unit_id),
                        code_label("seat_kind", row.kind),
                        row.count,
                        case,
                    ]
                )
            )
        return Table(_("Seats proposed to move"), columns, lines)


def _hires(rows: list[Any], values: Any) -> Table:
    columns = [
        Column("unit", _("Unit")), Column("stage", _("Stage")), Column("subject", _("Subject")),
        Column("number", _("How many"), number=True), Column("case", _("Case")),
    ]  # fmt: skip
    lines = [
        Row([
            values.unit(row.unit_id), values.code("stage", row.stage), values.code("subject", row.subject), row.number,
            case_cell(row.plan.case) if row.plan is not None else _("none yet"),
        ])
        for row in rows
    ]  # fmt: skip
    return Table(_("Teachers proposed to recruit"), columns, lines)


def _entered(rows: list[Any], values: Any) -> Table:
    columns = [
        Column("unit", _("Unit")), Column("stage", _("Stage")), Column("pupils", _("Pupils then"), number=True),
        Column("classes", _("Classes"), number=True),
    ]  # fmt: skip
    lines = [
        Row([values.unit(row.unit_id), values.code("stage", row.stage), f"{row.pupils:,}", row.classes]) for row in rows
    ]
    return Table(_("Pupils entered"), columns, lines)


def _parts(moves: list[Any], hires: list[Any], entered: list[Any], values: Any) -> list[tuple[str, str]]:
    """What can be taken out again: (address, words)."""
    found = [
        (
            reverse("scenario_pupils_out", args=[row.public_id]),
            f"{values.unit(row.unit_id)} · {values.code('stage', row.stage)}",
        )
        for row in entered
    ]
    found += [
        (reverse("scenario_seats_out", args=[row.public_id]), f"{values.unit(row.unit_id)} → {values.unit(row.to_unit_id)}")
        for row in moves if row.adjustment_id is None
    ]  # fmt: skip
    return found + [
        (reverse("scenario_recruits_out", args=[row.public_id]), f"{values.unit(row.unit_id)} · {values.code('subject', row.subject)}")
        for row in hires if row.plan_id is None
    ]  # fmt: skip
