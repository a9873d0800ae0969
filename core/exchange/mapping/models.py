"""What a sender's headings mean, where a clerk had to say it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.records.models import ClockTimestamp
from core.records.scope import RecordQuerySet


class HeadingChoice(models.Model):
    """A heading that a clerk gave a meaning by hand: for workbooks of the unit and of those below it, until one of them says otherwise.

    `parent`, `label` and `nth` are the heading as `HeadingKey` knows it; `column` is the field that it is read as, blank: left out.
    """

    scope = "unit"
    own = ""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    kind = models.CharField(_("kind"), max_length=30)
    parent = models.CharField(max_length=200, blank=True)
    label = models.CharField(_("heading"), max_length=200)
    nth = models.IntegerField(default=1)
    column = models.CharField(_("read as"), max_length=60, blank=True)
    user = models.ForeignKey("org.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("chosen by"))
    at = models.DateTimeField(_("chosen"), db_default=ClockTimestamp())

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("chosen heading")
        verbose_name_plural = _("chosen headings")
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "kind", "parent", "label", "nth"], name="heading_choice_once")
        ]

    def __str__(self) -> str:
        return f"{self.parent}/{self.label}" if self.parent else self.label
