"""Mending a move that was returned: other days, another post, level or letter, before it is sent again."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _

from core.dates import DAY
from core.workflow.definition import Act
from personnel.models import Move
from personnel.selectors.move_words import refusal
from personnel.selectors.moves import MENDED, Asked, findings_of, unmet
from personnel.services.moves.asking import last_day_words

MENDABLE: Final = ("starts", "ends", "post", "level", "outside", "place", "letter")


def why_not_send_again(act: Act) -> str:
    """Why a move cannot be sent again with these days: they make no sense, or a rule stands against them that no decision could mend."""
    said, move = _said(act), act.case.move
    ends = said.get("ends", move.ends)
    if ends is not None and ends <= said.get("starts", move.starts):
        return last_day_words()
    against = [one for one in unmet(findings_of(Asked.of(_with(move, said)))) if one.rule not in MENDED]
    return _("The days do not fit. %(why)s") % {"why": refusal(against)} if against else ""


def send_again(act: Act) -> None:
    """Write what was said anew of a returned move: first and last day, post, level, the unit outside and its letter; the rest stays."""
    move: Move = act.case.move
    for name, value in _said(act).items():
        setattr(move, name, value)
    move.save()


def _said(act: Act) -> dict[str, Any]:
    said = {name: act.data[name] for name in MENDABLE if act.data.get(name) is not None}
    if act.data.get("last_day") is not None:
        said["ends"] = act.data["last_day"] + DAY
    return said


def _with(move: Move, said: dict[str, Any]) -> Move:
    """The move as it would be, not saved."""
    kept = {field.attname: getattr(move, field.attname) for field in move._meta.concrete_fields}
    mended = Move(**kept)
    for name, value in said.items():
        setattr(mended, name, value)
    return mended
