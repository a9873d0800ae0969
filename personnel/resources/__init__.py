"""Which columns of a workbook become which facts of the teacher file."""

from personnel.resources.kind import TeacherKind
from personnel.resources.sections import SECTIONS

KINDS = (TeacherKind(),)

__all__ = ["KINDS", "SECTIONS", "TeacherKind"]
