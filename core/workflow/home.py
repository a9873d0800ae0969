"""What cases say on the first page."""

from __future__ import annotations

from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.codes.values import values_of
from core.registry import HomePart, Waiting
from core.web.due import days_words
from core.workflow.registered import workflow_of
from core.workflow.reminding import told
from core.workflow.selectors import in_order, inbox, subjects

MOST: Final = 50


def waiting(actor: Any) -> list[Waiting]:
    """The cases that wait for the actor, the most urgent first."""
    found = list(in_order(inbox(actor))[:MOST])
    named, values = subjects(found, actor), values_of(actor)
    values.prime(units=[case.origin_id for case in found])
    return [
        Waiting(
            what=named[case.pk].title,
            do=_to_do(case, actor),
            since=case.moved_at,
            url=reverse("case", args=[case.public_id]),
            sub=_("reminded %(day)s") % {"day": told(case)} if told(case) else "",
            unit=values.unit(case.origin_id),
            late=bool(case.due and case.due < actor.on),
        )
        for case in found
    ]


def _to_do(case: Any, actor: Any) -> str:
    flow = workflow_of(case.kind)
    label = str(flow.label) if flow else case.kind
    state = flow.by_name.get(case.state) if flow else None
    if state is not None:
        label = pgettext("after a label", ": ").join([label, str(state.label)])
    if case.due is None:
        return label
    return _("%(kind)s, %(left)s") % {"kind": label, "left": days_words(case.due, actor.on)}


HOME: Final = (HomePart(permission="", waiting=waiting, order=3),)
