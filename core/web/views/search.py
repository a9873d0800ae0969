"""Search over everything that modules let be found."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.registry import registry
from core.web.filters import LONGEST_SEARCH
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
        text = " ".join(self.request.GET.get("q", "").replace("\x00", "").split())[:LONGEST_SEARCH]
        searches = [one for one in registry.each("searches") if self.actor and self.actor.may(one.permission)] if text else []
        groups = [{"label": one.label, "hits": one.find(self.actor, text, MOST_HITS)} for one in searches]
        found = [group for group in groups if group["hits"]]
        return {"query": text, "groups": found, "most": MOST_HITS, "empty": _nothing(text)}


def _nothing(text: str) -> dict[str, Any]:
    if not text:
        hint = gettext("Type a name, its pinyin or initials, an identity number or its last four characters, or a unit's name or code.")
        return {"icon": "search", "heading": gettext("What are you looking for?"), "text": hint}
    hint = gettext("Nobody and nothing that you may see has this name or number. Check the spelling, or try the pinyin.")
    return {"icon": "search", "heading": gettext("Nothing found"), "text": hint}
