"""The seat ledger beside the files: each difference with what to do; and who holds which seat in a month, for payroll."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from core.codes.selectors import label as code_label
from core.codes.values import values_of
from core.org.models import Unit
from core.web.pages import ActionPage, FormPage, Page
from core.web.parts import Action, Cell, Column, Link, Row, Table
from personnel.forms.seats import MonthForm
from personnel.models import Teacher
from personnel.selectors.seat_holding import ELSEWHERE, MISSING, OTHER_KIND, QUOTA, SURPLUS, Difference, differences
from personnel.selectors.seat_movements import month_list
from personnel.selectors.seats import KEEP, VIEW
from personnel.services.seats import book_differences
from personnel.views.seats.overview import REFERENCES, SeatsPage, workbook

WHAT = {
    MISSING: gettext_lazy("in quota by the file, without a seat in the ledger"),
    SURPLUS: gettext_lazy("holds a seat in the ledger, by the file none"),
    ELSEWHERE: gettext_lazy("holds a seat of another unit than the file says"),
    OTHER_KIND: gettext_lazy("holds a seat of another kind than the file says"),
    QUOTA: gettext_lazy("another approved quota than the ledger has"),
}
TO_DO = {
    MISSING: gettext_lazy("Book the seat, or put the file right"),
    SURPLUS: gettext_lazy("Release the seat, or put the file right"),
    ELSEWHERE: gettext_lazy("Book the move, or put the file right"),
    OTHER_KIND: gettext_lazy("Book the move, or put the file right"),
    QUOTA: gettext_lazy("Book the approval with its paper, or put the quota of the unit right"),
}


class Compared(Page):
    """What the pages of the comparison share."""

    permission = KEEP

    @cached_property
    def found(self) -> list[Difference]:
        """The differences of today, of all units that the actor sees."""
        return differences(Unit.objects.visible_to(self.actor).in_tree(), self.on)

    def names(self) -> Any:
        """What units are called, those of the differences at once."""
        values = values_of(self.actor)
        keys = {one.unit for one in self.found}
        keys |= {one.ledger.unit for one in self.found if one.ledger} | {
            one.file.unit for one in self.found if one.file
        }
        values.prime(units=list(keys))
        return values


def key_of(one: Difference) -> str:
    """What tells a difference of a person from others."""
    return f"{one.what}:{one.teacher}" if one.teacher else ""


class SeatDifferences(Compared):
    """The list of the differences; those of people can be booked at once."""

    name = "seat_differences"
    route = "seats/differences/"
    template = "personnel/seat_differences.html"
    title = gettext_lazy("Seat ledger and files")
    help = gettext_lazy(
        "Every night, and whenever this page is opened, the ledger is laid beside the employments of that day. On loan, long sick and "
        "studying keep their seat; dispatch, contract and special posts before their third year ends hold none. What is ticked is "
        "booked from the day that the file names."
    )
    references = REFERENCES

    def context(self) -> dict[str, Any]:
        return {
            "crumbs": [Link(SeatsPage.title, reverse("seats"))],
            "table": self._table() if self.found else None,
            "bookable": any(one.teacher for one in self.found),
            "sub": _("as of %(day)s") % {"day": self.on.isoformat()},
            "actions": [Action(_("As a workbook"), reverse("seat_differences_file"), "download")] if self.found else [],
            "book_url": reverse("seat_differences_book"),
        }  # fmt: skip

    def _table(self) -> Table:
        values = self.names()
        people = dict(
            Teacher._base_manager.filter(pk__in=[one.teacher for one in self.found if one.teacher]).values_list(
                "pk", "public_id"
            )
        )
        columns = [Column(f"c{place}", name) for place, name in enumerate(heads())]
        rows = []
        for one in self.found:
            said = words_of(one, values)
            url = reverse("teacher", args=[people[one.teacher]]) if one.teacher in people else ""
            cells = [Cell(said[0]), Cell(said[1], url), *(Cell(text) for text in said[2:])]
            rows.append(Row(cells, key=key_of(one), label=one.name))
        return Table(_("Differences"), columns, rows, selectable=True, form="differences")


def heads() -> list[str]:
    """The heads of the list."""
    return [
        _("Unit"), pgettext("seats", "Person"), _("Difference"), _("Since"), pgettext("seats", "The file says"),
        _("The ledger says"), pgettext("seats", "What to do"),
    ]  # fmt: skip


def words_of(one: Difference, values: Any) -> list[str]:
    """A difference in the words of the list."""
    none = pgettext("seats", "no seat")

    def said(seat: Any) -> str:
        return f"{values.unit(seat.unit)} {code_label('seat_kind', seat.kind)}" if seat is not None else none

    numbers = [str(number) for number in one.numbers] if one.what == QUOTA else [said(one.file), said(one.ledger)]
    day = one.day.isoformat() if one.day else ""
    return [values.unit(one.unit), one.name, str(WHAT[one.what]), day, *numbers, str(TO_DO[one.what])]


class DifferencesWorkbook(Compared):
    """The same as a workbook."""

    name = "seat_differences_file"
    route = "seats/differences/workbook/"
    title = gettext_lazy("Seat ledger and files")

    def get(self, _request: HttpRequest, /, *_args: Any, **_kwargs: Any) -> HttpResponse:
        values = self.names()
        lines: list[list[Any]] = [list(words_of(one, values)) for one in self.found]
        return workbook(_("Differences of seats"), heads(), lines, self.on.isoformat())


class BookDifferences(Compared, ActionPage):
    """Book what was ticked."""

    name = "seat_differences_book"
    route = "seats/differences/book/"
    title = gettext_lazy("Book what the files say")

    def back(self) -> str:
        return reverse("seat_differences")

    def act(self) -> str:
        asked = set(self.request.POST.getlist("selected"))
        chosen = [one for one in self.found if key_of(one) and key_of(one) in asked]
        number = book_differences(actor=self.actor, found=chosen, on=self.on)
        messages.success(
            self.request, ngettext("%(n)s difference booked.", "%(n)s differences booked.", number) % {"n": number}
        )
        return self.back()


class SeatsMonth(FormPage):
    """The list of a month for payroll: who holds which seat, who came, who went."""

    name = "seats_month"
    route = "seats/month/"
    permission = VIEW
    title = gettext_lazy("Seats of a month")
    form_class = MonthForm
    submit_label = gettext_lazy("Make the workbook")
    help = gettext_lazy(
        "For the monthly comparison with the wage list: everybody who held a seat on some day of the month."
    )
    references = REFERENCES

    @property
    def cancel_url(self) -> str:
        """Back to the seats."""
        return reverse("seats")

    def initial(self) -> dict[str, Any]:
        return {"month": self.on.strftime("%Y-%m")}

    def context(self) -> dict[str, Any]:
        return {"crumbs": [Link(SeatsPage.title, reverse("seats"))]}

    def save(self, form: Any) -> HttpResponse:
        year, month = map(int, form.cleaned_data["month"].split("-"))
        rows = month_list(self.actor.unit, year, month)
        values = values_of(self.actor)
        values.prime(units=list({row.unit for row in rows}))
        lines: list[list[Any]] = [
            [
                values.unit(row.unit), row.staff_number, row.name, str(code_label("seat_kind", row.kind)),
                row.came.isoformat() if row.came else "", row.went.isoformat() if row.went else "",
            ]
            for row in rows
        ]  # fmt: skip
        head = [_("Unit"), _("Staff number"), _("Name"), _("Kind of seat"), _("Came on"), _("Without a seat from")]
        return workbook(str(self.title), head, lines, form.cleaned_data["month"])
