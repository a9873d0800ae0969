"""Leading cadres as tests need them: people who head a unit, proposals that are decided."""

from __future__ import annotations

from datetime import date
from typing import Any

from psycopg.types.range import Range

from core.dates import PartialDate
from core.org.actor import Actor, system_actor
from core.org.models import UnitStatistics
from core.records.changes import change
from core.workflow.services import advance
from personnel.models import Headship, PoliticalStatus, Teacher
from personnel.services.cadres import propose_headship
from tests.factories.people import make_teacher
from tests.ground.clock import TODAY

DOCUMENT = "青教干〔2026〕8号"


def heads(unit: Any, headship: str, name: str = "王校长", since: date = date(2023, 9, 1), **more: Any) -> Headship:
    """Somebody of a unit who heads it since a day."""
    teacher = more.pop("teacher", None) or make_teacher(name, unit, birth=date(1985, 5, 1), sex="1")
    until = more.pop("until", None)
    with change("test.heads", actor=system_actor(TODAY), reason="test ground"):
        return Headship.objects.create(teacher=teacher, unit=unit, headship=headship, valid=Range(since, until), **more)


def proposed(
    actor: Actor, teacher: Teacher, unit: Any, headship: str = "principal", begins: date = TODAY, **more: Any
) -> Any:
    """A proposal that waits."""
    given = {"years": 5, "words": "工作需要", **more}
    return propose_headship(actor=actor, teacher=teacher, unit=unit, headship=headship, begins=begins, **given)


def decided(proposal: Any, actor: Actor, document: str = DOCUMENT) -> Any:
    """The same, decided as proposed."""
    return advance(proposal.case, "decide", actor=actor, data={"document": document})


def party_member(teacher: Teacher) -> None:
    """Somebody who is a member of the Party."""
    with change("test.party", actor=system_actor(TODAY), reason="test ground"):
        PoliticalStatus.objects.create(
            teacher=teacher, status="01", joined=PartialDate(2008, 7), valid=Range(date(2008, 7, 1), None)
        )


def classes(unit: Any, number: int) -> None:
    """So many classes of a unit in this school year."""
    with change("test.classes", actor=system_actor(TODAY), reason="test ground"):
        UnitStatistics.objects.create(
            unit=unit, school_year=2026, stage="junior", pupils=number * 40, classes=number, boarders=0
        )
