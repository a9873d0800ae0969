"""Fixed words of the teacher file that the program itself must know."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

# Codes of the list person_status under which a person no longer works for their unit (the list may grow, these stay).
ENDED: Final = ("retired", "left", "died")
IN_POST: Final = "in_post"

# Why somebody looks at a masked value; the words of the reader replace the last one.
OTHER_REASON: Final = "other"
REVEAL_REASONS: Final = (
    ("check_paper", _("Compare with a paper that lies before me")),
    ("contact", _("Reach the person on official business")),
    ("tax_insurance", _("Report to tax, insurance or the housing fund")),
    ("asked_by_person", _("The person asked for it")),
    (OTHER_REASON, _("Another reason, in words")),
)
OWN_REASONS: Final = (
    ("check_own", _("Check my own particulars")),
    (OTHER_REASON, _("Another reason, in words")),
)
SAID_REASONS: Final = dict((*REVEAL_REASONS, *OWN_REASONS))

# Codes of the list identity_document whose number is a resident identity number with a check character.
RESIDENT_CARD: Final = frozenset({"1", ""})
# Residence permits of Hong Kong, Macao and Taiwan have numbers of the same form.
NUMBERED_ALIKE: Final = RESIDENT_CARD | {"HT", "TW"}

# What is done to a fact, and which groups of the list change_reason fit it. `other` fits all, and needs words.
ADD, CHANGE, CORRECT, END, UNDO = "add", "change", "correct", "end", "undo"
MERGE, DIFFER = "merge", "differ"
REASONS: Final = "change_reason"
REASON_GROUPS: Final = {
    ADD: frozenset({"event", "gap"}),
    CHANGE: frozenset({"event"}),
    END: frozenset({"event"}),
    CORRECT: frozenset({"mistake", "gap"}),
    UNDO: frozenset({"mistake", "undoing"}),
    MERGE: frozenset({"same_person"}),
    DIFFER: frozenset({"two_people"}),
}
# Records without periods have no day from which they change: what moved on is told as a correction too.
UNDATED_GROUPS: Final = REASON_GROUPS[CORRECT] | REASON_GROUPS[CHANGE]
