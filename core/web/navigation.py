"""The lines of the menu that belong to no module."""

from django.utils.translation import gettext_lazy as _

from core.registry import Nav

KERNEL: tuple[Nav, ...] = (Nav(label=_("Home"), url="home", icon="inbox", group="", permission="", order=0),)
