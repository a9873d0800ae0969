"""Numbers and tables that law can change: dated, with a reference, overridable where the table says so."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from core.records.models import EffectiveRecord, real_period


class ParameterVersion(EffectiveRecord):
    """What a parameter table said for a period, nationally or (with `unit`) in one subtree."""

    scope = "public"
    natural = ("table", "unit")

    class Mark(models.TextChoices):
        """How sure the source is."""

        VERIFIED = "verified", _("checked against the text of the law")
        MEMORY = "memory", _("from memory, to be checked")
        LOCAL = "local", _("set locally")

    table = models.CharField(_("parameter table"), max_length=60)
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("unit"))
    data = models.JSONField(_("values"))
    reference = models.CharField(_("reference"), max_length=300)
    reference_en = models.CharField(_("reference in English"), max_length=600, blank=True)
    mark = models.CharField(_("certainty"), max_length=10, choices=Mark.choices, default=Mark.VERIFIED)

    class Meta(EffectiveRecord.Meta):
        verbose_name = _("parameter")
        constraints: ClassVar = [
            ExclusionConstraint(
                name="parameter_once",
                expressions=[
                    (F("table"), RangeOperators.EQUAL),
                    (Coalesce(F("unit"), Value(0)), RangeOperators.EQUAL),
                    (F("valid"), RangeOperators.OVERLAPS),
                ],
            ),
            real_period("parameter_period"),
        ]

    def __str__(self) -> str:
        return self.table
