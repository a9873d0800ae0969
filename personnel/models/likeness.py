"""Two files that may be of one person."""

from __future__ import annotations

from typing import ClassVar, Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _

from core.records.models import Record
from personnel import rules

GROUNDS: Final = {
    rules.IDENTITY: _("similar identity numbers"),
    rules.CERTIFICATE: _("same certificate number"),
    rules.STAFF_NUMBER: _("same staff number"),
    rules.NAME_BIRTH: _("same name and date of birth"),
    rules.FORMER_NAME: _("a former name, and the same date of birth"),
    rules.PINYIN_BIRTH: _("a name that sounds the same, and the same date of birth"),
    rules.NAME: _("same name"),
    rules.PHONE: _("same telephone"),
    rules.OTHER_NUMBER: _("but different identity numbers"),
}


class Likeness(Record):
    """Two files that look like one person's: on which grounds, how strongly, what a clerk said of them.

    `teacher` is the older of the two files. The daily search writes and takes away what nobody has decided about; what was said to be
    two people stays so. `joined` stays set once the files were one: each then holds records that were the other's.
    """

    scope = "teacher__employments"
    goes_with = True

    teacher = models.ForeignKey(
        "personnel.Teacher", on_delete=models.PROTECT, related_name="likenesses", verbose_name=_("teacher")
    )
    other = models.ForeignKey(
        "personnel.Teacher", on_delete=models.PROTECT, related_name="likenesses_back", verbose_name=_("the other file")
    )
    grounds = ArrayField(models.CharField(max_length=20, choices=tuple(GROUNDS.items())), verbose_name=_("grounds"))
    weight = models.IntegerField(_("weight"))
    different = models.BooleanField(_("two different people"), default=False)
    joined = models.BooleanField(_("were one file"), default=False)

    class Meta(Record.Meta):
        verbose_name = _("likeness of two files")
        constraints: ClassVar = [
            models.UniqueConstraint(Least("teacher", "other"), Greatest("teacher", "other"), name="likeness_once"),
            models.CheckConstraint(name="likeness_of_two", condition=~models.Q(teacher=models.F("other"))),
        ]
        indexes: ClassVar = [models.Index(fields=["-weight", "id"], name="likeness_by_weight")]

    def __str__(self) -> str:
        return ", ".join(self.grounds)
