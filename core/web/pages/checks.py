"""What `manage.py check` refuses on pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error
from django.urls import get_resolver

from core.org.actor import names_of
from core.registry import registry
from core.web.pages.page import ANYONE, SIGNED_IN


def pages_are_guarded(app_configs: Any = None, **_kwargs: Any) -> list[Error]:
    """Refuse pages without a permission, with one that no role table knows, or without a name and an address."""
    get_resolver().url_patterns  # noqa: B018 - loads the modules whose `paths()` register pages
    return [error for page in registry.pages for error in page_faults(page)]


def page_faults(page: Any) -> list[Error]:
    """What is wrong with one page class."""
    errors = []

    def refuse(number: int, text: str) -> None:
        errors.append(Error(f"{page.__module__}.{page.__name__}: {text}", obj=page, id=f"web.E{number:03}"))

    wanted = names_of(page.permission)
    if not any(wanted):
        refuse(1, "no permission: name one of config/roles.py, SIGNED_IN or ANYONE")
    for permission in wanted:
        if permission and permission not in settings.PERMISSION_LABELS and permission not in {ANYONE, SIGNED_IN}:
            refuse(2, f"the permission {permission} is in no role table")
    if not page.name:
        refuse(3, "no URL name")
    return errors
