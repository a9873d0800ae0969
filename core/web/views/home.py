"""The first page: what waits for the actor, then the numbers of their unit, each leading to its list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.dates import today
from core.registry import HomePart, Waiting, registry
from core.web.pages import SIGNED_IN, Page
from core.web.parts import Badge, Cell, Column, Row, Table

MOST_WAITING = 12
# Days after which something that waits is called late.
LATE = 5


def parts_for(actor: Any) -> list[HomePart]:
    """What the product says to the actor on first pages and pages of units."""
    return [part for part in registry.each("home_parts") if not part.permission or actor.may(part.permission)]


def told(actor: Any, unit: Any, what: str) -> list[Any]:
    """The numbers, cards, charts or buttons of all parts about a unit."""
    functions: list[Callable[[Any, Any], list[Any]]] = [
        function for part in parts_for(actor) if (function := getattr(part, what)) is not None
    ]
    return [one for function in functions for one in function(actor, unit)]


class Home(Page):
    """Where everybody begins."""

    name = "home"
    route = ""
    permission = SIGNED_IN
    title = gettext_lazy("Home")
    template = "core/pages/home.html"
    help = gettext_lazy(
        "Above stands what waits for you, the oldest first. Below are the numbers of your unit and of all units under it, "
        "as of today; each leads to the list that it counts."
    )

    def get(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        for part in parts_for(self.actor) if self.actor else ():
            if part.landing and (elsewhere := part.landing(self.actor)):
                return HttpResponseRedirect(elsewhere)
        return self.render()

    def heading(self) -> Any:
        return self.title

    def context(self) -> dict[str, Any]:
        if self.actor is None:
            text = _("You hold no role today. Ask the security administrator of your bureau to give you one.")
            return {"day": today(), "no_role": {"icon": "key", "heading": _("Nothing to see yet"), "text": text}}
        waiting = sorted(self._waiting(), key=lambda one: (not one.late, one.since))
        unit = self.actor.unit
        return {
            "day": self.on,
            "unit": unit,
            "count": len(waiting),
            "heading": _waiting_words(len(waiting)),
            "waiting": inbox(waiting[:MOST_WAITING]),
            "more": max(len(waiting) - MOST_WAITING, 0),
            "numbers": told(self.actor, unit, "numbers"),
            "cards": told(self.actor, unit, "cards"),
            "charts": told(self.actor, unit, "charts"),
            "actions": [one for part in parts_for(self.actor) if part.actions for one in part.actions(self.actor)],
            "nothing": _("Batches to decide, roles to confirm and other decisions will stand here, the oldest first."),
        }

    def _waiting(self) -> Iterator[Waiting]:
        for part in parts_for(self.actor):
            if part.waiting is not None:
                yield from part.waiting(self.actor)


def _waiting_words(number: int) -> str:
    if not number:
        return _("Nothing waits for you")
    return ngettext("%(n)s thing waits for you", "%(n)s things wait for you", number) % {"n": number}


def inbox(waiting: list[Waiting]) -> Table | None:
    """What waits, as a table; None where nothing does."""
    if not waiting:
        return None
    columns = [
        Column("what", _("What")),
        Column("unit", _("Unit")),
        Column("do", _("What I am to do")),
        Column("since", _("Since"), nowrap=True),
        Column("days", _("Waits"), number=True),
    ]
    return Table(_("Waiting for me"), columns, [_row(one) for one in waiting])


def _row(one: Waiting) -> Row:
    since = timezone.localtime(one.since)
    days = max((today() - since.date()).days, 0)
    said = ngettext("%(n)s day", "%(n)s days", days) % {"n": days} if days else _("since today")
    waits = Cell(badge=Badge(said, "amber", "clock")) if days >= LATE else said
    if one.late:
        waits = Cell(badge=Badge(_("late"), "red", "alert"), sub=said)
    return Row([Cell(one.what, one.url, one.sub), one.unit, one.do, since.strftime("%m-%d"), waits])
