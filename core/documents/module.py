"""What the papers of the kernel plug in; modules bring the kinds."""

from django.utils.translation import gettext_lazy as _

from core.documents import tasks
from core.documents.home import job_result, subjects_of_jobs
from core.documents.selectors import TEMPLATES, VIEW
from core.registry import Module, Nav

MODULE = Module(
    name="documents",
    label=_("Papers"),
    nav=(
        Nav(label=_("Papers"), url="papers", icon="paper", group=_("Papers and publicity"), permission=VIEW, order=60),
        Nav(
            label=_("Templates of papers"),
            url="paper_templates",
            icon="pen",
            group=_("Papers and publicity"),
            permission=TEMPLATES,
            order=62,
        ),
    ),
    change_kinds={
        "documents.issue": _("Paper issued"),
        "documents.withdraw": _("Paper withdrawn"),
        "documents.replace": _("Paper replaced"),
        "documents.set_template": _("Template of papers set"),
        "documents.reset_template": _("Template of papers given up"),
        "documents.set_prefix": _("Number prefix set"),
    },
    job_subjects={"documents.issue_many": subjects_of_jobs},
    job_results={"documents.issue_many": job_result},
    urls="core.documents.urls",
    api="core.documents.api",
)

__all__ = ["MODULE", "tasks"]
