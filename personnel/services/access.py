"""Looking at files and at masked values leaves a trace that the person can read."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.dates import SHANGHAI
from core.org.errors import NotAllowed
from core.records.models import LONGEST_REASON, AccessLog
from core.web.looks import BY_NUMBER, DOWNLOADED, DOWNLOADED_CLEAR, FILE
from personnel.models import IdentityDocument, Teacher
from personnel.selectors.file import SUBJECT

# Masked values of others that one reader may have shown within an hour.
MOST_AN_HOUR: Final = 60


def reveal_value(*, actor: Any, teacher: Teacher, record: Any, field: str, reason: str) -> str:
    """A protected value in clear, after it was written down who saw it, whose, when and why.

    The caller has found `record` among the visible ones of `teacher` and checked the permission. Raises like `show_value`.
    """
    return show_value(
        actor=actor, teacher=teacher, model=type(record), field=field, reason=reason,
        value=lambda: str(getattr(record, field).reveal()),
    )  # fmt: skip


def show_value(*, actor: Any, teacher: Teacher, model: Any, field: str, reason: str, value: Callable[[], str]) -> str:
    """What `value` gives, a protected value of a field of a person's file, after it was written down who saw it, when and why.

    Raises ValueError without a reason, `NotAllowed` to somebody who has revealed as many as one person needs in an hour (their own
    values do not count), `ErasedValue` where the person's key was destroyed.
    """
    if not reason.strip():
        msg = "a reason is needed"
        raise ValueError(msg)
    if teacher.user_id != actor.user.pk and _revealed_lately(actor) >= MOST_AN_HOUR:
        said = {"most": MOST_AN_HOUR}
        raise NotAllowed(
            _(
                "You have shown %(most)s masked values within an hour. Go on later; if your work needs more, tell your auditor."
            )
            % said
        )
    with transaction.atomic():
        AccessLog.note(actor=actor, of=teacher, what=f"{model._meta.label}.{field}", reason=reason)
        return value()


def _revealed_lately(actor: Any) -> int:
    since = timezone.now() - timedelta(hours=1)
    return AccessLog.objects.filter(at__gte=since, actor=actor.user, what__contains=".").count()


def note_looks(*, actor: Any, teachers: Collection[int], what: str = FILE, reason: str = "") -> None:
    """Write down that somebody opened people's files, or found them by a whole number: once per reader, role, reason and day.

    Not for one's own file, nor for the system.
    """
    if not teachers or actor.sees_all:
        return
    morning = timezone.make_aware(datetime.combine(actor.today, time.min), SHANGHAI)
    unit = actor.unit.pk if actor.unit else None
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO records_accesslog (actor_id, role, unit_id, subject, subject_id, what, reason)
            SELECT %(actor)s, %(role)s, %(unit)s, %(subject)s, t.id, %(what)s, %(reason)s FROM personnel_teacher t
             WHERE t.id = ANY(%(teachers)s) AND t.user_id IS DISTINCT FROM %(actor)s
               AND NOT EXISTS (SELECT 1 FROM records_accesslog WHERE subject = %(subject)s AND subject_id = t.id
                                  AND at >= %(morning)s AND actor_id = %(actor)s AND role = %(role)s AND what = %(what)s
                                  AND reason = %(reason)s)""",
            {
                "actor": actor.user.pk, "role": actor.role, "unit": unit, "subject": SUBJECT, "teachers": [*teachers],
                "what": what, "morning": morning, "reason": reason[:LONGEST_REASON],
            },
        )  # fmt: skip


def note_download(*, actor: Any, teacher: Teacher, reason: str, clear: bool) -> None:
    """Write down that somebody downloaded a whole file, each time, the person themselves too."""
    AccessLog.note(actor=actor, of=teacher, what=DOWNLOADED_CLEAR if clear else DOWNLOADED, reason=reason)


def note_look(*, actor: Any, teacher: Teacher) -> None:
    """Write down that somebody opened a person's file."""
    note_looks(actor=actor, teachers=[teacher.pk])


def note_number(*, actor: Any, index: bytes) -> None:
    """Write down that somebody asked by a whole number, whoever has it and wherever they are kept: its blind index is given."""
    holders = IdentityDocument._base_manager.filter(number_index=index).values_list("teacher_id", flat=True)
    note_looks(actor=actor, teachers=[*holders], what=BY_NUMBER)
