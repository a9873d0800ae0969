"""Organisation changes as tests need them: two schools with people, seats, posts, contracts and open cases, and what stands afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from psycopg.types.range import Range

from core.org.actor import Actor, system_actor
from core.records.changes import change
from core.workflow.models import Case
from core.workflow.services import advance
from personnel.models import (
    Contract,
    Dispatch,
    Employment,
    Headship,
    PostAppointment,
    PostSetting,
    Reservation,
    SeatEntry,
    SeatUse,
    Teacher,
    TeachingDuty,
    UnitChange,
)
from personnel.services import seats
from personnel.services.posts import NewAppointment, appoint_many
from personnel.services.seat_uses import ask_use
from personnel.services.unit_changes.asking import Proposed, propose
from tests.factories.people import make_actor, make_teacher, make_unit
from tests.ground.clock import TODAY
from tests.personnel.posts import set_posts
from tests.personnel.seats import KIND, approved

FEBRUARY = date(2027, 2, 1)
EVE = date(2027, 1, 31)
PAPER = "青教发〔2026〕60号"
SINCE = date(2021, 9, 1)
DATED = (Employment, PostAppointment, PostSetting, Contract, Headship, Dispatch, TeachingDuty)


@dataclass
class Ground:
    """Two schools of a county: `old` goes into `new`."""

    county: Any
    old: Any
    new: Any
    clerk: Actor
    approver: Actor
    people: list[Teacher] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)


def ground(county: Any, people: int, *, name: str = "") -> Ground:
    """Two schools; at the old one so many people with seats, posts, contracts and duties, a head, a reservation and open cases."""
    old = make_unit("school", f"青石县第二初级中学{name}", county)
    new = make_unit("school", f"青石县第三初级中学{name}", county)
    made = Ground(county, old, new, make_actor("county_clerk", county), make_actor("county_approver", county))
    approved(made.clerk, old, people + 3)
    approved(made.clerk, new, 2)
    set_posts(old, p10=people, p8=1)
    set_posts(new, p10=1)
    made.people = [make_teacher(f"教师{number}", old, since=SINCE) for number in range(people)]
    seats.occupy_many(
        actor=made.clerk,
        seats=[seats.Seat(one, old, KIND, date(2026, 3, 1)) for one in made.people],
        reason="test ground",
    )
    seats.reserve(
        actor=made.clerk, unit=old, kind=KIND, count=1, on=TODAY, until=date(2027, 6, 1), reason="test ground"
    )
    guest = make_teacher("借调人", make_unit("school", f"青石县第四初级中学{name}", county), since=SINCE)
    with change("test.ground", actor=system_actor(TODAY), reason="test ground"):
        appoint_many([NewAppointment(one.pk, old.pk, "p10", SINCE, None) for one in made.people])
        for one in made.people:
            Contract.objects.create(teacher=one, unit=old, valid=Range(SINCE, date(2027, 9, 1)))
            TeachingDuty.objects.create(teacher=one, unit=old, stage="junior", subject="math", valid=Range(SINCE, None))
        Headship.objects.create(teacher=made.people[0], unit=old, headship="principal", valid=Range(SINCE, None))
        Dispatch.objects.create(teacher=guest, unit=old, kind="loan", valid=Range(SINCE, date(2027, 9, 1)))
    use = ask_use(
        actor=make_actor("school_clerk", old), unit=old, kind=KIND, count=1, purpose="recruit", words="物理教师紧缺"
    )
    made.cases = [use.case]
    return made


def proposed(made: Ground, kind: str = "merge", **said: Any) -> UnitChange:
    """A merge of the old school into the new one for 1 February, unless said otherwise."""
    given: dict[str, Any] = {"kind": kind, "on": FEBRUARY, "words": "布局调整", "document": PAPER, "subject": made.old}
    if kind == "merge":
        given["receiver"] = made.new
    return propose(actor=made.clerk, asked=Proposed(**{**given, **said}))


def decided(made: Ground, kind: str = "merge", **said: Any) -> UnitChange:
    """A change that was decided."""
    row = proposed(made, kind, **said)
    advance(row.case, "decide", actor=made.approver, data={"document": PAPER})
    return UnitChange.objects.select_related("case", "subject", "receiver", "made").get(pk=row.pk)


def units_on(model: Any, people: list[Teacher], day: date) -> dict[int, int]:
    """At how many records of these people each unit stands on a day."""
    found: dict[int, int] = {}
    for unit in model._base_manager.filter(teacher__in=people, valid__contains=day).values_list("unit", flat=True):
        found[unit] = found.get(unit, 0) + 1
    return found


def _said(row: Any) -> list[str]:
    return [str(getattr(row, one.attname)) for one in row._meta.concrete_fields if one.name in SAID]


def standing() -> dict[str, Any]:
    """All that an organisation change may write, as it stands: what undo has to bring back."""
    told: dict[str, Any] = {
        model.__name__: sorted(
            (
                row.pk,
                row.unit_id,
                str(row.valid),
                *(str(getattr(row, one.attname)) for one in model._meta.concrete_fields if one.name in SAID),
            )
            for row in model._base_manager.all()
        )
        for model in DATED
    }
    told["cases"] = sorted(
        Case._base_manager.exclude(kind="personnel.unit_change").values_list("pk", "unit", "origin", "state")
    )
    told["uses"] = sorted(SeatUse._base_manager.values_list("pk", "unit"))
    told["kept"] = sorted(Reservation._base_manager.exclude(use=None).values_list("pk", "use"))
    nets: dict[Any, int] = {}
    for entry in SeatEntry._base_manager.values_list("account", "bucket", "on", "teacher", "reservation", "count"):
        nets[entry[:5]] = nets.get(entry[:5], 0) + entry[5]
    told["seats"] = sorted(((key, n) for key, n in nets.items() if n), key=str)
    return told


SAID = frozenset(
    {"came_how", "left_how", "level", "place", "number", "ground", "headship", "ended_how", "document", "case"}
)
