"""Posts (岗位): how many of each level are approved for a unit, proposals to set them, and who is appointed to them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.org.models import Unit
from core.records.fields import CodeField
from core.records.models import EffectiveRecord, Record, no_overlap, real_period
from core.workflow.models import Case
from personnel.models.section import DatedSection
from personnel.models.vacancies import OVER, RATIO, SPECIAL, appointment_triggers, setting_triggers


class PostSetting(EffectiveRecord):
    """Posts of one level approved for a unit, for a period (岗位设置). `special` posts (特设岗位) stand outside the structure ratio."""

    scope = "unit"
    natural = ("unit", "level", "special")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="post_settings", verbose_name=_("unit"))
    level = CodeField(_("post level"), code_list="post_level", max_length=4)
    special = models.BooleanField(_("special post"), default=False)
    number = models.PositiveIntegerField(_("approved posts"))
    document = models.CharField(_("document of approval"), max_length=120, blank=True)
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("case")
    )

    class Meta(EffectiveRecord.Meta):
        verbose_name = _("post setting")
        triggers: ClassVar = [*EffectiveRecord.Meta.triggers, *setting_triggers()]
        constraints: ClassVar = [
            no_overlap("post_setting_once", "unit", "level", "special"),
            real_period("post_setting_period"),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.number}"


class PostProposal(Record):
    """What a unit asks its posts to be from a day on. How it stands is told by its case; approved, it becomes settings."""

    scope = "unit"

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="post_proposal", verbose_name=_("case"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    begins = models.DateField(_("from"))
    words = models.CharField(_("why"), max_length=200)
    document = models.CharField(_("document of approval"), max_length=120, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("proposal of posts")

    def __str__(self) -> str:
        return f"{self.begins}"


class ProposedPosts(Record):
    """One line of a proposal: so many posts of a level."""

    scope = "proposal__unit"

    proposal = models.ForeignKey(
        PostProposal, on_delete=models.PROTECT, related_name="lines", verbose_name=_("proposal of posts")
    )
    level = CodeField(_("post level"), code_list="post_level", max_length=4)
    special = models.BooleanField(_("special post"), default=False)
    number = models.PositiveIntegerField(_("posts"))

    class Meta(Record.Meta):
        verbose_name = _("proposed posts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["proposal", "level", "special"], name="proposed_posts_once"),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.number}"


class PostAppointment(DatedSection):
    """A person's appointment to a post of a unit (岗位聘用). One at a time; who leads and teaches (双肩挑) has a second, `dual` one.

    `place`: within the ratio, on a special post, or off the ratio (存量: appointed before the posts of the unit were first set).
    `term_last` is the last day of the term of appointment. `exception` is the paper that let conditions be passed over.
    """

    natural = ("teacher", "dual")
    together = (("unit", "level", "place"),)

    class Place(models.TextChoices):
        """How an appointment counts against the posts of the unit."""

        OVER = OVER, _("off the ratio, until they leave")
        RATIO = RATIO, _("within the ratio")
        SPECIAL = SPECIAL, _("special post")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="post_appointments", verbose_name=_("unit"))
    level = CodeField(_("post level"), code_list="post_level", max_length=4)
    place = models.CharField(_("counts as"), max_length=10, choices=Place.choices)
    dual = models.BooleanField(_("second post of who leads and teaches"), default=False)
    term_last = models.DateField(_("last day of the term"), null=True, blank=True)
    document = models.CharField(_("document number"), max_length=120, blank=True)
    exception = models.CharField(_("approved exception"), max_length=120, blank=True)

    class Meta(DatedSection.Meta):
        verbose_name = _("post appointment")
        triggers: ClassVar = [*DatedSection.Meta.triggers, *appointment_triggers()]
        indexes: ClassVar = [models.Index(fields=["unit", "level"], name="post_appointment_level")]
        constraints: ClassVar = [
            no_overlap("post_appointment_once", "teacher", "dual"),
            real_period("post_appointment_period"),
        ]

    def __str__(self) -> str:
        return self.level
