"""Scenarios side by side with things as they stand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.web.parts import Cell, Chart, Column, Link, Row, Series, Table
from personnel.models import PlanScenario
from personnel.selectors.planning import Facts, Plan, facts_under, planned
from personnel.selectors.scenarios import assumptions, scenarios
from personnel.views.planning.overview import Planned, PlanningPage
from personnel.views.planning.shown import method_words, percent, school_year, short

MOST: Final = 4
MOST_OFFERED: Final = 50


class CompareScenarios(Planned):
    """Up to four scenarios: totals, and each school's gap."""

    name = "scenarios_compare"
    route = "planning/compare/"
    template = "personnel/scenarios_compare.html"
    title = gettext_lazy("Scenarios side by side")

    @cached_property
    def every(self) -> list[PlanScenario]:
        """The scenarios that can be compared: those of the unit itself, since they assume something of all below it."""
        return list(scenarios(self.actor).filter(unit=self.unit)[:MOST_OFFERED])

    @cached_property
    def chosen(self) -> list[PlanScenario]:
        """Those that are: the ones that were asked for, else the newest."""
        asked = set(self.request.GET.getlist("scenario"))
        named = [one for one in self.every if str(one.public_id) in asked]
        return (named if len(named) > 1 else [*named, *(one for one in self.every if one not in named)])[:MOST]

    @cached_property
    def years(self) -> list[int]:
        """The planned years of the scenarios; without one, the next school year."""
        return sorted({one.year for one in self.chosen}) or [self.year]

    @cached_property
    def facts(self) -> Facts:
        """What is on record."""
        return facts_under(self.actor, self.unit, self.kind, years=self.years)

    @cached_property
    def plans(self) -> list[tuple[str, str, Plan]]:
        """Name, year and plan of each column: things as they stand in each year, then the scenarios."""
        assumed = assumptions(self.chosen, self.kind)
        found = [(_("As things stand"), school_year(year), planned(self.facts, year)) for year in self.years]
        return found + [
            (one.name, school_year(one.year), planned(self.facts, one.year, assumed[one.pk])) for one in self.chosen
        ]

    def context(self) -> dict[str, Any]:
        return {
            "crumbs": [Link(PlanningPage.title, reverse("planning"))],
            "sub": _("%(unit)s and all below it") % {"unit": self.unit},
            "choices": [(one, one in self.chosen) for one in self.every], "most": MOST, "under": self.request.GET.get("under", ""),
            "charts": [self._chart()] if len(self.plans) > 1 and self.plans[0][2].rows else [],
            "tables": [self._totals(), self._schools()], "nothing": not self.every,
        }  # fmt: skip

    def _columns(self, first: str) -> list[Column]:
        return [
            Column("what", first),
            *(Column(f"p{place}", name, number=True, sub=year) for place, (name, year, _plan) in enumerate(self.plans)),
        ]

    def _totals(self) -> Table:
        plans = [plan for _name, _year, plan in self.plans]
        totals = [plan.total for plan in plans]
        methods = [f"{method_words(plan.parameters.method)} {percent(plan.parameters.change)}" for plan in plans]
        moved = [sum(max(row.gap.approved - base, 0) for row, base in self._beside(plan)) for plan in plans]
        lines: list[tuple[str, Sequence[Any]]] = [
            (_("projection of pupils"), methods),
            (_("Pupils then"), [f"{one.pupils:,}" for one in totals]),
            (_("Standard then"), [f"{one.standard:,}" for one in totals]),
            (_("Retirements until then"), [f"{one.retiring:,}" for one in totals]),
            (pgettext("planning", "Lacking"), [short(one.lacking) for one in totals]),
            (_("More than the standard"), [f"{one.beyond:,}" for one in totals]),
            (_("Need with a seat"), [f"{one.hire:,}" for one in totals]),
            (_("No seat for"), [short(one.seats_short) for one in totals]),
            (_("Seats proposed to move"), [f"{one:,}" for one in moved]),
            (_("Proposed to recruit"), [f"{one.recruits:,}" for one in totals]),
            (_("Lacking after that"), [short(sum(max(row.left or 0, 0) for row in plan.rows)) for plan in plans]),
        ]
        rows = [
            Row([what, *(cell if isinstance(cell, Cell) else str(cell) for cell in cells)]) for what, cells in lines
        ]
        return Table(_("Together"), self._columns(_("Measure")), rows)

    def _beside(self, plan: Plan) -> list[tuple[Any, int]]:
        """Each school of a plan beside the seats that it has without a scenario."""
        first = next(one for _name, _year, one in self.plans if one.year == plan.year)
        base = {row.unit.pk: row.gap.approved for row in first.rows}
        return [(row, base.get(row.unit.pk, 0)) for row in plan.rows]

    def _left(self) -> dict[int, tuple[Any, list[int | None]]]:
        """By unit, what lacks in each column once those proposed were recruited."""
        found: dict[int, tuple[Any, list[int | None]]] = {}
        for place, (_name, _year, plan) in enumerate(self.plans):
            for row in plan.rows:
                found.setdefault(row.unit.pk, (row.unit, [None] * len(self.plans)))[1][place] = row.left
        return found

    def _schools(self) -> Table:
        rows = [
            Row([Cell(str(unit), self.unit_url(unit)), *(short(one) for one in left)])
            for unit, left in self._left().values()
        ]
        return Table(_("Lacking by school, after those proposed were recruited"), self._columns(_("Unit")), rows)

    def _chart(self) -> Chart:
        """Lying bars: what lacks in each column, for how many of it there is a seat."""
        names = [f"{name} {year}" for name, year, _plan in self.plans]
        totals = [plan.total for _name, _year, plan in self.plans]
        left = [sum(max(row.left or 0, 0) for row in plan.rows) for _name, _year, plan in self.plans]
        return Chart(
            key="compared",
            heading=_("What lacks in each scenario"),
            kind="rows",
            categories=names,
            series=[
                Series(_("Need with a seat"), [one.hire for one in totals], "accent", stack=True),
                Series(_("No seat for"), [one.seats_short for one in totals], "red", stack=True),
                Series(_("Lacking after those proposed were recruited"), left, "ink", "tick"),
            ],
            head=["", _("Need with a seat"), _("No seat for"), _("Lacking after those proposed were recruited")],
            rows=[
                [name, one.hire, one.seats_short, number] for name, one, number in zip(names, totals, left, strict=True)
            ],
        )
