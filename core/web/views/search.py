"""Search over everything that modules let be found."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.org.models import Unit, UnitProfile
from core.registry import Hit, registry
from core.web.filters import LONGEST_SEARCH
from core.web.listing import searched
from core.web.pages import SIGNED_IN, Page

MOST_HITS = 20


class SearchPage(Page):
    """Finds people and units by name, pinyin, initials, number or code; only what the actor may see."""

    name = "search"
    route = "search/"
    permission = SIGNED_IN
    title = _("Search")
    template = "core/pages/search.html"

    def context(self) -> dict[str, Any]:
        text = searched(self.request.GET)
        searches = (
            [one for one in registry.each("searches") if self.actor and self.actor.may(one.permission)] if text else []
        )
        groups = [{"label": one.label, "hits": one.find(self.actor, text, MOST_HITS)} for one in searches]
        found = [group for group in groups if group["hits"]]
        cut_short = bool(text) and len(self.request.GET.get("q", "").strip()) > LONGEST_SEARCH
        return {"query": text, "cut_short": cut_short, "groups": found, "most": MOST_HITS, "empty": _nothing(text)}


def find_units(actor: Any, text: str, limit: int) -> list[Hit]:
    """Units by name, short name or code, as they are called on the actor's day."""
    named = UnitProfile._base_manager.filter(valid__contains=actor.on)
    by_name = named.filter(Q(name__icontains=text) | Q(short_name__icontains=text)).values("unit")
    rows = Unit.objects.visible_to(actor).named(actor.on).filter(Q(pk__in=by_name) | Q(code__startswith=text))
    return [Hit(unit, _unit_url(unit), unit.code) for unit in rows.in_tree()[:limit]]


def _unit_url(unit: Unit) -> str:
    return reverse("unit", args=[unit.public_id])


def _nothing(text: str) -> dict[str, Any]:
    if not text:
        hint = gettext(
            "Type a name, its pinyin or initials, an identity number or its last four characters, the number of a "
            "certificate, or a unit's name or code."
        )
        return {"icon": "search", "heading": gettext("What are you looking for?"), "text": hint}
    hint = gettext(
        "Nobody and nothing that you may see has this name or number. Check the spelling, or try the pinyin."
    )
    return {"icon": "search", "heading": gettext("Nothing found"), "text": hint}
