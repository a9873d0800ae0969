"""What personnel plugs in."""

from django.utils.translation import gettext_lazy as _

from core.registry import Module
from personnel import resources

MODULE = Module(name="personnel", label=_("Personnel"), import_kinds=resources.KINDS, import_sections=resources.SECTIONS)
