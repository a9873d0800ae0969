"""Batches: workbooks that came in, what was read in each row, and what became of it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.exchange.triggers import batch_row_triggers, batch_triggers
from core.records.models import ClockTimestamp
from core.records.scope import RecordQuerySet


class Batch(models.Model):
    """One uploaded workbook on its way: stage → check → preview → apply. Not a record: it is the paper, not the fact.

    `previous` is the batch whose workbook came back fixed in this one; `fixes` are cells put right on the page, sealed under the
    key of the file (`core.exchange.fixing`).
    """

    scope = "unit"
    own = ""

    class State(models.TextChoices):
        """Where a batch stands, in plain words."""

        UPLOADED = "uploaded", _("being read")
        CHECKED = "checked", _("checked, waits for you")
        APPLYING = "applying", _("being accepted")
        APPLIED = "applied", _("accepted")
        UNDONE = "undone", _("undone")
        UNREADABLE = "unreadable", _("cannot be read")
        ABANDONED = "abandoned", _("given up")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    kind = models.CharField(_("kind"), max_length=30, blank=True)
    file = models.ForeignKey("records.StoredFile", on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))
    user = models.ForeignKey("org.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("sent by"))
    assignment = models.BigIntegerField(null=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.UPLOADED)
    day = models.DateField(_("changes hold from"), null=True)
    day_set_by_hand = models.BooleanField(default=False)
    report = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    trouble = models.JSONField(default=dict)
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="following")
    fixes = models.BinaryField(null=True, editable=False)
    job = models.ForeignKey("jobs.Job", on_delete=models.PROTECT, null=True, related_name="+")
    change = models.ForeignKey("records.Change", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=ClockTimestamp())
    checked_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    undo_change = models.ForeignKey("records.Change", on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undo_report = models.JSONField(default=dict)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["unit", "-id"], name="batch_of_unit")]
        triggers: ClassVar = batch_triggers()

    def __str__(self) -> str:
        return str(self.pk)


class BatchRow(models.Model):
    """One row of a sheet: outcome, changed fields and problem codes in clear; cells, values and problems sealed.

    `content` is JSON under the key of the batch's file: cells as sent, cleaned values, differences, problems. `asked` are the fields
    that were changed on file since the workbook was made and that the row says otherwise.
    """

    scope = "batch__unit"
    own = ""

    class Outcome(models.TextChoices):
        """What a row means for the file of its person."""

        NEW = "new", _("new")
        CHANGED = "changed", _("changed")
        SAME = "same", _("same")
        REFUSED = "refused", _("cannot be imported")
        UNDECIDED = "undecided", _("needs a decision")

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="rows")
    sheet = models.IntegerField()
    row = models.IntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    subject = models.BigIntegerField(null=True)
    fields = ArrayField(models.CharField(max_length=60), default=list)
    problems = ArrayField(models.CharField(max_length=30), default=list)
    asked = ArrayField(models.CharField(max_length=60), default=list)
    content = models.BinaryField()

    objects = RecordQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "sheet", "row"], name="batch_row_once")]
        indexes: ClassVar = [
            models.Index(fields=["batch", "outcome", "row"], name="batch_row_outcome"),
            models.Index(fields=["batch", "id"], name="batch_row_asked", condition=~Q(asked=[])),
        ]
        triggers: ClassVar = batch_row_triggers()

    def __str__(self) -> str:
        return f"{self.sheet}!{self.row}"


# Beside the batches: each in its own folder, one app.
from core.exchange.asking.models import Answer, Asked, Reminder, WorkbookRequest  # noqa: E402
from core.exchange.mapping.models import HeadingChoice  # noqa: E402
from core.exchange.words.models import WordProposal  # noqa: E402

__all__ = ["Answer", "Asked", "Batch", "BatchRow", "HeadingChoice", "Reminder", "WordProposal", "WorkbookRequest"]
