"""The teacher file: every person on staff (教职工), and the sections of their file."""

from personnel.models.cadres import CHIEFS, Headship, HeadshipProposal, Reserve, ReserveMember
from personnel.models.career import Employment, PersonStatus, TeachingAssignment, TeachingBreak, WorkExperience
from personnel.models.contracts import Contract
from personnel.models.correction import Correction, CorrectionPaper
from personnel.models.dossier import DossierKeeping, Material, MaterialScan
from personnel.models.dossier_cases import (
    DossierLoan,
    DossierReview,
    DossierTransfer,
    LoanReader,
    ReviewItem,
    SentDossier,
)
from personnel.models.graduates import Graduate, GraduateWish, Placement, ServiceAgreement, SpecialPostEnd
from personnel.models.learning import Certificate, Education, OverseasStudy
from personnel.models.likeness import Likeness
from personnel.models.moves import Dispatch, Move, MoveKind
from personnel.models.planning import (
    PlanScenario,
    RecruitProposal,
    ScenarioPupils,
    SeatAdjustment,
    SeatProposal,
    TeachingDuty,
)
from personnel.models.posts import PostAppointment, PostProposal, PostSetting, ProposedPosts
from personnel.models.recruitment import (
    Applicant,
    ApplicantCheck,
    ApplicantFile,
    ExamWorkbook,
    JudgeScore,
    PlannedPost,
    Recruitment,
    RecruitmentPlan,
    RecruitmentPost,
)
from personnel.models.retirement import RetirementCategory
from personnel.models.seats import Reservation, SeatAccount, SeatEntry, SeatMovement, SeatUse
from personnel.models.slip import ActivationSlip
from personnel.models.standing import Achievement, PartyPost, PoliticalStatus, TalentProgramme
from personnel.models.teacher import BirthDecision, Contact, FamilyMember, FormerName, IdentityDocument, Photo, Teacher
from personnel.models.unit_changes import SplitPart, SplitPerson, UnitChange

__all__ = [
    "CHIEFS",
    "Achievement",
    "ActivationSlip",
    "Applicant",
    "ApplicantCheck",
    "ApplicantFile",
    "BirthDecision",
    "Certificate",
    "Contact",
    "Contract",
    "Correction",
    "CorrectionPaper",
    "Dispatch",
    "DossierKeeping",
    "DossierLoan",
    "DossierReview",
    "DossierTransfer",
    "Education",
    "Employment",
    "ExamWorkbook",
    "FamilyMember",
    "FormerName",
    "Graduate",
    "GraduateWish",
    "Headship",
    "HeadshipProposal",
    "IdentityDocument",
    "JudgeScore",
    "Likeness",
    "LoanReader",
    "Material",
    "MaterialScan",
    "Move",
    "MoveKind",
    "OverseasStudy",
    "PartyPost",
    "PersonStatus",
    "Photo",
    "Placement",
    "PlanScenario",
    "PlannedPost",
    "PoliticalStatus",
    "PostAppointment",
    "PostProposal",
    "PostSetting",
    "ProposedPosts",
    "RecruitProposal",
    "Recruitment",
    "RecruitmentPlan",
    "RecruitmentPost",
    "Reservation",
    "Reserve",
    "ReserveMember",
    "RetirementCategory",
    "ReviewItem",
    "ScenarioPupils",
    "SeatAccount",
    "SeatAdjustment",
    "SeatEntry",
    "SeatMovement",
    "SeatProposal",
    "SeatUse",
    "SentDossier",
    "ServiceAgreement",
    "SpecialPostEnd",
    "SplitPart",
    "SplitPerson",
    "TalentProgramme",
    "Teacher",
    "TeachingAssignment",
    "TeachingBreak",
    "TeachingDuty",
    "UnitChange",
    "WorkExperience",
]
