"""Moves of people (调动、交流轮岗、支教、借调、挂职、跟岗): what is asked and decided, and where somebody works without belonging there."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.org.models import Unit
from core.records.fields import CodeField
from core.records.models import StoredFile, no_overlap, real_period
from core.records.scope import RecordQuerySet
from core.workflow.models import Case
from personnel.models.seats import Reservation
from personnel.models.section import DatedSection, Section


class MoveKind(models.TextChoices):
    """The sorts of moves. A transfer moves employment, seat and post; a rotation may; all others never do."""

    TRANSFER = "transfer", pgettext_lazy("move", "Transfer")
    ROTATION = "rotation", pgettext_lazy("move", "Rotation")
    SUPPORT = "support", pgettext_lazy("move", "Support teaching")
    LOAN = "loan", pgettext_lazy("move", "Loan")
    TEMPORARY = "temporary", pgettext_lazy("move", "Temporary post")
    SHADOWING = "shadowing", pgettext_lazy("move", "Shadowing")


class MoveQuerySet(RecordQuerySet):
    """Moves; the unit that sends sees them and the one that receives, though the person belongs to one of them only."""

    def visible_to(self, actor: Any, *, on: date | None = None) -> Self:
        """Moves from or to a unit of the actor or below it; a person's own."""
        seen = super().visible_to(actor, on=on)
        if actor is None or actor.own_only or actor.sees_all or actor.unit is None:
            return seen
        path = actor.unit.path
        return self.filter(Q(from_unit__path__descendants=path) | Q(to_unit__path__descendants=path))


class Move(Section):
    """A move of a person that is asked for or was decided. How it stands is told by its case.

    It holds from `starts` up to, not including, `ends` (None: for good). `employment`: employment, seat and post move with the person;
    without it they stay, and a `Dispatch` says where the person works. `level` is the post that follows at the receiver, if one does.
    Of who leaves for a unit that the system does not know (调出), `outside` names it and `place` says where it is; `letter` is the number
    of its letter (商调函), `letter_file` the scan. `exception` is the paper that lets years of service be passed over, `reservation` keeps
    the seat until the day.
    """

    scope = "from_unit"

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="move", verbose_name=_("case"))
    kind = models.CharField(_("kind of move"), max_length=10, choices=MoveKind.choices)
    employment = models.BooleanField(_("employment moves"))
    from_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", verbose_name=pgettext_lazy("move", "sending unit")
    )
    to_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("receiving unit")
    )
    outside = models.CharField(_("receiver outside the system"), max_length=120, blank=True)
    place = models.CharField(pgettext_lazy("move", "place"), max_length=60, blank=True)
    letter = models.CharField(_("receiver's letter"), max_length=120, blank=True)
    letter_file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name=_("scan of the letter"),
    )  # fmt: skip
    starts = models.DateField(_("first day there"))
    ends = models.DateField(_("first day back"), null=True, blank=True)
    ground = CodeField(_("ground of the move"), code_list="move_ground", max_length=20)
    words = models.CharField(_("in words"), max_length=400)
    post = models.CharField(_("post"), max_length=60, blank=True)
    level = CodeField(_("post level"), code_list="post_level", max_length=4)
    key_teacher = models.BooleanField(_("key teacher"), default=False)
    exception = models.CharField(_("approved exception"), max_length=120, blank=True)
    document = models.CharField(_("document number"), max_length=120, blank=True)
    reservation = models.ForeignKey(
        Reservation, on_delete=models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name=_("reservation of seats"),
    )  # fmt: skip
    reported_on = models.DateField(_("reported for duty"), null=True, blank=True)

    objects: ClassVar[Any] = MoveQuerySet.as_manager()

    class Meta(Section.Meta):
        verbose_name = _("move")
        indexes: ClassVar = [models.Index(fields=["kind", "starts"], name="move_starts")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="move_receiver",
                condition=Q(to_unit__isnull=False, outside="", place="", letter="", letter_file__isnull=True)
                | (Q(to_unit__isnull=True, kind="transfer", level="") & ~Q(outside="") & ~Q(letter="")),
            ),
            models.CheckConstraint(name="move_elsewhere", condition=~Q(from_unit=F("to_unit"))),
            models.CheckConstraint(
                name="move_days",
                condition=Q(employment=True, ends__isnull=True) | Q(employment=False, ends__gt=F("starts")),
            ),
            models.CheckConstraint(
                name="move_of_employment",
                condition=Q(kind="transfer", employment=True)
                | Q(kind="rotation")
                | (~Q(kind__in=["transfer", "rotation"]) & Q(employment=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts}"

    @property
    def units(self) -> list[int]:
        """The keys of the units that it is about: the sender, and the receiver where it is one of the system."""
        return [key for key in (self.from_unit_id, self.to_unit_id) if key is not None]


class Dispatch(DatedSection):
    """A time in which somebody works at another unit, while employment and seat stay where they are (借调、支教等)."""

    kind = models.CharField(_("kind of move"), max_length=10, choices=MoveKind.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="dispatches", verbose_name=_("works at"))
    document = models.CharField(_("document number"), max_length=120, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    move = models.OneToOneField(
        Move, on_delete=models.PROTECT, null=True, editable=False, related_name="dispatch", verbose_name=_("move")
    )

    class Meta(DatedSection.Meta):
        verbose_name = _("time at another unit")
        constraints: ClassVar = [no_overlap("dispatch_once", "teacher"), real_period("dispatch_period")]

    def __str__(self) -> str:
        return self.get_kind_display()
