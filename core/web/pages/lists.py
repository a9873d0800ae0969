"""Lists: filters in the address, saved views, chosen columns, sorting, keyset paging, selection, export."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core.jobs.services import enqueue
from core.registry import ListColumn
from core.web import preferences
from core.web.counting import total
from core.web.filters import Filter, is_uuid, tells_a_number
from core.web.listing import SIZES, Listing
from core.web.pages.page import Page
from core.web.parts import Action, Chip, Choice, Column, Pager, Tab
from core.web.tables import table

EXPORT_JOB = "exchange.export_list"
FORMATS = ("xlsx", "csv")
MOST_SELECTED = 1000
LONGEST_PLAIN = 12
# A search with so many digits may be for somebody's number.
DIGITS_OF_A_NUMBER = 5


class ListPage(Page):
    """A list. Names its columns (the first names the row), filters and the order that it begins with.

    `rows_of(actor)` gives the visible rows (a selector that starts from `visible_to`); rows need `public_id`. `search(rows, text,
    actor)` narrows them by words, where `can_search`. `prepare(rows, actor)` may fetch set-wise what the columns of one page need.
    `row_key` names rows that have no `public_id` in addresses.
    `exported` offers the list as a workbook to who may export. The same object serves the export job, so nothing here but
    `context` and `actions` may need the request.
    """

    template = "core/pages/list.html"
    partial = "core/pages/list_body.html"
    columns: ClassVar[tuple[ListColumn, ...]] = ()
    filters: ClassVar[tuple[Filter, ...]] = ()
    default_sort: ClassVar[str] = ""
    row_key: ClassVar[str] = "public_id"
    can_search: ClassVar[bool] = False
    exported: ClassVar[bool] = False
    export_permission: ClassVar[str] = "exchange.export"
    everything_label: Any = ""
    search_label: Any = ""

    def own_columns(self) -> tuple[ListColumn, ...]:
        """The columns of this very list, where pages of one class differ in them."""
        return self.columns

    def rows_of(self, actor: Any) -> Any:
        """The visible rows."""
        raise NotImplementedError

    def search(self, rows: Any, text: str, actor: Any) -> Any:
        """The rows that the words find."""
        raise NotImplementedError

    def prepare(self, rows: list[Any], actor: Any) -> None:
        """Fetch set-wise what the columns of these rows need."""

    def note_export(self, rows: Any, actor: Any) -> None:
        """Write down that these rows were exported, where people stand in them."""

    @property
    def empty(self) -> dict[str, Any]:
        """What the list says while nothing is there: icon, heading, text, actions."""
        return {}

    def summary(self, listing: Listing) -> Any:
        """The line below the heading."""
        return ""

    def actions(self) -> list[Action]:
        """The buttons of the head."""
        return []

    def bulk_actions(self) -> list[Action]:
        """What can be done with selected rows: submit buttons of the form `list`."""
        return []

    def context(self) -> dict[str, Any]:
        listing = Listing(self, self.actor, self.request.GET)
        found = listing.slice
        bulk = [*self.bulk_actions(), *self._exports(form="list")]
        return {
            "listing": listing,
            "table": table(
                self.heading(), listing.shown, found.rows, listing.actor,
                heading=lambda column: self._head(listing, column), selectable=bool(bulk), form="list",
            ),
            "summary": self.summary(listing),
            "head_actions": [*self._exports(), *self.actions()],
            "bulk_actions": bulk,
            "selected_text": _("{n} rows selected"),
            "all_label": _("all %(total)s that match") % {"total": listing.total} if found.before or found.after else "",
            "chips": self._chips(listing),
            "filter_form": self._filter_fields(listing),
            "filter_hidden": [pair for pair in listing.pairs(q=None) if pair[0] in {"sort", "columns", "size"}],
            "search_hidden": listing.pairs(q=None),
            "views": self._views(listing),
            "columns": [Choice(c.key, c.label, c in listing.shown) for c in listing.columns[1:]],
            "columns_hidden": listing.pairs(columns=None),
            "shown_count": len(listing.shown) - 1,
            "pager": self._pager(listing),
            "empty": self._nothing(listing),
        }  # fmt: skip

    def _exports(self, form: str = "") -> list[Action]:
        """Buttons that export what is seen; with a form, what is selected in it."""
        if not (self.exported and self.actor.may(self.export_permission)):
            return []
        label = _("Export selected as %(format)s") if form else _("Export as %(format)s")
        here = "" if form else self.request.get_full_path()
        return [
            Action(
                label % {"format": chosen},
                url=here,
                icon="download",
                post=not form,
                name="export",
                value=chosen,
                form=form,
            )
            for chosen in FORMATS
        ]

    def _nothing(self, listing: Listing) -> dict[str, Any]:
        """What an empty list says."""
        if not listing.narrowed:
            return {"icon": "inbox", "heading": _("Nothing here yet"), "text": "", **self.empty}
        everything = Action(_("Remove all conditions"), url=listing.unconditional(search=False))
        text = _("No row meets all conditions. Remove one of them, or look among everything.")
        actions = [*self._elsewhere(listing), everything]
        return {"icon": "search", "heading": _("Nothing found"), "text": text, "actions": actions}

    def _elsewhere(self, listing: Listing) -> list[Action]:
        """The way to what the words find where no condition holds."""
        if not (listing.search and any(one.name in listing.values for one in listing.filters if not one.as_of)):
            return []
        found = total(self.search(self.rows_of(listing.actor), listing.search, listing.actor), narrowed=True)
        labels = [str(one.label) for one in listing.filters if one.name in listing.values and not one.as_of]
        said = {"conditions": pgettext("list separator", ", ").join(labels), "total": found}
        label = ngettext(
            "%(total)s row whatever the condition: %(conditions)s",
            "%(total)s rows whatever the condition: %(conditions)s",
            found.number,
        )
        return [Action(label % said, url=listing.unconditional(), primary=True)] if found.number else []

    def _head(self, listing: Listing, column: ListColumn) -> Column:
        current, descending = listing.sort
        offered = column.sort and (column.indexed or listing.sortable)
        state = ("descending" if descending else "ascending") if column is current else ""
        wanted = f"-{column.key}" if state == "ascending" else column.key
        url = listing.query(sort=wanted) if offered else ""
        return Column(column.key, column.label, column.number, column.nowrap, sort_url=url, sorted=state)

    def _chips(self, listing: Listing) -> list[Chip]:
        return [
            Chip(one.label, one.said(listing.values[one.name], listing.actor), listing.without(one))
            for one in listing.filters
            if one.name in listing.values
        ]

    def _filter_fields(self, listing: Listing) -> list[dict[str, Any]]:
        return [self._filter_field(one, listing) for one in listing.filters]

    def _filter_field(self, one: Filter, listing: Listing) -> dict[str, Any]:
        values = listing.values.get(one.name, [])
        options = [Choice(value, label, value in values) for value, label in one.choices(listing.actor)]
        return {
            "filter": one,
            "value": next(iter(values), ""),
            "options": options,
            "picker": one.many or len(options) > LONGEST_PLAIN,
        }

    def _views(self, listing: Listing) -> dict[str, Any]:
        """The saved views as tabs; the one whose address this is, is current."""
        here = sorted(listing.pairs(size=None))
        saved = preferences.views(self.actor.user, self.name)
        tabs = [Tab(self.everything_label or self.title, self.request.path, current=not here)]
        tabs += [
            Tab(
                view["name"],
                f"{self.request.path}?{view['query']}",
                sorted(parse_qsl(view["query"])) == here,
                icon="star",
            )
            for view in saved
        ]
        current = next((view["name"] for view, tab in zip(saved, tabs[1:], strict=True) if tab.current), "")
        return {
            "tabs": tabs,
            "current": current,
            "query": listing.query(size=None).removeprefix("?"),
            "page": self.name,
            "can_save": bool(here),
        }

    def _pager(self, listing: Listing) -> Pager:
        found = listing.slice
        text = _("%(shown)s on this page, %(total)s in all.") % {"shown": len(found.rows), "total": listing.total}
        return Pager(
            summary=text,
            previous_url=listing.query(before=found.before) if found.before else "",
            next_url=listing.query(after=found.after) if found.after else "",
            sizes=[Choice(str(size), size, size == listing.size, listing.query(size=size)) for size in SIZES],
        )

    # export

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Export what is seen, or what is selected, as a job."""
        if not (self.exported and self.actor.may(self.export_permission)):
            return self.http_method_not_allowed(request)
        chosen = request.POST.get("export", "")
        if chosen not in FORMATS:
            return HttpResponseRedirect(request.get_full_path())
        selected = [key for key in request.POST.getlist("selected") if is_uuid(key)][:MOST_SELECTED]
        if "selection" in request.POST and not selected and "everything" not in request.POST:
            messages.warning(request, _("No row is selected. Tick the rows, or choose all that match."))
            return HttpResponseRedirect(request.get_full_path())
        job = enqueue(
            EXPORT_JOB,
            actor=self.actor,
            arguments={
                "page": self.name, "form": chosen,
                **self._wanted(selected if selected and "everything" not in request.POST else None),
            },
        )  # fmt: skip
        return HttpResponseRedirect(reverse("job", args=[job.public_id]))

    def _wanted(self, selected: list[str] | None) -> dict[str, Any]:
        """The conditions as the job keeps them, in clear: whoever was searched for by a number is named by public ids instead."""
        listing = Listing(self, self.actor, self.request.GET)
        kept = [pair for pair in listing.pairs() if not tells_a_number(pair[1])]
        if sum(sign.isdigit() for sign in listing.search) < DIGITS_OF_A_NUMBER:
            return {"query": urlencode(kept), "selected": selected}
        found = [str(key) for key in listing.matching.values_list("public_id", flat=True)]
        return {
            "query": urlencode([pair for pair in kept if pair[0] != "q"]),
            "selected": found if selected is None else [key for key in selected if key in found],
        }
