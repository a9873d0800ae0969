"""What the kernel's right-most part plugs in: imports, which stand on all the rest of the kernel."""

from django.utils.translation import gettext_lazy as _

from core.exchange import selectors, tasks, units
from core.registry import Module, Nav, Search
from core.web.views.search import find_units

MODULE = Module(
    name="core",
    label=_("System"),
    nav=(
        Nav(label=_("Home"), url="home", icon="inbox", group="", permission="", order=0),
        Nav(
            label=_("Imports and batches"),
            url="imports",
            icon="upload",
            group=_("Data"),
            permission="exchange.import",
            order=700,
            count=selectors.waiting,
        ),
    ),
    import_kinds=units.KINDS,
    import_sections=units.SECTIONS,
    searches=(Search("units", _("Units"), "org.view_unit", find_units, order=20),),
    change_kinds={
        "exchange.apply": _("Imported"),
        "org.create_unit": _("Unit opened"),
        "org.propose_role": _("Role proposed"),
        "org.decide_role": _("Role decided"),
        "org.grant_role": _("Role given"),
        "codes.load": _("Code lists loaded"),
        "codes.add": _("Code added"),
        "codes.add_synonym": _("Way of writing a code added"),
        "parameters.load": _("Parameters loaded"),
        "parameters.set_local": _("Local parameter set"),
        "migration": _("Data brought to a new version of the program"),
    },
    urls="core.exchange.urls",
    api="core.exchange.api",
)

__all__ = ["MODULE", "tasks"]
