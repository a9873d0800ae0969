"""The plan of a unit and all below it for a school year: by county, school, stage and subject; charts, tables, a workbook."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.codes.selectors import entries
from core.codes.values import values_of
from core.org.models import Unit, UnitKind
from core.parameters.selectors import at
from core.web.pages import Page
from core.web.parts import Action, Cell, Finding, Link, Row, Table
from personnel.forms.planning import year_choices
from personnel.rules import SeatHolding
from personnel.rules.deployment import SubjectGap
from personnel.selectors.deployment import plan_gaps
from personnel.selectors.planning import Facts, Plan, facts_under, planned, planned_years, pupils_by_stage
from personnel.selectors.scenarios import scenarios
from personnel.selectors.seats import KEEP, VIEW
from personnel.views.planning.shown import (
    HELP,
    REFERENCES,
    lines_table,
    method_words,
    number_or_dash,
    percent,
    pupils_chart,
    school_chart,
    school_columns,
    school_numbers,
    school_table,
    school_year,
    short,
    stage_table,
    subject_table,
    total_stats,
)
from personnel.views.seats.overview import plain, workbook

MOST_SCENARIOS: Final = 20
# Where what lacks and what is free stand among the numbers of a school.
GAPS: Final = (7, 8)


class Planned(Page):
    """What pages of plans ask by their address: which unit, which kind of seat, which school year."""

    permission: ClassVar[str | tuple[str, ...]] = VIEW
    help = HELP
    references: ClassVar[tuple[Link, ...]] = REFERENCES

    @cached_property
    def kind(self) -> str:
        """The kind of seat; by default that which the approved quota counts."""
        known = {one.code for one in entries("seat_kind", self.on, self.actor.unit)}
        asked = self.request.GET.get("kind", "")
        return asked if asked in known else at(SeatHolding, self.on, unit=self.actor.unit).quota_kind

    @cached_property
    def unit(self) -> Unit:
        """The unit that is looked at with all below it: the actor's own unless another is named."""
        rows = Unit.objects.visible_to(self.actor).named(self.on)
        asked = self.request.GET.get("under", "")
        found = next((one for one in rows if str(one.public_id) == asked), None) if asked else None
        return found or rows.get(pk=self.actor.unit.pk)

    @cached_property
    def year(self) -> int:
        """The planned school year: the next one unless another is named."""
        years = planned_years(self.on, self.actor.unit)
        asked = self.request.GET.get("year", "")
        return int(asked) if asked.isdecimal() and int(asked) in years else years[0]

    @cached_property
    def facts(self) -> Facts:
        """What is on record."""
        return facts_under(self.actor, self.unit, self.kind, years=[self.year])

    @cached_property
    def plan(self) -> Plan:
        """The plan without a scenario."""
        return planned(self.facts, self.year)

    def gaps(self, plan: Plan) -> tuple[SubjectGap, ...]:
        """Teachers of subjects beside the classes of a plan; none where no table says the hours."""
        return plan_gaps(self.facts, plan)

    def query(self, **more: Any) -> str:
        """The question of this page as an address, with some words of it changed."""
        asked = {
            name: self.request.GET[name] for name in ("year", "kind", "under") if self.request.GET.get(name)
        } | more
        return f"?{urlencode(asked)}" if asked else ""

    def unit_url(self, unit: Any) -> str:
        """The plan of another unit."""
        return reverse("planning") + self.query(under=str(unit.public_id))


class PlanningPage(Planned):
    """The plan as things stand."""

    name = "planning"
    route = "planning/"
    template = "personnel/planning.html"
    title = gettext_lazy("Planning")

    def context(self) -> dict[str, Any]:
        plan, gaps = self.plan, self.gaps(self.plan)
        said = {"unit": self.unit, "year": school_year(self.year), "day": self.on.isoformat()}
        return {
            "sub": _("%(unit)s and all below it, school year %(year)s, as of %(day)s") % said,
            "actions": self._actions(), "notices": self._notices(), "numbers": total_stats(plan.total) if plan.rows else [],
            "charts": self._charts(), "tables": [one for one in self._tables(gaps) if one is not None and one.rows],
            "source": self._source(), "years": year_choices(self.actor), "year": self.year, "kind": self.kind,
            "kinds": values_of(self.actor).entries("seat_kind"), "under": self.request.GET.get("under", ""),
            "scenarios": self._scenarios(), "compare_url": self._compare_url(), "nothing": not plan.rows,
        }  # fmt: skip

    def _actions(self) -> list[Action]:
        found = [
            Action(_("As a workbook"), reverse("planning_file") + self.query(), "download"),
            Action(_("Teachers by subject"), reverse("deployment") + self.query(), "users"),
        ]
        if self.actor.may(KEEP):
            found.append(Action(_("New scenario"), reverse("scenario_new"), "plus", primary=True))
        return found

    def _charts(self) -> list[Any]:
        if not self.plan.rows:
            return []
        years = list(range(planned_years(self.on)[0] - 1, self.year + 1))
        pupils = pupils_chart(years, pupils_by_stage(self.facts, years), self.actor)
        return [school_chart(self.plan), pupils] if len(self.plan.rows) > 1 else [pupils]

    def _tables(self, gaps: tuple[SubjectGap, ...]) -> list[Table | None]:
        rows = self.plan.rows
        schools = county_table(self) if self._of_counties else school_table(rows, self.unit_url)
        lines = lines_table(rows[0], self.actor) if len(rows) == 1 else None
        return [schools, lines, stage_table(self.plan, self.actor), subject_table(gaps, self.actor)]

    @cached_property
    def _of_counties(self) -> bool:
        """Whether counties lie below the unit: then they are listed, and their schools on their own pages."""
        return any(one.kind == UnitKind.COUNTY and one.pk != self.unit.pk for one in self.facts.units)

    def _notices(self) -> list[Finding]:
        bare = sum(not row.balance.known for row in self.plan.rows)
        if not bare:
            return []
        heading = ngettext("%(n)s unit has no seat ledger yet", "%(n)s units have no seat ledger yet", bare) % {
            "n": bare
        }
        return [Finding(heading, _("What they lack cannot be told before it is opened."), "amber", "alert")]

    def _source(self) -> str:
        rules = self.plan.parameters
        said = {"method": method_words(rules.method), "change": percent(rules.change), "source": rules.reference}
        return _("Pupils: %(method)s, change a year %(change)s. %(source)s") % said

    def _compare_url(self) -> str:
        """The scenarios of the bureau that is looked at, else of the actor's own."""
        return reverse("scenarios_compare") + (f"?under={self.unit.public_id}" if self.unit.is_bureau else "")

    def _scenarios(self) -> list[Any]:
        return list(scenarios(self.actor)[:MOST_SCENARIOS])


def county_table(page: Planned) -> Table:
    """The counties below a city with their schools added up, and those of the city itself."""
    counties = [one for one in page.facts.units if one.kind == UnitKind.COUNTY]
    groups: dict[int, list[Any]] = {one.pk: [] for one in counties}
    own: list[Any] = []
    for row in page.plan.rows:
        county = next((one for one in counties if one.covers(row.unit)), None)
        (groups[county.pk] if county is not None else own).append(row)
    lines = [_summed(Cell(str(one), page.unit_url(one)), groups[one.pk]) for one in counties if groups[one.pk]]
    lines += [_summed(Cell(str(row.unit), page.unit_url(row.unit)), [row]) for row in own]
    return Table(_("Gap by county"), school_columns(), lines)


def _summed(name: Cell, rows: list[Any]) -> Row:
    """The numbers of several schools. What lacks and what is free add up by themselves: neither people nor seats move on their own."""
    listed = [school_numbers(row) for row in rows]
    sums: list[int | None] = []
    for place in range(len(listed[0])):
        known = [numbers[place] for numbers in listed]
        told = [max(one, 0) if place in GAPS else one for one in known if one is not None]
        sums.append(sum(told) if told else None)
    return Row(
        [name, *(number_or_dash(one) for one in sums[:7]), short(sums[7]), number_or_dash(sums[8]), short(sums[9])]
    )


class PlanningWorkbook(Planned):
    """The same as a workbook."""

    name = "planning_file"
    route = "planning/workbook/"
    title = gettext_lazy("Planning")

    def get(self, _request: HttpRequest, /, *_args: Any, **_kwargs: Any) -> HttpResponse:
        heads = [_("Unit code"), *(str(column.label) for column in school_columns())]
        lines = [[row.unit.code, str(row.unit), *(plain(one) for one in school_numbers(row))] for row in self.plan.rows]
        return workbook(_("Planning"), heads, lines, f"{self.unit}-{self.year}")
