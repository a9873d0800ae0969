"""What is asked of a dossier and decided in cases: reading and borrowing, transfer to another keeper, review of ages and histories."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.org.models import Unit
from core.records.fields import CodeField
from core.records.models import Record
from core.workflow.models import Case
from personnel.models.section import Section


class DossierLoan(Section):
    """A dossier, or some materials of it, that somebody reads in the archive or borrows. How it stands is told by its case.

    `lent` are the materials as the catalogue numbers them; none: the whole dossier.
    """

    own = ""

    class Way(models.TextChoices):
        """Whether it is read where it is kept, or taken away."""

        READ = "read", _("read in the archive")
        LENT = "lent", _("taken away")

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="loan", verbose_name=_("case"))
    way = models.CharField(_("how"), max_length=10, choices=Way.choices, default=Way.READ)
    purpose = CodeField(_("purpose"), code_list="dossier_purpose", max_length=20)
    words = models.TextField(_("why"))
    asking = models.CharField(_("who asks"), max_length=120)
    lent = ArrayField(models.CharField(max_length=240), verbose_name=_("materials"), default=list, blank=True)
    handed_on = models.DateField(_("handed out"), null=True)
    back_on = models.DateField(_("came back"), null=True)
    extended = models.PositiveSmallIntegerField(_("put off"), default=0)

    class Meta(Section.Meta):
        verbose_name = _("reading or borrowing of a dossier")

    def __str__(self) -> str:
        return self.asking


class LoanReader(Record):
    """One of those who come for a dossier.

    `namesake`: the person or a relative has that name, and whoever asked said that this is somebody else.
    """

    scope = "loan__teacher__employments"

    loan = models.ForeignKey(DossierLoan, on_delete=models.PROTECT, related_name="readers", verbose_name=_("loan"))
    name = models.CharField(_("name"), max_length=60)
    post = models.CharField(_("unit and post"), max_length=120, blank=True)
    in_party = models.BooleanField(_("member of the Party"), default=False)
    namesake = models.BooleanField(_("another person of the same name"), default=False)

    class Meta(Record.Meta):
        verbose_name = _("reader of a dossier")

    def __str__(self) -> str:
        return self.name


class DossierTransfer(Record):
    """Dossiers that go to another keeper under one notice (转递通知单). How it stands is told by its case.

    `receiver` is a unit of this system; else `receiver_name` says who it is.
    """

    scope = "sender"

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="transfer", verbose_name=_("case"))
    sender = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("sending unit"))
    receiver = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("receiving unit")
    )
    receiver_name = models.CharField(_("another receiver"), max_length=120, blank=True)
    reason = CodeField(_("reason"), code_list="dossier_reason", max_length=20)
    basis = models.CharField(_("on which document"), max_length=120, blank=True)
    channel = CodeField(_("how it travels"), code_list="dossier_channel", max_length=20)
    carriers = models.CharField(_("carried by"), max_length=120, blank=True)
    sent_on = models.DateField(_("sent"), null=True)
    received_on = models.DateField(_("received"), null=True)
    received_by = models.CharField(_("received by"), max_length=120, blank=True)
    paper = models.ForeignKey(
        "documents.IssuedDocument", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta(Record.Meta):
        verbose_name = _("transfer of dossiers")

    def __str__(self) -> str:
        return self.receiver_name or str(self.receiver_id or "")


class SentDossier(Section):
    """One dossier of a transfer: of whom, how many volumes (卷), how many materials (份)."""

    own = ""

    transfer = models.ForeignKey(
        DossierTransfer, on_delete=models.PROTECT, related_name="sent", verbose_name=_("transfer")
    )
    volumes = models.PositiveSmallIntegerField(_("volumes"), default=1)
    materials = models.PositiveSmallIntegerField(_("materials"), default=0)

    class Meta(Section.Meta):
        verbose_name = _("sent dossier")
        constraints: ClassVar = [models.UniqueConstraint(fields=["transfer", "teacher"], name="sent_dossier_once")]

    def __str__(self) -> str:
        return str(self.volumes)


class DossierReview(Section):
    """A review of the three ages and two histories (三龄两历) of a person. How it stands is told by its case."""

    own = ""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="review", verbose_name=_("case"))
    words = models.TextField(_("occasion"))
    paper = models.ForeignKey(
        "documents.IssuedDocument", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta(Section.Meta):
        verbose_name = _("review of ages and histories")

    def __str__(self) -> str:
        return self.words


class ReviewItem(Record):
    """What a review found of one item, and what is to count. `was` and `proposed` are kept as text: a date, a code, words."""

    scope = "review__teacher__employments"

    class Item(models.TextChoices):
        """The three ages and the two histories."""

        BIRTH = "birth", _("date of birth")
        WORK_START = "work_start", _("start of work")
        PARTY = "party", _("day of joining the Party")
        EDUCATION = "education", _("education")
        EXPERIENCE = "experience", _("work experience")

    class Found(models.TextChoices):
        """What the materials say of what the file says."""

        AGREE = "agree", _("agrees")
        DIFFER = "differ", _("differs")
        NO_PAPER = "no_paper", _("no paper")

    review = models.ForeignKey(DossierReview, on_delete=models.PROTECT, related_name="items", verbose_name=_("review"))
    item = models.CharField(_("item"), max_length=20, choices=Item.choices)
    found = models.CharField(_("finding"), max_length=10, choices=Found.choices)
    was = models.CharField(_("what the file said"), max_length=400, blank=True)
    proposed = models.CharField(_("what is to count"), max_length=400, blank=True)
    basis = models.CharField(_("on which material"), max_length=240, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("item of a review")
        constraints: ClassVar = [models.UniqueConstraint(fields=["review", "item"], name="review_item_once")]

    def __str__(self) -> str:
        return self.item
