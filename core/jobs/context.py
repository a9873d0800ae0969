"""What a running job may ask and tell: its actor, its progress, whether somebody cancelled it."""

from __future__ import annotations

import time
from typing import Any

import psycopg
from django.db import connection
from django.utils.translation import gettext as _

from core.dates import today
from core.jobs.models import Job
from core.org.actor import Actor, actor_for, system_actor

TELL_EVERY = 0.5


class Cancelled(Exception):
    """Somebody asked the job to stop."""


class JobContext:
    """Handed to each job function. Progress goes over a connection of its own, so that it shows while a transaction is open."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.actor = actor_of(job)
        self._aside: psycopg.Connection[Any] | None = None
        self._told = 0.0

    def progress(self, done: int, total: int, stage: str = "", *, cancellable: bool = True) -> None:
        """Tell how far the job is (`done` of `total` rows, in a named stage). Raises `Cancelled` when asked to stop."""
        now = time.monotonic()
        if done < total and now - self._told < TELL_EVERY:
            return
        self._told = now
        asked = self._tell(done, total, stage)
        if asked and cancellable:
            raise Cancelled

    def _tell(self, done: int, total: int, stage: str) -> bool:
        if self._aside is None or self._aside.closed:
            parameters = {
                k: v for k, v in connection.get_connection_params().items() if k not in {"cursor_factory", "context"}
            }
            self._aside = psycopg.connect(**parameters, autocommit=True)
        row = self._aside.execute(
            "UPDATE jobs_job SET done = %s, total = %s, stage = %s, heartbeat_at = clock_timestamp() WHERE id = %s RETURNING cancel_asked",
            [done, total, stage, self.job.pk],
        ).fetchone()
        return bool(row and row[0])

    def close(self) -> None:
        """Give the side connection back."""
        if self._aside is not None:
            self._aside.close()


def actor_of(job: Job) -> Actor:
    """The actor in whose name the job runs, as of today. Raises PermissionError when they no longer hold a role."""
    if job.user.username == "system":
        return system_actor(today())
    actor = actor_for(job.user, today(), job.assignment)
    if actor is None or (job.assignment and actor.assignment != job.assignment):
        raise PermissionError(_("The role in which this job was started is no longer held."))
    return actor
