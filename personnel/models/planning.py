"""Planning: scenarios with what they assume and propose, the case by which seats are adjusted; and who teaches what.

Nothing of a scenario is real: it moves no seat and hires nobody until a case that was made of it is decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.org.models import Unit
from core.records.fields import CodeField
from core.records.models import Record, no_overlap, real_period
from core.workflow.models import Case
from personnel.models.recruitment import RecruitmentPlan
from personnel.models.section import DatedSection


class PlanScenario(Record):
    """What a bureau assumes and proposes for a school year (named by its first calendar year). It moves nothing.

    `yearly_change` is the change in per cent: of the intake of the lowest stages (method cohort), or of all pupils (growth).
    """

    scope = "unit"

    class Method(models.TextChoices):
        """How pupils of years ahead are projected where none were entered."""

        COHORT = "cohort", _("stage by stage, from who leaves and who comes")
        GROWTH = "growth", _("the same change of all pupils each year")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="plan_scenarios", verbose_name=_("bureau"))
    name = models.CharField(pgettext_lazy("scenario", "name"), max_length=60)
    year = models.PositiveSmallIntegerField(_("planned school year"))
    method = models.CharField(_("projection of pupils"), max_length=10, choices=Method.choices, default=Method.COHORT)
    yearly_change = models.DecimalField(_("change a year, per cent"), max_digits=5, decimal_places=2, default=0)
    words = models.CharField(_("assumptions in words"), max_length=400, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("planning scenario")
        verbose_name_plural = _("planning scenarios")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "name"], name="plan_scenario_name"),
            models.CheckConstraint(
                name="plan_scenario_change", condition=Q(yearly_change__gt=-100, yearly_change__lte=100)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ScenarioPupils(Record):
    """Pupils and classes of one stage of one school that a scenario enters instead of the projected ones."""

    scope = "scenario__unit"

    scenario = models.ForeignKey(
        PlanScenario, on_delete=models.PROTECT, related_name="pupils", verbose_name=_("planning scenario")
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    stage = CodeField(_("stage"), code_list="stage", max_length=20)
    pupils = models.PositiveIntegerField(_("pupils"))
    classes = models.PositiveIntegerField(_("classes"))

    class Meta(Record.Meta):
        verbose_name = _("pupils of a scenario")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scenario", "unit", "stage"], name="scenario_pupils_once"),
            models.CheckConstraint(name="scenario_pupils_classes", condition=Q(classes=0) | Q(pupils__gt=0)),
        ]

    def __str__(self) -> str:
        return self.stage


class SeatAdjustment(Record):
    """Seats that a bureau asks to move between two units (调剂). How it stands is told by its case; its approval books them.

    `unit` gives, `to_unit` receives.
    """

    scope = "unit"

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="seat_adjustment", verbose_name=_("case"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("gives seats"))
    to_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("receives seats"))
    kind = CodeField(_("kind of seat"), code_list="seat_kind", max_length=20)
    count = models.PositiveSmallIntegerField(_("seats"))
    on = models.DateField(_("day"))
    words = models.CharField(_("in words"), max_length=400)

    class Meta(Record.Meta):
        verbose_name = _("adjustment of seats")
        constraints: ClassVar = [
            models.CheckConstraint(name="seat_adjustment_counts", condition=Q(count__gt=0)),
            models.CheckConstraint(name="seat_adjustment_elsewhere", condition=~Q(unit=F("to_unit"))),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.count}"


class SeatProposal(Record):
    """Seats that a scenario proposes to move from one school to another; `adjustment` is the case that was made of it."""

    scope = "scenario__unit"

    scenario = models.ForeignKey(
        PlanScenario, on_delete=models.PROTECT, related_name="seat_proposals", verbose_name=_("planning scenario")
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("gives seats"))
    to_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("receives seats"))
    kind = CodeField(_("kind of seat"), code_list="seat_kind", max_length=20)
    count = models.PositiveSmallIntegerField(_("seats"))
    adjustment = models.OneToOneField(
        SeatAdjustment,
        on_delete=models.PROTECT,
        null=True,
        related_name="proposal",
        verbose_name=_("adjustment of seats"),
    )

    class Meta(Record.Meta):
        verbose_name = _("proposed adjustment of seats")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scenario", "unit", "to_unit", "kind"], name="seat_proposal_once"),
            models.CheckConstraint(name="seat_proposal_counts", condition=Q(count__gt=0)),
            models.CheckConstraint(name="seat_proposal_elsewhere", condition=~Q(unit=F("to_unit"))),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.count}"


class RecruitProposal(Record):
    """Teachers of a subject that a scenario proposes to recruit for a school; `plan` is the recruitment plan made of it."""

    scope = "scenario__unit"

    scenario = models.ForeignKey(
        PlanScenario, on_delete=models.PROTECT, related_name="recruit_proposals", verbose_name=_("planning scenario")
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    stage = CodeField(_("stage"), code_list="stage", max_length=20)
    subject = CodeField(_("subject"), code_list="subject", max_length=20)
    number = models.PositiveSmallIntegerField(_("number"))
    plan = models.ForeignKey(
        RecruitmentPlan,
        on_delete=models.PROTECT,
        null=True,
        related_name="proposals",
        verbose_name=_("recruitment plan"),
    )

    class Meta(Record.Meta):
        verbose_name = _("proposed recruitment")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scenario", "unit", "stage", "subject"], name="recruit_proposal_once"),
            models.CheckConstraint(name="recruit_proposal_number", condition=Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return self.subject


class TeachingDuty(DatedSection):
    """What somebody teaches where (任课): stage, subject, classes, hours a week. Several hold at once, one of them as the main one.

    Teaching (`TeachingAssignment`) says in one line what a roster says; who has no duty counts in deployment by that line.
    """

    natural = ("teacher", "unit", "stage", "subject")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="teaching_duties", verbose_name=_("unit"))
    stage = CodeField(_("stage"), code_list="stage", max_length=20)
    subject = CodeField(_("subject"), code_list="subject", max_length=20)
    classes = models.PositiveSmallIntegerField(_("classes"), null=True)
    weekly_hours = models.DecimalField(_("hours a week"), max_digits=4, decimal_places=1, null=True)
    main = models.BooleanField(_("main subject"), default=True)

    class Meta(DatedSection.Meta):
        verbose_name = _("teaching duty")
        verbose_name_plural = _("teaching duties")
        indexes: ClassVar = [models.Index(fields=["unit", "id"], name="teaching_duty_of_unit")]
        constraints: ClassVar = [
            no_overlap("teaching_duty_once", "teacher", "unit", "stage", "subject"),
            real_period("teaching_duty_period"),
            models.CheckConstraint(name="teaching_duty_hours", condition=Q(weekly_hours__gte=0)),
        ]

    def __str__(self) -> str:
        return self.subject

    @staticmethod
    def contradictions(values: Mapping[str, Any]) -> dict[str, Any]:
        """What cannot be said, by field: hours are counted from nought on."""
        hours = values.get("weekly_hours")
        if hours is not None and hours < 0:
            return {"weekly_hours": _("Hours a week are not below nought.")}
        return {}
