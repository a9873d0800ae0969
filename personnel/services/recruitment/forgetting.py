"""Applicants are forgotten some time after a recruitment ended: their keys are destroyed, their papers and workbooks go off the disk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.dates import SHANGHAI
from core.exchange.models import Batch
from core.org.actor import system_actor
from core.records.changes import change
from core.records.keys import destroy_key
from core.records.models import DataKey, StoredFile
from core.records.storage import path_of
from personnel.models import Applicant, ExamWorkbook, Recruitment
from personnel.selectors.recruitment import rules_of

AT_ONCE: Final = 500
LONGEST: Final = 120


def forget_applicants(on: date) -> int:
    """Erase what is kept of applicants of recruitments that ended so many days before; returns how many.

    Those who were hired have a file of their own by then. Scores, places and what became of them stay, without a name. The workbooks
    in which they came, and the rows that were read in them, go with them; so does whoever came with one that was undone.
    """
    rules = rules_of(None, on)
    morning = timezone.make_aware(datetime.combine(on - timedelta(rules.kept), time.min), SHANGHAI)
    over = Recruitment._base_manager.filter(case__desk="", case__moved_at__lt=morning).values("pk")
    versions = Applicant.history.model._base_manager.filter(recruitment__in=over).order_by()
    of_people = list(
        DataKey.objects.filter(wrapped__isnull=False, pk__in=versions.values("key")).order_by("pk")[:AT_ONCE]
    )
    sent = ExamWorkbook._base_manager.filter(recruitment__in=over).values("batch__file__key")
    gone = [*of_people, *DataKey.objects.filter(wrapped__isnull=False, pk__in=sent)]
    if not gone:
        return 0
    reason, document = _("%(days)s days after the recruitment ended") % {"days": rules.kept}, rules.reference[:LONGEST]
    files = list(StoredFile.objects.filter(key__in=gone))
    with change("records.erase", actor=system_actor(on), reason=reason, document=document, source="command"):
        for key in gone:
            destroy_key(key, actor=system_actor(on), reason=reason, document=document)
        waiting = Batch.objects.filter(
            exam_workbook__recruitment__in=over, state__in=(Batch.State.UPLOADED, Batch.State.CHECKED)
        )
        waiting.update(state=Batch.State.ABANDONED)
        transaction.on_commit(lambda: _off_the_disk(files))
    return len(of_people)


def _off_the_disk(files: Sequence[StoredFile]) -> None:
    for one in files:
        path_of(one).unlink(missing_ok=True)
