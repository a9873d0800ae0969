"""Asking for the workbook with the reasons, and what came of it."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from core.exchange.kinds import all_kinds
from core.exchange.models import Batch, BatchRow
from core.exchange.services import IMPORT, NotNow
from core.jobs.models import Job
from core.jobs.services import enqueue
from core.org.errors import NotAllowed
from core.records.models import AccessLog

RETURN: Final = "exchange.return_workbook"
FILE: Final = f"{Batch._meta.label}.returned"
_READ: Final = frozenset({Batch.State.CHECKED, Batch.State.APPLYING, Batch.State.APPLIED})


def has_problems(batch: Batch) -> bool:
    """Whether anything is to be said in the workbook of a batch: refused rows, or warnings."""
    if batch.state not in _READ or _is_of_files(batch):
        return False
    return bool(batch.counts.get("refused")) or BatchRow.objects.filter(batch=batch).exclude(problems=[]).exists()


def _is_of_files(batch: Batch) -> bool:
    """Whether its rows are files of a zip, which have no cells."""
    kind = all_kinds().get(batch.kind)
    return kind is not None and bool(kind.endings)


def why_not(batch: Batch) -> str:
    """Why there is no workbook with the reasons; empty where there is one."""
    if batch.state == Batch.State.UNREADABLE:
        if batch.trouble.get("code") == "macros":
            return _("A workbook with macros is not opened, so nothing is marked in it and it is not given back.")
        return _("Nothing in the file could be read, so there are no cells to mark.")
    if batch.state not in _READ:
        return _("This batch is %(state)s; that cannot be done now.") % {"state": batch.get_state_display()}
    if _is_of_files(batch):
        return _("A zip of files has no cells to mark. The page of the batch says what is wrong with each file.")
    return (
        ""
        if has_problems(batch)
        else _("No row was refused and nothing is to be looked at, so there is nothing to mark.")
    )


def ask_for_return(*, actor: Any, batch: Batch, reason: str) -> Job:
    """Have the sender's workbook made with every problem on its cell; the look at its values is logged with the reason.

    Raises `NotNow` where there is nothing to mark, `AlreadyRunning` while it is being made for the same actor.
    """
    if not actor.may(IMPORT):
        raise NotAllowed(_("Your role does not import workbooks."))
    if why := why_not(batch):
        raise NotNow(why)
    with transaction.atomic():
        AccessLog.note(actor=actor, of=batch, what=FILE, reason=reason)
        lock = f"returned:{batch.pk}:{actor.user.pk}:{actor.assignment}"
        return enqueue(RETURN, actor=actor, arguments={"batch": batch.pk}, lock=lock)


def latest(actor: Any, batch: Batch) -> Job | None:
    """The last time that the actor, in this role, asked for the workbook of a batch."""
    asked = Job.objects.filter(user=actor.user, assignment=actor.assignment, kind=RETURN, arguments__batch=batch.pk)
    return asked.order_by("-pk").first()
