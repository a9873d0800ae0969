"""What a person asked to have corrected in their file."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.org.models import Unit
from core.records.models import Record
from core.records.vault import ProtectedText
from core.workflow.models import Case
from personnel.models.section import Section


class Correction(Section):
    """A request of a person about one record of their file, or for a new one. How it stands is told by its case.

    `asked` and `was` are the fields with what they are to say and what they said when it was asked (JSON), sealed like all that may
    be protected. `record` is the key of the record in its section, None for a new one; `seen` its revision then.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="correction", verbose_name=_("case"))
    section = models.CharField(_("section"), max_length=40)
    record = models.BigIntegerField(_("record"), null=True)
    seen = models.IntegerField(_("revision when it was asked"), null=True)
    asked = ProtectedText(kind="asked", owner="teacher", length=8, keep=0)
    was = ProtectedText(kind="was", owner="teacher", length=8, keep=0)
    words = models.TextField(_("why"))
    decided_at = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided at"))

    class Meta(Section.Meta):
        verbose_name = _("request for correction")

    def __str__(self) -> str:
        return self.section


class CorrectionPaper(Record):
    """A file that is to prove a request."""

    scope = "correction__teacher__employments"
    own = "correction__teacher__user"

    correction = models.ForeignKey(
        Correction, on_delete=models.PROTECT, related_name="papers", verbose_name=_("request for correction")
    )
    file = models.ForeignKey("records.StoredFile", on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))

    class Meta(Record.Meta):
        verbose_name = _("proof of a request")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["correction", "file"], name="correction_paper_once"),
        ]

    def __str__(self) -> str:
        return str(self.file)
