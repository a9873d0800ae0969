"""A school works on a sheet of yesterday: its bureau corrected some of the same telephones since, so that somebody has to decide."""

from __future__ import annotations

import io
from random import Random
from typing import Final

from config.demo.people import Registry
from config.demo.writing.offices import Offices
from core.exchange.checking import check_batch
from core.exchange.filling import stamp_of
from core.exchange.kinds import all_kinds
from core.exchange.layout import Telling, headings, lines
from core.exchange.models import Batch
from core.exchange.services import create_batch
from core.exchange.spliced import splice
from core.exchange.template import chosen, template
from core.org.models import Unit
from personnel.models import Contact
from personnel.services.facts import correct_fact

SCHOOL_CLERK: Final = "school.clerk"
COUNTY_CLERK: Final = "linxi.clerk"
BOTH: Final = 4
BUREAU_ALONE: Final = 2
PHONE: Final = "phone"


def send_stale_sheet(offices: Offices, registry: Registry, rng: Random) -> Batch:
    """The school's own people, taken out, worked on, and sent after the bureau had corrected some of the same people.

    Of the first four both changed the telephone, of the next two the bureau alone, of all others in the sheet nobody.
    """
    actor, kind = offices.actor(SCHOOL_CLERK, offices.day), all_kinds()["teachers"]
    unit = Unit.objects.named(offices.day).get(pk=offices.unit_of(SCHOOL_CLERK).pk)
    sheets = chosen(kind, ())
    stamp, subjects = stamp_of(kind, unit, sheets, filled=True), kind.subjects(actor, unit, offices.day)
    names = [column.name for column in headings(kind, sheets[0])]
    rows = list(lines(kind, sheets[0], subjects, Telling(offices.day, unit)))
    _correct(subjects[: BOTH + BUREAU_ALONE], offices, registry, rng)
    for row in rows[:BOTH]:
        row[PHONE] = registry.phone(rng)
    content = io.BytesIO()
    empty = template(kind, unit, offices.day, stamp=stamp, expected=len(subjects))
    splice(content, empty, [([row.get(name, "") for name in names] for row in rows)])
    batch = create_batch(actor=actor, unit=unit, name="本校教师信息核对.xlsx", content=content.getvalue(), start=False)
    return check_batch(batch.pk, actor)


def _correct(teachers: list[int], offices: Offices, registry: Registry, rng: Random) -> None:
    actor = offices.actor(COUNTY_CLERK, offices.day)
    for contact in Contact.objects.filter(teacher__in=teachers).select_related("teacher__key"):
        correct_fact(actor=actor, record=contact, values={PHONE: registry.phone(rng)}, reason="本人来电更正号码")
