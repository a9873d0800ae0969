"""Leading cadres: the heads of all units of a reader."""

from __future__ import annotations

from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from core.codes.values import values_of
from core.registry import ListColumn
from core.web.filters import ChoiceFilter, CodeFilter, UnitFilter
from core.web.listing import Listing
from core.web.looks import EXPORTED
from core.web.pages import ListPage
from core.web.parts import Action, Badge, Cell
from personnel.selectors.cadres import (
    DECIDE,
    PROPOSE,
    VIEW,
    cadres,
    ending_within,
    headship_rules,
    over_terms,
    probations_due,
    training_known,
    with_dues,
)
from personnel.services import note_looks
from personnel.workflows.cadres import REFERENCES

HELP: Final = gettext_lazy(
    "Who heads a school, since when, in which term and until when. A headship begins and ends by a case, decided at the level of the "
    "authority; it is proposed on the page of the person, under employment and posts. A school has one principal, director and "
    "secretary at most on any day: the system refuses a second one."
)


def head_words(row: Any, actor: Any) -> str:
    """The headship in words; an acting one says so."""
    said = values_of(actor).code("headship", row.headship)
    return _("acting %(headship)s") % {"headship": said} if row.acting else said


def term_badge(row: Any, actor: Any) -> Badge | None:
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


def term_cell(row: Any, actor: Any) -> Cell:
    if row.acting or row.term_last is None:
        return Cell(badge=term_badge(row, actor))
    badge, number = term_badge(row, actor), _("term %(n)s") % {"n": row.term}
    said = pgettext("list separator", ", ").join([str(row.term_last), number]) if badge else number
    return Cell(row.term_last, sub=said, badge=badge)


def _probation(row: Any, actor: Any) -> Cell:
    if row.probation_last is None:
        return Cell()
    verdict = values_of(actor).code("probation_verdict", row.probation_verdict)
    if verdict:
        return Cell(row.probation_last, sub=verdict)
    if row.probation_last < actor.on:
        return Cell(badge=Badge(_("to be judged"), "amber", "clock"), sub=row.probation_last)
    return Cell(row.probation_last)


def _training(row: Any, actor: Any) -> Cell:
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
        ListColumn("term", gettext_lazy("Term until"), term_cell, nowrap=True, order=40),
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

    def own_columns(self) -> tuple[ListColumn, ...]:
        return self.columns if training_known() else tuple(one for one in self.columns if one.key != "training")

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
        text = (
            _("%(people)s people; terms over or ending within a year: %(ending)s, beyond the terms allowed: %(over)s")
            % said
        )
        if training_known():
            return text
        untold = _("no module in use keeps trainings, so none is said to be due")
        return pgettext("clause separator", "; ").join([text, untold])

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
