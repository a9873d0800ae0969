"""The heads of one unit beside the number of its posts of leadership; who leads already is recorded here."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.codes.selectors import label as code_label
from core.codes.values import period_words, values_of
from core.org.models import Unit
from core.web.pages import DetailPage, FormPage
from core.web.parts import Action, Cell, Column, Link, Row, Stat, Table
from personnel.forms.cadres import RecordForm
from personnel.models import CHIEFS, Headship
from personnel.selectors.cadres import (
    DECIDE,
    PROPOSE,
    VIEW,
    cadres,
    classes_of,
    former_heads,
    heads_of,
    headship_rules,
    named,
    with_dues,
)
from personnel.selectors.finding_words import post_words
from personnel.selectors.posts import appointments_of_many
from personnel.services.cadres import record_headship
from personnel.views.cadres import HELP, CadreList, head_words, term_cell
from personnel.workflows.cadres import REFERENCES

# Types of units of the list `school_type` that are kindergartens begin so.
KINDERGARTEN: Final = "11"
OF_SCHOOLS: Final = ("principal", "vice_principal")
OF_KINDERGARTENS: Final = ("director", "vice_director")


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
            "actions": self._actions(held),
        }  # fmt: skip

    def _actions(self, held: list[Headship]) -> list[Action]:
        people = f"{reverse('teachers')}?unit={self.object.public_id}"
        found = [Action(_("People of the unit"), people, "users")] if self.actor.may(PROPOSE) else []
        if self.actor.may(DECIDE):
            found += [
                Action(
                    _("Judge the probation of %(name)s") % {"name": one.teacher.name},
                    reverse("headship_probation", args=[one.teacher.public_id]),
                    "check",
                )
                for one in held
                if one.probation_last and not one.probation_verdict
            ]
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
        """A school is led by a principal, a kindergarten by a director; posts of the other sort are told only where somebody holds one."""
        if any(one.headship == headship for one in held) or headship not in (*OF_SCHOOLS, *OF_KINDERGARTENS):
            return True
        kindergarten = any(one.headship in OF_KINDERGARTENS for one in held) or (
            (self.object.office_type or "").startswith(KINDERGARTEN)
            and not any(one.headship in OF_SCHOOLS for one in held)
        )
        return (headship in OF_KINDERGARTENS) == kindergarten

    def _posts(self, rules: Any, classes: int | None, held: list[Headship]) -> Table:
        columns = [
            Column("headship", _("Headship")),
            Column("number", pgettext("headship", "Posts"), number=True), Column("held", pgettext("headship", "Held"), number=True),
            Column("decided", pgettext("headship", "Decided by")),
        ]  # fmt: skip
        levels = {"nearest": _("the bureau right above"), "county": _("county bureau"), "city": _("city bureau")}
        rows = []
        for one in rules.heads:
            if not self._applies(one.headship, held):
                continue
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
                    one.valid.lower, term_cell(one, self.actor),
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
