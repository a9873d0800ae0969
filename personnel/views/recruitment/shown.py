"""What the pages of recruitment have in common."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy

from core.web.parts import Badge
from core.workflow.registered import workflow_of
from core.workflow.views.telling import state_badge
from personnel.models import Applicant
from personnel.selectors.recruitment import (
    APPLICANTS,
    DECIDE,
    JUDGED,
    RECRUIT,
    STAGE,
    WRITTEN,
)

READ = (RECRUIT, DECIDE)
TONES = {
    STAGE.HIRED: "green",
    STAGE.CALLED: "amber",
    STAGE.PUBLISHED: "amber",
    STAGE.FAILED: "red",
    STAGE.REFUSED: "red",
}
HELP = gettext_lazy(
    "From the approved plan of the year to the hires: notice, applications, qualification check, written exam, interviews, physical, "
    "background and ban-list checks, publicity. Each step is taken on the page of the case and stands in its history."
)


WORKBOOKS: Final = {
    APPLICANTS: gettext_lazy("Applicants from a workbook"),
    WRITTEN: gettext_lazy("Written scores from a workbook"),
    JUDGED: gettext_lazy("Judges' scores from a workbook"),
}


def case_badge(case: Any) -> Badge:
    """Where a plan or a recruitment stands."""
    return state_badge(workflow_of(case.kind), case)


def stage_badge(one: Applicant) -> Badge:
    """How far an applicant came."""
    return Badge(one.get_stage_display(), TONES.get(Applicant.Stage(one.stage), ""))


def score(value: Any) -> str:
    """A score with two decimals; nothing where there is none."""
    return "" if value is None else f"{value:.2f}"
