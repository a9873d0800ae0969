"""Verbs of undo: look at what it would do, ask for it, do it in one change."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from core.exchange.applying import ATTEMPTS, silent, take_turn
from core.exchange.collector import collector_at_rest
from core.exchange.models import Batch
from core.exchange.services import NotNow, may_accept
from core.exchange.undo.planning import Plan, plan
from core.exchange.undo.touched import TAKE_BACK
from core.exchange.undo.writing import write
from core.jobs.models import Job
from core.jobs.services import enqueue
from core.org.errors import NotAllowed
from core.records.changes import change
from core.records.errors import StaleRecord
from core.text import veiled

log = logging.getLogger("shidang.exchange")

UNDO: Final = "exchange.undo"
SOURCE: Final = "undo:"


def undo_preview(*, actor: Any, batch: Batch) -> Plan:
    """What undoing an accepted batch would do as things stand now: nothing is written. Of an undone one: what was left, as it is now.

    Refused by `NotAllowed` for who may not accept it, by `NotNow` in any other state.
    """
    _may_undo(actor, batch)
    if batch.state not in {Batch.State.APPLIED, Batch.State.UNDONE}:
        raise _not_now(batch)
    with collector_at_rest():
        return plan(batch, actor)


def undo_batch(*, actor: Any, batch: Batch, reason: str, document: str = "") -> Job:
    """Take back what an accepted batch wrote: a job does it in one change, with this reason and the number of the paper.

    Raises `NotNow` in any other state, and where the batch was undone already; `AlreadyRunning` while a job is at work on it.
    """
    _may_undo(actor, batch)
    if not reason.strip():
        raise NotAllowed(_("Say why the batch is undone: the reason stands in the history."))
    with transaction.atomic():
        found = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        _must_be_applied(found)
        arguments = {"batch": batch.pk, "reason": veiled(reason.strip()), "document": veiled(document.strip())}
        return enqueue(UNDO, actor=actor, arguments=arguments, lock=f"batch:{batch.pk}")


def may_undo(actor: Any, batch: Batch) -> bool:
    """Whether the actor may undo a batch: who may let it in, where it is one of their units'."""
    return may_accept(actor, batch)


def undo_job(batch: Batch) -> Job | None:
    """The latest job that was to undo the batch. The batch itself stays as it was accepted, so it does not name it."""
    return Job.objects.filter(kind=UNDO, lock=f"batch:{batch.pk}").order_by("-pk").first()


def take_back(
    batch_id: int, actor: Any, *, reason: str, document: str = "", progress: Callable[..., None] = silent
) -> Batch:
    """Write what the plan of this moment says, inside one change. Undone already: nothing happens.

    Killed half-way nothing is written and the call can be repeated. When somebody writes one of the records at the same moment, all
    is rolled back and planned anew, and that record is kept then.
    """
    with collector_at_rest():
        for _attempt in range(ATTEMPTS - 1):
            try:
                return _take_back(batch_id, actor, reason, document, progress)
            except (StaleRecord, IntegrityError) as error:
                log.info("the undo of batch %s begins anew: %s", batch_id, type(error).__name__)
        return _take_back(batch_id, actor, reason, document, progress)


def _take_back(batch_id: int, actor: Any, reason: str, document: str, progress: Callable[..., None]) -> Batch:
    with transaction.atomic():
        batch = Batch.objects.select_for_update(of=("self",)).select_related("unit").get(pk=batch_id)
        if batch.state == Batch.State.UNDONE:
            return batch
        _must_be_applied(batch)
        _may_undo(actor, batch)
        take_turn()
        progress(0, 0, "plan", cancellable=True)
        made = plan(batch, actor)
        counts = made.counts()
        if not counts[TAKE_BACK]["records"]:
            raise NotNow(
                _("Nothing of this batch can be taken back: all of it was edited since, or something stands on it.")
            )
        with change(UNDO, actor=actor, reason=reason, document=document, source=f"{SOURCE}{batch_id}") as done:
            write(made.lines, progress)
        batch.undo_change, batch.state, batch.undone_at, batch.undo_report = done, Batch.State.UNDONE, Now(), counts
        batch.save(update_fields=["state", "undone_at", "undo_change", "undo_report"])
    batch.refresh_from_db()
    return batch


def _may_undo(actor: Any, batch: Batch) -> None:
    if not may_undo(actor, batch) or not Batch.objects.visible_to(actor).filter(pk=batch.pk).exists():
        raise NotAllowed(_("Your role does not undo batches."))


def _must_be_applied(batch: Batch) -> None:
    if batch.state != Batch.State.APPLIED:
        raise _not_now(batch)


def _not_now(batch: Batch) -> NotNow:
    if batch.state == Batch.State.UNDONE:
        return NotNow(_("This batch was undone already. To have its rows again, send the workbook again."))
    return NotNow(
        _("Only an accepted batch can be undone; this one is %(state)s.") % {"state": batch.get_state_display()}
    )
