"""Requests for workbooks: what a bureau asks of units below it, what came, and who was reminded."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.records.models import ClockTimestamp
from core.records.scope import RecordQuerySet


class WorkbookRequest(models.Model):
    """A workbook of a kind that a bureau asks of units below it, by a day. What became of it is read from the batches that answer."""

    scope = "unit"
    own = ""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=30)
    title = models.CharField(_("name of the request"), max_length=80)
    words = models.CharField(_("what is asked for"), max_length=500, blank=True)
    due = models.DateField(_("due"))
    remind_before = models.IntegerField(_("working days before the due day on which the system reminds"))
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by unit"))
    user = models.ForeignKey("org.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))
    created_at = models.DateTimeField(_("asked on"), db_default=ClockTimestamp())
    closed_at = models.DateTimeField(_("closed"), null=True)
    closed_by = models.ForeignKey("org.User", on_delete=models.PROTECT, null=True, related_name="+")

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for a workbook")
        verbose_name_plural = _("requests for workbooks")
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(fields=["due"], name="request_open", condition=models.Q(closed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.title


class Asked(models.Model):
    """One unit that a request asks."""

    scope = "unit"
    own = ""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request = models.ForeignKey(WorkbookRequest, on_delete=models.PROTECT, related_name="asked")
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("asked unit")
        verbose_name_plural = _("asked units")
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["request", "unit"], name="asked_once")]

    def __str__(self) -> str:
        return str(self.pk)


class Answer(models.Model):
    """A batch that answers for an asked unit. Of several the newest that was not given up counts."""

    scope = "asked__unit"
    own = ""

    asked = models.ForeignKey(Asked, on_delete=models.PROTECT, related_name="answers")
    batch = models.ForeignKey("exchange.Batch", on_delete=models.PROTECT, related_name="answers")

    objects = RecordQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["asked", "batch"], name="answer_once")]

    def __str__(self) -> str:
        return str(self.pk)


class Reminder(models.Model):
    """That an asked unit was reminded: by somebody, or by the system itself (`user` empty)."""

    scope = "asked__unit"
    own = ""

    asked = models.ForeignKey(Asked, on_delete=models.PROTECT, related_name="reminders")
    user = models.ForeignKey("org.User", on_delete=models.PROTECT, null=True, related_name="+")
    on = models.DateField()
    at = models.DateTimeField(db_default=ClockTimestamp())

    objects = RecordQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["asked", "on"], name="reminded_once_a_day")]

    def __str__(self) -> str:
        return str(self.pk)
