"""Moves of people: the list, a new one, the rotation of a year."""

from personnel.views.moves.asking import NewMove
from personnel.views.moves.listing import MoveList
from personnel.views.moves.rotations import RotationsPage

PAGES = (MoveList, NewMove, RotationsPage)

__all__ = ["PAGES", "MoveList", "NewMove", "RotationsPage"]
