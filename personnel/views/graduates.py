"""Graduates to be placed: the list of a year, one of them, the plan by gaps and wishes."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from core.codes.values import label, values_of
from core.money import format_yuan
from core.registry import ListColumn
from core.web.filters import ChoiceFilter
from core.web.listing import Listing
from core.web.pages import DetailPage, FormPage, ListPage
from core.web.parts import Action, Badge, Cell, Column, Fact, Link, Row, Table
from personnel.forms.graduates import CorrectForm, GraduateForm, PlaceForm
from personnel.models import Graduate
from personnel.selectors.graduates import OPEN, STANDING, graduates, name_of, said_of, standings
from personnel.selectors.recruitment import DECIDE, RECRUIT
from personnel.services.graduates import correct_graduate, list_graduate, propose_placement, why_not_correct
from personnel.views.recruitment.shown import case_badge
from personnel.workflows.graduates import FREE_REFERENCES, PLACING

READ: Final = (RECRUIT, DECIDE)
HELP = PLACING.help
# What the form of a correction begins with, beside what is sealed.
CORRECTED: Final = (
    "year", "kind", "school", "education", "major", "graduated", "stage", "subject", "signed_on", "years", "rural_years", "fees",
)  # fmt: skip
TONES: Final = {
    STANDING.REPORTED: "green",
    STANDING.ABSENT: "red",
    STANDING.PLACED: "amber",
    STANDING.DEFERRED: "amber",
}


def standing_badge(one: Graduate) -> Badge:
    """How far a graduate came."""
    return Badge(one.get_standing_display(), TONES.get(Graduate.Standing(one.standing), ""))


def _of_year(rows: Any, value: str, actor: Any) -> Any:
    """This year, the one before, or all earlier ones."""
    year = actor.on.year
    return {"this": rows.filter(year=year), "last": rows.filter(year=year - 1)}.get(
        value, rows.filter(year__lt=year - 1)
    )


class GraduateList(ListPage):
    """The graduates on the bureau's lists."""

    name = "graduates"
    route = "graduates/"
    permission = READ
    title = gettext_lazy("Graduates to be placed")
    everything_label = gettext_lazy("All graduates")
    default_sort = "-year"
    exported = True
    help = HELP
    references = FREE_REFERENCES
    columns = (
        ListColumn(
            "name",
            gettext_lazy("Name"),
            lambda row, _actor: Cell(name_of(row), reverse("graduate", args=[row.public_id])),
            order=0,
        ),
        ListColumn("year", gettext_lazy("Year"), lambda row, _actor: str(row.year), sort=("year", "id"), order=10),
        ListColumn("kind", gettext_lazy("Kind"), lambda row, _actor: row.get_kind_display(), order=20),
        ListColumn(
            "school", gettext_lazy("Graduated from"), lambda row, _actor: Cell(row.school, sub=row.major), order=30
        ),
        ListColumn(
            "subject",
            gettext_lazy("Subject"),
            lambda row, actor: values_of(actor).code("subject", row.subject),
            order=40,
        ),
        ListColumn("standing", gettext_lazy("Standing"), lambda row, _actor: Cell(badge=standing_badge(row)), order=50),
    )
    filters = (
        ChoiceFilter(
            "year", gettext_lazy("Year"), _of_year, order=10,
            options=(("this", gettext_lazy("this year")), ("last", gettext_lazy("last year")), ("before", gettext_lazy("earlier"))),
        ),
        ChoiceFilter(
            "kind", gettext_lazy("Kind"), lambda rows, value, _actor: rows.filter(kind=value), options=tuple(Graduate.Kind.choices),
            order=20,
        ),
        ChoiceFilter(
            "standing", gettext_lazy("Standing"), lambda rows, value, _actor: rows.filter(standing=value),
            options=tuple(Graduate.Standing.choices), order=30,
        ),
    )  # fmt: skip

    def rows_of(self, actor: Any) -> Any:
        return graduates(actor)

    def summary(self, listing: Listing) -> Any:
        counted = standings(self.rows_of(listing.actor))
        told = [f"{name} {counted[key]}" for key, name in Graduate.Standing.choices if counted.get(key)]
        return pgettext("list separator", ", ").join(told)

    def actions(self) -> list[Action]:
        found = [
            Action(_("Plan"), reverse("graduate_plan"), "chart"),
            Action(_("Service agreements"), reverse("agreements"), "clock"),
        ]
        if self.actor.may(RECRUIT):
            found.append(Action(_("From a workbook"), reverse("import_new"), "upload"))
            found.append(Action(_("Enter a graduate"), reverse("graduate_new"), "plus", primary=True))
        return found

    @property
    def empty(self) -> dict[str, Any]:
        text = _("Enter the graduates of normal schools and the publicly funded students of a year, with their wishes.")
        return {"icon": "users", "heading": _("No graduates yet"), "text": text, "actions": self.actions()}


class NewGraduate(FormPage):
    """Enter somebody in the list of a year."""

    name = "graduate_new"
    route = "graduates/new/"
    permission = RECRUIT
    title = gettext_lazy("Enter a graduate")
    form_class = GraduateForm
    submit_label = gettext_lazy("Enter")
    help = HELP
    references = FREE_REFERENCES

    @property
    def cancel_url(self) -> str:
        """Back to the list."""
        return reverse("graduates")

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def initial(self) -> dict[str, Any]:
        return {"year": self.on.year, "kind": Graduate.Kind.NORMAL}

    def save(self, form: Any) -> str:
        made = list_graduate(actor=self.actor, **form.listed)
        return reverse("graduate", args=[made.public_id])


class OfGraduate(DetailPage):
    """A page about one graduate."""

    permission: ClassVar[str | tuple[str, ...]] = READ
    help = HELP
    references = FREE_REFERENCES

    def rows(self) -> Any:
        return graduates(self.actor).select_related("hired")


class GraduatePage(OfGraduate):
    """One graduate: what is known of them, wishes, placements."""

    name = "graduate"
    route = "graduates/<uuid:public_id>/"
    template = "personnel/graduate.html"

    def heading(self) -> Any:
        return name_of(self.object)

    def context(self) -> dict[str, Any]:
        one: Graduate = self.object
        actions = []
        if self.actor.may(RECRUIT) and one.standing in OPEN and self.actor.unit == one.unit:
            actions.append(
                Action(_("Propose a place"), reverse("graduate_place", args=[one.public_id]), "arrow", primary=True)
            )
        if self.actor.may(RECRUIT) and not why_not_correct(self.actor, one):
            actions.append(
                Action(pgettext("graduate", "Put right"), reverse("graduate_correct", args=[one.public_id]), "pen")
            )
        if one.hired is not None:
            actions.append(Action(_("File"), reverse("teacher", args=[one.hired.public_id]), "user"))
        return {
            "crumbs": [Link(GraduateList.title, reverse("graduates"))], "badge_of": standing_badge(one), "facts": self._facts(one),
            "agreed": self._agreed(one), "placements": self._placements(one), "actions": actions,
        }  # fmt: skip

    def _facts(self, one: Graduate) -> list[Fact]:
        values = values_of(self.actor)
        wishes = list(one.wishes.order_by("place"))
        values.prime(units=[wish.unit_id for wish in wishes])
        told = [
            (name, values.shown(Graduate, name, one).text)
            for name in ("sex", "number", "phone", "school", "education", "major", "graduated", "stage", "subject")
        ]
        told.append(("home", said_of(one, "home")))
        facts = [Fact(_("Year"), str(one.year), sub=str(one.get_kind_display()))]
        facts += [Fact(label(Graduate, name), text) for name, text in told if text]
        wished = pgettext("list separator", ", ").join(f"{wish.place} {values.unit(wish.unit_id)}" for wish in wishes)
        return [*facts, Fact(_("Wishes"), wished or _("none"))]

    def _agreed(self, one: Graduate) -> list[Fact]:
        if one.kind != Graduate.Kind.FREE:
            return []
        values = values_of(self.actor)
        names = ("signed_on", "years", "rural_years")
        told = [Fact(label(Graduate, name), values.shown(Graduate, name, one).text) for name in names]
        fees = "" if one.fees is None else format_yuan(one.fees)
        return [
            Fact(label(Graduate, "agreement"), said_of(one, "agreement")),
            *told,
            Fact(label(Graduate, "fees"), fees),
        ]

    def _placements(self, one: Graduate) -> Table | None:
        rows = list(one.placements.select_related("case").order_by("-pk"))
        values = values_of(self.actor)
        values.prime(units=[row.unit_id for row in rows])
        columns = [
            Column("unit", _("Unit")), Column("starts", _("From"), nowrap=True), Column("by", _("To report by"), nowrap=True),
            Column("state", _("State")), Column("case", _("Case")),
        ]  # fmt: skip
        told = [
            Row(
                [
                    values.unit(row.unit_id), row.starts, row.report_by, Cell(badge=case_badge(row.case)),
                    Cell(_("Open"), reverse("case", args=[row.case.public_id])),
                ]
            )
            for row in rows
        ]  # fmt: skip
        return Table(_("Placements"), columns, told) if told else None


class CorrectGraduate(OfGraduate, FormPage):
    """Put right what is known of a graduate, as long as nothing is decided on it."""

    name = "graduate_correct"
    route = "graduates/<uuid:public_id>/correct/"
    permission: ClassVar[str | tuple[str, ...]] = RECRUIT
    form_class = CorrectForm
    submit_label = pgettext_lazy("graduate", "Put right")
    record = None

    def heading(self) -> Any:
        return _("%(name)s: put right") % {"name": name_of(self.object)}

    @property
    def cancel_url(self) -> str:
        """Back to the graduate."""
        return reverse("graduate", args=[self.object.public_id])

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(GraduateList.title, reverse("graduates")), Link(name_of(self.object), self.cancel_url)]}

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor, "graduate": self.object}

    def initial(self) -> dict[str, Any]:
        one: Graduate = self.object
        wishes = {f"wish_{wish.place}": wish.unit for wish in one.wishes.select_related("unit")}
        sealed = {name: said_of(one, name) for name in ("name", "home", "agreement")}
        return {name: getattr(one, name) for name in CORRECTED} | sealed | wishes

    def save(self, form: Any) -> str:
        correct_graduate(actor=self.actor, graduate=self.object, reason=form.cleaned_data["reason"], **form.listed)
        return self.cancel_url


class PlaceGraduate(OfGraduate, FormPage):
    """Propose where a graduate is placed."""

    name = "graduate_place"
    route = "graduates/<uuid:public_id>/place/"
    permission: ClassVar[str | tuple[str, ...]] = RECRUIT
    form_class = PlaceForm
    submit_label = gettext_lazy("Send for approval")
    record = None

    def heading(self) -> Any:
        return _("%(name)s: propose a place") % {"name": name_of(self.object)}

    @property
    def cancel_url(self) -> str:
        """Back to the graduate."""
        return reverse("graduate", args=[self.object.public_id])

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(GraduateList.title, reverse("graduates")), Link(name_of(self.object), self.cancel_url)]}

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def initial(self) -> dict[str, Any]:
        wish = self.object.wishes.select_related("unit").order_by("place").first()
        return {"unit": wish.unit if wish is not None else None, "starts": self.on}

    def save(self, form: Any) -> str:
        made = propose_placement(actor=self.actor, graduate=self.object, **form.cleaned_data)
        return reverse("case", args=[made.case.public_id])


PAGES = (GraduateList, NewGraduate, GraduatePage, CorrectGraduate, PlaceGraduate)
