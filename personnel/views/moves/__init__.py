"""Moves of people: the list, a new one, the rotation of a year."""

from personnel.views.moves.asking import LeaveForElsewhere, LetterFile, NewMove
from personnel.views.moves.listing import MoveList
from personnel.views.moves.rotations import RotationsPage

PAGES = (MoveList, NewMove, LeaveForElsewhere, LetterFile, RotationsPage)

__all__ = ["PAGES", "LeaveForElsewhere", "LetterFile", "MoveList", "NewMove", "RotationsPage"]
