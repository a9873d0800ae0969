"""Words that no code list knows, with the entry that a clerk proposes for them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.records.models import ClockTimestamp
from core.records.scope import RecordQuerySet


class WordProposal(models.Model):
    """A clerk's proposal that a word of a workbook be read as an entry of a code list; who extends the list decides.

    `unit` is where the proposer acts; `batch` the workbook in which the word stood.
    """

    scope = "unit"
    own = ""

    class State(models.TextChoices):
        """What became of it."""

        ASKED = "asked", _("waits for a decision")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    list_name = models.CharField(_("code list"), max_length=30)
    word = models.CharField(_("word"), max_length=80)
    code = models.CharField(_("entry"), max_length=20)
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    user = models.ForeignKey("org.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    batch = models.ForeignKey("exchange.Batch", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ASKED)
    created_at = models.DateTimeField(_("proposed"), db_default=ClockTimestamp())
    decided_by = models.ForeignKey(
        "org.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(_("reason of the decision"), max_length=200, blank=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed way of writing")
        verbose_name_plural = _("proposed ways of writing")
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "list_name", "word"], name="word_proposal_open", condition=models.Q(state="asked")
            ),
        ]

    def __str__(self) -> str:
        return self.word
