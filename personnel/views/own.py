"""What the holder of an account is told of it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.parameters.selectors import at
from core.web.parts import Finding, Link
from personnel.models import ActivationSlip, Teacher
from personnel.rules import Activation
from personnel.selectors.slips import slips_of


def own_notices(teacher: Teacher, actor: Any) -> list[Finding]:
    """What the holder of an account is told of it on their own file: a slip is open, or one was used lately."""
    last = slips_of(teacher).first()
    address = reverse("teacher_account", args=[teacher.public_id])
    if last is None:
        return []
    by = {"who": last.issued_by.name, "day": timezone.localtime(last.issued_at).date()}
    more = Link(_("All about my account"), address)
    if last.state == ActivationSlip.State.OPEN and last.expires >= actor.on:
        heading = _("A slip for your account was handed out on %(day)s by %(who)s.") % by
        text = _(
            "Whoever uses it chooses a new password for your account. If you did not ask for it, make it void and tell your bureau."
        )
        return [Finding(heading, text, "amber", "key", link=more)]
    told = at(Activation, actor.on, unit=last.unit).told_days
    ended = timezone.localtime(last.ended_at).date() if last.ended_at else None
    if last.state == ActivationSlip.State.USED and ended and (actor.on - ended).days < told:
        heading = _("Your account was opened on %(used)s with the slip that %(who)s handed out on %(day)s.") % {
            **by,
            "used": ended,
        }
        return [Finding(heading, _("If that was not you, tell your bureau at once."), "", "key", link=more)]
    return []
