"""Verbs on batches: upload, check, set the day, accept, give up."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from core.exchange.days import last_day, may_hold_from
from core.exchange.kinds import all_kinds
from core.exchange.models import Batch, BatchRow
from core.jobs.models import Job
from core.jobs.services import JobError, cancel, enqueue
from core.org.errors import NotAllowed
from core.org.models import Unit
from core.records.storage import store

IMPORT: Final = "exchange.import"


class NotNow(JobError):
    """The batch is in a state in which this cannot be done; the text says why."""


def create_batch(
    *, actor: Any, unit: Unit, name: str, content: bytes, kind: str = "", day: date | None = None, start: bool = True,
    previous: Batch | None = None,
) -> Batch:  # fmt: skip
    """Keep an uploaded workbook (name and bytes) as a batch of a unit and start its check as a job.

    `kind` narrows what the sheets may be (empty: found by content); `day` is the day from which moves without a day hold (None:
    the sheet's own date). With `start=False` the caller checks it. `previous` is the batch of which this is the fixed workbook; it
    counts where it is of the same unit. Refused by `NotAllowed` for another's unit and for a day that
    cannot be meant.
    """
    _may_import(actor)
    if not Unit.objects.visible_to(actor).filter(pk=unit.pk).exists():
        raise NotAllowed(_("You do not import for this unit."))
    if day is not None:
        _must_be_meant(day)
    with transaction.atomic():
        batch = Batch.objects.create(
            unit=unit, kind=kind, file=store(name, content), user=actor.user, assignment=actor.assignment,
            day=day, day_set_by_hand=day is not None,
            previous=previous if previous is not None and previous.unit_id == unit.pk else None,
        )  # fmt: skip
        if start:
            _start(batch, actor, "exchange.check")
    return batch


def _may_import(actor: Any) -> None:
    if not actor.may(IMPORT):
        raise NotAllowed(_("Your role does not import workbooks."))


def _must_be_meant(day: date) -> None:
    if not may_hold_from(day):
        said = {"day": day.isoformat(), "last": last_day().isoformat()}
        raise NotAllowed(
            _("%(day)s cannot be the day from which changes hold: a day after 1900-01-01 and up to %(last)s can.")
            % said
        )


def _start(batch: Batch, actor: Any, kind: str) -> Job:
    job = enqueue(kind, actor=actor, arguments={"batch": batch.pk}, lock=f"batch:{batch.pk}")
    Batch.objects.filter(pk=batch.pk).update(job=job)
    batch.job = job
    return job


def start_check(*, actor: Any, batch: Batch) -> Batch:
    """Have a batch checked anew, inside a transaction that holds its lock."""
    batch.state, batch.trouble = Batch.State.UPLOADED, {}
    batch.save(update_fields=["state", "trouble"])
    _start(batch, actor, "exchange.check")
    return batch


def check_again(*, actor: Any, batch: Batch) -> Batch:
    """Check a batch anew whose check failed. Raises `NotNow` in any other state, `NotAllowed` for another's role."""
    _may_import(actor)
    with transaction.atomic():
        batch = locked(batch, Batch.State.UPLOADED)
        if not check_failed(batch):
            raise NotNow(_("The workbook is being checked."))
        return start_check(actor=actor, batch=batch)


def check_failed(batch: Batch) -> bool:
    """Whether the check of a batch came to no end: it says nothing of the workbook, and may be started again."""
    return batch.state == Batch.State.UPLOADED and batch.job is not None and batch.job.state == Job.State.FAILED


def set_day(*, actor: Any, batch: Batch, day: date) -> Batch:
    """Take another day for moves without a day and check the batch again. Refused by `NotAllowed` for a day that cannot be meant."""
    _must_be_meant(day)
    with transaction.atomic():
        batch = restart_check(actor=actor, batch=batch)
        batch.day, batch.day_set_by_hand = day, True
        batch.save(update_fields=["day", "day_set_by_hand"])
    return batch


def restart_check(*, actor: Any, batch: Batch) -> Batch:
    """Check a batch again, when what the check stands on was changed; call it inside the transaction that changes it.

    Returns the batch, locked. Raises `NotNow` where it is not waiting for a decision, `NotAllowed` for another's role.
    """
    _may_import(actor)
    batch = locked(batch, Batch.State.CHECKED)
    batch.state = Batch.State.UPLOADED
    batch.save(update_fields=["state"])
    _start(batch, actor, "exchange.check")
    return batch


def accept_batch(*, actor: Any, batch: Batch) -> Job:
    """Accept the good rows of a checked batch: a job writes them all in one change. Raises `NotNow` in any other state."""
    if not may_accept(actor, batch):
        raise NotAllowed(_("Your role does not accept batches."))
    with transaction.atomic():
        batch = locked(batch, Batch.State.CHECKED)
        if not batch.counts.get("new") and not batch.counts.get("changed"):
            raise NotNow(_("Nothing in this workbook is new or changed, so there is nothing to accept."))
        batch.state = Batch.State.APPLYING
        batch.save(update_fields=["state"])
        return _start(batch, actor, "exchange.apply")


def may_accept(actor: Any, batch: Batch) -> bool:
    """Whether the actor may let a batch in: by their role, and by what rows of its kind change beside files."""
    kind = all_kinds().get(batch.kind)
    needed = (kind.accepted_by or kind.permission) if kind is not None else IMPORT
    return actor.may("exchange.approve") and (needed == IMPORT or actor.may(needed))


def abandon_batch(*, actor: Any, batch: Batch) -> Batch:
    """Give a batch up before it is accepted. Its file stays as evidence of what was sent; its rows go."""
    _may_import(actor)
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if batch.state in {Batch.State.APPLIED, Batch.State.APPLYING, Batch.State.UNDONE}:
            raise NotNow(_("This batch was accepted; it can no longer be given up."))
        batch.state = Batch.State.ABANDONED
        batch.save(update_fields=["state"])
        BatchRow.objects.filter(batch=batch).delete()
    if batch.job and batch.job.state in Job.OPEN:
        cancel(actor=actor, job=batch.job)
    return batch


def locked(batch: Batch, state: str) -> Batch:
    """The batch, locked for this transaction. Raises `NotNow` where it is in another state."""
    found = Batch.objects.select_for_update(of=("self",)).select_related("file__key", "unit").get(pk=batch.pk)
    if found.state != state:
        raise NotNow(_("This batch is %(state)s; that cannot be done now.") % {"state": found.get_state_display()})
    return found
