"""What the holder of an account is told of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.parameters.selectors import at
from core.web.parts import Finding, Link
from core.workflow.definition import OWNER
from core.workflow.models import Case
from core.workflow.registered import workflow_of
from core.workflow.views.telling import state_badge
from personnel.models import ActivationSlip, Teacher
from personnel.rules import Activation
from personnel.selectors import versions as past
from personnel.selectors.corrections import KIND
from personnel.selectors.slips import slips_of

# How many of the newest requests stand on the file of the person, and how long after the answer.
MOST_REQUESTS: Final = 3
ANSWER_STANDS: Final = timedelta(days=14)


def request_notices(teacher: Teacher, actor: Any) -> list[Finding]:
    """How the requests of the holder of an account stand: the open ones, and those that were answered lately."""
    lately = Q(moved_at__gte=timezone.now() - ANSWER_STANDS) & ~Q(state="withdrawn")
    rows = Case.objects.filter(~Q(desk="") | lately, kind=KIND, correction__teacher=teacher).select_related(
        "correction"
    )
    flow, labels = workflow_of(KIND), {one.name: one.label for one in past.sections_for(actor)}
    return [
        _request(case, state_badge(flow, case), labels.get(case.correction.section, case.correction.section))
        for case in rows.order_by("-pk")[:MOST_REQUESTS]
    ]


def _request(case: Case, badge: Any, section: Any) -> Finding:
    text = str(badge.label)
    if case.desk not in ("", OWNER) and case.due:
        text = _("%(state)s, to be answered by %(day)s") % {"state": text, "day": case.due.isoformat()}
    link = Link(_("Open the request"), reverse("case", args=[case.public_id]))
    return Finding(_("Your request about %(section)s:") % {"section": section}, text, badge.tone, "pen", link=link)


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
