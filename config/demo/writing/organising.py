"""Organisation changes: two small schools of the second county that became one, and a school of the first one that is to be divided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from config.demo.writing.offices import QUOTA_PAPERS, Offices
from core.dates import add_months
from core.org.models import Unit, UnitProfile
from core.workflow.services import advance
from personnel.models import Employment, PostAppointment, Teacher, UnitChange
from personnel.selectors.seats import seats_of
from personnel.services.unit_changes.asking import Proposed, propose, try_change

Kind = UnitChange.Kind
PRIMARY: Final = "21"
VILLAGE: Final = "220"
# Of the school that is to be divided, so many go to the new one.
FEW: Final = 4
# More than any county of a city of this sort has schools.
NEW_CODE: Final = "2135910999"


def organise(offices: Offices) -> None:
    """A merge that was decided and is in effect, and a split that waits for its second person; none where the city is too small."""
    _merge(offices)
    _split(offices)


def _merge(offices: Offices) -> None:
    """The first village school whose merge into a primary school of the county nothing stands against."""
    clerk, approver = (offices.actor(name, offices.day) for name in ("shimen.clerk", "shimen.approver"))
    on = add_months(offices.day.replace(day=1), -1) + timedelta(days=14)
    asks, decides = replace(clerk, on=on - timedelta(days=20)), replace(approver, on=on - timedelta(days=9))
    document = f"{QUOTA_PAPERS[2]}〔{decides.on.year}〕52号"
    for subject, receiver in _pairs(clerk.unit, offices.day):
        asked = Proposed(
            kind=Kind.MERGE, on=on, words="学生持续减少，为优化布局并入中心学校，教职工整体划转", document=document, subject=subject,
            receiver=receiver,
        )  # fmt: skip
        trial = try_change(actor=asks, asked=asked)
        if trial.found or trial.refused:
            continue
        made = propose(actor=asks, asked=asked, source="command")
        advance(made.case, "decide", actor=decides, data={"document": document}, source="command")
        return


def _pairs(bureau: Any, day: date) -> Iterator[tuple[Unit, Unit]]:
    """Village schools, the smallest first, each with a primary school of its town, else of the county."""
    rows = UnitProfile.objects.filter(valid__contains=day, unit__parent=bureau, unit__kind="school", unit__closed=None)
    schools = list(rows.filter(office_type__startswith=PRIMARY).select_related("unit").order_by("unit__code"))
    people = Counter(
        Employment.objects.filter(valid__contains=day, unit__parent=bureau).values_list("unit_id", flat=True)
    )
    small = sorted((one for one in schools if one.location == VILLAGE), key=lambda one: people[one.unit_id])
    for one in small:
        others = [other for other in schools if other.unit_id != one.unit_id and other.location != VILLAGE]
        for other in sorted(others, key=lambda other: -_alike(one.name, other.name)):
            yield one.unit, other.unit


def _alike(one: str, other: str) -> int:
    """How many characters two names begin alike."""
    return next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(min(one, other)))


def _split(offices: Offices) -> None:
    """A new school in the north of the county seat is to take some teachers of an old one, with their seats and posts."""
    clerk, day = offices.actor("linxi.clerk", offices.day), offices.day
    profile = UnitProfile.objects.filter(valid__contains=day, unit__parent=clerk.unit, name="临溪县城关小学").first()
    if profile is None:
        return
    subject = Unit.objects.get(pk=profile.unit_id)
    on = date(day.year + (day.month > 6), 9, 1)
    rows = Employment.objects.filter(
        unit=subject, valid__contains=on, in_quota=True, teacher__user=None, teacher__merged_into=None
    )
    people = list(Teacher.objects.filter(pk__in=rows.values("teacher")).order_by("-birth", "pk")[:FEW])
    asked = Proposed(
        kind=Kind.SPLIT, on=on, words="县城北部新区适龄儿童增加，分设一所小学", document=f"{QUOTA_PAPERS[1]}〔{day.year}〕58号",
        subject=subject, people=people, seats=Counter(seat.kind for seat in seats_of({one.pk for one in people}, on).values()),
        posts=_posts(people, on),
        profile={
            "code": NEW_CODE, "level": "school", "name": "临溪县城北小学", "short_name": "城北小学", "office_type": profile.office_type,
            "location": profile.location, "sponsor": profile.sponsor,
        },
    )  # fmt: skip
    if people:
        propose(actor=clerk, asked=asked, source="command")


def _posts(people: list[Teacher], on: date) -> dict[tuple[str, bool], int]:
    """The posts that these people hold, by level; those of special posts apart."""
    rows = PostAppointment.objects.filter(teacher__in=people, valid__contains=on)
    return dict(Counter((level, False) for level in rows.values_list("level", flat=True)))
