"""Applicants are forgotten some time after a recruitment ended."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from core.dates import SHANGHAI
from personnel.models import Applicant
from personnel.selectors.recruitment import rules_of
from personnel.services.forgetting import AT_ONCE, forget


def forget_applicants(on: date) -> int:
    """Erase what is kept of applicants of recruitments that ended so many days before; returns how many.

    Those who were hired have a file of their own by then. Scores, places and what became of them stay, without a name.
    """
    rules = rules_of(None, on)
    morning = timezone.make_aware(datetime.combine(on - timedelta(rules.kept), time.min), SHANGHAI)
    over = Applicant._base_manager.filter(
        recruitment__case__desk="", recruitment__case__moved_at__lt=morning, key__wrapped__isnull=False
    )
    gone = [one.key for one in over.select_related("key").order_by("pk")[:AT_ONCE]]
    reason = _("%(days)s days after the recruitment ended") % {"days": rules.kept}
    return forget(gone, on, reason=reason, reference=rules.reference)
