"""Named reads of the teacher file. Each starts from what the actor may see."""

from personnel.selectors.finding import find_people, search_teachers, whole_number
from personnel.selectors.teachers import employed, teachers_on

__all__ = ["employed", "find_people", "search_teachers", "teachers_on", "whole_number"]
