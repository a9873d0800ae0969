"""Whole files as the tests of pages need them: people with careers, and people who came from a workbook."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import xlsxwriter
from psycopg.types.range import Range

from core.dates import PartialDate
from core.exchange.applying import apply_batch
from core.exchange.checking import check_batch
from core.exchange.services import create_batch
from core.org.actor import system_actor
from core.records.changes import change
from core.text import pinyin_keys
from personnel.models import Contact, Education, PersonStatus, Teacher, TeachingAssignment
from tests.factories.people import make_teacher
from tests.ground.clock import TODAY
from titles.models import TitleHeld

ZHANG = "11010519491231002X"
PHONE = "13800001234"
ADDRESS = "青石县城关镇幸福路九号"


def make_file(name: str, unit: Any, *, identity_number: str = "", **fields: Any) -> Teacher:
    """A person with search keys, teaching, a title and a course of study since 2010."""
    keys = pinyin_keys(name)
    teacher = make_teacher(
        name, unit, identity_number=identity_number, pinyin=keys.spaced, initials=keys.initials,
        **{"sex": "2", "birth": date(1980, 5, 1), "work_start": PartialDate(2005, 8), **fields},
    )  # fmt: skip
    since = Range(date(2010, 9, 1), None)
    with change("personnel.add_fact", actor=system_actor(TODAY), reason="test ground"):
        TeachingAssignment.objects.create(teacher=teacher, valid=since, stage="junior", subject="chinese")
        TitleHeld.objects.create(teacher=teacher, valid=since, rank="second", obtained=PartialDate(2010, 9))
        Education.objects.create(teacher=teacher, level="21", school="师范大学", ends=PartialDate(2005, 7))
    return teacher


def set_status(teacher: Teacher, status: str, since: date = date(2020, 1, 1)) -> None:
    """A status since a day."""
    with change("personnel.add_fact", actor=system_actor(TODAY), reason="test ground"):
        PersonStatus.objects.create(teacher=teacher, status=status, valid=Range(since, None))


def set_contact(teacher: Teacher, *, phone: str = PHONE, address: str = ADDRESS) -> Contact:
    """How to reach the person: both protected."""
    with change("personnel.add_fact", actor=system_actor(TODAY), reason="test ground"):
        contact = Contact(teacher=teacher)
        contact.phone, contact.address = phone, address
        contact.save()
    return contact


def workbook(rows: Sequence[Sequence[str]], *, sheet: str = "在职") -> bytes:
    """A workbook of one sheet."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return buffer.getvalue()


def import_rows(
    actor: Any, unit: Any, rows: Sequence[Sequence[str]], *, name: str = "花名册.xlsx", day: date | None = None
) -> Any:
    """Send a roster for a unit and accept it; returns the batch."""
    batch = create_batch(actor=actor, unit=unit, name=name, content=workbook(rows), start=False, day=day)
    batch = check_batch(batch.pk, actor)
    return apply_batch(batch.pk, actor)
