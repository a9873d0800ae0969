"""Headings that the program does not know: saying by hand what they mean, and what was said so far."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.codes.values import values_of
from core.exchange.kinds import all_kinds, columns_of
from core.exchange.mapping.form import kind_asked, said_in
from core.exchange.mapping.models import HeadingChoice
from core.exchange.mapping.services import HeadingError, choose_headings, forget_heading
from core.exchange.services import IMPORT, NotNow
from core.exchange.views.actions import BatchAction
from core.jobs.services import AlreadyRunning
from core.org.errors import NotAllowed
from core.registry import ListColumn
from core.web.pages import ActionPage, ListPage
from core.web.parts import Cell


class ChooseHeadings(BatchAction):
    """Read the columns as the form says, remember it, and check again."""

    name = "batch_headings"
    route = "imports/<uuid:public_id>/headings/"
    permission = IMPORT
    refusals: ClassVar[Any] = (NotNow, AlreadyRunning, NotAllowed, HeadingError)

    def back(self) -> str:
        kind = self.request.POST.get("kind", "")
        query = QueryDict(mutable=True)
        query.update({"tab": "columns", **({"kind": kind} if kind in all_kinds() else {})})
        return f"{super().back()}?{query.urlencode()}"

    def act(self) -> str:
        kind = kind_asked(self.object, self.actor, self.request.POST.get("kind", ""))
        said = said_in(self.object, kind, self.request.POST.items())
        choose_headings(actor=self.actor, batch=self.object, said=said, kind=kind)
        return self.back()


def field_words(row: HeadingChoice) -> Any:
    """What a heading is read as, in words."""
    kind = all_kinds().get(row.kind)
    column = columns_of(kind).get(row.column) if kind else None
    return column.label if column else row.column or _("left out")


def kind_words(row: HeadingChoice) -> Any:
    """What the rows below the heading are about."""
    kind = all_kinds().get(row.kind)
    return kind.label if kind else row.kind


class HeadingList(ListPage):
    """The headings that got a meaning by hand, for the actor's units."""

    name = "headings"
    route = "imports/headings/"
    permission = IMPORT
    title = gettext_lazy("Headings with a meaning chosen by hand")
    everything_label = gettext_lazy("all headings")
    default_sort = "heading"
    help = gettext_lazy(
        "Where a workbook has headings that nobody knows, its page asks what they mean. The answer is remembered here for workbooks "
        "of the unit and of all units below it; a unit that says otherwise goes its own way. Forget one, and it is read by the "
        "program alone again, from the next check on."
    )
    empty = {
        "icon": "list",
        "heading": gettext_lazy("No heading was given a meaning yet"),
        "text": gettext_lazy("On the page of a workbook, “How it was read” asks what unknown headings mean."),
    }
    columns = (
        ListColumn(
            "heading",
            gettext_lazy("Heading"),
            lambda row, _actor: Cell(str(row), reverse("heading_forget", args=[row.public_id])),
            sort=("label", "nth"),
            indexed=True,
            order=0,
        ),
        ListColumn(
            "nth",
            gettext_lazy("Of those alike"),
            lambda row, _actor: row.nth if row.nth > 1 else "",
            number=True,
            order=10,
        ),
        ListColumn("column", gettext_lazy("Read as"), lambda row, _actor: field_words(row), order=20),
        ListColumn("kind", gettext_lazy("Kind"), lambda row, _actor: kind_words(row), order=30),
        ListColumn("unit", gettext_lazy("Unit"), lambda row, actor: values_of(actor).unit(row.unit_id), order=40),
        ListColumn("by", gettext_lazy("Chosen by"), lambda row, actor: values_of(actor).user(row.user_id), order=50),
        ListColumn("at", gettext_lazy("Chosen"), lambda row, _actor: row.at, nowrap=True, order=60),
    )

    def rows_of(self, actor: Any) -> Any:
        return HeadingChoice.objects.visible_to(actor)

    def prepare(self, rows: list[Any], actor: Any) -> None:
        values_of(actor).prime(units=[row.unit_id for row in rows], users=[row.user_id for row in rows])


class ForgetHeading(ActionPage):
    """Forget what a heading means."""

    name = "heading_forget"
    route = "imports/headings/<uuid:public_id>/forget/"
    permission = IMPORT
    title = gettext_lazy("Forget what a heading means")
    submit_label = gettext_lazy("Forget it")
    done_message = gettext_lazy("Forgotten. From the next check on it is read by the program alone.")

    def rows(self) -> Any:
        return HeadingChoice.objects.visible_to(self.actor)

    @property
    def question(self) -> Any:
        """Which heading, read as what."""
        if self.object is None:
            return self.title
        return _("“%(heading)s” is read as “%(field)s” in workbooks of %(unit)s and below. Forget this?") % {
            "heading": self.object, "field": field_words(self.object),
            "unit": values_of(self.actor).unit(self.object.unit_id),
        }  # fmt: skip

    def back(self) -> str:
        return reverse("headings")

    def act(self) -> str:
        forget_heading(actor=self.actor, choice=self.object)
        return self.back()
