"""How often one may ask: per user, and per address where somebody tries passwords. The rates are in the settings."""

from __future__ import annotations

from typing import Any

from rest_framework.throttling import AnonRateThrottle, UserRateThrottle


class PerUser(UserRateThrottle):
    """All requests of one user, by page or token."""

    scope = "user"


class PerAddress(AnonRateThrottle):
    """Requests that bring a password."""

    scope = "password"

    def get_cache_key(self, request: Any, _view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}
