"""What is published, line by line, and who objected."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.org.models import Unit, User
from core.publicity.triggers import objection_triggers, publicity_triggers, row_triggers
from core.records.models import DataKey, Record, StoredFile
from core.records.vault import ProtectedText
from core.workflow.models import Case


class Publicity(Record):
    """Something that a unit shows to everybody before it decides. `last_day` is included; `code` names it in its public address.

    `subject` and `subject_id` say which record of a module it is about. `state` is written by the services only.
    """

    scope = "unit"

    class State(models.TextChoices):
        """Whether it is still shown for objections."""

        OPEN = "open", pgettext_lazy("publicity", "open")
        PASSED = "passed", pgettext_lazy("publicity", "passed")
        STOPPED = "stopped", pgettext_lazy("publicity", "stopped")

    kind = models.CharField(_("kind of publicity"), max_length=60, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("published by"))
    title = models.CharField(pgettext_lazy("publicity", "title"), max_length=200)
    words = models.TextField(_("what it says"), blank=True)
    contact = models.CharField(_("where else to object"), max_length=200, blank=True)
    subject = models.CharField(max_length=60, editable=False)
    subject_id = models.BigIntegerField(editable=False)
    code = models.CharField(max_length=20, unique=True, editable=False)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("published by whom"))
    opened_on = models.DateField(_("published on"))
    days = models.PositiveSmallIntegerField(_("working days"))
    last_day = models.DateField(_("last day"))
    reference = models.TextField(_("legal basis"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    closed_on = models.DateField(_("ended"), null=True)
    closed_why = models.TextField(_("why it ended"), blank=True)

    class Meta(Record.Meta):
        verbose_name = _("publicity")
        verbose_name_plural = _("publicities")
        indexes: ClassVar = [
            models.Index(fields=["unit", "-id"], name="publicity_of_unit"),
            models.Index(fields=["state", "-opened_on"], name="publicity_state"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject", "subject_id"], name="publicity_open_once", condition=Q(state="open")
            ),
            models.CheckConstraint(name="publicity_days", condition=Q(last_day__gte=F("opened_on"), days__gte=1)),
            models.CheckConstraint(
                name="publicity_ended",
                condition=Q(state="open", closed_on__isnull=True) | (~Q(state="open") & Q(closed_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="publicity_clock", condition=~Q(state="passed") | Q(closed_on__gt=F("last_day"))
            ),
        ]
        triggers: ClassVar = [*Record.Meta.triggers, *publicity_triggers()]

    def __str__(self) -> str:
        return self.title


class PublicityRow(Record):
    """One line of a publicity, as everybody reads it: nothing else of the person is kept here. A struck line counts no more."""

    scope = "publicity__unit"

    publicity = models.ForeignKey(Publicity, on_delete=models.PROTECT, related_name="rows", verbose_name=_("publicity"))
    place = models.PositiveIntegerField(_("place"))
    masked = models.CharField(_("masked name"), max_length=120)
    values = models.JSONField(_("public values"), default=dict)
    subject_id = models.BigIntegerField(null=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("about"))
    struck = models.BooleanField(_("struck"), default=False)
    struck_why = models.TextField(_("why it was struck"), blank=True)

    class Meta(Record.Meta):
        verbose_name = _("line of a publicity")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["publicity", "place"], name="publicity_row_place"),
        ]
        triggers: ClassVar = [*Record.Meta.triggers, *row_triggers()]

    def __str__(self) -> str:
        return self.masked


class Objection(Record):
    """What somebody objects to a publicity or to one line of it. Who it is and what they say is sealed under a key of its own.

    `receipt` is the digest of the number by which the objector, and nobody else, asks what became of it.
    """

    scope = "publicity__unit"

    class State(models.TextChoices):
        """What became of it."""

        OPEN = "open", pgettext_lazy("objection", "being looked into")
        UPHELD = "upheld", pgettext_lazy("objection", "upheld")
        REJECTED = "rejected", pgettext_lazy("objection", "rejected")

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="objection", verbose_name=_("case"))
    publicity = models.ForeignKey(
        Publicity, on_delete=models.PROTECT, related_name="objections", verbose_name=_("publicity")
    )
    row = models.ForeignKey(
        PublicityRow, on_delete=models.PROTECT, null=True, related_name="objections", verbose_name=_("line")
    )
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+", editable=False)
    named = models.BooleanField(_("with a name"), default=False)
    receipt = models.BinaryField(unique=True, editable=False)
    received_on = models.DateField(_("received"))
    name = ProtectedText(kind="objector", owner="", length=3, keep=0)
    phone = ProtectedText(kind="phone", owner="", length=11)
    text = ProtectedText(kind="objection", owner="", length=40, keep=0)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.TextField(_("answer"), blank=True)
    answered_on = models.DateField(_("answered"), null=True)

    class Meta(Record.Meta):
        verbose_name = _("objection")
        triggers: ClassVar = [*Record.Meta.triggers, *objection_triggers()]

    def __str__(self) -> str:
        return str(self.received_on)


class ObjectionFile(Record):
    """A file that somebody sent with an objection, sealed under the key of the objection."""

    scope = "objection__publicity__unit"

    objection = models.ForeignKey(
        Objection, on_delete=models.PROTECT, related_name="files", verbose_name=_("objection")
    )
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))

    class Meta(Record.Meta):
        verbose_name = _("file of an objection")

    def __str__(self) -> str:
        return str(self.file_id)
