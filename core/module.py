"""What the kernel's right-most part plugs in: imports, which stand on all the rest of the kernel."""

from django.utils.translation import gettext_lazy as _

from core.exchange import selectors, tasks, units
from core.registry import Module, Nav

MODULE = Module(
    name="core",
    label=_("System"),
    nav=(
        Nav(
            label=_("Imports and batches"), url="imports", icon="upload", group=_("Data"), permission="exchange.import", order=700,
            count=selectors.waiting,
        ),
    ),
    import_kinds=units.KINDS,
    import_sections=units.SECTIONS,
    change_kinds={"exchange.apply": _("Imported")},
    urls="core.exchange.urls",
)

__all__ = ["MODULE", "tasks"]
