"""What a user keeps for themselves: saved views of lists. Preferences are no records: nobody else is concerned."""

from __future__ import annotations

from itertools import chain
from typing import Any
from urllib.parse import parse_qsl

from django.db import transaction
from django.utils.translation import gettext as _

from core.org.errors import NotAllowed
from core.org.models import User
from core.web.filters import tells_a_number

VIEWS = "views"
MOST_VIEWS = 20
LONGEST_NAME = 30


def views(user: Any, page: str) -> list[dict[str, str]]:
    """The saved views of a list: [{"name", "query"}]."""
    found: list[dict[str, str]] = user.preferences.get(VIEWS, {}).get(page, [])
    return found


class NameTaken(ValueError):
    """The list has a view of this name already."""


def save_view(*, user: Any, page: str, name: str, query: str) -> None:
    """Keep an address of a list under a name. At most `MOST_VIEWS` are kept, the oldest go. Raises `NameTaken`.

    Refused by `NotAllowed` where the name or a condition holds a number of somebody: it would lie in the account in clear.
    """
    if any(tells_a_number(text) for text in (name, *chain.from_iterable(parse_qsl(query)))):
        raise NotAllowed(
            _("A view does not keep an identity number, phone or account. Take it out, then keep the view.")
        )
    name = name[:LONGEST_NAME]
    with transaction.atomic():
        fresh = User.objects.select_for_update().get(pk=user.pk)
        kept = views(fresh, page)
        if any(view["name"] == name for view in kept):
            raise NameTaken(name)
        _store(fresh, page, [*kept, {"name": name, "query": query}][-MOST_VIEWS:])


def drop_view(*, user: Any, page: str, name: str) -> None:
    """Forget a saved view."""
    with transaction.atomic():
        fresh = User.objects.select_for_update().get(pk=user.pk)
        _store(fresh, page, [view for view in views(fresh, page) if view["name"] != name])


def _store(user: Any, page: str, kept: list[dict[str, str]]) -> None:
    user.preferences = {**user.preferences, VIEWS: {**user.preferences.get(VIEWS, {}), page: kept}}
    user.save(update_fields=["preferences"])
