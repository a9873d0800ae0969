"""Titles that teachers hold."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.records.fields import CodeField, PartialDateField, partial_date
from core.records.models import no_overlap, real_period
from personnel.models.section import DatedSection


class TitleHeld(DatedSection):
    """A professional title (职称) that the person holds: rank, when it was obtained, how far it counts.

    `valid` begins on the day of obtaining, or on the first day of what is known of it.
    """

    together = (("rank", "obtained"),)

    rank = CodeField(_("title"), code_list="teacher_rank", max_length=20)
    obtained = PartialDateField(_("obtained"), null=True)
    scope_of_title = CodeField(_("counts in"), code_list="title_scope", max_length=20, default="general")
    area = models.CharField(_("area"), max_length=60, blank=True)

    class Meta(DatedSection.Meta):
        verbose_name = _("title")
        constraints: ClassVar = [
            no_overlap("title_held_once", "teacher"),
            real_period("title_held_period"),
            partial_date("title_held_obtained", "obtained"),
        ]

    def __str__(self) -> str:
        return self.rank
