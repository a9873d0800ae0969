"""Leading cadres: the heads of all units, and those of one unit beside the number of its posts."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from core.codes.selectors import label as code_label
from core.codes.values import period_words, values_of
from core.org.models import Unit
from core.registry import ListColumn
from core.web.filters import ChoiceFilter, CodeFilter, UnitFilter
from core.web.listing import Listing
from core.web.looks import EXPORTED
from core.web.pages import DetailPage, FormPage, ListPage
from core.web.parts import Action, Badge, Cell, Column, Link, Row, Stat, Table
from personnel.forms.cadres import RecordForm
from personnel.models import CHIEFS, Headship
from personnel.selectors.cadres import (
    DECIDE,
    PROPOSE,
    VIEW,
    cadres,
    classes_of,
    ending_within,
    former_heads,
    heads_of,
    headship_rules,
    named,
    over_terms,
    probations_due,
    with_dues,
)
from personnel.selectors.finding_words import post_words
from personnel.selectors.posts import appointments_of_many
from personnel.services import note_looks
from personnel.services.cadres import record_headship
from personnel.workflows.cadres import REFERENCES

HELP: Final = gettext_lazy(
    "Who heads a school, since when, in which term and until when. A headship begins and ends by a case, decided at the level of the "
    "authority; it is proposed on the page of a person. A school has one principal, director and secretary at most on any day: the "
    "database itself refuses a second one."
)


def head_words(row: Headship, actor: Any) -> str:
    """The headship in words; an acting one says so."""
    said = values_of(actor).code("headship", row.headship)
    return _("acting %(headship)s") % {"headship": said} if row.acting else said


def term_badge(row: Headship, actor: Any) -> Badge | None:
    """What is to be known of a term: beyond the terms allowed, over, or ending soon. `with_dues` has been asked."""
    if row.over:
        return Badge(_("beyond the terms"), "red", "alert")
    if row.term_last is None:
        return None
    days = (row.term_last - actor.on).days
    if days < 0:
        return Badge(_("term over"), "red", "clock")
    ahead = headship_rules(actor.unit, actor.on).ending
    if days <= ahead:
        return Badge(ngettext("ends in %(n)s day", "ends in %(n)s days", days) % {"n": days}, "amber", "clock")
    return None


def _term(row: Headship, actor: Any) -> Cell:
    if row.acting or row.term_last is None:
        return Cell(badge=term_badge(row, actor))
    badge, number = term_badge(row, actor), _("term %(n)s") % {"n": row.term}
    said = pgettext("list separator", ", ").join([str(row.term_last), number]) if badge else number
    return Cell(row.term_last, sub=said, badge=badge)


def _probation(row: Headship, actor: Any) -> Cell:
    if row.probation_last is None:
        return Cell()
    verdict = values_of(actor).code("probation_verdict", row.probation_verdict)
    if verdict:
        return Cell(row.probation_last, sub=verdict)
    if row.probation_last < actor.on:
        return Cell(badge=Badge(_("to be judged"), "amber", "clock"), sub=row.probation_last)
    return Cell(row.probation_last)


def _training(row: Headship, actor: Any) -> Cell:
    if row.training_due is None:
        return Cell(_("no record of trainings in use"), tone="muted")
    if row.training_due <= actor.on:
        return Cell(badge=Badge(pgettext("training", "due"), "amber", "clock"), sub=row.training_due)
    return Cell(row.training_due)


def _by_term(rows: Any, value: str, actor: Any) -> Any:
    told = headship_rules(actor.unit, actor.on)
    if value == "ending":
        return ending_within(rows, actor.on, told.ending)
    if value == "over":
        return over_terms(rows, actor.on, told.terms)
    return probations_due(rows) if value == "probation" else rows.filter(acting=True)


class CadreList(ListPage):
    """Who heads which unit today."""

    name = "cadres"
    route = "cadres/"
    permission = VIEW
    title = gettext_lazy("Leading cadres")
    everything_label = gettext_lazy("All leading cadres")
    exported = True
    default_sort = "unit"
    help = HELP
    references = REFERENCES
    columns = (
        ListColumn(
            "name", gettext_lazy("Name"), lambda row, _actor: Cell(row.teacher.name, reverse("teacher", args=[row.teacher.public_id])),
            sort=("teacher__pinyin", "teacher_id"), order=0,
        ),
        ListColumn(
            "unit", gettext_lazy("Unit"), lambda row, _actor: Cell(row.unit_title or "", reverse("unit_heads", args=[row.unit.public_id])),
            sort=("unit__path", "headship"), order=10,
        ),
        ListColumn("headship", gettext_lazy("Headship"), head_words, sort=("headship",), order=20),
        ListColumn("since", gettext_lazy("Since"), lambda row, _actor: row.valid.lower, sort=("valid__startswith",), nowrap=True, order=30),
        ListColumn("term", gettext_lazy("Term until"), _term, nowrap=True, order=40),
        ListColumn("probation", gettext_lazy("Probation until"), _probation, nowrap=True, shown=False, order=50),
        ListColumn("training", gettext_lazy("Training due"), _training, nowrap=True, order=60),
        ListColumn("document", gettext_lazy("Document number"), lambda row, _actor: row.document, shown=False, order=70),
    )  # fmt: skip
    filters = (
        UnitFilter("unit", gettext_lazy("Unit"), lambda rows, unit, _actor: rows.filter(unit__path__descendants=unit.path), order=10),
        CodeFilter(
            "headship", gettext_lazy("Headship"), lambda rows, codes, _actor: rows.filter(headship__in=codes), code_list="headship",
            order=20,
        ),
        ChoiceFilter(
            "term", gettext_lazy("What is due"), _by_term, order=30,
            options=(
                ("ending", gettext_lazy("term over or ending within a year")), ("over", gettext_lazy("beyond the terms allowed")),
                ("probation", gettext_lazy("probation without a verdict")), ("acting", gettext_lazy("acting heads")),
            ),
        ),
    )  # fmt: skip

    def rows_of(self, actor: Any) -> Any:
        return cadres(actor, actor.on).select_related("teacher", "unit")

    def prepare(self, rows: list[Any], actor: Any) -> None:
        with_dues(rows, actor.on)

    def note_export(self, rows: Any, actor: Any) -> None:
        note_looks(
            actor=actor, teachers=[*rows.values_list("teacher_id", flat=True)], what=EXPORTED, reason=str(self.title)
        )

    def summary(self, listing: Listing) -> Any:
        rows = self.rows_of(listing.actor)
        told = headship_rules(listing.actor.unit, listing.actor.on)
        ending = ending_within(rows, listing.actor.on, told.ending).count()
        over = over_terms(rows, listing.actor.on, told.terms).count()
        said = {"people": rows.values("teacher").distinct().count(), "ending": ending, "over": over}
        return (
            _("%(people)s people; terms over or ending within a year: %(ending)s, beyond the terms allowed: %(over)s")
            % said
        )

    def actions(self) -> list[Action]:
        unit = self.actor.unit
        bureau = unit is not None and unit.is_bureau
        if bureau and (self.actor.may(PROPOSE) or self.actor.may(DECIDE)):
            return [Action(_("Reserve of cadres"), reverse("reserves"), "users")]
        if unit is not None and not bureau:
            return [Action(_("Heads of the unit"), reverse("unit_heads", args=[unit.public_id]), "users")]
        return []

    @property
    def empty(self) -> dict[str, Any]:
        text = _(
            "Nobody is recorded as head of a unit. On the page of a person, under “Unit and post”, a headship is proposed; who decides on "
            "them records there who heads a unit already."
        )
        return {"icon": "users", "heading": _("No leading cadres yet"), "text": text, "actions": self.actions()}


class OfUnit(DetailPage):
    """A page about the heads of a unit."""

    permission: ClassVar[str | tuple[str, ...]] = VIEW
    help = HELP
    references = REFERENCES

    def rows(self) -> Any:
        return Unit.objects.visible_to(self.actor).named(self.on).select_related("parent")


class UnitHeads(OfUnit):
    """The heads of a unit beside the number of its posts of leadership, and those who led it before."""

    name = "unit_heads"
    route = "units/<uuid:public_id>/heads/"
    template = "personnel/unit_heads.html"

    def heading(self) -> Any:
        return _("%(unit)s: heads") % {"unit": self.object}

    def context(self) -> dict[str, Any]:
        if self.object.is_bureau:
            below = f"{reverse('cadres')}?unit={self.object.public_id}"
            return {"crumbs": self._crumbs(), "below_url": below, "bureau": True}
        rules = headship_rules(self.object, self.on)
        held = list(
            heads_of(self.object, self.on)
            .filter(pk__in=cadres(self.actor, self.on).values("pk"))
            .order_by("headship", "acting", "pk")
        )
        with_dues(held, self.on)
        classes = classes_of([self.object.pk], self.on).get(self.object.pk)
        return {
            "crumbs": self._crumbs(),
            "numbers": self._stats(rules, classes, held),
            "posts_table": self._posts(rules, classes, held),
            "heads": self._heads(held),
            "former": self._former(),
            "actions": self._actions(),
        }  # fmt: skip

    def _actions(self) -> list[Action]:
        people = f"{reverse('teachers')}?unit={self.object.public_id}"
        found = [Action(_("People of the unit"), people, "users")] if self.actor.may(PROPOSE) else []
        if self.actor.may(DECIDE):
            url = reverse("headship_record", args=[self.object.public_id])
            found.append(Action(_("Record who leads already"), url, "pen"))
        return found

    def _crumbs(self) -> list[Link]:
        return [
            Link(CadreList.title, reverse("cadres")),
            Link(str(self.object), reverse("unit", args=[self.object.public_id])),
        ]

    def _stats(self, rules: Any, classes: int | None, held: list[Headship]) -> list[Stat]:
        vacant = [one.headship for one in rules.heads if one.headship in CHIEFS and self._applies(one.headship, held)]
        vacant = [code for code in vacant if code not in {one.headship for one in held}]
        words = pgettext("list separator", ", ").join(str(code_label("headship", code)) for code in vacant)
        return [
            Stat(
                _("Heads"),
                len({one.teacher_id for one in held}),
                sub=_("acting: %(n)s") % {"n": sum(one.acting for one in held)},
            ),
            Stat(_("Classes"), classes if classes is not None else "–", sub=_("last school year that is recorded")),
            Stat(_("Chief posts that nobody holds"), len(vacant), sub=words, tone="amber" if vacant else ""),
        ]

    def _applies(self, headship: str, held: list[Headship]) -> bool:
        """A school is led by a principal, a kindergarten by a director: of both, the one that is not used is not told as vacant."""
        kindergarten = (self.object.office_type or "").startswith("11")
        other = {"principal": "director", "director": "principal"}.get(headship)
        if other is None:
            return True
        if any(one.headship in (headship, other) for one in held):
            return any(one.headship == headship for one in held)
        return (headship == "director") == kindergarten

    def _posts(self, rules: Any, classes: int | None, held: list[Headship]) -> Table:
        columns = [
            Column("headship", _("Headship")), Column("number", _("Posts"), number=True), Column("held", _("Held"), number=True),
            Column("decided", _("Decided by")),
        ]  # fmt: skip
        levels = {"nearest": _("the bureau right above"), "county": _("county bureau"), "city": _("city bureau")}
        rows = []
        for one in rules.heads:
            number = rules.number(one.headship, classes)
            taken = sum(row.headship == one.headship and not row.acting for row in held)
            cell = Cell(taken, tone="red", icon="alert") if taken > number else taken
            rows.append(Row([code_label("headship", one.headship), number, cell, levels[one.decided]]))
        return Table(_("Posts of leadership by the parameters"), columns, rows)

    def _heads(self, held: list[Headship]) -> Table | None:
        if not held:
            return None
        posts = appointments_of_many([one.teacher_id for one in held], self.on)
        columns = [
            Column("name", _("Name")), Column("headship", _("Headship")), Column("since", _("Since"), nowrap=True),
            Column("term", _("Term until"), nowrap=True), Column("posts", _("Posts held")),
        ]  # fmt: skip
        rows = [
            Row(
                [
                    Cell(one.teacher.name, reverse("teacher", args=[one.teacher.public_id])), head_words(one, self.actor),
                    one.valid.lower, _term(one, self.actor),
                    pgettext("list separator", ", ").join(post_words(post.level) for post in posts.get(one.teacher_id, ())),
                ]
            )
            for one in held
        ]  # fmt: skip
        return Table(_("Who heads the unit"), columns, rows)

    def _former(self) -> Table | None:
        rows = [
            Row(
                [
                    Cell(one.teacher.name, reverse("teacher", args=[one.teacher.public_id])), head_words(one, self.actor),
                    period_words(one.valid), values_of(self.actor).code("headship_end", one.ended_how),
                ]
            )
            for one in former_heads(self.actor, self.object, self.on)
        ]  # fmt: skip
        columns = [
            Column("name", _("Name")), Column("headship", _("Headship")),
            Column("period", pgettext("headship", "Period"), nowrap=True), Column("why", _("Why it ended")),
        ]  # fmt: skip
        return Table(_("Who headed it before"), columns, rows) if rows else None


class RecordHeadship(OfUnit, FormPage):
    """Write down who heads a unit already, by the document of the appointment."""

    name = "headship_record"
    route = "units/<uuid:public_id>/heads/record/"
    permission: ClassVar[str | tuple[str, ...]] = DECIDE
    form_class = RecordForm
    submit_label = gettext_lazy("Record")
    done_message = gettext_lazy("Recorded.")
    record = None

    def heading(self) -> Any:
        return _("%(unit)s: record who leads already") % {"unit": self.object}

    @property
    def cancel_url(self) -> str:
        """Back to the heads of the unit."""
        return reverse("unit_heads", args=[self.object.public_id])

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(CadreList.title, reverse("cadres")), Link(str(self.object), self.cancel_url)]}

    def initial(self) -> dict[str, Any]:
        return {"term": 1}

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def save(self, form: Any) -> str:
        data = dict(form.cleaned_data)
        teacher = named(self.actor, data.pop("who").strip(), self.on)
        record_headship(actor=self.actor, teacher=teacher, unit=self.object, **data)
        return self.cancel_url
