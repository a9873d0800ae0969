"""The import pages: list, upload, one page per batch whatever its state."""

from core.exchange.views.actions import AbandonBatch, AcceptBatch, CancelBatch, SetBatchDay
from core.exchange.views.batch import BatchPage, BatchProgress
from core.exchange.views.exports import ExportFile
from core.exchange.views.listing import BatchList, UploadPage
from core.exchange.views.returned import ReturnedFile
from core.exchange.views.sent import BatchFile
from core.exchange.views.template import TemplateFile

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
    CancelBatch,
    SetBatchDay,
    TemplateFile,
)

__all__ = ["PAGES"]
