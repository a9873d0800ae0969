"""Service of publicly funded students: who has served how long and what a breach would cost on a day; special posts that end."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db.models import OuterRef, Subquery
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from core.codes.values import values_of
from core.dates import DAY
from core.money import format_yuan
from core.org.models import unit_name
from core.registry import ListColumn
from core.web.filters import AsOfFilter, UnitFilter, day_of
from core.web.looks import EXPORTED
from core.web.pages import ListPage, Page
from core.web.parts import Action, Badge, Cell, Column, Fact, Finding, Link, Row, Table
from personnel import rules
from personnel.forms.graduates import SpecialEndForm
from personnel.models import Employment, ServiceAgreement
from personnel.sections import VIEW
from personnel.selectors.graduates import (
    Serving,
    agreements,
    placing_rules,
    serving,
    special_of,
    special_posts,
    special_years,
)
from personnel.selectors.recruitment import DECIDE, RECRUIT
from personnel.services import note_looks
from personnel.services.special_posts import propose_special_end
from personnel.views.file import FilePage
from personnel.views.post_holding import PersonForm
from personnel.views.recruitment.shown import case_badge
from personnel.workflows.graduates import ENDING, FREE_REFERENCES, SPECIAL_REFERENCES

READ: Final = (RECRUIT, DECIDE)
AGREEMENT_HELP: Final = gettext_lazy(
    "Full months of employment from the first day of service on, without the statuses in which nothing is served. Whoever leaves before "
    "all years are served pays back the fees for what is not served, and a penalty on them, by the parameter of the day of signing."
)


def months_words(months: int) -> str:
    """Months as years and months."""
    years, rest = divmod(months, 12)
    return pgettext("service", "%(years)s years %(months)s months") % {"years": years, "months": rest}


class AgreementList(ListPage):
    """The agreements of the actor's people with what is served and owed on a day."""

    name = "agreements"
    route = "agreements/"
    permission = READ
    title = gettext_lazy("Service agreements")
    everything_label = gettext_lazy("All service agreements")
    default_sort = "-starts"
    exported = True
    help = AGREEMENT_HELP
    references = FREE_REFERENCES
    columns = (
        ListColumn(
            "name", gettext_lazy("Name"),
            lambda row, _actor: Cell(row.teacher.name, reverse("service_owed", args=[row.teacher.public_id])), order=0,
        ),
        ListColumn("unit", gettext_lazy("Unit"), lambda row, _actor: row.unit_title or "", order=10),
        ListColumn("starts", gettext_lazy("Service from"), lambda row, _actor: row.starts, sort=("starts", "id"), nowrap=True, order=20),
        ListColumn("years", gettext_lazy("Years agreed"), lambda row, _actor: row.years, number=True, order=30),
        ListColumn("served", gettext_lazy("Served"), lambda row, _actor: months_words(row.serving.served.value), nowrap=True, order=40),
        ListColumn("fees", gettext_lazy("Fees enjoyed"), lambda row, _actor: format_yuan(row.fees), number=True, order=50),
        ListColumn(
            "owed", gettext_lazy("Owed on a breach"), lambda row, _actor: format_yuan(row.serving.owed.total), number=True, order=60
        ),
    )  # fmt: skip
    filters = (
        AsOfFilter("on", gettext_lazy("As of"), order=0),
        UnitFilter(
            "unit", gettext_lazy("Unit"),
            lambda rows, unit, actor: rows.filter(
                teacher__in=Employment._base_manager.filter(valid__contains=actor.on, unit__path__descendants=unit.path).values("teacher")
            ),
            order=10,
        ),
    )  # fmt: skip

    def rows_of(self, actor: Any) -> Any:
        held = Employment._base_manager.filter(valid__contains=actor.on)
        rows = agreements(actor)
        return rows.annotate(unit_key=_unit_of(held)).annotate(unit_title=unit_name("unit_key", actor.on))

    def prepare(self, rows: list[Any], actor: Any) -> None:
        for row, told in zip(rows, serving(rows, actor.on, actor.unit), strict=True):
            row.serving = told

    def note_export(self, rows: Any, actor: Any) -> None:
        note_looks(
            actor=actor, teachers=[*rows.values_list("teacher_id", flat=True)], what=EXPORTED, reason=str(self.title)
        )

    @property
    def empty(self) -> dict[str, Any]:
        text = _(
            "The agreement of a publicly funded student stands in their file, under “Unit and post”, once they have reported."
        )
        return {"icon": "clock", "heading": _("No service agreements"), "text": text, "actions": []}


def _unit_of(held: Any) -> Any:
    return Subquery(held.filter(teacher=OuterRef("teacher")).values("unit")[:1])


class ServiceOwed(FilePage):
    """How somebody's service and what they would owe are reckoned, on a day."""

    name = "service_owed"
    route = "teachers/<uuid:public_id>/service/"
    permission: ClassVar[str | tuple[str, ...]] = READ
    template = "personnel/service_owed.html"
    help = AGREEMENT_HELP
    references = FREE_REFERENCES

    def load(self) -> None:
        super().load()
        if not self.held:
            raise Http404

    @cached_property
    def held(self) -> list[ServiceAgreement]:
        """The agreements in the file."""
        return list(agreements(self.actor).filter(teacher=self.object).order_by("-starts", "-pk"))

    @cached_property
    def day(self) -> Any:
        """The day on which the breach would be."""
        return day_of(self.request.GET.get("on", "")) or self.on

    def heading(self) -> Any:
        return _("%(name)s: service and breach") % {"name": self.object.name}

    def context(self) -> dict[str, Any]:
        told = serving(self.held, self.day, self.actor.unit)
        return {
            "crumbs": [Link(AgreementList.title, reverse("agreements")), Link(self.object.name, f"{self.file_url()}?tab=work")],
            "day": self.day,
            "told": [{"facts": self._facts(one), "stays": self._stays(one), "reference": one.owed.reference} for one in told],
        }  # fmt: skip

    def _facts(self, one: Serving) -> list[Fact]:
        how = {line.rule.rpartition(".")[2]: line.note for line in one.owed.lines}
        return [
            Fact(
                _("Agreed"),
                ngettext("%(n)s year", "%(n)s years", one.agreement.years) % {"n": one.agreement.years},
                sub=one.agreement.number,
            ),
            Fact(_("Served"), months_words(one.served.value)),
            Fact(_("Not served"), months_words(one.left)),
            Fact(_("Fees to be paid back"), format_yuan(one.owed.refund), sub=how.get("refund", "")),
            Fact(_("Penalty"), format_yuan(one.owed.penalty), sub=how.get("penalty", "")),
            Fact(_("Owed on a breach"), format_yuan(one.owed.total)),
        ]

    def _stays(self, one: Serving) -> Table | None:
        columns = [
            Column("first", _("From"), nowrap=True),
            Column("last", _("Until"), nowrap=True),
            Column("months", _("Full months"), number=True),
        ]
        rows = [Row([line.starts, line.ends - DAY, line.amount]) for line in one.served.lines]
        return Table(_("What was served"), columns, rows) if rows else None


class SpecialPosts(Page):
    """Special-post teachers whose term ends soon or has ended, with what was opened for each."""

    name = "special_posts"
    route = "special-posts/"
    permission = READ
    template = "personnel/special_posts.html"
    title = gettext_lazy("Special posts that end")
    help = ENDING.help
    references = SPECIAL_REFERENCES

    def heading(self) -> Any:
        return self.title

    def context(self) -> dict[str, Any]:
        found = special_posts(self.actor, self.on)
        values = values_of(self.actor)
        values.prime(units=[one.unit for one in found])
        columns = [
            Column("name", _("Name")), Column("unit", _("Unit")), Column("since", _("Since"), nowrap=True),
            Column("last", _("Last day of the term"), nowrap=True), Column("state", _("State")),
        ]  # fmt: skip
        rows = [
            Row(
                [
                    Cell(one.teacher.name, reverse("teacher", args=[one.teacher.public_id])), values.unit(one.unit), one.since,
                    self._last(one), self._state(one),
                ]
            )
            for one in found
        ]  # fmt: skip
        days = placing_rules(self.actor.unit, self.on).ending
        return {
            "table": Table(self.title, columns, rows) if rows else None,
            "empty": {
                "icon": "clock", "heading": _("No special post ends soon"),
                "text": _("They are recorded as the form of employment on the page of a person."),
                "actions": [Action(_("Teachers"), reverse("teachers"), "users")] if self.actor.may(VIEW) else [],
            },
            "days": ngettext("within %(n)s day, or not done in time", "within %(n)s days, or not done in time", days) % {"n": days},
        }  # fmt: skip

    def _last(self, one: Any) -> Cell:
        last = one.ends - DAY
        if one.ends <= self.on:
            return Cell(badge=Badge(pgettext("special post", "term over"), "red", "clock"), sub=last)
        return Cell(last)

    def _state(self, one: Any) -> Cell:
        if one.asked is not None:
            return Cell(badge=case_badge(one.asked.case), sub=str(one.asked.get_outcome_display()))
        if self.actor.may(RECRUIT):
            return Cell(_("Propose what follows"), reverse("special_post_end", args=[one.teacher.public_id]))
        return Cell(_("not proposed yet"))


class ProposeSpecialEnd(PersonForm):
    """Propose what becomes of a special-post teacher after their term."""

    name = "special_post_end"
    route = "teachers/<uuid:public_id>/special-post/"
    permission: ClassVar[str | tuple[str, ...]] = RECRUIT
    title = gettext_lazy("End of the special post")
    form_class = SpecialEndForm
    submit_label = gettext_lazy("Send for approval")
    done_message = gettext_lazy("Sent. Somebody else of the bureau decides.")
    help = ENDING.help
    references = SPECIAL_REFERENCES

    @cached_property
    def held(self) -> Any:
        """The special post and since when it is held."""
        return special_of(self.object, self.on)

    def findings(self) -> list[Finding]:
        if self.held is None:
            text = _("%(name)s holds no special post.") % {"name": self.object.name}
            return [Finding(_("Special post"), text, "red", "no")]
        job, since = self.held
        ends = rules.term_end(since, special_years(job.unit, self.on))
        text = _("Since %(since)s; first day after the term: %(ends)s.") % {"since": since, "ends": ends}
        return [Finding(_("Special post"), text, icon="clock")]

    def save(self, form: Any) -> str:
        made = propose_special_end(actor=self.actor, teacher=self.object, **form.cleaned_data)
        return reverse("case", args=[made.case.public_id])


PAGES = (AgreementList, ServiceOwed, SpecialPosts, ProposeSpecialEnd)
