"""Who sent what: units against kinds of workbooks, with or without a request."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import partial
from typing import Any

from django.db.models import Count, DateTimeField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.exchange.asking.models import Asked
from core.exchange.asking.periods import PERIODS, span
from core.exchange.asking.selectors import ASK, LOOK
from core.exchange.asking.statuses import Status, standing, status_cell, with_last
from core.exchange.kinds import common_kinds
from core.org.models import Unit, UnitKind
from core.registry import ListColumn
from core.web.filters import ChoiceFilter, UnitFilter
from core.web.pages import ListPage
from core.web.parts import Action, Cell

# A period for who asks for none: everything that was ever sent.
EVER = (date(1900, 1, 1), date(3000, 1, 1))


def between(rows: Any, first: date, end: date) -> Any:
    """Units with the moments between which workbooks count."""
    moments = {"since": first, "until": end}
    return rows.annotate(
        **{
            name: Value(timezone.make_aware(datetime.combine(day, time())), output_field=DateTimeField())
            for name, day in moments.items()
        }
    )


def _workbook(label: Any) -> Any:
    """How a column is headed whose workbooks are of a kind: “units” alone would be the unit of the line."""
    return format_lazy(gettext_lazy("Workbook: {kind}"), kind=label)


def _period(rows: Any, value: str, actor: Any) -> Any:
    return between(rows, *span(value, actor.on))


def _sent(rows: Any, kind: str, value: str) -> Any:
    """Units whose last workbook of a kind stands so; `none` for those that sent none."""
    return standing(with_last(rows, kind), kind, value)


STATES = (
    ("none", gettext_lazy("nothing sent")),
    *((status.value, status.label) for status in Status if status not in {Status.LATE, Status.NOT_SENT}),
)


def _open_requests(rows: Any, _actor: Any) -> Any:
    asked = Asked.objects.filter(unit=OuterRef("pk"), request__closed_at__isnull=True).order_by().values("unit")
    return rows.annotate(open_requests=Coalesce(Subquery(asked.annotate(number=Count("pk")).values("number")), 0))


def _requests_cell(row: Any, _actor: Any) -> Any:
    url = reverse("asked") + f"?unit={row.public_id}"
    return Cell(str(row.open_requests), url) if row.open_requests else ""


def _kind_cell(kind: str, row: Any, _actor: Any) -> Cell:
    last = getattr(row, f"last_{kind}")
    return status_cell(last["status"] if last else Status.NOT_SENT, last, nothing=_("nothing sent"))


class Board(ListPage):
    """Counties and schools by kind: the last workbook of the period and what became of it."""

    name = "board"
    route = "imports/board/"
    permission = LOOK
    title = gettext_lazy("Who sent what")
    everything_label = gettext_lazy("all units")
    default_sort = "unit"
    exported = True
    can_search = True
    search_label = gettext_lazy("Name or code of a unit")
    help = gettext_lazy(
        "Each line is a unit, each column a kind of workbook: the last one that the unit itself sent in the period, and what became of it. "
        "The state leads to the workbook. What was asked for by a day stands under “Open requests”, with who is late."
    )
    empty = {
        "icon": "school",
        "heading": gettext_lazy("No unit is below yours"),
        "text": gettext_lazy("As soon as there are units, their workbooks are counted here."),
    }

    def own_columns(self) -> tuple[ListColumn, ...]:
        kinds = tuple(
            ListColumn(
                f"kind_{name}", _workbook(kind.label), partial(_kind_cell, name), sort=(f"rank_{name}",),
                annotate=partial(_with_kind, name), order=20,
            )
            for name, kind in common_kinds().items()
        )  # fmt: skip
        return (
            ListColumn(
                "unit", gettext_lazy("Unit"), lambda row, _actor: Cell(str(row), reverse("unit", args=[row.public_id])),
                sort=("tree",), annotate=lambda rows, actor: rows.named(actor.on).in_tree(), order=0,
            ),
            ListColumn("level", gettext_lazy("Level"), lambda row, _actor: row.get_kind_display(), order=10),
            *kinds,
            ListColumn(
                "requests", gettext_lazy("Open requests"), _requests_cell, number=True, sort=("open_requests",),
                annotate=_open_requests, order=90,
            ),
        )  # fmt: skip

    @property
    def filters(self) -> tuple[Any, ...]:  # type: ignore[override]
        """The period first: the state of each kind is one within it."""
        states = tuple(
            ChoiceFilter(f"state_{name}", _workbook(kind.label), partial(_narrow, name), options=STATES, order=30)
            for name, kind in common_kinds().items()
        )
        levels = tuple((kind.value, kind.label) for kind in UnitKind if kind != UnitKind.PROVINCE)
        return (
            ChoiceFilter("period", gettext_lazy("Sent in"), _period, options=PERIODS, default="year", order=0),
            *states,
            ChoiceFilter("level", gettext_lazy("Level"), lambda rows, value, _actor: rows.filter(kind=value), options=levels, order=40),
            UnitFilter("unit", gettext_lazy("Unit"), lambda rows, unit, _actor: rows.under(unit), order=50),
        )  # fmt: skip

    def rows_of(self, actor: Any) -> Any:
        return between(Unit.objects.visible_to(actor).open_on(actor.on), *EVER)

    def search(self, rows: Any, text: str, actor: Any) -> Any:
        return rows.named(actor.on).filter(Q(name__icontains=text) | Q(code__startswith=text))

    def actions(self) -> list[Action]:
        found = [Action(_("Requests"), reverse("requests"), "mail")]
        if self.actor.may(ASK):
            found.append(Action(_("Request a workbook"), reverse("request_new"), "plus", primary=True))
        return found


def _with_kind(kind: str, rows: Any, _actor: Any) -> Any:
    return with_last(rows, kind)


def _narrow(kind: str, rows: Any, value: str, _actor: Any) -> Any:
    return _sent(rows, kind, value)
