"""Papers that went out, what a unit's own ones look like, and how their numbers begin."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.records.models import EffectiveRecord, Record, no_overlap, real_period


class IssuedDocument(Record):
    """A paper that a unit issued. What was printed stays: the file, its SHA-256, the values in it and the settled position they are of.

    `content` are these values as JSON, sealed under the key of the file. `subject` and `subject_id` say whom the paper is about.
    """

    scope = "unit"

    class State(models.TextChoices):
        """Whether the paper still counts."""

        VALID = "valid", _("valid")
        WITHDRAWN = "withdrawn", _("withdrawn")
        REPLACED = "replaced", _("replaced")

    kind = models.CharField(_("kind of paper"), max_length=60, editable=False)
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+", verbose_name=_("issued by"))
    prefix = models.CharField(_("number prefix"), max_length=60, editable=False)
    year = models.IntegerField(_("year"), editable=False)
    serial = models.IntegerField(_("serial number"), editable=False)
    number = models.CharField(_("number of the paper"), max_length=120)
    issued_on = models.DateField(_("issued"))
    subject = models.CharField(max_length=60, editable=False)
    subject_id = models.BigIntegerField(editable=False)
    holder = models.CharField(_("about"), max_length=60)
    code = models.CharField(max_length=20, unique=True, editable=False)
    file = models.ForeignKey("records.StoredFile", on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))
    digest = models.CharField(_("fingerprint"), max_length=64, db_index=True)
    content = models.BinaryField(editable=False)
    clear = models.BooleanField(_("protected values in clear"), default=False)
    position = models.BigIntegerField(_("position"), editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.VALID)
    state_on = models.DateField(_("ended"), null=True)
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    job = models.ForeignKey("jobs.Job", on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    class Meta(Record.Meta):
        verbose_name = pgettext_lazy("document", "paper")
        verbose_name_plural = pgettext_lazy("document", "papers")
        indexes: ClassVar = [
            models.Index(fields=["subject", "subject_id", "-id"], name="paper_of_subject"),
            models.Index(fields=["unit", "-id"], name="paper_of_unit"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "prefix", "year", "serial"], name="paper_number_once"),
            models.UniqueConstraint(fields=["replaces"], name="paper_replaced_once"),
            models.CheckConstraint(name="paper_serial_positive", condition=models.Q(serial__gte=1)),
        ]

    def __str__(self) -> str:
        return self.number


class PaperTemplate(Record):
    """The .docx that a bureau uses for a kind of paper, in its units, instead of the shipped one."""

    scope = "unit"

    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    kind = models.CharField(_("kind of paper"), max_length=60, editable=False)
    file = models.ForeignKey("records.StoredFile", on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))

    class Meta(Record.Meta):
        verbose_name = _("template of papers")
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "kind"], name="paper_template_once")]

    def __str__(self) -> str:
        return self.kind


class NumberPrefix(EffectiveRecord):
    """How the numbers of a unit's papers of a kind begin (发文机关代字), for a period."""

    scope = "unit"
    natural = ("unit", "kind")

    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    kind = models.CharField(_("kind of paper"), max_length=60, editable=False)
    prefix = models.CharField(_("number prefix"), max_length=60)

    class Meta(EffectiveRecord.Meta):
        verbose_name = _("number prefix")
        constraints: ClassVar = [
            no_overlap("number_prefix_once", "unit", "kind"),
            real_period("number_prefix_period"),
        ]

    def __str__(self) -> str:
        return self.prefix
