"""The demo logins on the login page, and nowhere else."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from config.demo.logins import LOGINS, PASSWORD, SLIP_CODE, SLIP_NUMBER
from core.dates import today
from personnel.models import ActivationSlip
from personnel.services.slips import digest_of

LOGIN = "account_login"


def logins(request: HttpRequest) -> dict[str, Any]:
    """User name, password, role and unit of each demo login, while the site is the demo city."""
    if not settings.DEMO or getattr(request.resolver_match, "url_name", "") != LOGIN:
        return {}
    return {
        "demo_logins": [
            {"username": one.username, "password": PASSWORD, "role": one.role_label, "unit": one.unit} for one in LOGINS
        ],
        "demo_slip": open_slip(),
    }


def open_slip() -> dict[str, str] | None:
    """Who holds the open slip of the demo, its code and the number to be typed; None once it was used or ran out."""
    slip = ActivationSlip.objects.filter(
        digest=digest_of(SLIP_CODE), state=ActivationSlip.State.OPEN, expires__gte=today()
    ).first()
    return {"name": slip.teacher.name, "code": SLIP_CODE, "number": SLIP_NUMBER} if slip is not None else None
