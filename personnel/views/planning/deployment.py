"""Who teaches what, and which subjects lack teachers beside the classes of today."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.codes.values import values_of
from core.registry import ListColumn, RecordCheck
from core.web.filters import AsOfFilter, CodeFilter, Filter, UnitFilter, YesNoFilter
from core.web.pages import ListPage
from core.web.parts import Action, Badge, Cell, Chart, Finding, Link, Series, Stat
from personnel.sections import VIEW as VIEW_FILES
from personnel.selectors.deployment import deployed, duties, duty_checks, found_by
from personnel.selectors.seats import VIEW
from personnel.views.planning.overview import Planned
from personnel.views.planning.shown import subject_table

HELP = gettext_lazy(
    "Teachers needed are the hours a week of the classes divided by those of a full teacher. There are those whose file says what they "
    "teach at the unit: by their duties, with the hours where they are known, else by the roster. Hours and loads are local parameters."
)
REFERENCES = (Link(gettext_lazy("Curriculum plan of compulsory education (2022)")),)


class DeploymentPage(Planned):
    """Teachers of each subject beside the classes of today."""

    name = "deployment"
    route = "deployment/"
    template = "personnel/deployment.html"
    title = gettext_lazy("Teachers by subject")
    help = HELP
    references = REFERENCES

    def context(self) -> dict[str, Any]:
        found = deployed(self.facts)
        taught, gaps, rules = found.taught, found.gaps, found.rules
        numbers = [
            Stat(pgettext("planning", "Teachers"), f"{len({one.teacher for one in taught}):,}"),
            Stat(_("Classes"), f"{sum(found.classes.values()):,}"),
            Stat(_("Teachers lacking"), f"{found.lacking:,}", tone="red" if found.lacking else ""),
            *self._checked([one for one in taught if one.record is not None]),
        ]
        return {
            "sub": _("%(unit)s and all below it, as of %(day)s") % {"unit": self.unit, "day": self.on.isoformat()},
            "actions": self._actions(), "numbers": numbers, "charts": [_chart(gaps, self.actor)] if gaps else [],
            "tables": [subject_table(gaps, self.actor, ahead=False)] if gaps else [], "source": rules.reference if rules else "",
            "notices": [] if rules else [Finding(_("No table says how many hours a class has"), "", "amber", "alert")],
            "nothing": not gaps,
        }  # fmt: skip

    def _actions(self) -> list[Action]:
        found = [Action(pgettext("page", "Planning"), reverse("planning") + self.query(), "chart")]
        if self.actor.may(VIEW_FILES):
            found.append(Action(_("List of duties"), reverse("duties"), "list"))
        return found

    def _checked(self, taught: list[Any]) -> list[Stat]:
        """What other modules tell of the duties; nothing while none does."""
        checks = duty_checks()
        found = found_by(checks, [one.record for one in taught], self.on) if checks else []
        return [
            Stat(check.label, f"{len(told):,}", reverse("duties"), tone="amber" if told else "")
            for check, told in found
        ]


def _chart(gaps: Any, actor: Any) -> Chart:
    """Lying bars: full teachers there, a tick for those needed; the most lacking first."""
    values = values_of(actor)
    shown = sorted((one for one in gaps if one.needed), key=lambda one: -one.gap)[:16]
    names = [f"{values.code('stage', one.stage)} {values.code('subject', one.subject)}" for one in shown]
    return Chart(
        key="subjects",
        heading=_("Teachers by subject beside the classes"),
        kind="rows",
        categories=names,
        series=[
            Series(pgettext("planning", "Teachers"), [float(one.there) for one in shown], "accent"),
            Series(_("Teachers needed"), [float(one.needed) for one in shown], "ink", "tick"),
        ],
        alarms=[place for place, one in enumerate(shown) if one.gap > 0],
        note=_("full teachers; those that lack the most first"),
        head=[_("Subject"), pgettext("planning", "Teachers"), _("Teachers needed"), pgettext("planning", "Lacking")],
        rows=[[name, str(one.there), str(one.needed), str(one.gap)] for name, one in zip(names, shown, strict=True)],
    )


def _checked(row: Any, _actor: Any) -> Any:
    return Cell(badge=Badge(row.checked, "amber", "alert")) if row.checked else ""


class DutyList(ListPage):
    """Who teaches what at which unit."""

    name = "duties"
    route = "deployment/duties/"
    permission = VIEW_FILES
    title = gettext_lazy("Who teaches what")
    everything_label = gettext_lazy("All duties")
    exported = True
    default_sort = "unit"
    help = HELP
    references = REFERENCES

    columns: ClassVar[tuple[ListColumn, ...]] = (
        ListColumn(
            "teacher", gettext_lazy("Name"),
            lambda row, _actor: Cell(row.teacher.name, reverse("teacher", args=[row.teacher.public_id])), nowrap=True, order=0,
        ),
        ListColumn(
            "unit", gettext_lazy("Unit"), lambda row, actor: values_of(actor).unit(row.unit_id), sort=("unit_id", "id"), indexed=True,
            order=10,
        ),
        ListColumn("stage", gettext_lazy("Stage"), lambda row, actor: values_of(actor).code("stage", row.stage), order=20),
        ListColumn("subject", gettext_lazy("Subject"), lambda row, actor: values_of(actor).code("subject", row.subject), order=30),
        ListColumn("main", gettext_lazy("Main subject"), lambda row, _actor: row.main, order=40),
        ListColumn("classes", gettext_lazy("Classes"), lambda row, _actor: row.classes, number=True, order=50),
        ListColumn("hours", gettext_lazy("hours a week"), lambda row, _actor: row.weekly_hours, number=True, order=60),
        ListColumn("since", gettext_lazy("Since"), lambda row, _actor: row.valid.lower, number=True, shown=False, order=70),
    )  # fmt: skip
    filters: ClassVar[tuple[Filter, ...]] = (
        AsOfFilter("on", gettext_lazy("As of"), order=0),
        UnitFilter("under", gettext_lazy("Below"), lambda rows, unit, _actor: rows.filter(unit__path__descendants=unit.path), order=10),
        CodeFilter(
            "subject", gettext_lazy("Subject"), lambda rows, codes, _actor: rows.filter(subject__in=codes), code_list="subject", order=20
        ),
        CodeFilter("stage", gettext_lazy("Stage"), lambda rows, codes, _actor: rows.filter(stage__in=codes), code_list="stage", order=30),
        YesNoFilter("main", gettext_lazy("Main subject"), lambda rows, value, _actor: rows.filter(main=value), order=40),
    )  # fmt: skip
    empty: ClassVar = {
        "icon": "book",
        "heading": gettext_lazy("No teaching duty yet"),
        "text": gettext_lazy("Enter on the page of a person, or import, who teaches which subject in which classes."),
    }

    @cached_property
    def checks(self) -> list[RecordCheck]:
        """What other modules tell of duties."""
        return duty_checks()

    def own_columns(self) -> tuple[ListColumn, ...]:
        """With a column for what is not in order, where somebody tells it."""
        if not self.checks:
            return self.columns
        label = pgettext("list separator", ", ").join(str(one.label) for one in self.checks)
        return (*self.columns, ListColumn("checked", label, _checked, order=80))

    def rows_of(self, actor: Any) -> Any:
        return duties(actor, actor.on).select_related("teacher")

    def prepare(self, rows: list[Any], actor: Any) -> None:
        values_of(actor).prime(units=[row.unit_id for row in rows])
        told = found_by(self.checks, [row.pk for row in rows], actor.on) if self.checks else []
        for row in rows:
            words = [str(said[row.pk]) for _check, said in told if row.pk in said]
            row.checked = pgettext("list separator", ", ").join(words)

    def actions(self) -> list[Action]:
        return [Action(_("Teachers by subject"), reverse("deployment"), "chart")] if self.actor.may(VIEW) else []
