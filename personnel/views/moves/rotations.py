"""The rotation of a year: the shares of a county, school by school, and who was due."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.codes.values import values_of
from core.org.models import Unit
from core.web.pages import Page
from core.web.parts import Action, Badge, Cell, Column, Finding, Row, Stat, Table
from personnel.models import Teacher
from personnel.selectors.moves import VIEW
from personnel.selectors.rotations import Person, Year, rotation_year
from personnel.workflows.moves import REFERENCES

FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2200


class RotationsPage(Page):
    """Who was due in a year, who rotated, and whether the shares are reached."""

    name = "rotations"
    route = "moves/rotations/"
    permission = VIEW
    template = "personnel/rotations.html"
    title = gettext_lazy("Rotation of a year")
    help = gettext_lazy(
        "Due is who has been at one school for the years of the rules. Each year at least a share of them rotates, and a "
        "share of those who rotate are key teachers; both are parameters. Rotations count by their first day, with or "
        "without the employment, once decided."
    )
    references = REFERENCES

    @cached_property
    def year(self) -> int:
        """The calendar year; by default this one."""
        asked = self.request.GET.get("year", "")
        found = int(asked) if asked.isdecimal() and len(asked) == len("2026") else self.on.year
        return min(max(found, FIRST_YEAR), LAST_YEAR)

    @cached_property
    def unit(self) -> Unit:
        """The unit that is looked at with all below it."""
        rows = Unit.objects.visible_to(self.actor).named(self.on)
        asked = self.request.GET.get("under", "")
        found = next((one for one in rows if str(one.public_id) == asked), None) if asked else None
        return found or (rows.get(pk=self.actor.unit.pk))

    @cached_property
    def found(self) -> Year:
        """The year."""
        return rotation_year(self.actor, self.unit, self.year)

    def context(self) -> dict[str, Any]:
        people = self.found.people
        schools = defaultdict(list)
        for one in people:
            schools[one.unit].append(one)
        values_of(self.actor).prime(units=list(schools))
        names = self._names(people) if len(schools) == 1 else None
        return {
            "sub": _("%(unit)s and all below it, %(year)s") % {"unit": self.unit, "year": self.year},
            "actions": [Action(_("All moves"), reverse("moves"), "list")], "year": self.year,
            "under": self.request.GET.get("under", ""), "numbers": self._numbers(), "notices": self._notices(),
            "table": self._table(schools) if schools else None, "names": names,
        }  # fmt: skip

    def _numbers(self) -> list[Stat]:
        shares = self.found.shares
        if shares is None:
            return []
        return [
            Stat(pgettext("rotation", "Due"), shares.due),
            Stat(_("Of them rotated"), shares.rotated_due, sub=_percent(shares.rotated_due, shares.due)),
            Stat(_("Rotated in all"), shares.rotated),
            Stat(_("Key teachers among them"), shares.key, sub=_percent(shares.key, shares.rotated)),
        ]

    def _notices(self) -> list[Finding]:
        rules, shares = self.found.asked, self.found.shares
        if rules is None or shares is None:
            return [Finding(_("No rule for this year"), _("The shares count from 2014 on."), icon="info")]
        share, key = shares.findings
        said = [
            (share, _("Share of those who are due: at least %(n)s %%"), rules.percent),
            (key, _("Share of key teachers among them: at least %(n)s %%"), rules.key_percent),
        ]
        found: list[Finding] = []
        for one, heading, number in said:
            done, whole = one.actual
            text = _("%(done)s of %(whole)s, %(percent)s") % {
                "done": done,
                "whole": whole,
                "percent": _percent(done, whole),
            }
            tone, icon = ("green", "ok") if one.met else ("amber", "alert")
            found.append(
                Finding(heading % {"n": number}, text, tone, icon, reference=one.reference if not found else "")
            )
        return found

    def _table(self, schools: dict[int, list[Person]]) -> Table:
        columns = [
            Column("unit", _("Unit")), Column("due", pgettext("rotation", "Due"), number=True),
            Column("done", _("Of them rotated"), number=True), Column("rotated", _("Rotated in all"), number=True),
            Column("key", _("Key teachers among them"), number=True),
        ]  # fmt: skip
        rows = [self._school(key, people) for key, people in schools.items()]
        return Table(_("By unit"), columns, sorted(rows, key=lambda row: row.cells[0].text))

    def _school(self, unit: int, people: list[Person]) -> Row:
        name = values_of(self.actor).unit(unit)
        keys = self._addresses
        url = f"{self.url}?{urlencode({'year': self.year, 'under': keys[unit]})}" if unit in keys else ""
        return Row(
            [
                Cell(name, url), sum(one.due for one in people), sum(one.due and one.rotated for one in people),
                sum(one.rotated for one in people), sum(one.key for one in people),
            ]
        )  # fmt: skip

    @cached_property
    def _addresses(self) -> dict[int, Any]:
        rows = Unit.objects.visible_to(self.actor).under(self.unit)
        return dict(rows.values_list("pk", "public_id"))

    def _names(self, people: Any) -> Table:
        """Who was due or rotated at one school."""
        keys = [one.teacher.pk for one in people]
        seen = set(Teacher.objects.visible_to(self.actor).filter(pk__in=keys).values_list("pk", flat=True))
        columns = [
            Column("name", _("Name")), Column("since", _("At this school since"), nowrap=True), Column("due", pgettext("rotation", "Due")),
            Column("rotated", _("Rotated")), Column("key", _("Key teacher")),
        ]  # fmt: skip
        return Table(_("Who was due, and who rotated"), columns, [_person(one, seen) for one in people])


def _person(one: Person, seen: set[int]) -> Row:
    url = reverse("teacher", args=[one.teacher.public_id]) if one.teacher.pk in seen else ""
    done = Cell(badge=Badge(_("rotated"), "green", "check")) if one.rotated else ""
    return Row(
        [
            Cell(one.teacher.name, url),
            one.since or "",
            pgettext("rotation", "due") if one.due else "",
            done,
            _("yes") if one.key else "",
        ]
    )


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "—"
