"""Which columns of a workbook become which facts of the teacher file."""

from personnel.resources.applicants import ApplicantKind, ApplicantSection
from personnel.resources.contracts import KINDS as OF_CONTRACTS
from personnel.resources.contracts import SECTIONS as CONTRACTS
from personnel.resources.dispatches import KINDS as OF_DISPATCHES
from personnel.resources.dispatches import SECTIONS as DISPATCHES
from personnel.resources.dossier import DossierKind, MaterialSection
from personnel.resources.duties import DutySection
from personnel.resources.graduates import KINDS as OF_GRADUATES
from personnel.resources.graduates import SECTIONS as GRADUATES
from personnel.resources.headships import KINDS as OF_HEADSHIPS
from personnel.resources.headships import SECTIONS as HEADSHIPS
from personnel.resources.kind import TeacherKind
from personnel.resources.moves import KINDS as OF_MOVES
from personnel.resources.moves import SECTIONS as MOVES
from personnel.resources.photos import PhotoKind, PhotoSection
from personnel.resources.posts import PostSection
from personnel.resources.scores import KINDS as OF_SCORES
from personnel.resources.scores import SECTIONS as SCORES
from personnel.resources.sections import SECTIONS as OF_TEACHERS

KINDS = (
    TeacherKind(), PhotoKind(), DossierKind(), ApplicantKind(), *OF_SCORES, *OF_MOVES, *OF_GRADUATES, *OF_HEADSHIPS, *OF_DISPATCHES,
    *OF_CONTRACTS,
)  # fmt: skip
SECTIONS = (
    *OF_TEACHERS, PostSection(), DutySection(), PhotoSection(), MaterialSection(), ApplicantSection(), *SCORES, *MOVES, *GRADUATES,
    *HEADSHIPS, *DISPATCHES, *CONTRACTS,
)  # fmt: skip

__all__ = ["KINDS", "SECTIONS", "TeacherKind"]
