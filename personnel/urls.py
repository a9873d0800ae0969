"""Addresses of the teacher file."""

from core.web.pages import paths
from personnel.views.accounts import HandOutMany, TeacherAccount, TeacherAccounts, TeacherSlip, VoidSlip
from personnel.views.activation import Activate, ActivateChoose
from personnel.views.agreements import PAGES as AGREEMENTS
from personnel.views.cadre_acts import JudgeHead, ProposeHeadship
from personnel.views.cadres import CadreList
from personnel.views.change import AddFact, ChangeFact
from personnel.views.changes import ChangeEvidence, ChangePage
from personnel.views.comparing import CompareMoments
from personnel.views.contracts import (
    ChangeContract,
    ConcludeContract,
    DueContracts,
    EndContract,
    JudgeProbation,
    RenewContract,
)
from personnel.views.corrections import AskCorrection, AskForNew, PaperFile, WhatToCorrect
from personnel.views.dossier import DossierPage
from personnel.views.dossier_asking import BeginReview, BorrowDossier, DossierKeeper, SendDossier, SendDossiers
from personnel.views.download import TeacherDownload
from personnel.views.file import OwnFile, TeacherPage
from personnel.views.former import FormerFile, FormerPeople
from personnel.views.graduate_plan import GraduatePlan
from personnel.views.graduates import PAGES as GRADUATES
from personnel.views.history import TeacherHistory
from personnel.views.likenesses import AskAgain, LikenessList, SearchNow, TellApart
from personnel.views.looks import TeacherLooks
from personnel.views.materials import ChangeMaterial, NewMaterial, ScanFile, WithdrawMaterial
from personnel.views.merging import ChooseOther, MergeFiles
from personnel.views.moves import PAGES as MOVES
from personnel.views.papers import IssueMany, NewPaper, TeacherPaper, TeacherPaperFile, TeacherPapers
from personnel.views.photo import TeacherPhoto
from personnel.views.planning import PAGES as PLANNING
from personnel.views.post_holding import AppointPost, EndPost, MovePost
from personnel.views.posts import PostList
from personnel.views.recruitment import PAGES as RECRUITMENT
from personnel.views.recruitment_public import PAGES as PUBLIC_RECRUITMENT
from personnel.views.reserves import EnterMember, NewReserve, ReserveList, ReservePage, TakeOutMember
from personnel.views.reveal import RevealAsked, RevealPage
from personnel.views.seats.account import (
    AdjustSeats,
    ApplyForSeats,
    ApproveSeats,
    CounterMovement,
    EnterStatistics,
    OpenLedger,
    UnitSeats,
)
from personnel.views.seats.comparing import BookDifferences, DifferencesWorkbook, SeatDifferences, SeatsMonth
from personnel.views.seats.overview import SeatsPage, SeatsWorkbook
from personnel.views.separating import UndoMerge
from personnel.views.teachers import TeacherList
from personnel.views.undoing import UndoChange
from personnel.views.unit_changes import PAGES as UNIT_CHANGES
from personnel.views.unit_heads import RecordHeadship, UnitHeads
from personnel.views.unit_posts import ProposePosts, TakeIn, UnitPostsPage

urlpatterns = paths(
    TeacherList,
    TeacherPage,
    TeacherHistory,
    CompareMoments,
    RevealPage,
    ChangePage,
    ChangeEvidence,
    UndoChange,
    OwnFile,
    AddFact,
    ChangeFact,
    TeacherPhoto,
)
urlpatterns += paths(IssueMany, TeacherPapers, TeacherPaper, TeacherPaperFile, NewPaper)
urlpatterns += paths(WhatToCorrect, AskForNew, AskCorrection, PaperFile, RevealAsked)
urlpatterns += paths(LikenessList, SearchNow, TellApart, AskAgain, ChooseOther, MergeFiles, UndoMerge)
urlpatterns += paths(DossierPage, NewMaterial, DossierKeeper, BorrowDossier, SendDossier, BeginReview)
urlpatterns += paths(ChangeMaterial, WithdrawMaterial, ScanFile, SendDossiers)
urlpatterns += paths(TeacherAccounts, HandOutMany, TeacherAccount, TeacherSlip, VoidSlip, Activate, ActivateChoose)
urlpatterns += paths(SeatsPage, SeatsWorkbook, SeatDifferences, DifferencesWorkbook, BookDifferences, SeatsMonth)
urlpatterns += paths(UnitSeats, ApproveSeats, AdjustSeats, OpenLedger, EnterStatistics, ApplyForSeats, CounterMovement)
urlpatterns += paths(PostList, UnitPostsPage, ProposePosts, TakeIn, AppointPost, MovePost, EndPost)
urlpatterns += paths(DueContracts, ConcludeContract, JudgeProbation, ChangeContract, RenewContract, EndContract)
urlpatterns += paths(TeacherLooks, TeacherDownload, FormerPeople, FormerFile)
urlpatterns += paths(*RECRUITMENT, *PUBLIC_RECRUITMENT)
urlpatterns += paths(*MOVES)
urlpatterns += paths(*PLANNING)
urlpatterns += paths(CadreList, UnitHeads, RecordHeadship, ProposeHeadship, JudgeHead)
urlpatterns += paths(ReserveList, NewReserve, ReservePage, EnterMember, TakeOutMember)
urlpatterns += paths(GraduatePlan, *GRADUATES, *AGREEMENTS)
urlpatterns += paths(*UNIT_CHANGES)
