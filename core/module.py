"""What the kernel itself plugs in."""

from django.utils.translation import gettext_lazy as _

from core.exchange import units
from core.registry import Module

MODULE = Module(name="core", label=_("System"), import_kinds=units.KINDS, import_sections=units.SECTIONS)
