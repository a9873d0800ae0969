"""Verbs of the teacher file."""

from personnel.services.access import note_look, reveal_value

__all__ = ["note_look", "reveal_value"]
