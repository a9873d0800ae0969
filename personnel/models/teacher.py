"""Who the person is."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.records.fields import CodeField, PartialDateField, partial_date
from core.records.models import Record
from core.records.vault import ProtectedText
from personnel.models.section import Section, SingleSection


class Teacher(Record):
    """The file of one person on staff, for a whole working life. Units, posts and titles are dated facts beside it.

    `pinyin` and `initials` are set from `name` by the services; never by hand. Their collation is that of bytes, so that one
    index finds the beginnings and gives the order.

    `merged_into` is the file that holds this one's records since both were found to be of one person; never one that was merged itself.
    """

    scope = "employments"
    own = "user"
    together = (("name", "pinyin", "initials"),)

    key = models.ForeignKey("records.DataKey", on_delete=models.PROTECT, related_name="+", editable=False)
    user = models.OneToOneField("org.User", on_delete=models.PROTECT, null=True, related_name="teacher", editable=False)
    name = models.CharField(_("name"), max_length=60)
    pinyin = models.CharField(max_length=120, blank=True, editable=False, db_collation="C")
    initials = models.CharField(max_length=30, blank=True, editable=False, db_collation="C")
    staff_number = models.CharField(_("staff number"), max_length=20, blank=True)
    sex = CodeField(_("sex"), code_list="sex")
    birth = models.DateField(_("date of birth"), null=True)
    nationality = CodeField(_("nationality"), code_list="nationality", default="156")
    ethnicity = CodeField(_("ethnic group"), code_list="ethnicity")
    native_place = models.CharField(_("native place"), max_length=120, blank=True)
    birthplace = models.CharField(_("place of birth"), max_length=120, blank=True)
    marriage = CodeField(_("marital status"), code_list="marriage")
    health = CodeField(_("health"), code_list="health")
    work_start = PartialDateField(_("start of work"), null=True)
    teaching_start = PartialDateField(_("start of teaching"), null=True)
    post_family = CodeField(_("post family"), code_list="post_family", default="professional", max_length=20)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, editable=False, related_name="merged_files", db_index=False,
        verbose_name=_("merged into"),
    )  # fmt: skip

    class Meta(Record.Meta):
        verbose_name = _("teacher")
        verbose_name_plural = _("teachers")
        indexes: ClassVar = [
            GinIndex(OpClass("name", "gin_trgm_ops"), name="teacher_name_search"),
            models.Index(fields=["pinyin", "id"], name="teacher_by_pinyin"),
            models.Index(fields=["initials"], name="teacher_initials"),
            models.Index(fields=["merged_into"], name="teacher_merged", condition=models.Q(merged_into__isnull=False)),
            models.Index(fields=["staff_number"], name="teacher_staff_number", condition=~models.Q(staff_number="")),
        ]
        constraints: ClassVar = [
            partial_date("teacher_work_start", "work_start"),
            partial_date("teacher_teaching_start", "teaching_start"),
        ]

    def __str__(self) -> str:
        return self.name


class FormerName(Section):
    """A name that the person bore before (曾用名)."""

    name = models.CharField(_("former name"), max_length=60)
    until = PartialDateField(_("until"), null=True)

    class Meta(Section.Meta):
        verbose_name = _("former name")
        constraints: ClassVar = [partial_date("former_name_until", "until")]

    def __str__(self) -> str:
        return self.name


class IdentityDocument(Section):
    """A paper that says who the person is: resident identity card, permits of Hong Kong, Macao and Taiwan, passport."""

    alone = ("kind",)

    kind = CodeField(_("kind of document"), code_list="identity_document", default="1")
    number = ProtectedText(kind="identity", owner="teacher", length=18)
    expires = PartialDateField(_("valid until"), null=True)

    class Meta(Section.Meta):
        verbose_name = _("identity document")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number_index"], name="identity_number_once"),
            partial_date("identity_document_expires", "expires"),
        ]

    def __str__(self) -> str:
        return self.kind


class BirthDecision(SingleSection):
    """The birth date by the archive (档案出生日期), and which of the two dates counts, by decision (认定)."""

    together = (("by_archive", "counts", "decided_on", "document"),)

    by_archive = PartialDateField(_("date of birth by the archive"))
    counts = CodeField(_("which date counts"), code_list="birth_basis", default="id", max_length=20)
    decided_on = models.DateField(_("decided on"), null=True)
    document = models.CharField(_("document number"), max_length=120, blank=True)

    class Meta(SingleSection.Meta):
        verbose_name = _("birth date decision")
        constraints: ClassVar = [
            *SingleSection.Meta.constraints,
            partial_date("birth_decision_by_archive", "by_archive"),
        ]

    def __str__(self) -> str:
        return str(self.by_archive)


class Contact(SingleSection):
    """How to reach the person."""

    phone = ProtectedText(kind="phone", owner="teacher", length=11)
    email = models.EmailField(_("e-mail"), blank=True)
    address = ProtectedText(kind="address", owner="teacher", length=16, keep=0)

    class Meta(SingleSection.Meta):
        verbose_name = _("contact")

    def __str__(self) -> str:
        return self.email


class Photo(SingleSection):
    """The portrait photo (26 × 32 mm, as the national system asks)."""

    together = (("file", "taken_on"),)

    file = models.ForeignKey("records.StoredFile", on_delete=models.PROTECT, related_name="+", verbose_name=_("photo"))
    taken_on = models.DateField(_("taken on"), null=True)

    class Meta(SingleSection.Meta):
        verbose_name = _("photo")

    def __str__(self) -> str:
        return str(self.taken_on or "")


class FamilyMember(Section):
    """A member of the family or another close relation (家庭成员及社会关系)."""

    relation = CodeField(_("relation"), code_list="relation", max_length=20)
    name = models.CharField(_("name"), max_length=60)
    birth = PartialDateField(_("date of birth"), null=True)
    political_status = CodeField(_("political status"), code_list="political_status")
    workplace = models.CharField(_("workplace and post"), max_length=200, blank=True)

    class Meta(Section.Meta):
        verbose_name = _("family member")
        constraints: ClassVar = [partial_date("family_member_birth", "birth")]

    def __str__(self) -> str:
        return self.name
