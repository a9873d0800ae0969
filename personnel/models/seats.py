"""The seat ledger (编制台账): accounts, movements with their entries, reservations. What it refuses stands in `seat_triggers`."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.org.models import Unit
from core.records.fields import CodeField
from core.records.models import Record
from core.workflow.models import Case
from personnel.models.seat_triggers import booked_stays, entry_triggers
from personnel.models.teacher import Teacher


class SeatAccount(Record):
    """The seats of one kind at one unit. It is opened with its first movement and never changes: its entries say all."""

    scope = "unit"

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="seat_accounts", verbose_name=_("unit"))
    kind = CodeField(_("kind of seat"), code_list="seat_kind", max_length=20)

    class Meta(Record.Meta):
        verbose_name = _("seat account")
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "kind"], name="seat_account_once")]
        triggers: ClassVar = [
            *Record.Meta.triggers,
            booked_stays("seat accounts stay as they are", "account_id"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.kind}"


class SeatUse(Record):
    """An application to use seats (用编申请): how many, of which kind, for what. How it stands is told by its case.

    `extended` counts how often the last day of what was approved was put off.
    """

    scope = "unit"

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="seat_use", verbose_name=_("case"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    kind = CodeField(_("kind of seat"), code_list="seat_kind", max_length=20)
    count = models.PositiveSmallIntegerField(_("seats"))
    purpose = CodeField(_("purpose"), code_list="seat_purpose", max_length=20)
    words = models.CharField(_("in words"), max_length=400)
    extended = models.PositiveSmallIntegerField(_("put off"), default=0, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("use of seats")
        constraints: ClassVar = [models.CheckConstraint(name="seat_use_counts", condition=Q(count__gt=0))]

    def __str__(self) -> str:
        return f"{self.kind} {self.count}"


class Reservation(Record):
    """Seats of an account that are kept for a purpose from `on` up to, not including, `until`: the ledger holds the entries.

    Its end is booked ahead, so that seats which nobody used are free again from that day, whether or not anything ran.
    """

    scope = "account__unit"

    account = models.ForeignKey(
        SeatAccount, on_delete=models.PROTECT, related_name="reservations", verbose_name=_("seat account")
    )
    count = models.PositiveSmallIntegerField(_("seats"))
    on = models.DateField(_("from"))
    until = models.DateField(_("until"))
    use = models.OneToOneField(
        SeatUse, on_delete=models.PROTECT, null=True, related_name="reservation", verbose_name=_("use of seats")
    )
    document = models.CharField(_("document number"), max_length=120, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("reservation of seats")
        constraints: ClassVar = [
            models.CheckConstraint(name="seat_reservation_real", condition=Q(count__gt=0) & Q(until__gte=F("on"))),
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.on}"


class SeatMovement(Record):
    """One act on the ledger: its entries sum to zero in each account on each day. A mistake is put right by a counter movement.

    `unit` is the unit in whose name it was booked (of a move, the one that receives).
    """

    scope = "unit"

    class Kind(models.TextChoices):
        """What is booked."""

        OPENING = "opening", pgettext_lazy("seats", "Opening")
        APPROVE = "approve", pgettext_lazy("seats", "Approved")
        ADJUST = "adjust", pgettext_lazy("seats", "Adjusted between units")
        RESERVE = "reserve", pgettext_lazy("seats", "Reserved")
        EXTEND = "extend", pgettext_lazy("seats", "Reservation put off")
        CANCEL = "cancel", pgettext_lazy("seats", "Reservation given back")
        OCCUPY = "occupy", pgettext_lazy("seats", "Occupied")
        RELEASE = "release", pgettext_lazy("seats", "Released")
        MOVE = "move", pgettext_lazy("seats", "Moved")
        COUNTER = "counter", pgettext_lazy("seats", "Put right")

    kind = models.CharField(pgettext_lazy("seats", "movement"), max_length=10, choices=Kind.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    document = models.CharField(_("document number"), max_length=120, blank=True)
    on = models.DateField(_("day"))
    note = models.CharField(_("note"), max_length=400, blank=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("case"))
    counters = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="countered_by", verbose_name=_("puts right")
    )

    class Meta(Record.Meta):
        verbose_name = _("movement of seats")
        triggers: ClassVar = [
            *Record.Meta.triggers,
            booked_stays("movements of seats are put right by a counter movement", "movement_id"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class SeatEntry(Record):
    """Seats that come into a bucket of an account on a day, or leave it (below zero).

    `granted` is the other side: what the authority gave stands there below zero. `vacant` below zero is over the quota (超编): only an
    opening puts it there. Each entry in `occupied` names the one person, each in `reserved` its reservation.
    """

    scope = "account__unit"

    class Bucket(models.TextChoices):
        """The parts of an account."""

        GRANTED = "granted", pgettext_lazy("seats", "granted")
        VACANT = "vacant", pgettext_lazy("seats", "vacant")
        RESERVED = "reserved", pgettext_lazy("seats", "reserved")
        OCCUPIED = "occupied", pgettext_lazy("seats", "occupied")

    movement = models.ForeignKey(
        SeatMovement, on_delete=models.PROTECT, related_name="entries", verbose_name=_("movement of seats")
    )
    account = models.ForeignKey(
        SeatAccount, on_delete=models.PROTECT, related_name="entries", verbose_name=_("seat account"), db_index=False
    )
    bucket = models.CharField(pgettext_lazy("seats", "part"), max_length=10, choices=Bucket.choices)
    on = models.DateField(_("day"))
    count = models.IntegerField(_("seats"))
    teacher = models.ForeignKey(
        Teacher, on_delete=models.PROTECT, null=True, related_name="seat_entries", verbose_name=_("teacher")
    )
    reservation = models.ForeignKey(
        Reservation, on_delete=models.PROTECT, null=True, related_name="entries", verbose_name=_("reservation of seats")
    )

    class Meta(Record.Meta):
        verbose_name = _("entry of the seat ledger")
        indexes: ClassVar = [models.Index(fields=["account", "on"], name="seat_entry_account")]
        constraints: ClassVar = [
            models.CheckConstraint(name="seat_entry_counts", condition=~Q(count=0)),
            models.CheckConstraint(
                name="seat_entry_of_person",
                condition=Q(bucket="occupied", teacher__isnull=False, count__in=[-1, 1])
                | (~Q(bucket="occupied") & Q(teacher__isnull=True)),
            ),
            models.CheckConstraint(
                name="seat_entry_of_reservation",
                condition=Q(bucket="reserved", reservation__isnull=False)
                | (~Q(bucket="reserved") & Q(reservation__isnull=True)),
            ),
            models.CheckConstraint(
                name="seat_entry_bucket", condition=Q(bucket__in=["granted", "vacant", "reserved", "occupied"])
            ),
        ]
        triggers: ClassVar = [*Record.Meta.triggers, *entry_triggers()]

    def __str__(self) -> str:
        return f"{self.bucket} {self.count:+}"
