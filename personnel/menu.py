"""The lines of the side menu that personnel brings, in groups of the field's own words."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.registry import Nav
from personnel.sections import VIEW
from personnel.selectors.recruitment import DECIDE as DECIDE_RECRUITMENT
from personnel.selectors.recruitment import RECRUIT
from personnel.selectors.seats import VIEW as VIEW_SEATS
from personnel.selectors.slips import ISSUE as HAND_OUT
from personnel.selectors.unit_changes import DECIDE as DECIDE_UNITS
from personnel.selectors.unit_changes import PROPOSE as PROPOSE_UNITS

PEOPLE: Final = _("People")
SEATS: Final = _("Seats and posts")
MOVES: Final = _("Moves and cadres")
HIRING: Final = _("Recruitment and placement")
RECRUITS: Final = (RECRUIT, DECIDE_RECRUITMENT)
CHANGES_UNITS: Final = (PROPOSE_UNITS, DECIDE_UNITS)

NAV: Final = (
    Nav(_("My file"), "me", "user", group="", permission="personnel.view_own", order=5),
    Nav(_("Teachers"), "teachers", "users", PEOPLE, VIEW, order=10),
    Nav(_("Contracts due"), "contracts_due", "cal", PEOPLE, VIEW, order=12),
    Nav(_("Accounts of teachers"), "teacher_accounts", "key", PEOPLE, HAND_OUT, order=14),
    Nav(_("Possible duplicates"), "likenesses", "compare", PEOPLE, "personnel.merge_files", order=16),
    Nav(_("Seat ledger"), "seats", "sheet", SEATS, VIEW_SEATS, order=22),
    Nav(_("Posts"), "posts", "briefcase", SEATS, VIEW, order=24),
    Nav(_("Who teaches what"), "duties", "book", SEATS, VIEW, order=26),
    Nav(_("Planning"), "planning", "chart", SEATS, VIEW_SEATS, order=28),
    Nav(pgettext_lazy("menu", "Organisation"), "unit_changes", "tree", SEATS, CHANGES_UNITS, order=29),
    Nav(_("Transfers and loans"), "moves", "swap", MOVES, VIEW, order=30),
    Nav(_("Leading cadres"), "cadres", "star", MOVES, VIEW, order=32),
    Nav(_("Recruitment"), "recruitments", "plus", HIRING, RECRUITS, order=40),
    Nav(pgettext_lazy("menu", "Graduates"), "graduates", "pin", HIRING, RECRUITS, order=42),
    Nav(pgettext_lazy("menu", "Special posts"), "special_posts", "clock", HIRING, RECRUITS, order=44),
)
