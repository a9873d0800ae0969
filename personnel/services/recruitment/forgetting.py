"""Applicants are forgotten some time after a recruitment ended: their keys are destroyed, their papers and workbooks go off the disk."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from core.dates import SHANGHAI
from core.exchange.models import Batch
from core.records.models import DataKey
from personnel.models import Applicant, ExamWorkbook, Recruitment
from personnel.selectors.recruitment import rules_of
from personnel.services.forgetting import AT_ONCE, forget


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
    reason = _("%(days)s days after the recruitment ended") % {"days": rules.kept}
    forget(gone, on, reason=reason, reference=rules.reference)
    waiting = (Batch.State.UPLOADED, Batch.State.CHECKED)
    Batch.objects.filter(exam_workbook__recruitment__in=over, state__in=waiting).update(state=Batch.State.ABANDONED)
    return len(of_people)
