"""Organisation changes: the list of a bureau, proposing one, roles at units that were closed."""

from core.registry import HomePart
from personnel.selectors.unit_changes import PROPOSE, VIEW
from personnel.views.unit_changes.asking import CloseUnit, MergeUnit, OpenUnit, RenameUnit, SplitUnit, unit_actions
from personnel.views.unit_changes.listing import RolesLeft, UnitChanges, roles_to_see, story

PAGES = (UnitChanges, RolesLeft, MergeUnit, CloseUnit, SplitUnit, RenameUnit, OpenUnit)

HOME = (
    HomePart(permission=PROPOSE, unit_actions=unit_actions, order=30),
    HomePart(permission=VIEW, cards=story, order=90),
    HomePart(permission="org.grant_role", numbers=roles_to_see, order=30),
)

__all__ = ["HOME", "PAGES"]
