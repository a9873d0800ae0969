"""Who may do what, on one screen. Printed to the customer as it stands."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

PERMISSION_LABELS = {
    "org.view_unit": _("see units"),
    "org.change_unit": _("change units"),
    "org.view_user": _("see users and roles"),
    "org.grant_role": _("propose and confirm roles"),
    "personnel.view_teacher": _("see teacher files"),
    "personnel.change_teacher": _("change teacher files"),
    "personnel.reveal": _("reveal masked values, with a reason"),
    "personnel.decide_correction": _("decide requests for correction"),
    "personnel.merge_files": _("merge two files of one person"),
    "personnel.view_dossier": _("see catalogues of dossiers, each look written down"),
    "personnel.keep_dossier": _("keep dossiers: catalogue, hand out, send, receive"),
    "personnel.decide_dossier": _("decide on lending, transfer and review of dossiers"),
    "personnel.borrow_dossier": _("ask for a dossier to be read or lent"),
    "personnel.recruit": _("prepare recruitments: plans, notices, checks of applications, scores"),
    "personnel.decide_recruitment": _("approve plans and notices of recruitment, and hire"),
    "personnel.hand_out_slip": _("hand out slips by which teachers open their accounts"),
    "personnel.view_seats": _("see seats, standards and the seat ledger"),
    "personnel.keep_seats": _("keep the seat ledger: approvals, opening, reconciliation; ask for adjustments"),
    "personnel.ask_seats": _("apply to use seats"),
    "personnel.decide_seats": _("decide on the use of seats and on their adjustment"),
    "personnel.propose_posts": _("propose posts of units"),
    "personnel.decide_posts": _("approve posts of units"),
    "personnel.ask_moves": _("ask for transfers, rotations and loans; record reports for duty and returns"),
    "personnel.consent_moves": _("agree to transfers, rotations and loans for the unit that sends or receives"),
    "personnel.decide_moves": _("decide transfers, rotations and loans"),
    "personnel.propose_headships": _("propose headships and the reserve of cadres"),
    "personnel.decide_headships": _("decide on headships and on the reserve of cadres"),
    "personnel.propose_units": _("propose changes of the organisation: open, close, merge, split, rename units"),
    "personnel.decide_units": _("decide on changes of the organisation"),
    "personnel.view_own": _("see one's own file"),
    "exchange.import": _("import workbooks"),
    "exchange.export": _("export lists"),
    "exchange.approve": _("accept batches and undo them"),
    "exchange.ask": _("request workbooks of units below"),
    "documents.view": _("see issued papers"),
    "documents.issue": _("issue, withdraw and replace papers"),
    "documents.set_templates": _("decide how papers look and how their numbers begin"),
    "publicity.view": _("see and stop publicities"),
    "publicity.decide_objection": _("look into objections and decide on them"),
    "records.view_change": _("see changes of visible files"),
    "records.audit": _("read the change log, the access log and seals"),
    "codes.view": _("see code lists"),
    "codes.change": _("extend code lists"),
    "jobs.view_own": _("see one's own jobs"),
    "system.operate": _("see all jobs and the state of the system"),
}

CLERK = frozenset(
    {
        "org.view_unit", "personnel.view_teacher", "personnel.change_teacher", "personnel.reveal",
        "personnel.decide_correction", "personnel.borrow_dossier", "personnel.hand_out_slip", "personnel.propose_posts", "exchange.import",
        "exchange.export", "exchange.approve", "documents.view", "documents.issue", "records.view_change", "codes.view", "jobs.view_own",
        "personnel.view_seats", "personnel.ask_seats", "publicity.view", "personnel.ask_moves",
        "personnel.propose_headships",
    }
)  # fmt: skip
APPROVER = (CLERK | {"publicity.decide_objection", "personnel.consent_moves"}) - {
    "personnel.change_teacher", "personnel.hand_out_slip", "personnel.ask_seats", "personnel.propose_posts", "exchange.import",
    "personnel.ask_moves",
    "personnel.propose_headships",
}  # fmt: skip
# Bureaus keep the dossiers of their teachers; who keeps one does not decide on it.
KEEPS_DOSSIERS = frozenset({"personnel.view_dossier", "personnel.keep_dossier"})
DECIDES_ON_DOSSIERS = frozenset({"personnel.view_dossier", "personnel.decide_dossier"})
# Bureaus keep the seats of their schools, and decide on their use.
KEEPS_SEATS = frozenset({"personnel.keep_seats"})
DECIDES_ON_SEATS = frozenset({"personnel.decide_seats"})
# Bureaus merge, divide and rename their schools; who proposes it does not decide on it.
PROPOSES_UNITS = frozenset({"personnel.propose_units"})
DECIDES_ON_UNITS = frozenset({"personnel.decide_units"})

# Bureaus recruit; who prepares it does not decide on it.
RECRUITS = frozenset({"personnel.recruit"})
DECIDES_ON_RECRUITMENT = frozenset({"personnel.decide_recruitment"})


@dataclass(frozen=True, slots=True)
class Role:
    """A role: its name on the page, the kinds of unit it may be given at, what it may do, what it excludes."""

    label: Any
    levels: frozenset[str]
    permissions: frozenset[str]
    alone: bool = False


ROLES = {
    "city_clerk": Role(
        _("City clerk"),
        frozenset({"city"}),
        CLERK
        | KEEPS_DOSSIERS
        | KEEPS_SEATS
        | PROPOSES_UNITS
        | RECRUITS
        | {"org.change_unit", "codes.change", "exchange.ask", "documents.set_templates", "personnel.merge_files"},
    ),
    "city_approver": Role(
        _("City approver"),
        frozenset({"city"}),
        APPROVER
        | DECIDES_ON_DOSSIERS
        | DECIDES_ON_SEATS
        | DECIDES_ON_UNITS
        | DECIDES_ON_RECRUITMENT
        | {"org.change_unit", "personnel.decide_posts", "personnel.decide_moves", "personnel.decide_headships"},
    ),
    "county_clerk": Role(
        _("County clerk"),
        frozenset({"county"}),
        CLERK
        | KEEPS_DOSSIERS
        | KEEPS_SEATS
        | PROPOSES_UNITS
        | RECRUITS
        | {"org.change_unit", "exchange.ask", "documents.set_templates", "personnel.merge_files"},
    ),
    "county_approver": Role(
        _("County approver"),
        frozenset({"county"}),
        APPROVER
        | DECIDES_ON_DOSSIERS
        | DECIDES_ON_SEATS
        | DECIDES_ON_UNITS
        | DECIDES_ON_RECRUITMENT
        | {"org.change_unit", "personnel.decide_posts", "personnel.decide_moves", "personnel.decide_headships"},
    ),
    "school_clerk": Role(_("School clerk"), frozenset({"school", "teaching_point", "department"}), CLERK),
    "school_approver": Role(_("School approver"), frozenset({"school", "teaching_point", "department"}), APPROVER),
    "teacher": Role(_("Teacher"), frozenset(), frozenset({"personnel.view_own", "codes.view"})),
    "panel_secretary": Role(_("Panel secretary"), frozenset({"city", "county"}), frozenset({"codes.view"})),
    "panel_member": Role(_("Panel member"), frozenset({"city", "county"}), frozenset({"codes.view"})),
    "auditor": Role(
        _("Auditor"), frozenset({"city", "county"}), frozenset({"records.audit", "codes.view"}), alone=True
    ),
    "system_administrator": Role(
        _("System administrator"), frozenset({"city"}), frozenset({"system.operate", "codes.view"}), alone=True
    ),
    "security_administrator": Role(
        _("Security administrator"),
        frozenset({"city"}),
        frozenset({"org.view_user", "org.grant_role", "org.view_unit"}),
        alone=True,
    ),
}
