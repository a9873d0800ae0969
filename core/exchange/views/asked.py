"""The asked units of all requests, one a line: where each stands, to be narrowed, sorted and exported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.codes.values import values_of
from core.exchange.asking.periods import PERIODS, span
from core.exchange.asking.selectors import LOOK, asked_units, reminded, requests
from core.exchange.asking.statuses import RANKS, Status, sent_in, status_cell
from core.exchange.kinds import all_kinds, common_kinds
from core.org.models import unit_name
from core.registry import ListColumn
from core.web.due import days_words
from core.web.filters import ChoiceFilter, Filter, UnitFilter
from core.web.pages import ListPage
from core.web.parts import Action, Cell

MOST_REQUESTS = 200


def _standing(row: Any, actor: Any) -> Cell:
    """Where the unit stands; who sent for it, where it did not itself."""
    cell = status_cell(row.status, row.last)
    sent = sent_in(row.last)
    if sent is None or sent.unit == row.unit_id:
        return cell
    by = _("sent by %(unit)s") % {"unit": values_of(actor).unit(sent.unit)}
    return Cell(cell.text, cell.url, f"{cell.sub} · {by}", cell.tone, cell.icon)


def _late(row: Any) -> str:
    """How late the first workbook came; nothing where it came in time or not yet."""
    first = timezone.localtime(row.first_sent).date() if row.first_sent else row.request.due
    return days_words(row.request.due, first) if first > row.request.due else ""


def ranked(rows: Any, _actor: Any) -> Any:
    """The rows with `rank`: the more urgent, the lower."""
    whens = [When(status=status, then=Value(place)) for status, place in RANKS.items()]
    return rows.annotate(rank=Case(*whens, output_field=IntegerField()))


COLUMNS = (
    ListColumn(
        "unit",
        gettext_lazy("Unit"),
        lambda row, _actor: Cell(row.unit_label, reverse("unit", args=[row.unit.public_id])),
        sort=("unit__code",),
        order=0,
    ),
    ListColumn(
        "request",
        gettext_lazy("Request"),
        lambda row, _actor: Cell(row.request.title, reverse("request", args=[row.request.public_id])),
        order=10,
    ),
    ListColumn(
        "kind",
        gettext_lazy("Kind"),
        lambda row, _actor: (
            all_kinds()[row.request.kind].label if row.request.kind in all_kinds() else row.request.kind
        ),
        order=20,
    ),
    ListColumn(
        "due", gettext_lazy("Due"), lambda row, _actor: row.request.due, sort=("request__due",), nowrap=True, order=30
    ),
    ListColumn("state", gettext_lazy("State"), _standing, sort=("rank",), annotate=ranked, order=40),
    ListColumn("late", gettext_lazy("Sent late"), lambda row, _actor: _late(row), order=50),
    ListColumn("reminded", gettext_lazy("Reminded"), lambda row, _actor: row.told, order=60),
)


def prepare_asked(rows: list[Any], actor: Any) -> None:
    """Fetch set-wise what the columns need."""
    told = reminded(rows)
    values_of(actor).prime(units=[sent.unit for row in rows if (sent := sent_in(row.last)) is not None])
    for row in rows:
        number, last = told.get(row.pk, (0, None))
        said = ngettext("%(n)s time, last %(day)s", "%(n)s times, last %(day)s", number)
        row.told = said % {"n": number, "day": last.isoformat()} if number else ""


def asked_rows(actor: Any) -> Any:
    """Asked units with the unit's name."""
    return asked_units(actor).select_related("request", "unit").annotate(unit_label=unit_name("unit_id", actor.on))


@dataclass(frozen=True, slots=True)
class RequestFilter(Filter):
    """One request among those that the actor sees."""

    def choices(self, actor: Any) -> list[tuple[str, Any]]:
        rows = requests(actor).order_by("-pk")[:MOST_REQUESTS]
        return [(str(one.public_id), one.title) for one in rows]


@dataclass(frozen=True, slots=True)
class KindFilter(Filter):
    """What workbooks are about."""

    def choices(self, actor: Any) -> list[tuple[str, Any]]:
        return [(name, kind.label) for name, kind in common_kinds().items()]


def _due_within(rows: Any, value: str, actor: Any) -> Any:
    first, end = span(value, actor.on)
    return rows.filter(request__due__gte=first, request__due__lt=end)


class AskedList(ListPage):
    """Where each asked unit stands."""

    name = "asked"
    route = "imports/asked/"
    permission = LOOK
    title = gettext_lazy("Asked units")
    everything_label = gettext_lazy("open requests")
    default_sort = "state"
    exported = True
    help = gettext_lazy(
        "Each line is a unit that was asked for a workbook, the most urgent first. “Accepted, rows refused” means that some rows have "
        "to be corrected and sent again; once they are in as well, it says “fixed”. Days are working days."
    )
    empty = {
        "icon": "mail",
        "heading": gettext_lazy("Nobody is asked for anything"),
        "text": gettext_lazy("Open requests are counted here, unit by unit."),
    }
    columns = COLUMNS
    filters = (
        ChoiceFilter(
            "open",
            gettext_lazy("Requests"),
            lambda rows, value, _actor: rows.filter(request__closed_at__isnull=value == "open"),
            options=(("open", gettext_lazy("still open")), ("closed", gettext_lazy("no longer open"))),
            default="open",
            order=10,
        ),
        RequestFilter(
            "request",
            gettext_lazy("Request"),
            lambda rows, value, _actor: rows.filter(request__public_id=value),
            order=20,
        ),
        ChoiceFilter(
            "state",
            gettext_lazy("State"),
            lambda rows, value, _actor: rows.filter(status=value),
            options=tuple(Status.choices),
            order=30,
        ),
        KindFilter(
            "kind", gettext_lazy("Kind"), lambda rows, value, _actor: rows.filter(request__kind=value), order=40
        ),
        ChoiceFilter("period", gettext_lazy("Due in"), _due_within, options=PERIODS, order=50),
        UnitFilter(
            "unit",
            gettext_lazy("Unit"),
            lambda rows, unit, _actor: rows.filter(unit__path__descendants=unit.path),
            order=60,
        ),
    )

    def rows_of(self, actor: Any) -> Any:
        return asked_rows(actor)

    def prepare(self, rows: list[Any], actor: Any) -> None:
        prepare_asked(rows, actor)

    def actions(self) -> list[Action]:
        return [
            Action(_("Requests"), reverse("requests"), "mail"),
            Action(_("Who sent what"), reverse("board"), "chart"),
        ]
