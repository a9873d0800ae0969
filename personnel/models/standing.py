"""Political status, achievements, talent programmes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.records.fields import CodeField, PartialDateField, partial_date
from core.records.models import no_overlap, real_period
from personnel.models.section import DatedSection, Section


class PoliticalStatus(DatedSection):
    """Party or group membership (政治面貌)."""

    together = (("status", "joined"),)

    status = CodeField(_("political status"), code_list="political_status")
    joined = PartialDateField(_("joined"), null=True)

    class Meta(DatedSection.Meta):
        verbose_name = _("political status")
        constraints: ClassVar = [
            no_overlap("political_status_once", "teacher"),
            real_period("political_status_period"),
            partial_date("political_status_joined", "joined"),
        ]

    def __str__(self) -> str:
        return self.status


class PartyPost(DatedSection):
    """A post held in a party or a group of the united front."""

    natural = ("teacher", "post")

    organisation = models.CharField(_("organisation"), max_length=120)
    post = models.CharField(_("post"), max_length=60)

    class Meta(DatedSection.Meta):
        verbose_name = _("party post")
        constraints: ClassVar = [no_overlap("party_post_once", "teacher", "post"), real_period("party_post_period")]

    def __str__(self) -> str:
        return self.post


class Achievement(Section):
    """A result of teaching or research: paper, book, project, prize, lesson (教学科研成果及获奖)."""

    kind = CodeField(_("kind"), code_list="achievement_kind", max_length=20)
    title = models.CharField(pgettext_lazy("achievement", "title"), max_length=200)
    level = CodeField(_("level"), code_list="award_level", max_length=20)
    role = models.CharField(_("part in it"), max_length=60, blank=True)
    body = models.CharField(_("awarded or published by"), max_length=120, blank=True)
    on = PartialDateField(_("date"), null=True)

    class Meta(Section.Meta):
        verbose_name = _("achievement")
        constraints: ClassVar = [partial_date("achievement_on", "on")]

    def __str__(self) -> str:
        return self.title


class TalentProgramme(Section):
    """A talent programme that the person was chosen for (入选人才项目)."""

    name = models.CharField(_("talent programme"), max_length=120)
    level = CodeField(_("level"), code_list="award_level", max_length=20)
    chosen = PartialDateField(_("chosen"), null=True)
    ends = PartialDateField(_("until"), null=True)

    class Meta(Section.Meta):
        verbose_name = _("talent programme")
        constraints: ClassVar = [
            partial_date("talent_programme_chosen", "chosen"),
            partial_date("talent_programme_ends", "ends"),
        ]

    def __str__(self) -> str:
        return self.name
