"""Every long thing is a job: a row with its state, progress and outcome. Celery only runs it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.records.models import ClockTimestamp
from core.records.scope import RecordQuerySet


class Job(models.Model):
    """One run of a job function. `arguments` name rows by key, never hold values of people."""

    scope = "unit"
    own = "user"

    class State(models.TextChoices):
        """Where a job stands."""

        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    OPEN: ClassVar = (State.WAITING, State.RUNNING)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("job"), max_length=60)
    user = models.ForeignKey("org.User", on_delete=models.PROTECT, related_name="jobs")
    assignment = models.BigIntegerField(null=True)
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, null=True, related_name="+")
    arguments = models.JSONField(default=dict)
    lock = models.CharField(max_length=100, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    stage = models.CharField(max_length=40, blank=True)
    result = models.JSONField(default=dict)
    error = models.CharField(max_length=400, blank=True)
    attempts = models.IntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=ClockTimestamp())
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(fields=["state"], name="job_open", condition=Q(state__in=["waiting", "running"])),
            models.Index(fields=["user", "-id"], name="job_of_user"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["lock"], name="job_lock", condition=Q(state__in=["waiting", "running"]) & ~Q(lock=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.kind
