"""The lines of the menu, and the names of changes, that belong to no module."""

from django.utils.translation import gettext_lazy as _

from core.registry import Nav

KERNEL: tuple[Nav, ...] = (Nav(label=_("Home"), url="home", icon="inbox", group="", permission="", order=0),)

KERNEL_KINDS = {
    "exchange.apply": _("Imported from a workbook"),
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
}
