"""The pages of papers."""

from core.documents.views.ending import ReplacePaper, WithdrawPaper
from core.documents.views.listing import PaperList
from core.documents.views.paper import BatchFile, PaperFile, PaperPage
from core.documents.views.prefixes import SetPrefix
from core.documents.views.templates import ResetTemplate, SetTemplate, ShowTemplate, TemplateFile, TemplateList
from core.documents.views.verify import Verify

PAGES = (
    Verify, PaperList, PaperPage, PaperFile, WithdrawPaper, ReplacePaper, BatchFile, TemplateList, ShowTemplate, TemplateFile, SetTemplate,
    ResetTemplate, SetPrefix,
)  # fmt: skip
