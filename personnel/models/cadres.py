"""Leading cadres (校级领导干部): who heads a unit, proposals to appoint and remove, the reserve of a bureau's year."""

from __future__ import annotations

from typing import ClassVar, Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.codes.selectors import label as code_label
from core.org.models import Unit
from core.records.fields import CodeField
from core.records.models import Record, no_overlap, real_period
from core.workflow.models import Case
from personnel.models.cadre_triggers import headship_triggers
from personnel.models.section import DatedSection
from personnel.models.teacher import Teacher

# Codes of the list `headship` of which a unit has one holder, whatever the numbers say: the list may grow, these stay.
CHIEFS: Final = ("principal", "director", "secretary")


class Headship(DatedSection):
    """A post of leadership that a person holds at a unit (领导职务), from the day of appointment to that of removal.

    A term ends on `term_last`; who leads on after it holds the post until removed or appointed to the next term, which is a record of its
    own. `term` counts the terms of one person in one post of one unit. `acting` heads (代理、主持工作) stand in for a chief, of
    whom there is one at most on any day. `probation_last` is the last day of the probation of cadres (试用期). `exception` is the
    paper that let conditions be passed over.
    """

    natural = ("teacher", "unit", "headship")
    together = (("probation_verdict", "verdict_on"), ("ended_how", "end_document"))

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="headships", verbose_name=_("unit"))
    headship = CodeField(_("headship"), code_list="headship", max_length=20)
    acting = models.BooleanField(_("acting"), default=False)
    term = models.PositiveSmallIntegerField(_("which term"), default=1)
    term_last = models.DateField(_("last day of the term"), null=True, blank=True)
    probation_last = models.DateField(_("last day of the probation"), null=True, blank=True)
    probation_verdict = CodeField(_("verdict of the probation"), code_list="probation_verdict", max_length=20)
    verdict_on = models.DateField(_("verdict of"), null=True, blank=True)
    document = models.CharField(_("document of appointment"), max_length=120, blank=True)
    exception = models.CharField(_("approved exception"), max_length=120, blank=True)
    ended_how = CodeField(_("why it ended"), code_list="headship_end", max_length=20)
    end_document = models.CharField(_("document of removal"), max_length=120, blank=True)
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("case")
    )

    class Meta(DatedSection.Meta):
        verbose_name = _("headship")
        triggers: ClassVar = [*DatedSection.Meta.triggers, *headship_triggers()]
        indexes: ClassVar = [models.Index(fields=["unit", "headship"], name="headship_of_unit")]
        constraints: ClassVar = [
            no_overlap("headship_once", "teacher", "unit", "headship"),
            no_overlap("headship_single", "unit", "headship", "acting", condition=Q(headship__in=CHIEFS)),
            real_period("headship_period"),
            models.CheckConstraint(name="headship_term_counts", condition=Q(term__gte=1)),
            models.CheckConstraint(
                name="headship_term_after_start",
                condition=Q(term_last__isnull=True) | Q(term_last__gte=models.F("valid__startswith")),
            ),
        ]

    def __str__(self) -> str:
        return code_label("headship", self.headship)


class HeadshipProposal(Record):
    """A proposal to appoint somebody, to remove them, or both in one act. How it stands is told by its case.

    It is seen where it was opened and by whom it waits for, not by everybody who sees the file. `headship`
    is empty where one ends only; `removes` is the headship that ends the day before `begins`.
    """

    scope = "case__origin"

    case = models.OneToOneField(
        Case, on_delete=models.PROTECT, related_name="headship_proposal", verbose_name=_("case")
    )
    teacher = models.ForeignKey(
        Teacher, on_delete=models.PROTECT, related_name="headship_proposals", verbose_name=_("teacher")
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit to be led"))
    headship = CodeField(_("headship proposed"), code_list="headship", max_length=20)
    acting = models.BooleanField(_("acting"), default=False)
    removes = models.ForeignKey(
        Headship, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("headship to be ended")
    )
    ended_how = CodeField(_("why it ends"), code_list="headship_end", max_length=20)
    begins = models.DateField(_("from"))
    years = models.PositiveSmallIntegerField(_("years of the term"), null=True)
    probation = models.BooleanField(_("with a probation"), default=False)
    words = models.CharField(_("why"), max_length=400)
    exception = models.CharField(_("approved exception"), max_length=120, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("proposal of a headship")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="headship_proposal_says", condition=Q(headship__gt="") | Q(removes__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.headship or self.ended_how


class Reserve(Record):
    """The reserve cadres (后备干部) of a bureau for a year. How the list stands is told by its case, as who proposed and decided it."""

    scope = "unit"

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="reserve", verbose_name=_("case"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("bureau"))
    year = models.PositiveSmallIntegerField(_("year"))
    words = models.CharField(_("grounds"), max_length=400, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("reserve of cadres")

    def __str__(self) -> str:
        return str(self.year)


class ReserveMember(Record):
    """Somebody in the reserve of a year: for which headship, who named them, why."""

    scope = "reserve__unit"

    reserve = models.ForeignKey(
        Reserve, on_delete=models.PROTECT, related_name="members", verbose_name=_("reserve of cadres")
    )
    teacher = models.ForeignKey(Teacher, on_delete=models.PROTECT, related_name="+", verbose_name=_("teacher"))
    headship = CodeField(_("headship in view"), code_list="headship", max_length=20)
    named_by = models.CharField(pgettext_lazy("reserve", "named by"), max_length=120)
    words = models.CharField(_("why"), max_length=400, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("member of the reserve")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reserve", "teacher"], name="reserve_member_once"),
        ]

    def __str__(self) -> str:
        return self.headship
