"""What the kernel's right-most part plugs in: imports, which stand on all the rest of the kernel."""

from django.utils.translation import gettext_lazy as _

from core.exchange import home, selectors, tasks, units
from core.exchange.asking import home as asking
from core.exchange.views import words
from core.jobs import verifying
from core.registry import Module, Nav, Search
from core.web import looks
from core.web.views import audit, jobs, roles, users
from core.web.views.search import find_units

MODULE = Module(
    name="core",
    label=_("System"),
    nav=(
        Nav(label=_("Home"), url="home", icon="inbox", group="", permission="", order=0),
        Nav(
            label=_("Units and quotas"),
            url="units",
            icon="school",
            group=_("Seats and posts"),
            permission="org.view_unit",
            order=20,
        ),
        Nav(label=_("Code lists"), url="codes", icon="list", group=_("Data"), permission="codes.view", order=720),
        Nav(
            label=_("Jobs"),
            url="jobs",
            icon="clock",
            group=_("Data"),
            permission=("jobs.view_own", "system.operate"),
            order=730,
        ),
        Nav(
            label=_("Log of changes"),
            url="audit_changes",
            icon="history",
            group=_("Audit"),
            permission="records.audit",
            order=900,
        ),
        Nav(
            label=_("Log of looks and reveals"),
            url="audit_access",
            icon="eye",
            group=_("Audit"),
            permission="records.audit",
            order=910,
        ),
        Nav(
            label=_("Seals"), url="audit_seals", icon="shield", group=_("Audit"), permission="records.audit", order=920
        ),
        Nav(
            label=_("Users and roles"),
            url="users",
            icon="key",
            group=_("System"),
            permission="org.view_user",
            order=800,
        ),
        Nav(
            label=_("Proposed roles"),
            url="role_proposals",
            icon="users",
            group=_("System"),
            permission="org.view_user",
            order=810,
        ),
        Nav(
            label=_("Imports"),
            url="imports",
            icon="upload",
            group=_("Data"),
            permission="exchange.import",
            order=700,
            count=selectors.waiting,
        ),
        Nav(
            label=_("Who sent what"),
            url="board",
            icon="chart",
            group=_("Data"),
            permission="exchange.import",
            order=705,
        ),
    ),
    home_parts=(*home.HOME, *asking.HOME, *words.HOME, *roles.HOME, *users.HOME, *jobs.HOME, *audit.HOME),
    job_subjects=home.JOB_SUBJECTS,
    job_results=home.JOB_RESULTS,
    import_kinds=units.KINDS,
    import_sections=units.SECTIONS,
    searches=(Search("units", _("Units"), "org.view_unit", find_units, order=20),),
    change_kinds={
        "exchange.apply": _("Imported"),
        "exchange.undo": _("Import undone"),
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
        "org.take_over_account": _("Account taken over by its holder"),
        "org.choose_password": _("Own password changed"),
        "org.add_passkey": _("Passkey added"),
        "org.remove_passkey": _("Passkey removed"),
        "org.end_sessions": _("Logged out everywhere else"),
        "org.renew_digest": _("Password kept by a stronger recipe"),
        "api.issue_token": _("API token made"),
        "api.revoke_tokens": _("API tokens revoked"),
        "records.erase": _("Protected values erased"),
        "records.rewrap_keys": _("Keys wrapped by a new master key"),
        "codes.load": _("Code lists loaded"),
        "codes.add": _("Code added"),
        "codes.add_synonym": _("Way of writing a code added"),
        "parameters.load": _("Parameters loaded"),
        "parameters.set_local": _("Local parameter set"),
        "migration": _("Data brought to a new version of the program"),
    },
    withheld=(looks.FIXED,),
    urls="core.exchange.urls",
    api="core.exchange.api",
)

__all__ = ["MODULE", "tasks", "verifying"]
