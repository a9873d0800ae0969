"""Applicants are forgotten some time after a recruitment ended: their keys are destroyed, their papers go off the disk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.dates import SHANGHAI
from core.org.actor import system_actor
from core.records.changes import change
from core.records.keys import destroy_key
from core.records.models import StoredFile
from core.records.storage import path_of
from personnel.models import Applicant
from personnel.selectors.recruitment import rules_of

AT_ONCE: Final = 500
LONGEST: Final = 120


def forget_applicants(on: date) -> int:
    """Erase what is kept of applicants of recruitments that ended so many days before; returns how many.

    Those who were hired have a file of their own by then. Scores, places and what became of them stay, without a name.
    """
    rules = rules_of(None, on)
    morning = timezone.make_aware(datetime.combine(on - timedelta(rules.kept), time.min), SHANGHAI)
    over = Applicant._base_manager.filter(
        recruitment__case__desk="", recruitment__case__moved_at__lt=morning, key__wrapped__isnull=False
    )
    gone = list(over.select_related("key").order_by("pk")[:AT_ONCE])
    if not gone:
        return 0
    reason, document = _("%(days)s days after the recruitment ended") % {"days": rules.kept}, rules.reference[:LONGEST]
    files = list(StoredFile.objects.filter(key__in=[one.key_id for one in gone]))
    with change("records.erase", actor=system_actor(on), reason=reason, document=document, source="command"):
        for one in gone:
            destroy_key(one.key, actor=system_actor(on), reason=reason, document=document)
        transaction.on_commit(lambda: _off_the_disk(files))
    return len(gone)


def _off_the_disk(files: Sequence[StoredFile]) -> None:
    for one in files:
        path_of(one).unlink(missing_ok=True)
