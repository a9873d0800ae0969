"""Posts unit by unit: approved, appointed and free by tier."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.codes.values import values_of
from core.registry import ListColumn
from core.web.filters import AsOfFilter, ChoiceFilter, UnitFilter
from core.web.listing import Listing
from core.web.pages import ListPage
from core.web.parts import Action, Badge, Cell
from personnel import rules
from personnel.selectors.posts import (
    TIERS,
    VIEW,
    UnitPosts,
    standings,
    structure_at,
    together,
    units_with_posts,
)
from personnel.workflows.posts import REFERENCES

HELP: Final = gettext_lazy(
    "Posts are approved for each unit by level and from a day on. Nobody is appointed to a level of which no post is free, on any day: the "
    "system refuses it. Who was there before the posts were first set stands off the ratio until a post of the level is free."
)


def _tiers(actor: Any) -> Any:
    return structure_at(actor.on, actor.unit).tiers


def _number(part: str, tier: str = "") -> Callable[[Any, Any], Any]:
    """The approved, appointed or free posts of a unit, of one tier where one is named."""

    def value(row: Any, actor: Any) -> Any:
        one = row.posts.of_tier(tier, row.tiers) if tier else row.posts.total
        number = getattr(one, part)
        if part == "vacant":
            return Cell(number, tone="red" if number < 0 else "")
        return number

    return value


def _tier_columns() -> tuple[ListColumn, ...]:
    found = []
    labels = {
        rules.HIGH: (gettext_lazy("High: approved"), gettext_lazy("High: appointed"), gettext_lazy("High: free")),
        rules.MIDDLE: (gettext_lazy("Middle: approved"), gettext_lazy("Middle: appointed"), gettext_lazy("Middle: free")),
        rules.JUNIOR: (gettext_lazy("Junior: approved"), gettext_lazy("Junior: appointed"), gettext_lazy("Junior: free")),
        rules.MANAGEMENT: (
            gettext_lazy("Management: approved"), gettext_lazy("Management: appointed"), gettext_lazy("Management: free"),
        ),
        rules.WORKER: (gettext_lazy("Workers: approved"), gettext_lazy("Workers: appointed"), gettext_lazy("Workers: free")),
    }  # fmt: skip
    for place, tier in enumerate(TIERS):
        for step, part in enumerate(("approved", "appointed", "vacant")):
            shown = place < len(rules.TIERS) and part != "appointed"
            found.append(
                ListColumn(
                    f"{tier}_{part}",
                    labels[tier][step],
                    _number(part, tier),
                    number=True,
                    shown=shown,
                    order=100 + place * 10 + step,
                )
            )
    return tuple(found)


def _by_state(rows: Any, value: str, actor: Any) -> Any:
    """Units with free posts, with none, or with people off the ratio."""
    keys = [unit for unit, posts in standings(rows, actor.on).items() if _fits(posts, value)]
    return rows.filter(pk__in=keys)


def _fits(posts: UnitPosts, value: str) -> bool:
    free = any(one.vacant > 0 for one in posts.rows)
    return {"free": free, "full": not free, "over": posts.off > 0}[value]


def _unit_cell(row: Any, _actor: Any) -> Cell:
    return Cell(row.name or row.code, reverse("unit_posts", args=[row.public_id]))


def _ratio_cell(row: Any, actor: Any) -> Any:
    structure = structure_at(actor.on, row)
    found = rules.check_structure(row.posts.numbers, row.office_type or "", structure)
    if not found:
        return ""
    broken = sum(not one.met for one in found)
    if not broken:
        return Cell(badge=Badge(_("kept"), "green", "check"))
    said = ngettext("%(n)s ratio exceeded", "%(n)s ratios exceeded", broken) % {"n": broken}
    return Cell(badge=Badge(said, "amber", "alert"))


class PostList(ListPage):
    """The actor's units with their posts: approved, appointed and free by tier."""

    name = "posts"
    route = "posts/"
    permission = VIEW
    title = gettext_lazy("Posts")
    everything_label = gettext_lazy("All units with posts")
    exported = True
    default_sort = "name"
    help = HELP
    references = REFERENCES

    columns = (
        ListColumn("name", gettext_lazy("Unit"), _unit_cell, sort=("tree",), indexed=True, order=0),
        ListColumn(
            "type", gettext_lazy("School type"), lambda row, actor: values_of(actor).code("school_type", row.office_type or ""),
            shown=False, order=10,
        ),
        ListColumn("approved", gettext_lazy("Approved"), _number("approved"), number=True, order=20),
        ListColumn("appointed", gettext_lazy("Appointed"), _number("appointed"), number=True, order=30),
        ListColumn("vacant", gettext_lazy("Free"), _number("vacant"), number=True, order=40),
        ListColumn("over", gettext_lazy("Off the ratio"), lambda row, _actor: row.posts.off, number=True, order=50),
        *_tier_columns(),
        ListColumn(
            "special", gettext_lazy("Special posts"), lambda row, _actor: row.posts.special.approved, number=True, shown=False, order=200
        ),
        ListColumn("ratio", gettext_lazy("Ratio"), _ratio_cell, order=210),
    )  # fmt: skip
    filters = (
        AsOfFilter("on", gettext_lazy("As of"), order=0),
        UnitFilter("under", gettext_lazy("Below"), lambda rows, unit, _actor: rows.under(unit), order=10),
        ChoiceFilter(
            "state", gettext_lazy("Posts"), _by_state, order=20,
            options=(
                ("free", gettext_lazy("with free posts")), ("full", gettext_lazy("without a free post")),
                ("over", gettext_lazy("with people off the ratio")),
            ),
        ),
    )  # fmt: skip

    def rows_of(self, actor: Any) -> Any:
        return units_with_posts(actor, actor.on)

    def prepare(self, rows: list[Any], actor: Any) -> None:
        found, tiers = standings([row.pk for row in rows], actor.on), _tiers(actor)
        for row in rows:
            row.posts, row.tiers = found.get(row.pk, UnitPosts()), tiers

    def summary(self, listing: Listing) -> Any:
        whole = together(standings(self.rows_of(listing.actor), listing.actor.on).values())
        said = {
            "day": listing.actor.on, "approved": whole.total.approved, "appointed": whole.total.appointed, "vacant": whole.total.vacant,
            "over": whole.off,
        }  # fmt: skip
        return (
            _(
                "On %(day)s: %(approved)s posts approved, %(appointed)s held, %(vacant)s free; %(over)s people off the ratio"
            )
            % said
        )

    def actions(self) -> list[Action]:
        unit = self.actor.unit
        return (
            [Action(_("Structure"), reverse("unit_posts", args=[unit.public_id]), "chart")] if unit is not None else []
        )

    @property
    def empty(self) -> dict[str, Any]:
        text = _(
            "No posts are set for any unit yet. Propose them on the page of a unit, or import who holds which level."
        )
        return {"icon": "inbox", "heading": _("No posts yet"), "text": text, "actions": self.actions()}
