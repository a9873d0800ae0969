"""The demo logins on the login page, and nowhere else."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from config.demo.logins import LOGINS, PASSWORD

LOGIN = "account_login"


def logins(request: HttpRequest) -> dict[str, Any]:
    """User name, password, role and unit of each demo login, while the site is the demo city."""
    if not settings.DEMO or getattr(request.resolver_match, "url_name", "") != LOGIN:
        return {}
    return {
        "demo_logins": [
            {"username": one.username, "password": PASSWORD, "role": one.role_label, "unit": one.unit} for one in LOGINS
        ]
    }
