"""What personnel plugs in."""

from django.utils.translation import gettext_lazy as _

from core.registry import Module

MODULE = Module(name="personnel", label=_("Personnel"))
