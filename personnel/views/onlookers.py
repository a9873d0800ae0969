"""Who looked at a file, as its reader may know it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from core.codes.values import values_of
from core.web.looks import VERIFIED
from core.web.parts import Cell
from core.web.views.audit import unit_of, who
from personnel.views.marks import role_name


def onlooker(row: Any, actor: Any) -> Cell:
    """Who looked: to the person themselves in which role, to who keeps the file by name. Of who verified a paper nothing is known."""
    if row.what == VERIFIED:
        return Cell(_("somebody who has the paper"))
    if not actor.may("personnel.view_own"):
        return who(row, actor)
    return Cell(_("you") if row.actor_id == actor.user.pk else role_name(row.role))


def their_unit(row: Any, actor: Any) -> str:
    """For which unit they looked."""
    return "" if row.what == VERIFIED else unit_of(row, actor)


def prime_units(rows: list[Any], actor: Any) -> None:
    """Know the names of all these units with one query."""
    values_of(actor).prime(units=[row.unit_id for row in rows])
