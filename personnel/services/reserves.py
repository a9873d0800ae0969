"""Verbs of the reserve of cadres: begin the list of a year, enter and take out people. It is decided as a case."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _

from core.org.errors import NotAllowed
from core.records.changes import change
from core.workflow.definition import Act
from core.workflow.services import open_case, stands
from personnel.models import Reserve, ReserveMember, Teacher
from personnel.selectors.cadres import PROPOSE, RESERVE
from personnel.selectors.gone import gone
from personnel.services.dossier import must_be_known

YEARS: Final = (1990, 2100)
DRAFT: Final = "draft"


def begin_reserve(*, actor: Any, year: int, words: str = "", source: str = "page") -> Reserve:
    """Begin the reserve of the actor's bureau for a year.

    Raises `NotAllowed` without the right, for somebody who is not of a bureau, and where the year has a list that was not dropped.
    """
    _must_propose(actor)
    if not YEARS[0] <= year <= YEARS[1]:
        raise NotAllowed(_("This is no year."), field="year")
    why = words.strip() or _("Reserve of cadres %(year)s") % {"year": year}
    with change("personnel.begin_reserve", actor=actor, reason=why, source=source):
        # Of two who begin the same list the second one waits here, and finds it.
        type(actor.unit).objects.select_for_update(no_key=True).filter(pk=actor.unit.pk).values_list("pk").get()
        if Reserve._base_manager.filter(unit=actor.unit, year=year).exclude(case__state="dropped").exists():
            raise NotAllowed(_("The reserve of this year has begun already."), field="year")
        case = open_case(kind=RESERVE, actor=actor, unit=actor.unit, comment=words.strip())
        return Reserve.objects.create(case=case, unit=actor.unit, year=year, words=words.strip())


def enter_member(
    *,
    actor: Any,
    reserve: Reserve,
    teacher: Teacher,
    headship: str,
    named_by: str,
    words: str = "",
    source: str = "page",
) -> ReserveMember:
    """Enter somebody in a list that is being drawn up.

    Raises `NotAllowed` without the right, for an unknown headship, somebody who has left or stands in it already, and a list that was sent.
    """
    _must_propose(actor)
    must_be_known("headship", headship, actor, "headship")
    if not headship or not named_by.strip():
        raise NotAllowed(_("Say for which headship, and who named them."), field="headship")
    if gone(actor.on).filter(teacher=teacher).exists():
        raise NotAllowed(_("%(name)s has retired, left or died by %(day)s.") % {"name": teacher.name, "day": actor.on})
    with change("personnel.enter_reserve", actor=actor, reason=words.strip() or named_by.strip(), source=source):
        _must_be_draft(reserve)
        if reserve.members.filter(teacher=teacher).exists():
            raise NotAllowed(_("%(name)s stands in this list already.") % {"name": teacher.name}, field="who")
        return ReserveMember.objects.create(
            reserve=reserve, teacher=teacher, headship=headship, named_by=named_by.strip(), words=words.strip()
        )


def take_out_member(*, actor: Any, member: ReserveMember, source: str = "page") -> None:
    """Take somebody out of a list that is being drawn up."""
    _must_propose(actor)
    with change("personnel.take_out_reserve", actor=actor, reason=_("Taken out of the reserve"), source=source):
        _must_be_draft(member.reserve)
        member.delete()


def why_not_send(act: Act) -> str:
    """An empty list is not sent."""
    return "" if act.case.reserve.members.exists() else _("Nobody stands in the list yet.")


def _must_propose(actor: Any) -> None:
    if not actor.may(PROPOSE):
        raise NotAllowed(_("Your role does not propose headships."))
    if actor.unit is None or not actor.unit.is_bureau:
        raise NotAllowed(_("The reserve is kept by bureaus."))


def _must_be_draft(reserve: Reserve) -> None:
    if not stands(reserve.case, DRAFT):
        raise NotAllowed(_("The list was sent to be decided. Have it returned first."))
