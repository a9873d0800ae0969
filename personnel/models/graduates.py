"""Graduates to be placed (师范毕业生、公费师范生), their agreements, and special-post teachers (特岗教师) whose term ends."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.documents.models import IssuedDocument
from core.org.models import Unit
from core.records.fields import CodeField, PartialDateField, partial_date
from core.records.models import DataKey, Record
from core.records.vault import ProtectedText
from core.workflow.models import Case
from personnel.models.section import Section
from personnel.models.teacher import Teacher


class Graduate(Record):
    """Somebody on a bureau's list of a year who is to be placed. Who they are is sealed under a key of their own, and goes with it.

    The day of birth is what the number says. Of publicly funded students the agreement is told here until they are on staff, then in their
    file. `hired` is the file that was made of them; `standing` follows the placement and is never set by hand.
    """

    scope = "unit"

    class Kind(models.TextChoices):
        """Why they are placed."""

        NORMAL = "normal", _("graduate of a normal school")
        FREE = "free", _("publicly funded normal student")

    class Standing(models.TextChoices):
        """How far they came."""

        LISTED = "listed", pgettext_lazy("graduate", "not placed yet")
        PROPOSED = "proposed", pgettext_lazy("graduate", "placement proposed")
        PLACED = "placed", pgettext_lazy("graduate", "placed, to report")
        DEFERRED = "deferred", pgettext_lazy("graduate", "report put off")
        REPORTED = "reported", pgettext_lazy("graduate", "reported, on staff")
        ABSENT = "absent", pgettext_lazy("graduate", "did not report")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("bureau"))
    year = models.PositiveSmallIntegerField(_("year"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    standing = models.CharField(_("standing"), max_length=10, choices=Standing.choices, default=Standing.LISTED)
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+", editable=False)
    name = ProtectedText(kind="graduate", owner="", length=3, keep=0)
    sex = CodeField(_("sex"), code_list="sex")
    number = ProtectedText(kind="identity", owner="", length=18)
    phone = ProtectedText(kind="phone", owner="", length=11)
    school = models.CharField(_("graduated from"), max_length=120)
    education = CodeField(_("education"), code_list="education")
    major = models.CharField(_("major"), max_length=60, blank=True)
    graduated = PartialDateField(_("graduated"), null=True)
    stage = CodeField(_("stage"), code_list="stage", max_length=20)
    subject = CodeField(_("subject"), code_list="subject", max_length=20)
    home = ProtectedText(kind="home", owner="", length=6, keep=0)
    agreement = ProtectedText(kind="agreement", owner="", length=8, keep=0)
    signed_on = models.DateField(_("agreement signed on"), null=True)
    years = models.PositiveSmallIntegerField(_("years of service agreed"), null=True)
    rural_years = models.PositiveSmallIntegerField(_("of them in rural schools"), null=True)
    fees = models.DecimalField(_("fees enjoyed"), max_digits=10, decimal_places=2, null=True)
    hired = models.ForeignKey(
        Teacher, on_delete=models.PROTECT, null=True, related_name="graduates", verbose_name=_("teacher")
    )

    class Meta(Record.Meta):
        verbose_name = _("graduate to be placed")
        verbose_name_plural = _("graduates to be placed")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "number_index"], name="graduate_once"),
            partial_date("graduate_graduated", "graduated"),
            models.CheckConstraint(name="graduate_hired", condition=~Q(standing="reported") | Q(hired__isnull=False)),
            models.CheckConstraint(name="graduate_fees", condition=Q(fees__isnull=True) | Q(fees__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.get_kind_display()}"


class GraduateWish(Record):
    """Where a graduate would like to work: the first, second, third place."""

    scope = "graduate__unit"
    told_anew = True

    graduate = models.ForeignKey(
        Graduate, on_delete=models.PROTECT, related_name="wishes", verbose_name=_("graduate to be placed")
    )
    place = models.PositiveSmallIntegerField(_("place"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))

    class Meta(Record.Meta):
        verbose_name = _("wish of a graduate")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["graduate", "place"], name="graduate_wish_place"),
            models.UniqueConstraint(fields=["graduate", "unit"], name="graduate_wish_unit"),
        ]

    def __str__(self) -> str:
        return str(self.place)


class Placement(Record):
    """The placing of a graduate at a unit. How it stands is told by its case. `report_by` is the last day to report for duty."""

    scope = "graduate__unit"

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="placement", verbose_name=_("case"))
    graduate = models.ForeignKey(
        Graduate, on_delete=models.PROTECT, related_name="placements", verbose_name=_("graduate to be placed")
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    words = models.CharField(_("why"), max_length=400, blank=True)
    starts = models.DateField(_("on staff from"))
    report_by = models.DateField(_("to report by"))
    document = models.CharField(_("document number"), max_length=120, blank=True)
    paper = models.ForeignKey(
        IssuedDocument, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("report slip")
    )

    class Meta(Record.Meta):
        verbose_name = _("placement of a graduate")
        constraints: ClassVar = [
            models.CheckConstraint(name="placement_days", condition=Q(report_by__gte=models.F("starts"))),
        ]

    def __str__(self) -> str:
        return f"{self.starts}"

    @property
    def key(self) -> DataKey:
        """The key under which the report slip is stored: it goes with the graduate."""
        found: DataKey = self.graduate.key
        return found


class ServiceAgreement(Section):
    """What a publicly funded normal student agreed to (公费师范生协议): years of service from a day on, fees to be paid back otherwise."""

    number = models.CharField(_("agreement number"), max_length=60, blank=True)
    signed_on = models.DateField(_("agreement signed on"))
    starts = models.DateField(_("service from"))
    years = models.PositiveSmallIntegerField(_("years of service agreed"))
    rural_years = models.PositiveSmallIntegerField(_("of them in rural schools"), default=0)
    fees = models.DecimalField(_("fees enjoyed"), max_digits=10, decimal_places=2)

    class Meta(Section.Meta):
        verbose_name = _("service agreement")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="service_agreement_counts",
                condition=Q(fees__gte=0) & Q(years__gte=1) & Q(rural_years__lte=models.F("years")),
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.signed_on}"


class SpecialPostEnd(Record):
    """What becomes of a special-post teacher after their term: onto a seat, or away. How it stands is told by its case.

    `ends` is the first day after the term.
    """

    scope = "unit"

    class Outcome(models.TextChoices):
        """What is proposed."""

        STAYS = "stays", pgettext_lazy("special post", "stays, onto a seat")
        LEAVES = "leaves", pgettext_lazy("special post", "leaves")

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="special_post_end", verbose_name=_("case"))
    teacher = models.ForeignKey(Teacher, on_delete=models.PROTECT, related_name="+", verbose_name=_("teacher"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    ends = models.DateField(_("first day after the term"))
    outcome = models.CharField(pgettext_lazy("special post", "outcome"), max_length=10, choices=Outcome.choices)
    verdict = CodeField(_("verdict of the term"), code_list="probation_verdict", max_length=20)
    words = models.CharField(_("why"), max_length=400)
    document = models.CharField(_("document number"), max_length=120, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("end of a special post")

    def __str__(self) -> str:
        return f"{self.ends}"
