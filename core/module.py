"""What the kernel's right-most part plugs in: imports, which stand on all the rest of the kernel."""

from django.utils.translation import gettext_lazy as _

from core.exchange import home, selectors, tasks, units
from core.registry import Module, Nav, Search
from core.web.views import roles, users
from core.web.views.search import find_units

MODULE = Module(
    name="core",
    label=_("System"),
    nav=(
        Nav(label=_("Home"), url="home", icon="inbox", group="", permission="", order=0),
        Nav(label=_("Units and quotas"), url="units", icon="school", group=_("Personnel"), permission="org.view_unit", order=20),
        Nav(label=_("Users and roles"), url="users", icon="key", group=_("System"), permission="org.view_user", order=800),
        Nav(label=_("Proposed roles"), url="role_proposals", icon="users", group=_("System"), permission="org.view_user", order=810),
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
    home_parts=(*home.HOME, *roles.HOME, *users.HOME),
    import_kinds=units.KINDS,
    import_sections=units.SECTIONS,
    searches=(Search("units", _("Units"), "org.view_unit", find_units, order=20),),
    change_kinds={
        "exchange.apply": _("Imported"),
        "org.create_unit": _("Unit opened"),
        "org.change_unit": _("Unit changed"),
        "org.record_statistics": _("School statistics recorded"),
        "org.approve_quota": _("Quota approved"),
        "org.propose_role": _("Role proposed"),
        "org.decide_role": _("Role decided"),
        "org.grant_role": _("Role given"),
        "org.open_account": _("Account opened"),
        "org.lock_account": _("Account locked"),
        "org.unlock_account": _("Account opened again"),
        "org.renew_password": _("Password renewed"),
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
