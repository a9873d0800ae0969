"""Changes of the organisation (撤并、拆分、更名等): what a bureau proposes to do with a unit from a day on, and what goes with it."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.org.models import Unit, UnitKind
from core.records.fields import CodeField
from core.records.models import Record
from core.workflow.models import Case
from personnel.models.teacher import Teacher


class UnitChange(Record):
    """A change of the organisation that is proposed or was decided. How it stands is told by its case.

    `unit` is the bureau that decides. `subject` is the unit that is closed, divided or renamed, or goes into `receiver`; of one that is
    opened it is empty. `on` is the first day on which it holds. The names and codes say what is opened, or what a renamed unit is from
    then on; `parent` is the unit below which it is opened. `made` is what the decision opened. `decided_on` is the day of the decision.
    """

    scope = "unit"

    class Kind(models.TextChoices):
        """The sorts of changes."""

        OPEN = "open", pgettext_lazy("organisation", "Open")
        CLOSE = "close", pgettext_lazy("organisation", "Close")
        MERGE = "merge", pgettext_lazy("organisation", "Merge")
        SPLIT = "split", pgettext_lazy("organisation", "Split")
        RENAME = "rename", pgettext_lazy("organisation", "Rename")

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="unit_change", verbose_name=_("case"))
    kind = models.CharField(pgettext_lazy("organisation", "change"), max_length=10, choices=Kind.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("bureau"))
    subject = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, related_name="unit_changes", verbose_name=_("unit")
    )
    receiver = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("receiving unit")
    )
    made = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("opened unit")
    )
    on = models.DateField(pgettext_lazy("organisation", "first day"))
    words = models.CharField(_("why"), max_length=400)
    document = models.CharField(_("document number"), max_length=120, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, editable=False)
    parent = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("parent unit")
    )
    code = models.CharField(_("unit code"), max_length=20, blank=True)
    level = models.CharField(pgettext_lazy("unit", "level"), max_length=20, choices=UnitKind.choices, blank=True)
    name = models.CharField(_("unit name"), max_length=120, blank=True)
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    office_type = CodeField(_("school type"), code_list="school_type", max_length=10)
    location = CodeField(_("location"), code_list="location", max_length=10)
    sponsor = CodeField(_("sponsor"), code_list="sponsor", max_length=10)
    stages = ArrayField(
        CodeField(code_list="stage", max_length=20), verbose_name=_("stages taught"), default=list, blank=True
    )

    class Meta(Record.Meta):
        verbose_name = _("organisation change")
        indexes: ClassVar = [models.Index(fields=["unit", "-on"], name="unit_change_day")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="unit_change_of",
                condition=Q(kind="open", subject__isnull=True) | (~Q(kind="open") & Q(subject__isnull=False)),
            ),
            models.CheckConstraint(
                name="unit_change_into",
                condition=(Q(kind="merge", receiver__isnull=False) & ~Q(receiver=F("subject")))
                | (~Q(kind="merge") & Q(receiver__isnull=True)),
            ),
            models.CheckConstraint(
                name="unit_change_named", condition=Q(kind__in=["close", "merge"]) | Q(name__gt=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}"


class SplitPerson(Record):
    """Somebody who goes to the unit that a split opens."""

    scope = "of__unit"

    of = models.ForeignKey(
        UnitChange, on_delete=models.PROTECT, related_name="people", verbose_name=_("organisation change")
    )
    teacher = models.ForeignKey(Teacher, on_delete=models.PROTECT, related_name="+", verbose_name=_("teacher"))

    class Meta(Record.Meta):
        verbose_name = _("person of a split")
        constraints: ClassVar = [models.UniqueConstraint(fields=["of", "teacher"], name="split_person_once")]

    def __str__(self) -> str:
        return f"{self.teacher_id}"


class SplitPart(Record):
    """So many seats of a kind, or posts of a level, that go to the unit that a split opens. Each line says one of the two."""

    scope = "of__unit"

    of = models.ForeignKey(
        UnitChange, on_delete=models.PROTECT, related_name="parts", verbose_name=_("organisation change")
    )
    seats = CodeField(_("kind of seat"), code_list="seat_kind", max_length=20)
    level = CodeField(_("post level"), code_list="post_level", max_length=4)
    special = models.BooleanField(_("special post"), default=False)
    number = models.PositiveIntegerField(_("number"))

    class Meta(Record.Meta):
        verbose_name = _("part of a split")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["of", "seats", "level", "special"], name="split_part_once"),
            models.CheckConstraint(
                name="split_part_of",
                condition=Q(seats__gt="", level="", special=False) | Q(seats="", level__gt=""),
            ),
            models.CheckConstraint(name="split_part_counts", condition=Q(number__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.seats}{self.level} {self.number}"
