"""The import pages: list, upload, one page per batch whatever its state."""

from core.exchange.views.actions import AbandonBatch, AcceptBatch, CancelBatch, CheckBatchAgain, SetBatchDay
from core.exchange.views.asked import AskedList
from core.exchange.views.asking import CloseRequest, NewRequest, RemindUnits, RequestList, RequestPage
from core.exchange.views.batch import BatchPage, BatchProgress
from core.exchange.views.board import Board
from core.exchange.views.exports import ExportFile
from core.exchange.views.filled import TemplateForm
from core.exchange.views.fixes import FixBatch
from core.exchange.views.headings import ChooseHeadings, ForgetHeading, HeadingList
from core.exchange.views.listing import BatchList, UploadPage
from core.exchange.views.questions import DecideBatch
from core.exchange.views.returned import ReturnedFile
from core.exchange.views.sent import BatchFile
from core.exchange.views.template import TemplateFile
from core.exchange.views.undo import UndoPage
from core.exchange.views.words import DecideWord, ProposeWord, WordList, WordPage

PAGES = (
    BatchList,
    UploadPage,
    BatchPage,
    BatchProgress,
    BatchFile,
    ReturnedFile,
    ExportFile,
    AcceptBatch,
    AbandonBatch,
    CheckBatchAgain,
    CancelBatch,
    SetBatchDay,
    TemplateFile,
    TemplateForm,
    DecideBatch,
    FixBatch,
    UndoPage,
    ChooseHeadings,
    HeadingList,
    ForgetHeading,
    ProposeWord,
    WordList,
    WordPage,
    DecideWord,
    Board,
    RequestList,
    NewRequest,
    RequestPage,
    RemindUnits,
    CloseRequest,
    AskedList,
)

__all__ = ["PAGES"]
