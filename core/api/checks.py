"""What `manage.py check` refuses on endpoints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import Error
from django.urls import URLResolver, get_resolver

from core.api.permissions import ANYONE, SIGNED_IN
from core.api.viewsets import ApiViewSet, ScopedViewSet

MARKS = {ANYONE, SIGNED_IN}


def endpoints(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, type[ApiViewSet], dict[str, str]]]:
    """Every endpoint of the project: (route, view set, method → action)."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from endpoints(pattern, route)
            continue
        view: Any = pattern.callback
        if issubclass(getattr(view, "cls", object), ApiViewSet):
            yield route, view.cls, view.actions


def endpoints_are_guarded(app_configs: Any = None, **_kwargs: Any) -> list[Error]:
    """Refuse endpoints without a permission, with one that no role table knows, and scoped ones without a scope."""
    faults = {
        fault: None for _route, view, actions in endpoints() for fault in view_faults(view, set(actions.values()))
    }
    return [Error(f"{view.__name__}: {text}", obj=view, id=f"api.E{number:03}") for number, text, view in faults]


def view_faults(view: Any, actions: set[str]) -> Iterator[tuple[int, str, Any]]:
    """What is wrong with the declarations of one view set for the actions that addresses lead to."""
    for action in sorted(actions):
        declared = view.permissions.get(action)
        if not declared:
            yield 1, f"the action {action} declares no permission", view
            continue
        for permission in (declared,) if isinstance(declared, str) else declared:
            if permission not in settings.PERMISSION_LABELS and permission not in MARKS:
                yield 2, f"the permission {permission} of {action} is in no role table", view
    if issubclass(view, ScopedViewSet) and not getattr(getattr(view, "model", None), "scope", ""):
        yield 3, "the model states no scope", view
