"""The import pages: list, upload, one page per batch whatever its state."""

from core.exchange.views.actions import AbandonBatch, AcceptBatch, CancelBatch, SetBatchDay
from core.exchange.views.batch import BatchPage, BatchProgress
from core.exchange.views.exports import ExportFile
from core.exchange.views.listing import BatchList, UploadPage
from core.exchange.views.sent import BatchFile

PAGES = (
    BatchList,
    UploadPage,
    BatchPage,
    BatchProgress,
    BatchFile,
    ExportFile,
    AcceptBatch,
    AbandonBatch,
    CancelBatch,
    SetBatchDay,
)

__all__ = ["PAGES"]
