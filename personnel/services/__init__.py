"""Verbs of the teacher file."""

from personnel.services.access import note_look, note_looks, note_number, reveal_value, show_value
from personnel.services.facts import add_fact, change_fact, correct_fact, end_fact
from personnel.services.merging import merge_files, separate_files
from personnel.services.undoing import undo_change

__all__ = [
    "add_fact",
    "change_fact",
    "correct_fact",
    "end_fact",
    "merge_files",
    "note_look",
    "note_looks",
    "note_number",
    "reveal_value",
    "separate_files",
    "show_value",
    "undo_change",
]
