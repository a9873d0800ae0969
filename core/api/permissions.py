"""Whether this actor may do this action."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission

SIGNED_IN: Final = "signed-in"
ANYONE: Final = "anyone"


def wanted(view: Any, action: str) -> tuple[str, ...]:
    """The permissions of which one opens an action. Raises ImproperlyConfigured when the view declares none."""
    declared = view.permissions.get(action)
    if not declared:
        msg = f"{type(view).__name__} declares no permission for {action}"
        raise ImproperlyConfigured(msg)
    return (declared,) if isinstance(declared, str) else tuple(declared)


class ActorPermission(BasePermission):
    """The role of the actor must hold one of the permissions that the view declares for the action in `permissions`."""

    def has_permission(self, request: Any, view: Any) -> bool:
        if view.action in {None, "metadata"}:  # a method that the address does not know: 405 follows, once logged in
            return bool(request.user and request.user.is_authenticated)
        names = wanted(view, view.action)
        if ANYONE in names:
            return True
        if not (request.user and request.user.is_authenticated):
            return False
        if SIGNED_IN in names:
            return True
        if request.actor is None:
            raise PermissionDenied(_("You hold no role today."), code="no_role")
        return any(request.actor.may(name) for name in names)
