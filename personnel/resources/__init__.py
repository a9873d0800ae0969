"""Which columns of a workbook become which facts of the teacher file."""

from personnel.resources.dossier import DossierKind, MaterialSection
from personnel.resources.duties import DutySection
from personnel.resources.kind import TeacherKind
from personnel.resources.photos import PhotoKind, PhotoSection
from personnel.resources.posts import PostSection
from personnel.resources.sections import SECTIONS as OF_TEACHERS

KINDS = (TeacherKind(), PhotoKind(), DossierKind())
SECTIONS = (*OF_TEACHERS, PostSection(), DutySection(), PhotoSection(), MaterialSection())

__all__ = ["KINDS", "SECTIONS", "TeacherKind"]
