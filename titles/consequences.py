"""What a change of a title brings with it: which one counts today, since when, and for how many years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from core.codes.values import day_words, values_of
from core.dates import full_years
from core.registry import Consequence
from core.web.parts import Finding
from titles.columns import RANK
from titles.models import TitleHeld


@dataclass(frozen=True, slots=True)
class Standing:
    """The title that a person holds today: its rank, since when it is held without a break, for how many full years."""

    rank: str = ""
    since: date | None = None
    years: int = 0


def standing_of(person: int, actor: Any) -> Standing:
    """The title of today; periods of the same rank that follow each other are one."""
    rows = list(TitleHeld._base_manager.filter(teacher=person, valid__startswith__lte=actor.on).order_by("-valid"))
    if not rows:
        return Standing()
    held, *earlier = rows
    if held.valid.upper is not None and held.valid.upper <= actor.on:
        return Standing()
    since = held.valid.lower
    for before in earlier:
        if before.rank != held.rank or before.valid.upper != since:
            break
        since = before.valid.lower
    return Standing(held.rank, since, full_years(since, actor.on))


def standing(was: Standing, new: Standing, actor: Any) -> list[Finding]:
    """How the years in the title that count for the next one change."""
    heading = _("Years in the title")
    if was == new:
        return [
            Finding(
                heading, _("The title of today and its years stay as they are."), icon="award", aside=_("unchanged")
            )
        ]
    said = {"before": _said(was, actor), "now": _said(new, actor)}
    return [
        Finding(
            heading, _("%(before)s → %(now)s. Applications for the next title count from there.") % said, icon="award"
        )
    ]


def _said(one: Standing, actor: Any) -> str:
    if one.since is None:
        return _("no title today")
    said = {"rank": values_of(actor).code(RANK, one.rank), "since": day_words(one.since), "years": one.years}
    return _("%(rank)s since %(since)s, %(years)s full years") % said


CONSEQUENCES = (Consequence(("titles.TitleHeld",), standing_of, standing, order=50),)
