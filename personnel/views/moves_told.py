"""What a file says of moves: where somebody works meanwhile, and to the person how theirs stand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.codes.values import period_words, values_of
from core.web.parts import Finding
from core.workflow.registered import workflow_of
from core.workflow.views.telling import state_badge
from personnel.models import Move, Teacher
from personnel.workflows.moves import way_words

# How many moves stand on the person's own file, and how long after they were decided or refused.
MOST: Final = 3
STANDS: Final = timedelta(days=90)


def away_notices(parts: list[Any], reader: Any) -> list[Finding]:
    """Where the person works on the day without belonging there."""
    held = next((part.holding(reader.on) for part in parts if part.section.name == "dispatches"), None)
    if held is None:
        return []
    said = {
        "kind": held.get_kind_display(),
        "unit": values_of(reader).unit(held.unit_id),
        "period": period_words(held.valid),
    }
    return [Finding(_("%(kind)s: works at %(unit)s, %(period)s.") % said, held.note, icon="swap")]


def move_notices(teacher: Teacher, actor: Any) -> list[Finding]:
    """How the person's own moves stand: those that wait, and those that were decided or ended lately."""
    lately = Q(case__moved_at__gte=timezone.now() - STANDS) & ~Q(case__state="withdrawn")
    rows = Move.objects.visible_to(actor).filter(teacher=teacher).filter(~Q(case__desk="") | lately)
    found = list(rows.select_related("case").order_by("-pk")[:MOST])
    values = values_of(actor)
    values.prime(units=[key for one in found for key in one.units])
    return [_told(one, values) for one in found]


def _told(move: Move, values: Any) -> Finding:
    badge = state_badge(workflow_of(move.case.kind), move.case)
    heading = _("%(kind)s %(way)s:") % {"kind": move.get_kind_display(), "way": way_words(move, values)}
    return Finding(heading, str(badge.label), badge.tone, "swap")
