"""What the person has learnt."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.records.fields import CodeField, PartialDateField, partial_date
from personnel.models.section import Section


class Education(Section):
    """A course of study with the education and the degree that it gave (学习经历). The highest is found by rule."""

    level = CodeField(_("education"), code_list="education")
    degree = CodeField(_("degree"), code_list="degree")
    school = models.CharField(_("school or university"), max_length=120, blank=True)
    subject = models.CharField(_("field of study"), max_length=120, blank=True)
    starts = PartialDateField(pgettext_lazy("course of study", "from"), null=True)
    ends = PartialDateField(_("graduated"), null=True)
    full_time = models.BooleanField(_("full time"), null=True)
    normal = models.BooleanField(_("teacher training course"), null=True)

    class Meta(Section.Meta):
        verbose_name = _("education")
        constraints: ClassVar = [partial_date("education_starts", "starts"), partial_date("education_ends", "ends")]

    def __str__(self) -> str:
        return self.school


class Certificate(Section):
    """A certificate of language or of a vocation (技能证书)."""

    kind = CodeField(_("kind of certificate"), code_list="certificate_kind", max_length=20)
    name = models.CharField(_("certificate"), max_length=120)
    level = models.CharField(_("level"), max_length=60, blank=True)
    number = models.CharField(_("certificate number"), max_length=60, blank=True)
    issued = PartialDateField(_("issued"), null=True)
    issuer = models.CharField(_("issued by"), max_length=120, blank=True)

    class Meta(Section.Meta):
        verbose_name = _("certificate")
        indexes: ClassVar = [models.Index(fields=["number"], name="certificate_number")]
        constraints: ClassVar = [partial_date("certificate_issued", "issued")]

    def __str__(self) -> str:
        return self.name


class OverseasStudy(Section):
    """Study or teaching abroad (海外研修)."""

    country = models.CharField(_("country or region"), max_length=60)
    place = models.CharField(_("place"), max_length=120, blank=True)
    project = models.CharField(_("project"), max_length=120, blank=True)
    starts = PartialDateField(_("from"), null=True)
    ends = PartialDateField(_("until"), null=True)

    class Meta(Section.Meta):
        verbose_name = _("study abroad")
        constraints: ClassVar = [
            partial_date("overseas_study_starts", "starts"),
            partial_date("overseas_study_ends", "ends"),
        ]

    def __str__(self) -> str:
        return self.country
