"""Units: the list, the tree, and the page of one unit with its names, quota and statistics over time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import OuterRef, Q, Subquery, Sum
from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from core.codes.values import values_of
from core.org.models import ApprovedQuota, Unit, UnitKind, UnitProfile, UnitStatistics
from core.registry import ListColumn, registry
from core.web.filters import ChoiceFilter, CodeFilter, UnitFilter
from core.web.listing import Listing
from core.web.pages import DetailPage, ListPage, Page
from core.web.parts import Action, Badge, Cell, Link
from core.web.views.home import told
from core.web.views.unit_facts import facts_of, latest_changes, profile_table, quota_table, statistics_table

VIEW = "org.view_unit"
MOST_CHILDREN = 10


def unit_link(row: Any) -> Cell:
    """A unit's name that leads to its page."""
    return Cell(row.name or row.code, reverse("unit", args=[row.public_id]))


def units_of_list(actor: Any) -> Any:
    """The actor's units with name, type, location, seats, pupils and their place in the tree."""
    on = actor.on
    seats = ApprovedQuota.objects.filter(unit=OuterRef("pk"), valid__contains=on).values("seats")[:1]
    years = UnitStatistics.objects.filter(unit=OuterRef("unit"), school_year__lte=on.year).order_by("-school_year")
    newest = UnitStatistics.objects.filter(unit=OuterRef("pk"), school_year=Subquery(years.values("school_year")[:1]))
    summed = newest.order_by().values("unit").annotate(number=Sum("pupils")).values("number")
    return (
        Unit.objects.visible_to(actor)
        .named(on)
        .select_related("parent")
        .annotate(seats=Subquery(seats), pupils=Subquery(summed))
        .in_tree()
    )


def _by_state(rows: Any, value: str, actor: Any) -> Any:
    opened = Unit.objects.open_on(actor.on).values("pk")
    return rows.filter(pk__in=opened) if value == "open" else rows.exclude(pk__in=opened)


class UnitList(ListPage):
    """The actor's unit and all below it."""

    name = "units"
    route = "units/"
    permission = VIEW
    title = _("Units and quotas")
    everything_label = _("All open units")
    can_search = True
    search_label = _("Name or code")
    exported = True
    default_sort = "name"
    help = _(
        "Bureaus, their departments, schools and teaching points as they are called today. Numbers are those of the unit itself; "
        "the tree adds up what is below."
    )
    references = (Link(_("GB/T 33782-2017: classification and codes of schools")),)

    columns = (
        ListColumn("name", _("Unit"), lambda row, _actor: unit_link(row), sort=("tree",), indexed=True, order=0),
        ListColumn("code", _("Unit code"), lambda row, _actor: row.code, sort=("code",), indexed=True, order=10),
        ListColumn("kind", _("Level"), lambda row, _actor: row.get_kind_display(), nowrap=True, order=20),
        ListColumn(
            "type", _("School type"), lambda row, actor: values_of(actor).code("school_type", row.office_type or ""), order=30
        ),
        ListColumn(
            "location", _("Location"), lambda row, actor: values_of(actor).code("location", row.location or ""),
            shown=False, order=40,
        ),
        ListColumn("parent", _("Belongs to"), lambda row, actor: values_of(actor).unit(row.parent_id), order=50),
        ListColumn("seats", _("Approved quota"), lambda row, _actor: row.seats, number=True, order=80),
        ListColumn("pupils", _("Pupils"), lambda row, _actor: row.pupils, number=True, order=100),
        ListColumn("opened", _("Opened"), lambda row, _actor: row.opened, number=True, shown=False, order=110),
        ListColumn("closed", _("Closed"), lambda row, _actor: row.closed, number=True, shown=False, order=120),
    )  # fmt: skip
    filters = (
        UnitFilter("under", _("Below"), lambda rows, unit, _actor: rows.under(unit), order=10),
        ChoiceFilter(
            "kind", _("Level"), lambda rows, value, _actor: rows.filter(kind=value), options=tuple(UnitKind.choices), order=20
        ),
        CodeFilter(
            "type", _("School type"), lambda rows, codes, _actor: rows.filter(office_type__in=codes),
            code_list="school_type", order=30,
        ),
        CodeFilter(
            "location", _("Location"), lambda rows, codes, _actor: rows.filter(location__in=codes), code_list="location", order=40
        ),
        ChoiceFilter(
            "state", _("State"), _by_state, default="open", options=(("open", _("open")), ("closed", _("closed or not yet open"))),
            order=60,
        ),
    )  # fmt: skip

    def rows_of(self, actor: Any) -> Any:
        return units_of_list(actor)

    def search(self, rows: Any, text: str, actor: Any) -> Any:
        named = UnitProfile._base_manager.filter(valid__contains=actor.on)
        by_name = named.filter(Q(name__icontains=text) | Q(short_name__icontains=text)).values("unit")
        return rows.filter(Q(pk__in=by_name) | Q(code__startswith=text))

    def prepare(self, rows: list[Any], actor: Any) -> None:
        values_of(actor).prime(units=[row.parent_id for row in rows])

    def summary(self, listing: Listing) -> Any:
        return gettext("%(unit)s and all below it, as of %(day)s") % {"unit": self.actor.unit, "day": self.on}

    def actions(self) -> list[Action]:
        return [Action(_("As a tree"), reverse("unit_tree"), "tree")]


@dataclass(slots=True)
class Node:
    """A unit of the tree with the sums of itself and all below it, by column."""

    unit: Any
    sums: dict[str, int | None]
    children: list[Node] = field(default_factory=list)
    below: int = 0
    depth: int = 0
    told: list[tuple[ListColumn, Cell]] = field(default_factory=list)

    @property
    def badge(self) -> Badge:
        """Its level."""
        return Badge(self.unit.get_kind_display())


class UnitTree(Page):
    """The actor's units as a tree that unfolds; numbers add up what is below."""

    name = "unit_tree"
    route = "units/tree/"
    permission = VIEW
    title = _("Units as a tree")
    template = "core/pages/unit_tree.html"
    help = _("Unfold a bureau to see what is below it. Each number is that of the unit and of all units below it.")

    def context(self) -> dict[str, Any]:
        columns = self._columns()
        rows = units_of_list(self.actor).open_on(self.on)
        for column in columns:
            rows = column.annotate(rows, self.actor) if column.annotate is not None else rows
        roots = grown(list(rows), columns)
        return {
            "roots": roots, "columns": columns, "numbers": told(self.actor, self.actor.unit, "numbers"),
            "crumbs": [Link(UnitList.title, reverse("units"))],
        }  # fmt: skip

    def _columns(self) -> list[ListColumn]:
        """The numbers of the list that can be added up."""
        joined = (column for column in registry.each("list_columns") if column.page == UnitList.name)
        every = [column for column in (*UnitList.columns, *joined) if column.number and column.shown]
        return sorted(
            (column for column in every if not column.permission or self.actor.may(column.permission)),
            key=lambda column: column.order,
        )


def grown(rows: list[Any], columns: list[ListColumn]) -> list[Node]:
    """The tree of units that come in its order, with the sums of each."""
    nodes: dict[str, Node] = {}
    roots: list[Node] = []
    for row in rows:
        node = Node(row, {column.key: getattr(row, column.key, None) for column in columns})
        nodes[str(row.path)] = node
        above = nodes.get(str(row.path).rpartition(".")[0])
        node.depth = above.depth + 1 if above else 0
        (above.children if above else roots).append(node)
    for node in reversed(list(nodes.values())):
        for child in node.children:
            node.below += child.below + 1
            for key, number in child.sums.items():
                node.sums[key] = node.sums[key] if number is None else (node.sums[key] or 0) + number
        node.told = [(column, _total(column, node.sums[column.key])) for column in columns]
    return roots


def _total(column: ListColumn, number: int | None) -> Cell:
    """The number of a unit and all below it, under the head of its column."""
    return column.total(number) if column.total is not None else Cell(number)


class UnitPage(DetailPage):
    """One unit: what it is today, what it was, how many seats it has, who is below it."""

    name = "unit"
    route = "units/<uuid:public_id>/"
    permission = VIEW
    template = "core/pages/unit.html"
    help = _(
        "A unit keeps its code for life; its name, type and quota are dated, so that each paper bears the name of its day. "
        "Days are the first and the last on which something held."
    )

    def rows(self) -> Any:
        return Unit.objects.visible_to(self.actor).named(self.on).select_related("parent")

    def heading(self) -> Any:
        return self.object.name or self.object.code

    def context(self) -> dict[str, Any]:
        unit, actor = self.object, self.actor
        return {
            "crumbs": self._crumbs(),
            "sub": pgettext("between unit and role", " · ").join([str(unit.get_kind_display()), unit.code]),
            "facts": facts_of(unit, actor),
            "actions": told(actor, unit, "unit_actions"),
            "numbers": told(actor, unit, "numbers"),
            "charts": told(actor, unit, "charts"),
            "cards": told(actor, unit, "cards"),
            "profiles": profile_table(unit, actor),
            "quotas": quota_table(unit),
            "statistics": statistics_table(unit, actor),
            "children": self._children(),
            "latest": latest_changes(unit, actor),
        }

    def _crumbs(self) -> list[Link]:
        """The units above; those that the actor sees are links."""
        above = Unit._base_manager.filter(path__ancestors=self.object.path).exclude(pk=self.object.pk).order_by("path")
        rows = list(above)
        keys = [row.pk for row in rows]
        values = values_of(self.actor)
        values.prime(units=keys)
        seen = set(Unit.objects.visible_to(self.actor).filter(pk__in=keys).values_list("pk", flat=True))
        return [
            Link(values.unit(row.pk), reverse("unit", args=[row.public_id]) if row.pk in seen else "") for row in rows
        ]

    def _children(self) -> dict[str, Any]:
        rows = Unit.objects.filter(parent=self.object).open_on(self.on).named(self.on).in_tree()
        found = list(rows[: MOST_CHILDREN + 1])
        more = len(found) > MOST_CHILDREN
        url = f"{reverse('units')}?under={self.object.public_id}"
        label = ngettext("%(n)s unit", "%(n)s units", len(found)) % {"n": len(found)}
        return {
            "rows": found[:MOST_CHILDREN],
            "more": more,
            "url": url,
            "label": gettext("all of them") if more else label,
        }
