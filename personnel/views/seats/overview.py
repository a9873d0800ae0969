"""Seats of a unit and all below it on a day: by school, by stage, as a chart and as a workbook."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from io import BytesIO
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from core.codes.selectors import entries
from core.codes.values import values_of
from core.exchange.written import write_workbook
from core.org.models import Unit
from core.parameters.selectors import at
from core.web.downloads import attachment
from core.web.filters import day_of
from core.web.pages import Page
from core.web.parts import Action, Cell, Chart, Column, Finding, Link, Row, Series, Stat, Table
from personnel.rules import SeatHolding, StandardQuota
from personnel.selectors.establishment import SchoolSeats, Together, by_stage, seats_under, together
from personnel.selectors.seat_holding import unopened
from personnel.selectors.seats import KEEP, VIEW

MOST_BARS: Final = 16
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REFERENCES: Final = (
    Link(gettext_lazy("Regulation on the establishment of local governments (Order 486), article 6")),
    Link(gettext_lazy("Standard of seats of schools (2014, No. 72)")),
)


class SeatsAsked(Page):
    """What the pages of many units ask by their address: which unit, which kind of seat, which day."""

    permission = VIEW

    @cached_property
    def day(self) -> date:
        """The day of which seats are told."""
        return day_of(self.request.GET.get("on", "")) or self.on

    @cached_property
    def kind(self) -> str:
        """The kind of seat; by default that which the approved quota counts."""
        known = {one.code for one in entries("seat_kind", self.day, self.actor.unit)}
        asked = self.request.GET.get("kind", "")
        return asked if asked in known else at(SeatHolding, self.day, unit=self.actor.unit).quota_kind

    @cached_property
    def unit(self) -> Unit:
        """The unit that is looked at with all below it: the actor's own unless another is named."""
        rows = Unit.objects.visible_to(self.actor).named(self.day)
        asked = self.request.GET.get("under", "")
        found = next((one for one in rows if str(one.public_id) == asked), None) if asked else None
        return found or rows.get(pk=self.actor.unit.pk)

    @cached_property
    def seats(self) -> list[SchoolSeats]:
        """The units with their seats."""
        return seats_under(self.unit, self.kind, self.day)

    def query(self) -> str:
        """The question of this page as an address."""
        asked = {name: self.request.GET[name] for name in ("on", "kind", "under") if self.request.GET.get(name)}
        return f"?{urlencode(asked)}" if asked else ""


class SeatsPage(SeatsAsked):
    """All seats: what the standard gives, what is approved, who holds them, what is left."""

    name = "seats"
    route = "seats/"
    template = "personnel/seats.html"
    title = gettext_lazy("Seat ledger")
    help = gettext_lazy(
        "Approved are seats that the authority gave; occupied those that somebody holds, also on loan, long sick or studying; reserved "
        "those that were promised until a day. The standard is reckoned from pupils: it applies to a county's stage as a whole, so the "
        "sum of the schools may differ by what rounding makes."
    )
    references = REFERENCES

    def context(self) -> dict[str, Any]:
        total = together(self.seats)
        stages = by_stage(self.seats, self.unit, self.day)
        return {
            "sub": _("%(unit)s and all below it, as of %(day)s") % {"unit": self.unit, "day": self.day.isoformat()},
            "actions": self._actions(), "numbers": numbers(total, stages), "notices": self._notices(),
            "chart": chart(self.seats, self.day) if self.seats else None, "stages": stage_table(stages, self.actor),
            "source": stages[0].reference if stages else "",
            "table": school_table(self.seats) if self.seats else None, "day": self.day, "kind": self.kind,
            "kinds": values_of(self.actor).entries("seat_kind"), "under": self.request.GET.get("under", ""),
        }  # fmt: skip

    def _actions(self) -> list[Action]:
        found = [Action(_("As a workbook"), reverse("seats_file") + self.query(), "download")]
        found.append(Action(_("List of a month"), reverse("seats_month"), "cal"))
        if self.actor.may(KEEP):
            found.append(Action(_("Compare with the files"), reverse("seat_differences"), "compare"))
        return found

    def _notices(self) -> list[Finding]:
        if not self.actor.may(KEEP):
            return []
        number = unopened(Unit.objects.visible_to(self.actor).under(self.unit).open_on(self.day)).count()
        if not number:
            return []
        heading = ngettext("%(n)s unit has no seat ledger yet", "%(n)s units have no seat ledger yet", number) % {
            "n": number
        }
        link = Link(_("Open the ledger"), reverse("seats_open", args=[self.unit.public_id]))
        text = _("It is opened from the approved quotas and the files; who is over the quota is booked as what it is.")
        return [Finding(heading, text, "amber", "alert", link=link)]


class SeatsWorkbook(SeatsAsked):
    """The same as a workbook."""

    name = "seats_file"
    route = "seats/workbook/"
    title = gettext_lazy("Seat ledger")

    def get(self, _request: HttpRequest, /, *_args: Any, **_kwargs: Any) -> HttpResponse:
        heads = [_("Unit code"), *(str(column.label) for column in columns())]
        lines = [[row.unit.code, str(row.unit), *(plain(one) for one in _numbers_of(row))] for row in self.seats]
        return workbook(_("Seat ledger"), heads, lines, f"{self.unit}-{self.day.isoformat()}")


def workbook(title: str, heads: list[str], lines: list[list[Any]], name: str) -> HttpResponse:
    """A workbook as the answer."""
    content = BytesIO()
    write_workbook(content, title, heads, lines)
    return attachment(content.getvalue(), f"{title}-{name}.xlsx", XLSX)


def plain(value: Any) -> Any:
    """A number as a workbook holds it; nothing where it is not known."""
    return "" if value is None else value


def columns() -> list[Column]:
    """The columns of the list of schools."""
    names = (
        _("Pupils"), _("Classes"), pgettext("seats", "Standard"), pgettext("seats", "Approved"), pgettext("seats", "Occupied"),
        pgettext("seats", "Reserved"), pgettext("seats", "Vacant"), pgettext("seats", "Over the quota"),
    )  # fmt: skip
    return [
        Column("unit", _("Unit")),
        *(Column(f"n{place}", name, number=True) for place, name in enumerate(names)),
    ]


def _numbers_of(row: SchoolSeats) -> list[int | None]:
    one = row.balance
    seats: list[int | None] = (
        [one.approved, one.occupied, one.reserved, one.vacant, one.over] if one.known else [None] * 5
    )
    return [row.pupils if row.parts else None, row.classes if row.parts else None, row.standard, *seats]


def school_table(rows: list[SchoolSeats]) -> Table:
    """The schools with their seats."""
    lines = []
    for row in rows:
        cells: list[Any] = [Cell(str(row.unit), reverse("unit_seats", args=[row.unit.public_id]))]
        numbers_ = _numbers_of(row)
        cells += [Cell("" if one is None else f"{one:,}") for one in numbers_[:-1]]
        over = numbers_[-1]
        cells.append(Cell(over, tone="red", icon="alert") if over else Cell("" if over is None else "0"))
        lines.append(Row(cells))
    return Table(_("Seats by unit"), columns(), lines)


def numbers(total: Together, stages: tuple[StandardQuota, ...]) -> list[Stat]:
    """The county in five numbers."""
    standard = sum(one.seats or 0 for one in stages)
    gap = total.approved - standard
    said = (
        _("%(n)s fewer than the standard") % {"n": f"{-gap:,}"} if gap < 0 else _("%(n)s more than the standard") % {"n": f"{gap:,}"}
    )  # fmt: skip
    over = (
        ngettext("in %(n)s unit", "in %(n)s units", total.over_units) % {"n": total.over_units}
        if total.over
        else _("none")
    )
    return [
        Stat(pgettext("seats", "Standard"), f"{standard:,}", sub=_("for %(n)s pupils") % {"n": f"{total.pupils:,}"}),
        Stat(pgettext("seats", "Approved"), f"{total.approved:,}", sub=said if standard else ""),
        Stat(pgettext("seats", "Occupied"), f"{total.occupied:,}"),
        Stat(pgettext("seats", "Vacant"), f"{total.vacant:,}", sub=_("%(n)s more are reserved") % {"n": f"{total.reserved:,}"}),
        Stat(
            pgettext("seats", "Over the quota"), f"{total.over:,}", sub=over, tone="red" if total.over else "",
            icon="alert" if total.over else "",
        ),
    ]  # fmt: skip


def stage_table(stages: tuple[StandardQuota, ...], actor: Any) -> Table | None:
    """The standard by stage, with how it comes about and from which source."""
    if not stages:
        return None
    values = values_of(actor)
    names = {"ratio": _("by pupils"), "small": _("small schools"), "added": _("additions"), "rounded": _("rounding")}
    columns = [
        Column("stage", _("Stage")),
        Column("seats", pgettext("seats", "Standard"), number=True),
        Column("how", _("How it comes about")),
    ]
    lines = []
    for one in stages:
        how = pgettext("list separator", ", ").join(f"{names[line.rule]} {line.seats:+,}" for line in one.lines)
        lines.append(
            Row([
                values.code("stage", one.stage) or _("stage not said"),
                "" if one.seats is None else f"{one.seats:,}",
                how or _("no ratio is known for this stage: the province says it"),
            ])
        )  # fmt: skip
    return Table(_("Standard by stage"), columns, lines)


def chart(rows: list[SchoolSeats], day: date) -> Chart:
    """Lying bars: occupied, reserved, vacant, over; a tick for the standard. Over the quota first, then the most vacant."""
    known = [row for row in rows if row.balance.known]
    shown = sorted(known, key=lambda row: (-row.balance.over, -row.balance.vacant))[:MOST_BARS]
    within = [row.balance.occupied - row.balance.over for row in shown]
    some = _("%(shown)s of %(all)s units on %(day)s: those over the quota, then those with the most vacant seats")
    return Chart(
        key="seats",
        heading=_("Seats and who holds them"),
        kind="rows",
        categories=[str(row.unit) for row in shown],
        series=[
            Series(pgettext("seats", "Occupied"), within, "accent", stack=True),
            Series(pgettext("seats", "Reserved"), [row.balance.reserved for row in shown], "amber", stack=True),
            Series(pgettext("seats", "Vacant"), [row.balance.vacant for row in shown], "soft", stack=True),
            Series(pgettext("seats", "Over the quota"), [row.balance.over for row in shown], "red", stack=True),
            Series(pgettext("seats", "Standard"), [row.standard for row in shown], "ink", "tick"),
        ],
        alarms=[place for place, row in enumerate(shown) if row.balance.over],
        note=some % {"shown": len(shown), "all": len(known), "day": day.isoformat()},
        head=[str(column.label) for column in columns()],
        rows=[[str(row.unit), *(plain(one) for one in _numbers_of(row))] for row in shown],
    )
