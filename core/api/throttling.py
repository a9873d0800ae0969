"""How often one may ask: per user, and per address where somebody tries passwords. The rates are in the settings."""

from __future__ import annotations

import logging
from typing import Any

from redis import RedisError
from rest_framework.throttling import AnonRateThrottle, SimpleRateThrottle, UserRateThrottle

log = logging.getLogger("shidang.api")


class _Counted(SimpleRateThrottle):
    """Counts in the cache that all web processes share. While it is away nobody is held up: the records do not need it."""

    def allow_request(self, request: Any, view: Any) -> bool:
        try:
            return super().allow_request(request, view)
        except RedisError as error:
            log.warning("requests are not counted: %s", error)
            return True


class PerUser(_Counted, UserRateThrottle):
    """All requests of one user, by page or token."""

    scope = "user"


class PerAddress(_Counted, AnonRateThrottle):
    """Requests that bring a password."""

    scope = "password"

    def get_cache_key(self, request: Any, _view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class PerVisitor(PerAddress):
    """Questions whether a paper is genuine, which anybody may ask without logging in."""

    scope = "verify"
