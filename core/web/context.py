"""What the base template needs on every page: who acts, what they may open, how they like to read."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from core.dates import today
from core.org.actor import assignments_of
from core.registry import Nav, registry
from core.web.filters import LONGEST_SEARCH
from core.web.middleware import theme_of

TABBAR_ROLE = "teacher"


def shell(request: HttpRequest) -> dict[str, Any]:
    """Menu, reader, theme, and whether this is the demo city. Queries run only when the template asks."""
    actor = getattr(request, "actor", None)
    shown = {"actor": actor, "demo": settings.DEMO, "theme": theme_of(request), "longest_search": LONGEST_SEARCH}
    if actor is None:
        return {**shown, "who": _without_role(request)}
    groups = SimpleLazyObject(lambda: menu(request, actor))
    tabbar = [item for group in groups for item in group["items"]] if actor.role == TABBAR_ROLE else []
    return {**shown, "nav": groups, "tabbar": tabbar, "who": SimpleLazyObject(lambda: _who(actor))}


def menu(request: HttpRequest, actor: Any) -> list[dict[str, Any]]:
    """The groups of the side menu that the actor may open, each with its items; the longest address that fits is current."""
    allowed = (line for line in registry.each("nav") if line.permission == "" or actor.may_any(line.permission))
    lines = [line for line in allowed if line.applies(actor)]
    found = [(line, url) for line in sorted(lines, key=lambda line: line.order) if (url := _url(line))]
    here = max((url for _line, url in found if _is_at(request.path, url)), key=len, default="")
    groups: dict[str, dict[str, Any]] = {}
    for line, url in found:
        group = groups.setdefault(str(line.group), {"label": line.group, "items": []})
        count = line.count(actor) if line.count else None
        group["items"].append(
            {"label": line.label, "url": url, "icon": line.icon, "count": count, "current": url == here}
        )
    return list(groups.values())


def _is_at(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))


def _url(line: Nav) -> str:
    """The address of a menu line; nothing while no module has the page."""
    try:
        return reverse(line.url)
    except NoReverseMatch:
        return ""


def _who(actor: Any) -> dict[str, Any]:
    held = list(assignments_of(actor.user, today()))
    unit = next((one.unit_name for one in held if one.pk == actor.assignment), str(actor.unit or ""))
    return {
        "name": str(actor.user),
        "role": actor.role_label,
        "unit": unit,
        "assignments": [
            {"id": one.pk, "label": _assignment(one), "current": one.pk == actor.assignment} for one in held
        ],
    }


def _assignment(one: Any) -> str:
    role = settings.ROLES.get(one.role)
    return f"{one.unit_name} · {role.label if role else one.role}"


def _without_role(request: HttpRequest) -> dict[str, Any] | None:
    user = getattr(request, "user", None)
    return {"name": str(user), "role": "", "unit": "", "assignments": []} if user and user.is_authenticated else None
