"""Start, run, cancel and resend jobs. The row is the truth; the broker only carries its number."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, time
from typing import Any

import psycopg
from celery import current_app
from celery.exceptions import SoftTimeLimitExceeded
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as BrokerDown

from core.dates import today
from core.jobs.context import Cancelled, JobContext
from core.jobs.models import Job
from core.jobs.registered import LONGEST
from core.org.actor import system_actor
from core.registry import registry

log = logging.getLogger("shidang.jobs")
LOCK_SPACE = 1 << 62
MOST_ATTEMPTS = 5
SENT_AGAIN = 20
# Seconds between asking a job that takes too long to end, and ending its process.
GRACE = 60


class AlreadyRunning(Exception):
    """Another job holds the same lock; `.job` is it."""

    def __init__(self, job: Job | None) -> None:
        super().__init__("a job with this lock is open")
        self.job = job


class JobError(Exception):
    """A job's own refusal, in words that the user may read."""


def enqueue(kind: str, *, actor: Any, arguments: dict[str, Any] | None = None, lock: str = "") -> Job:
    """Store a job and send it to a worker when the transaction commits.

    Raises `AlreadyRunning` when an open job holds `lock`, KeyError for an unknown kind. If the broker is down the job waits.
    """
    registry.jobs[kind]
    try:
        with transaction.atomic():
            job = Job.objects.create(
                kind=kind,
                user=actor.user,
                assignment=actor.assignment,
                unit=actor.unit,
                arguments=arguments or {},
                lock=lock,
            )
    except IntegrityError as error:
        raise AlreadyRunning(Job.objects.filter(lock=lock, state__in=Job.OPEN).first()) from error
    transaction.on_commit(lambda: send(job))
    return job


def send(job: Job) -> None:
    """Hand a job's number to the broker; a broker that is down is no error, `resend` comes later."""
    longest = registry.jobs[job.kind].longest if job.kind in registry.jobs else LONGEST
    limits = {"soft_time_limit": longest, "time_limit": longest + GRACE}
    try:
        current_app.send_task("core.run_job", args=[job.pk], ignore_result=True, retry=False, **limits)
    except (BrokerDown, OSError) as error:
        log.warning("job %s waits, the broker does not answer: %s", job.pk, error)


def cancel(*, actor: Any, job: Job) -> None:
    """Ask a job to stop: at once when it waits, at its next step when it runs."""
    with transaction.atomic():
        found = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
        if found.state == Job.State.WAITING:
            _finish(found, Job.State.CANCELLED)
        elif found.state == Job.State.RUNNING:
            Job.objects.filter(pk=job.pk).update(cancel_asked=True)
    log.info("job %s cancelled by user %s", job.pk, actor.user.pk)


def run(job_id: int) -> bool:
    """Run a job once, however often it is delivered. Returns whether this call ran it.

    A session lock of the database marks the running one; it falls when the worker dies, and the job starts again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK_SPACE + job_id])
        if not cursor.fetchone()[0]:
            return False
    try:
        claimed = Job.objects.filter(pk=job_id, state__in=Job.OPEN).update(
            state=Job.State.RUNNING, started_at=Now(), heartbeat_at=Now(), attempts=F("attempts") + 1
        )
        if claimed:
            _run_claimed(Job.objects.select_related("user").get(pk=job_id))
        return bool(claimed)
    finally:
        _unlock(job_id)


def _unlock(job_id: int) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_SPACE + job_id])
    except (OperationalError, InterfaceError):
        connection.close()


def _run_claimed(job: Job) -> None:
    with translation.override(job.user.language):
        _run_worded(job)


def _run_worded(job: Job) -> None:
    """Run a claimed job; its refusals are in the language of who started it."""
    if job.attempts > MOST_ATTEMPTS:
        _finish(job, Job.State.FAILED, error=_("It was started several times and never came to an end."))
        return
    context = None
    try:
        context = JobContext(job)
        result = registry.jobs[job.kind].run(context, **job.arguments)
        _finish(job, Job.State.DONE, result=result or {})
    except Cancelled:
        _finish(job, Job.State.CANCELLED)
    except SoftTimeLimitExceeded:
        log.warning("job %s took too long and was stopped", job.pk)
        connection.close()
        _finish(job, Job.State.FAILED, error=_("It took far longer than such work takes, and was stopped."))
    except (OperationalError, InterfaceError, psycopg.OperationalError):
        log.exception("job %s lost the database; it will be started again", job.pk)
        connection.close()
    except (JobError, PermissionError) as error:
        _finish(job, Job.State.FAILED, error=str(error)[:400])
    except Exception as error:
        log.exception("job %s failed", job.pk)
        _finish(job, Job.State.FAILED, error=type(error).__name__)
    finally:
        if context is not None:
            context.close()


def _finish(job: Job, state: str, *, result: dict[str, Any] | None = None, error: str = "") -> None:
    kind = registry.jobs.get(job.kind)
    with transaction.atomic():
        Job.objects.filter(pk=job.pk).update(state=state, result=result or {}, error=error, finished_at=Now())
        job.state = state
        if state != Job.State.DONE and kind is not None and kind.given_up is not None:
            kind.given_up(job)


def resend() -> int:
    """Send again the oldest jobs that wait, and running ones whose worker is gone. Returns how many.

    A few at a time: behind a long job, messages of those that wait for it would pile up in the broker.
    """
    count = 0
    for job in Job.objects.filter(state__in=Job.OPEN).order_by("id")[:SENT_AGAIN]:
        if _is_free(job.pk):
            send(job)
            count += 1
    return count


def start_daily() -> list[Job]:
    """Start each daily job that was not started today; returns them. Asked often, so that no day is missed."""
    actor = system_actor(today())
    midnight = timezone.make_aware(datetime.combine(actor.on, time()))
    daily = [name for name, kind in registry.jobs.items() if kind.daily]
    begun = Job.objects.filter(kind__in=daily, user=actor.user, created_at__gte=midnight).values_list("kind", flat=True)
    started = []
    for name in set(daily) - set(begun):
        with suppress(AlreadyRunning):
            started.append(enqueue(name, actor=actor, lock=f"daily:{name}"))
    return started


def _is_free(job_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK_SPACE + job_id])
        free = bool(cursor.fetchone()[0])
        if free:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_SPACE + job_id])
    return free
