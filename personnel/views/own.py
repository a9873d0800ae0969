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
from personnel.selectors.slips import slips_of, used_slip

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
    """What the holder of an account is told of it on their own file: a slip is open, and that one was used lately."""
    more = Link(_("All about my account"), reverse("teacher_account", args=[teacher.public_id]))
    found = []
    for one in slips_of(teacher).filter(state=ActivationSlip.State.OPEN, expires__gte=actor.on):
        text = _(
            "Whoever uses it chooses a new password for your account. If you did not ask for it, make it void and tell your bureau."
        )
        heading = _("A slip for your account was handed out on %(day)s by %(who)s.") % _handed(one)
        found.append(Finding(heading, text, "amber", "key", link=more))
    used = used_slip(teacher)
    ended = timezone.localtime(used.ended_at).date() if used is not None and used.ended_at else None
    if used is not None and ended and (actor.on - ended).days < at(Activation, actor.on, unit=used.unit).told_days:
        said = {**_handed(used), "used": ended}
        heading = _("Your account was opened on %(used)s with the slip that %(who)s handed out on %(day)s.") % said
        found.append(Finding(heading, _("If that was not you, tell your bureau at once."), "", "key", link=more))
    return found


def _handed(slip: ActivationSlip) -> dict[str, Any]:
    return {"who": slip.issued_by.name, "day": timezone.localtime(slip.issued_at).date()}
