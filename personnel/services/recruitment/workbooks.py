"""Workbooks of the exam office: sent for a recruitment, read by the exchange as the rows for which it waits."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.exchange.models import Batch
from core.exchange.services import create_batch, start_check
from core.org.errors import NotAllowed
from core.records.changes import change
from personnel.models import ExamWorkbook, Recruitment
from personnel.selectors.recruitment import RECRUIT, TAKEN_AT


def send_workbook(
    *, actor: Any, recruitment: Recruitment, name: str, content: bytes, previous: Batch | None = None, start: bool = True
) -> Batch:  # fmt: skip
    """Keep a workbook of the exam office as a batch of the recruitment and start its check; with `start=False` the caller checks it.

    It is read as what the recruitment waits for: applicants, written scores, or scores of judges. `previous` is the batch that it puts
    right. Raises `NotAllowed` without the right, and while the recruitment waits for none.
    """
    if not actor.may(RECRUIT):
        raise NotAllowed(_("Your role does not prepare recruitments."))
    kind = TAKEN_AT.get(recruitment.case.state)
    if kind is None:
        raise NotAllowed(_("The recruitment waits for no workbook now; look at where it stands."))
    of_it = previous is not None and ExamWorkbook._base_manager.filter(batch=previous, recruitment=recruitment).exists()
    with transaction.atomic():
        batch = create_batch(
            actor=actor, unit=recruitment.unit, name=name, content=content, kind=kind, start=False,
            previous=previous if of_it else None,
        )  # fmt: skip
        with change("personnel.send_exam_workbook", actor=actor, reason=recruitment.title):
            ExamWorkbook.objects.create(batch=batch, recruitment=recruitment)
        return start_check(actor=actor, batch=batch) if start else batch
