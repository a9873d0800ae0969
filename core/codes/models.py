"""Code lists as dated data: the national standards, and what a bureau adds."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from core.records.models import EffectiveRecord, real_period


class Code(EffectiveRecord):
    """One entry of a code list, with its names, the words it is read from, and where it comes from.

    `unit` is empty for national entries; a bureau's own entries hold in its subtree. A bureau's entry with the code of a
    national one adds synonyms to it.
    """

    scope = "public"
    natural = ("list_name", "code", "unit")

    class Mark(models.TextChoices):
        """How sure the source is."""

        VERIFIED = "verified", _("checked against the standard or public code")
        MEMORY = "memory", _("from memory, to be checked")
        LOCAL = "local", _("set locally")

    list_name = models.CharField(_("code list"), max_length=30)
    code = models.CharField(_("code"), max_length=20)
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    synonyms = ArrayField(models.CharField(max_length=80), verbose_name=_("also read from"), default=list, blank=True)
    parent = models.CharField(_("belongs to"), max_length=20, blank=True)
    order = models.IntegerField(default=0)
    unit = models.ForeignKey(
        "org.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    mark = models.CharField(_("certainty"), max_length=10, choices=Mark.choices, default=Mark.VERIFIED)
    reference = models.CharField(_("reference"), max_length=200, blank=True)

    class Meta(EffectiveRecord.Meta):
        verbose_name = _("code")
        ordering: ClassVar = ["list_name", "order", "code"]
        constraints: ClassVar = [
            ExclusionConstraint(
                name="code_once",
                expressions=[
                    (F("list_name"), RangeOperators.EQUAL),
                    (F("code"), RangeOperators.EQUAL),
                    (Coalesce(F("unit"), Value(0)), RangeOperators.EQUAL),
                    (F("valid"), RangeOperators.OVERLAPS),
                ],
            ),
            real_period("code_period"),
        ]

    def __str__(self) -> str:
        return self.name_zh
