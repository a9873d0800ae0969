"""By which class somebody retires, where it was decided."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.records.fields import CodeField
from core.records.models import no_overlap, real_period
from personnel.models.section import DatedSection


class RetirementCategory(DatedSection):
    """The retirement category (退休类别) decided for a person. Without one that of sex and post family counts, never one by title."""

    together = (("category", "basis", "decided_on", "document"),)

    category = CodeField(_("retirement category"), code_list="retirement_category", max_length=20)
    basis = CodeField(_("basis"), code_list="retirement_basis", max_length=20)
    decided_on = models.DateField(_("decided on"), null=True)
    document = models.CharField(_("document of approval"), max_length=120, blank=True)

    class Meta(DatedSection.Meta):
        verbose_name = _("retirement category")
        constraints: ClassVar = [
            no_overlap("retirement_category_once", "teacher"),
            real_period("retirement_category_period"),
        ]

    def __str__(self) -> str:
        return self.category
