"""What all sections of a file share."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.records.models import EffectiveRecord, Record


class Section(Record):
    """A record of one person's file. It is seen where the person is employed."""

    scope = "teacher__employments"
    own = "teacher__user"
    # Fields by which records are alike that one person has once at most: of two files of one person, one of them counts.
    alone: ClassVar[tuple[str, ...] | None] = None

    teacher = models.ForeignKey(
        "personnel.Teacher", on_delete=models.PROTECT, related_name="%(class)ss", verbose_name=_("teacher")
    )

    class Meta(Record.Meta):
        abstract = True


class SingleSection(Section):
    """A record of which a file has at most one."""

    alone = ()

    teacher = models.ForeignKey(
        "personnel.Teacher",
        on_delete=models.PROTECT,
        related_name="%(class)ss",
        verbose_name=_("teacher"),
        db_index=False,
    )

    class Meta(Section.Meta):
        abstract = True
        constraints: ClassVar = [models.UniqueConstraint(fields=["teacher"], name="%(class)s_once")]


class DatedSection(EffectiveRecord):
    """A fact of one person's file that holds for a period."""

    scope = "teacher__employments"
    own = "teacher__user"
    natural: ClassVar[tuple[str, ...]] = ("teacher",)

    teacher = models.ForeignKey(
        "personnel.Teacher", on_delete=models.PROTECT, related_name="%(class)ss", verbose_name=_("teacher")
    )

    class Meta(EffectiveRecord.Meta):
        abstract = True
