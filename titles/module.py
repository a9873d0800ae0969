"""What titles plugs in."""

from django.utils.translation import gettext_lazy as _

from core.registry import Module
from titles import resources

MODULE = Module(name="titles", label=_("Titles"), import_sections=resources.SECTIONS)
