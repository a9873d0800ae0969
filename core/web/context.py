"""What the base template needs on every page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """The actor and whether this is the demo city."""
    return {"actor": getattr(request, "actor", None), "demo": settings.DEMO}
