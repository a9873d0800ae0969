"""The dossier (人事档案): its materials with their scans, who keeps it, and what is asked of it in cases."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.org.models import Unit
from core.records.fields import CodeField, PartialDateField, partial_date
from core.records.models import Record, no_overlap, real_period
from personnel.models.section import DatedSection, Section

# The fields in which a material says something of the three ages and two histories (三龄两历), by the item.
SAYS = {
    "birth": "says_birth",
    "work_start": "says_work_start",
    "party": "says_party",
    "education": "says_education",
    "experience": "says_experience",
}


class Material(Section):
    """A paper of somebody's dossier, as the catalogue lists it. Its serial number is reckoned from category and day.

    `paper` is the paper that this system issued and filed by itself. The `says_…` fields are what the material itself states, for the
    review of ages and histories.
    """

    own = ""

    category = CodeField(_("category"), code_list="dossier_category")
    title = models.CharField(pgettext_lazy("material", "title"), max_length=200)
    dated = PartialDateField(_("day of the paper"), null=True)
    pages = models.PositiveSmallIntegerField(_("pages"), null=True)
    copies = models.PositiveSmallIntegerField(_("copies"), default=1)
    form = CodeField(pgettext_lazy("material", "form"), code_list="material_form", max_length=20, default="original")
    place = models.CharField(_("where it lies"), max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    says_birth = PartialDateField(_("date of birth in it"), null=True)
    says_work_start = PartialDateField(_("start of work in it"), null=True)
    says_party = PartialDateField(_("day of joining the Party in it"), null=True)
    says_education = CodeField(_("education in it"), code_list="education")
    says_experience = models.CharField(_("work experience in it"), max_length=400, blank=True)
    paper = models.ForeignKey(
        "documents.IssuedDocument", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta(Section.Meta):
        verbose_name = _("material of the dossier")
        constraints: ClassVar = [
            partial_date("material_dated", "dated"),
            partial_date("material_says_birth", "says_birth"),
            partial_date("material_says_work_start", "says_work_start"),
            partial_date("material_says_party", "says_party"),
            models.UniqueConstraint(fields=["paper", "teacher"], name="material_of_paper_once"),
        ]

    def __str__(self) -> str:
        return self.title


class MaterialScan(Record):
    """A scan of a material; a material may have several, in the order in which they were added."""

    scope = "material__teacher__employments"

    material = models.ForeignKey(Material, on_delete=models.PROTECT, related_name="scans", verbose_name=_("material"))
    file = models.ForeignKey("records.StoredFile", on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))

    class Meta(Record.Meta):
        verbose_name = _("scan of a material")
        constraints: ClassVar = [models.UniqueConstraint(fields=["material", "file"], name="material_scan_once")]

    def __str__(self) -> str:
        return str(self.file)


class DossierKeeping(DatedSection):
    """Who keeps the dossier for a period: a unit, or another keeper in words (such as a talent centre, 人才中心)."""

    own = ""

    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("keeping unit")
    )
    keeper = models.CharField(_("another keeper"), max_length=120, blank=True)
    shelf = models.CharField(_("shelf number"), max_length=60, blank=True)
    volumes = models.PositiveSmallIntegerField(_("volumes"), default=1)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta(DatedSection.Meta):
        verbose_name = _("keeping of the dossier")
        constraints: ClassVar = [
            no_overlap("dossier_keeping_once", "teacher"),
            real_period("dossier_keeping_period"),
        ]

    def __str__(self) -> str:
        return self.keeper or str(self.unit_id or "")
