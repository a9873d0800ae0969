"""Cases, and who stands in for whom. The steps of a case are the versions of its row: history keeps who, when, in which role."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.dates import SHANGHAI
from core.org.models import RoleAssignment, Unit, User
from core.records.models import ClockTimestamp, EffectiveRecord, Record, no_overlap, real_period
from core.records.scope import RecordQuerySet


class CaseQuerySet(RecordQuerySet):
    """Cases; they are seen where they began and where they wait."""

    def visible_to(self, actor: Any, *, on: date | None = None) -> Self:
        """Cases that began in a unit of the actor or below it, or that wait there now; a person's own are those that they opened."""
        seen = super().visible_to(actor, on=on)
        if actor is None or actor.own_only or actor.sees_all or actor.unit is None:
            return seen
        return self.filter(Q(origin__path__descendants=actor.unit.path) | Q(unit__path__descendants=actor.unit.path))

    def open(self) -> Self:
        """Cases that wait for somebody."""
        return self.exclude(desk="")


class Case(Record):
    """Something that is decided step by step. What it is about lies in a record of the module, one-to-one with it.

    `desk` is for whom it waits: a permission, `OWNER`, or "" when it is over; `unit` is where, `assignee` who of those has taken it.
    `step`, `reasons`, `comment` and `stood_in_for` say how it came to where it stands.
    """

    scope = "origin"
    own = "opened_by"

    kind = models.CharField(_("kind"), max_length=60)
    state = models.CharField(_("state"), max_length=40)
    desk = models.CharField(_("desk"), max_length=60, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("waits at"))
    origin = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("began at"))
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("opened by"))
    opened_at = models.DateTimeField(_("opened"), db_default=ClockTimestamp())
    moved_at = models.DateTimeField(_("since"), db_default=ClockTimestamp())
    assignee = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("in the hands of")
    )
    due = models.DateField(_("due"), null=True, blank=True)
    reminded_on = models.DateField(_("reminded"), null=True, blank=True)
    step = models.CharField(_("last step"), max_length=40, blank=True)
    reasons = ArrayField(models.CharField(max_length=40), verbose_name=_("reasons"), default=list, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    stood_in_for = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("in place of")
    )

    objects: ClassVar[Any] = CaseQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("case")
        indexes: ClassVar = [
            models.Index(fields=["unit", "desk"], name="case_waits", condition=~Q(desk="")),
            models.Index(fields=["origin", "-id"], name="case_origin"),
            models.Index(fields=["opened_by", "-id"], name="case_opened_by"),
            models.Index(fields=["due"], name="case_due", condition=~Q(desk="") & Q(due__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def opened_on(self) -> date:
        """The day in China on which it was opened: rules of that day decide it."""
        return self.opened_at.astimezone(SHANGHAI).date()


class StandIn(EffectiveRecord):
    """Somebody who decides cases for the holder of a role, from a day to a day."""

    scope = "assignment__unit"
    natural = ("assignment",)

    assignment = models.ForeignKey(
        RoleAssignment, on_delete=models.PROTECT, related_name="+", verbose_name=_("stands in for")
    )
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("who stands in"))

    class Meta(EffectiveRecord.Meta):
        verbose_name = _("stand-in")
        constraints: ClassVar = [
            no_overlap("stand_in_once", "assignment"),
            real_period("stand_in_period"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"
