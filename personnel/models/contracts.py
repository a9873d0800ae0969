"""Appointment contracts (聘用合同): their term, the probation with its verdict, how they end."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.org.models import Unit
from core.records.fields import CodeField
from core.records.models import no_overlap, real_period
from personnel.models.section import DatedSection


class Contract(DatedSection):
    """A contract between a person and a unit. `valid` is its term; without an end it holds until retirement.

    What follows when one is renewed is a contract of its own. `probation_last` is the last day of the probation. `ground` says why
    it ended where it ended for good, `notice_on` when notice was given.
    """

    together = (("probation_verdict", "verdict_on"), ("ground", "notice_on", "end_document"))

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="contracts", verbose_name=_("unit"))
    kind = CodeField(_("kind of contract"), code_list="contract_kind", max_length=20, default="appointment")
    number = models.CharField(_("contract number"), max_length=60, blank=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    first_job = models.BooleanField(_("first job"), default=False)
    probation_last = models.DateField(_("last day of the probation"), null=True, blank=True)
    probation_verdict = CodeField(_("verdict of the probation"), code_list="probation_verdict", max_length=20)
    verdict_on = models.DateField(_("verdict of"), null=True, blank=True)
    ground = CodeField(_("ground of the end"), code_list="contract_ground", max_length=20)
    notice_on = models.DateField(_("notice given on"), null=True, blank=True)
    end_document = models.CharField(_("document of the end"), max_length=120, blank=True)
    note = models.CharField(_("agreed beside it"), max_length=200, blank=True)

    class Meta(DatedSection.Meta):
        verbose_name = _("appointment contract")
        constraints: ClassVar = [
            no_overlap("contract_once", "teacher"),
            real_period("contract_period"),
            models.CheckConstraint(
                name="contract_probation_after_start",
                condition=Q(probation_last__isnull=True) | Q(probation_last__gte=F("valid__startswith")),
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.valid.lower}"
