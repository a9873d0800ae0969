"""Looking at files and at masked values leaves a trace that the person can read."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from core.dates import SHANGHAI
from core.records.models import AccessLog
from personnel.models import Teacher
from personnel.selectors.file import SUBJECT

FILE = "file"
LONGEST_REASON = 255


def reveal_value(*, actor: Any, teacher: Teacher, record: Any, field: str, reason: str) -> str:
    """A protected value in clear, after it was written down who saw it, whose, when and why.

    The caller has found `record` among the visible ones of `teacher` and checked the permission. Raises ValueError without a
    reason, `ErasedValue` where the person's key was destroyed.
    """
    if not reason.strip():
        msg = "a reason is needed"
        raise ValueError(msg)
    with transaction.atomic():
        AccessLog.objects.create(
            actor=actor.user, role=actor.role, unit=actor.unit, subject=SUBJECT, subject_id=teacher.pk,
            what=f"{record._meta.label}.{field}", reason=reason.strip()[:LONGEST_REASON],
        )  # fmt: skip
        return str(getattr(record, field).reveal())


def note_look(*, actor: Any, teacher: Teacher) -> None:
    """Write down that somebody opened a person's file: once per reader, role and day; not for one's own file."""
    if teacher.user_id == actor.user.pk or actor.sees_all:
        return
    morning = timezone.make_aware(datetime.combine(actor.on, time.min), SHANGHAI)
    unit = actor.unit.pk if actor.unit else None
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO records_accesslog (actor_id, role, unit_id, subject, subject_id, what, reason)
            SELECT %(actor)s, %(role)s, %(unit)s, %(subject)s, %(teacher)s, %(what)s, ''
             WHERE NOT EXISTS (SELECT 1 FROM records_accesslog WHERE subject = %(subject)s AND subject_id = %(teacher)s
                                  AND at >= %(morning)s AND actor_id = %(actor)s AND role = %(role)s AND what = %(what)s)""",
            {
                "actor": actor.user.pk, "role": actor.role, "unit": unit, "subject": SUBJECT, "teacher": teacher.pk,
                "what": FILE, "morning": morning,
            },
        )  # fmt: skip
