"""The slips by which people open the account that shows them their own file."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.org.models import Unit, User
from core.records.models import ClockTimestamp
from personnel.models.section import Section


class ActivationSlip(Section):
    """A one-time code that was handed to a person on paper. Only a keyed digest of it is kept; a newer slip makes it void.

    `renews`: the person had an account already, so that the slip lets them in anew. `expires` is the last day on which it counts.
    """

    class State(models.TextChoices):
        """Whether a slip can be used."""

        OPEN = "open", _("not used yet")
        USED = "used", _("used")
        VOID = "void", _("void")
        LOCKED = "locked", _("locked after wrong tries")

    digest = models.BinaryField(unique=True, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("handed out by the unit"))
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("handed out by"))
    issued_at = models.DateTimeField(pgettext_lazy("slip", "handed out"), db_default=ClockTimestamp(), editable=False)
    expires = models.DateField(_("can be used until"))
    renews = models.BooleanField(_("lets in anew"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    ended_at = models.DateTimeField(_("used or ended"), null=True)

    class Meta(Section.Meta):
        verbose_name = _("activation slip")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["teacher"], condition=models.Q(state="open"), name="activation_slip_open_once"
            ),
        ]

    def __str__(self) -> str:
        return self.get_state_display()
