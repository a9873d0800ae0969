"""Who asks: a program with a token, or a reader in their session. Both end in `request.actor`."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied

from core.api.services import actor_of_token
from core.dates import today

SCHEME = "Bearer"


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer sdt_…`. The actor is the one of the token's role assignment, as of today."""

    def authenticate(self, request: Any) -> tuple[Any, Any] | None:
        scheme, _space, text = get_authorization_header(request).partition(b" ")
        if scheme.lower() != SCHEME.lower().encode():
            return None
        found = actor_of_token(text.strip().decode("latin-1"), timezone.now(), today())
        if found is None:
            raise AuthenticationFailed(
                _("This token is not valid: it was revoked, has expired, or its role has ended. Get a new one."),
                code="invalid_token",
            )
        token, actor = found
        request._request.actor = actor
        return actor.user, token

    def authenticate_header(self, _request: Any) -> str:
        return SCHEME


class SessionActorAuthentication(SessionAuthentication):
    """The session of somebody who logged in on the pages, and its actor. Writes need the CSRF token."""

    def enforce_csrf(self, request: Any) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied as error:
            raise PermissionDenied(
                _("The page that sent this is too old. Load it again and repeat."), code="csrf"
            ) from error

    def authenticate_header(self, _request: Any) -> str:
        return SCHEME
