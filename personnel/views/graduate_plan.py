"""What gaps and wishes suggest for the graduates of a year, with its numbers."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from core.codes.values import values_of
from core.org.models import Unit
from core.web.pages import FormPage
from core.web.parts import Cell, Column, Link, Row, Stat, Table
from personnel.forms.graduates import PlanForm
from personnel.selectors.graduates import STANDING, Plan, graduates, name_of, plan, standings
from personnel.selectors.recruitment import RECRUIT
from personnel.services.graduates import propose_as_suggested
from personnel.views.graduates import READ, GraduateList
from personnel.workflows.graduates import FREE_REFERENCES

MOST_FREE: Final = 12
FIRST_YEAR, LAST_YEAR = 1990, 2100


class GraduatePlan(FormPage):
    """What gaps and wishes suggest for those of a year who are not placed, with its numbers; all of it can be proposed at once."""

    name = "graduate_plan"
    route = "graduates/plan/"
    permission = READ
    template = "personnel/graduate_plan.html"
    title = gettext_lazy("Plan of placements")
    form_class = PlanForm
    submit_label = gettext_lazy("Propose as suggested")
    done_message = gettext_lazy("Proposed. Somebody else of the bureau decides on each.")
    help = gettext_lazy(
        "Publicly funded students come first, then the order of the list. Each gets the first wish with a vacant seat, else the school "
        "of their stage with the most. Seats are those of the ledger less placements not reported yet; schools without it are left out."
    )
    references = FREE_REFERENCES

    @property
    def cancel_url(self) -> str:
        """Back to the list."""
        return reverse("graduates")

    @cached_property
    def year(self) -> int:
        """The year that is looked at."""
        asked = self.request.GET.get("year", "")
        known = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 4 else 0
        return known if FIRST_YEAR <= known <= LAST_YEAR else self.on.year

    @cached_property
    def suggested(self) -> tuple[list[Plan], dict[int, int]]:
        """The suggestion, and the seats free by school."""
        return plan(self.actor, self.year, self.on)

    def initial(self) -> dict[str, Any]:
        return {"starts": self.on}

    def context(self) -> dict[str, Any]:
        rows, free = self.suggested
        values_of(self.actor).prime(units=[*free, *(unit for row in rows for unit in row.wishes)])
        return {
            "crumbs": [Link(GraduateList.title, reverse("graduates"))], "year": self.year, "numbers": self._stats(rows),
            "table": self._table(rows), "gaps": self._gaps(rows, free),
            "proposes": self.actor.may(RECRUIT) and any(row.unit is not None for row in rows),
        }  # fmt: skip

    def _stats(self, rows: list[Plan]) -> list[Stat]:
        here = graduates(self.actor).filter(year=self.year)
        counted = standings(here)
        waiting = ngettext("%(n)s waits for a place", "%(n)s wait for a place", len(rows)) % {"n": len(rows)}
        wished = sum(row.wish == 1 for row in rows)
        return [
            Stat(_("On the list"), sum(counted.values()), sub=waiting),
            Stat(
                _("Suggested by the first wish"),
                wished,
                sub=_("by another wish: %(n)s") % {"n": sum((row.wish or 0) > 1 for row in rows)},
            ),
            Stat(_("Placed, to report"), counted.get(STANDING.PLACED, 0) + counted.get(STANDING.DEFERRED, 0)),
            Stat(
                _("Reported"),
                counted.get(STANDING.REPORTED, 0),
                sub=_("did not report: %(n)s") % {"n": counted.get(STANDING.ABSENT, 0)},
            ),
        ]

    def _table(self, rows: list[Plan]) -> Table | None:
        values = values_of(self.actor)
        columns = [
            Column("name", _("Name")), Column("kind", _("Kind")), Column("subject", _("Subject")), Column("wishes", _("Wishes")),
            Column("unit", _("Suggested")),
        ]  # fmt: skip
        told = []
        for row in rows:
            one = row.graduate
            which = _("wish %(place)s") % {"place": row.wish} if row.wish else _("none of the wishes")
            suggested = (
                Cell(values.unit(row.unit), sub=which)
                if row.unit is not None
                else Cell(_("no seat free"), tone="red", icon="no")
            )
            wishes = pgettext("list separator", ", ").join(values.unit(unit) for unit in row.wishes)
            told.append(
                Row(
                    [
                        Cell(name_of(one), reverse("graduate", args=[one.public_id])), str(one.get_kind_display()),
                        values.code("subject", one.subject), wishes, suggested,
                    ]
                )
            )  # fmt: skip
        return Table(_("Suggestion"), columns, told) if told else None

    def _gaps(self, rows: list[Plan], free: dict[int, int]) -> Table | None:
        """The schools with the most seats free, and how many of them the suggestion fills."""
        filled = Counter(row.unit for row in rows if row.unit is not None)
        shown = sorted((unit for unit, number in free.items() if number > 0), key=lambda unit: (-free[unit], unit))[
            :MOST_FREE
        ]
        places = {one.pk: one for one in Unit.objects.visible_to(self.actor).filter(pk__in=shown)}
        values = values_of(self.actor)
        columns = [
            Column("unit", _("Unit")), Column("free", _("Seats free"), number=True), Column("filled", _("Suggested"), number=True),
        ]  # fmt: skip
        told = [
            Row(
                [
                    Cell(values.unit(unit), reverse("unit_seats", args=[places[unit].public_id])),
                    free[unit],
                    filled.get(unit, 0),
                ]
            )
            for unit in shown
        ]
        return Table(_("Schools with seats free"), columns, told) if told else None

    def save(self, form: Any) -> str:
        propose_as_suggested(actor=self.actor, year=self.year, **form.cleaned_data)
        return f"{reverse('graduates')}?standing={STANDING.PROPOSED}"
