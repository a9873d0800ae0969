"""Recruitment: the yearly plan, the posts of a notice, those who apply, and what became of them.

Applicants are kept apart from the files of people: each has a key of their own, under which name, numbers and what they say are sealed.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.exchange.models import Batch
from core.org.models import Unit
from core.publicity.models import Publicity
from core.publicity.triggers import only_after_publicity
from core.records.fields import CodeField
from core.records.models import DataKey, Record, StoredFile
from core.records.vault import ProtectedText
from core.workflow.models import Case
from personnel.models.teacher import Teacher


class ScoreField(models.DecimalField):
    """A score with up to three decimals."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "max_digits": 6, "decimal_places": 3})


class RecruitmentPlan(Record):
    """What a bureau means to recruit in a year. How it stands is told by its case."""

    scope = "unit"

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="recruitment_plan", verbose_name=_("case"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("bureau"))
    year = models.PositiveSmallIntegerField(_("year"))
    title = models.CharField(pgettext_lazy("recruitment", "title"), max_length=120)
    words = models.TextField(_("grounds"), blank=True)

    class Meta(Record.Meta):
        verbose_name = _("recruitment plan")

    def __str__(self) -> str:
        return self.title


class PlannedPost(Record):
    """So many teachers of a subject for a unit, in a plan."""

    scope = "plan__unit"

    plan = models.ForeignKey(RecruitmentPlan, on_delete=models.PROTECT, related_name="posts", verbose_name=_("plan"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    stage = CodeField(_("stage"), code_list="stage", max_length=20)
    subject = CodeField(_("subject"), code_list="subject", max_length=20)
    number = models.PositiveSmallIntegerField(_("number"))

    class Meta(Record.Meta):
        verbose_name = _("row of a recruitment plan")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "unit", "stage", "subject"], name="planned_post_once"),
            models.CheckConstraint(name="planned_post_number", condition=Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return self.subject


class Recruitment(Record):
    """One recruitment with its notice: what it says of dates, ratios, weights and ties holds for all its posts."""

    scope = "unit"

    class Tie(models.TextChoices):
        """Which score decides between equal totals."""

        WRITTEN = "written", _("the higher written score")
        INTERVIEW = "interview", _("the higher interview score")

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="recruitment", verbose_name=_("case"))
    plan = models.ForeignKey(
        RecruitmentPlan, on_delete=models.PROTECT, related_name="recruitments", verbose_name=_("plan")
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("bureau"))
    code = models.CharField(max_length=20, unique=True, editable=False)
    title = models.CharField(pgettext_lazy("recruitment", "title"), max_length=120)
    words = models.TextField(_("what the notice says"), blank=True)
    contact = models.CharField(_("whom to ask"), max_length=200, blank=True)
    opens = models.DateField(_("applications from"))
    last = models.DateField(_("applications until"))
    ratio = models.PositiveSmallIntegerField(_("interviews for each place"))
    opening = models.PositiveSmallIntegerField(_("applicants for each place at least"))
    weight = models.PositiveSmallIntegerField(_("weight of the written score"))
    most = ScoreField(_("highest score"))
    drop = models.PositiveSmallIntegerField(_("judges' scores dropped at each end"))
    tie = models.CharField(_("between equal totals"), max_length=10, choices=Tie.choices)
    one_post = models.BooleanField(_("one post for each applicant"))
    noticed_on = models.DateField(_("notice published"), null=True)

    class Meta(Record.Meta):
        verbose_name = _("recruitment")
        verbose_name_plural = _("recruitments")
        indexes: ClassVar = [models.Index(fields=["unit", "-id"], name="recruitment_of_unit")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="recruitment_terms",
                condition=Q(last__gte=F("opens"), ratio__gte=1, opening__gte=1, weight__lte=100, most__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class RecruitmentPost(Record):
    """A post of a notice with its conditions. `places` are those that are examined after the minimum of applicants; None before."""

    scope = "recruitment__unit"

    recruitment = models.ForeignKey(
        Recruitment, on_delete=models.PROTECT, related_name="posts", verbose_name=_("recruitment")
    )
    number = models.PositiveSmallIntegerField(pgettext_lazy("row", "No."))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    stage = CodeField(_("stage"), code_list="stage", max_length=20)
    subject = CodeField(_("subject"), code_list="subject", max_length=20)
    wanted = models.PositiveSmallIntegerField(_("number"))
    places = models.PositiveSmallIntegerField(_("places examined"), null=True)
    education = CodeField(_("education at least"), code_list="education")
    majors = ArrayField(models.CharField(max_length=60), verbose_name=_("majors"), default=list, blank=True)
    certificate = CodeField(_("teacher qualification"), code_list="teaching_certificate", max_length=20)
    putonghua = CodeField(_("Putonghua at least"), code_list="putonghua_level")
    age_most = models.PositiveSmallIntegerField(_("age at most"), null=True)
    age_on = models.DateField(_("age on"), null=True)
    words = models.CharField(_("other conditions"), max_length=400, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("post of a recruitment")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["recruitment", "number"], name="recruitment_post_number"),
            models.CheckConstraint(name="recruitment_post_wanted", condition=Q(wanted__gte=1)),
        ]

    def __str__(self) -> str:
        return str(self.number)


class Applicant(Record):
    """Somebody who applies for a post. Who they are and what they say is sealed under a key of their own, and goes with it.

    `said` is what they declare as JSON. `receipt` is the digest of the number by which they alone ask and mend. `hired` is the file that
    was made of them. The case tells how the qualification check stands, `stage` how far they came.
    """

    scope = "recruitment__unit"

    class Stage(models.TextChoices):
        """How far an applicant came."""

        APPLIED = "applied", _("applied")
        QUALIFIED = "qualified", _("qualified")
        REFUSED = "refused", pgettext_lazy("applicant", "not qualified")
        CLOSED = "closed", _("post closed, too few applicants")
        INTERVIEW = "interview", _("to be interviewed")
        BELOW = "below", _("not among those interviewed")
        RANKED = "ranked", _("in the ranking, not called")
        CALLED = "called", _("called")
        PUBLISHED = "published", pgettext_lazy("applicant", "published")
        FAILED = "failed", _("fell out")
        WITHDRAWN = "withdrawn", pgettext_lazy("applicant", "withdrawn")
        HIRED = "hired", _("hired")

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="application", verbose_name=_("case"))
    recruitment = models.ForeignKey(
        Recruitment, on_delete=models.PROTECT, related_name="applicants", verbose_name=_("recruitment")
    )
    post = models.ForeignKey(
        RecruitmentPost, on_delete=models.PROTECT, related_name="applicants", verbose_name=_("post")
    )
    serial = models.PositiveIntegerField(_("application number"))
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+", editable=False)
    receipt = models.BinaryField(unique=True, editable=False)
    applied_on = models.DateField(_("applied"))
    name = ProtectedText(kind="applicant", owner="", length=3, keep=0)
    number = ProtectedText(kind="identity", owner="", length=18)
    phone = ProtectedText(kind="phone", owner="", length=11)
    said = ProtectedText(kind="application", owner="", length=40, keep=0)
    stage = models.CharField(_("how far"), max_length=10, choices=Stage.choices, default=Stage.APPLIED)
    why = models.CharField(_("why they fell out"), max_length=200, blank=True)
    written = ScoreField(_("written score"), null=True)
    interview = ScoreField(_("interview score"), null=True)
    extra = ScoreField(_("extra exam"), null=True)
    total = ScoreField(_("total"), null=True)
    place = models.PositiveSmallIntegerField(_("place"), null=True)
    publicity = models.ForeignKey(
        Publicity, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("publicity")
    )
    hired = models.ForeignKey(
        Teacher, on_delete=models.PROTECT, null=True, related_name="applications", verbose_name=_("teacher")
    )

    class Meta(Record.Meta):
        verbose_name = _("applicant")
        verbose_name_plural = _("applicants")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["recruitment", "serial"], name="applicant_serial"),
            models.UniqueConstraint(
                fields=["post", "number_index"], name="applicant_once", condition=~Q(stage="withdrawn")
            ),
            models.CheckConstraint(
                name="applicant_scores",
                condition=Q(written__isnull=True) | Q(written__gte=0),
            ),
            models.CheckConstraint(
                name="applicant_hired",
                condition=~Q(stage="hired") | Q(hired__isnull=False),
            ),
        ]
        triggers: ClassVar = [
            *Record.Meta.triggers,
            only_after_publicity("after_publicity", "publicity_id", "NEW.stage = 'hired'"),
        ]

    def __str__(self) -> str:
        return str(self.serial)


class ExamWorkbook(Record):
    """To which recruitment a batch of the exam office belongs."""

    scope = "recruitment__unit"

    batch = models.OneToOneField(Batch, on_delete=models.PROTECT, related_name="exam_workbook", verbose_name=_("batch"))
    recruitment = models.ForeignKey(
        Recruitment, on_delete=models.PROTECT, related_name="workbooks", verbose_name=_("recruitment")
    )

    class Meta(Record.Meta):
        verbose_name = _("workbook of an exam office")

    def __str__(self) -> str:
        return str(self.batch_id)


class ApplicantFile(Record):
    """A paper that an applicant sent, sealed under their key."""

    scope = "applicant__recruitment__unit"

    applicant = models.ForeignKey(
        Applicant, on_delete=models.PROTECT, related_name="files", verbose_name=_("applicant")
    )
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))

    class Meta(Record.Meta):
        verbose_name = _("paper of an applicant")

    def __str__(self) -> str:
        return str(self.file_id)


class JudgeScore(Record):
    """What one judge of an interview gave."""

    scope = "applicant__recruitment__unit"

    applicant = models.ForeignKey(
        Applicant, on_delete=models.PROTECT, related_name="judged", verbose_name=_("applicant")
    )
    judge = models.PositiveSmallIntegerField(_("judge"))
    score = ScoreField(_("score"))

    class Meta(Record.Meta):
        verbose_name = _("score of a judge")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["applicant", "judge"], name="judge_score_once"),
            models.CheckConstraint(name="judge_score_positive", condition=Q(score__gte=0)),
        ]

    def __str__(self) -> str:
        return str(self.judge)


class ApplicantCheck(Record):
    """That somebody was examined, looked into or asked after: the day, by whom, the result, and nothing more."""

    scope = "applicant__recruitment__unit"

    class Kind(models.TextChoices):
        """What was checked."""

        PHYSICAL = "physical", _("physical examination")
        BACKGROUND = "background", _("background check")
        BAN = "ban", _("query of the ban list")

    applicant = models.ForeignKey(
        Applicant, on_delete=models.PROTECT, related_name="checks", verbose_name=_("applicant")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    by = models.CharField(_("by whom"), max_length=120)
    on = models.DateField(_("day"))
    passed = models.BooleanField(_("passed"))

    class Meta(Record.Meta):
        verbose_name = _("check of an applicant")
        constraints: ClassVar = [models.UniqueConstraint(fields=["applicant", "kind"], name="applicant_check_once")]

    def __str__(self) -> str:
        return self.kind
