"""Where the person belongs, what they do there, and where they were before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.records.fields import CodeField, PartialDateField, partial_date
from core.records.models import no_overlap, real_period
from personnel.models.employment_triggers import employment_triggers
from personnel.models.section import DatedSection, Section

# The form of employment of who fills a seat (编制).
IN_QUOTA: Final = "in_quota"


class Employment(DatedSection):
    """Belonging to a unit for a period (人事关系). It decides who sees the file. On loan, it stays with the lending unit."""

    together = (("in_quota", "form"),)

    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="employments", verbose_name=_("unit"))
    in_quota = models.BooleanField(_("in quota"), null=True)
    form = CodeField(_("form of employment"), code_list="employment_form", max_length=20)
    contract = CodeField(_("contract"), code_list="contract_kind", max_length=20)
    post = models.CharField(_("post"), max_length=60, blank=True)
    came_how = CodeField(_("how they came"), code_list="came_how", max_length=20)
    left_how = CodeField(_("how they left"), code_list="left_how", max_length=20)

    class Meta(DatedSection.Meta):
        verbose_name = _("employment")
        triggers: ClassVar = [*DatedSection.Meta.triggers, *employment_triggers()]
        constraints: ClassVar = [no_overlap("employment_once", "teacher"), real_period("employment_period")]

    def __str__(self) -> str:
        return f"{self.valid.lower}"

    @staticmethod
    def contradictions(values: Mapping[str, Any]) -> dict[str, Any]:
        """What cannot be said together, by field: who fills a seat has no other form of employment, and who fills none has one."""
        form = values.get("form")
        if values.get("in_quota") is False and form == IN_QUOTA:
            return {"form": _("Not in quota, yet employed in quota: correct whichever is wrong.")}
        if values.get("in_quota") and form not in ("", IN_QUOTA, None):
            return {
                "form": _("Who is in quota has no other form of employment: leave it empty, or say “no” at “in quota”.")
            }
        return {}


class PersonStatus(DatedSection):
    """A status other than in post (在岗): on loan, studying, long sick, suspended, retired, left, died. None on a day: in post."""

    status = CodeField(_("status"), code_list="person_status", max_length=20)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta(DatedSection.Meta):
        verbose_name = _("status")
        constraints: ClassVar = [no_overlap("person_status_once", "teacher"), real_period("person_status_period")]

    def __str__(self) -> str:
        return self.status


class TeachingAssignment(DatedSection):
    """What the person teaches: stage, subject, hours a week."""

    stage = CodeField(_("stage"), code_list="stage", max_length=20)
    subject = CodeField(_("subject"), code_list="subject", max_length=20)
    weekly_hours = models.DecimalField(_("hours a week"), max_digits=4, decimal_places=1, null=True)
    class_teacher = models.BooleanField(_("class teacher"), default=False)

    class Meta(DatedSection.Meta):
        verbose_name = _("teaching")
        constraints: ClassVar = [no_overlap("teaching_once", "teacher"), real_period("teaching_period")]

    def __str__(self) -> str:
        return self.subject


class WorkExperience(Section):
    """A post that the person held elsewhere, before or beside (工作经历)."""

    starts = PartialDateField(_("from"))
    ends = PartialDateField(_("until"), null=True)
    workplace = models.CharField(_("workplace"), max_length=120)
    post = models.CharField(_("post"), max_length=60, blank=True)
    teaching = models.BooleanField(_("counts as teaching"), default=False)

    class Meta(Section.Meta):
        verbose_name = _("work experience")
        constraints: ClassVar = [
            partial_date("work_experience_starts", "starts"),
            partial_date("work_experience_ends", "ends"),
        ]

    def __str__(self) -> str:
        return self.workplace


class TeachingBreak(Section):
    """A time that does not count as teaching (教龄间断)."""

    starts = PartialDateField(_("from"))
    ends = PartialDateField(_("until"), null=True)
    cause = CodeField(_("cause"), code_list="break_cause", max_length=20)
    counts_as_work = models.BooleanField(_("counts as work"), default=True)

    class Meta(Section.Meta):
        verbose_name = _("break in teaching")
        constraints: ClassVar = [
            partial_date("teaching_break_starts", "starts"),
            partial_date("teaching_break_ends", "ends"),
        ]

    def __str__(self) -> str:
        return self.cause
