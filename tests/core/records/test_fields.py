"""Dates of known precision in the database: stored as they are known, ordered by time, refused when they are none."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, models

from core.dates import InvalidDate, PartialDate
from core.org.actor import Actor
from core.records import change
from core.records.fields import CodeField, PartialDateField
from personnel.models import FormerName, Teacher
from tests.factories.people import make_teacher


@pytest.fixture
def teacher(system: Actor) -> Teacher:
    """A person of whose start of work only the month is known."""
    return make_teacher("陈静", work_start=PartialDate(1985, 7))


def fresh(teacher: Teacher) -> Teacher:
    return Teacher.objects.get(pk=teacher.pk)


@pytest.mark.parametrize("text", ["1985", "1985-07", "1985-07-13", "1900-01-01", "2099-12-31", "2000-02-29"])
def test_a_date_comes_back_as_precise_as_it_was(system: Actor, teacher: Teacher, text: str) -> None:
    with change("test.write", actor=system, reason="another precision"):
        teacher.work_start = PartialDate.parse(text)
        teacher.save()
    assert str(fresh(teacher).work_start) == text
    assert teacher.history.first().work_start == PartialDate.parse(text)


def test_no_date_is_none(system: Actor, teacher: Teacher) -> None:
    with change("test.write", actor=system, reason="not known"):
        teacher.work_start = None
        teacher.save()
    assert fresh(teacher).work_start is None


def test_the_order_of_dates_is_the_order_of_time(system: Actor) -> None:
    texts = ["1985", "1985-07", "1985-07-13", "1985-12", "1986", "2001-01-01"]
    for text in reversed(texts):
        make_teacher("排序", work_start=PartialDate.parse(text))
    ordered = Teacher.objects.order_by("work_start").values_list("work_start", flat=True)
    assert [str(date) for date in ordered] == texts
    assert Teacher.objects.filter(work_start__lt=PartialDate(1985, 12)).count() == 3
    assert Teacher.objects.filter(work_start__gte=PartialDate(1986)).count() == 2
    assert Teacher.objects.get(work_start=PartialDate(1985, 7)).work_start == PartialDate(1985, 7)


def test_a_precision_is_not_another_date(teacher: Teacher) -> None:
    assert not Teacher.objects.filter(work_start=PartialDate(1985, 7, 1)).exists()
    assert not Teacher.objects.filter(work_start=PartialDate(1985)).exists()


@pytest.mark.parametrize(
    "text", ["1985.07", "1985-7", "85-07", "1985-07-13 ", "1985-13", "1985-02-30", "1899", "2100-01", "not a date"]
)
def test_what_is_no_date_is_refused_before_it_is_stored(system: Actor, teacher: Teacher, text: str) -> None:
    with pytest.raises(InvalidDate), change("test.write", actor=system, reason="no date"):
        Teacher.objects.filter(pk=teacher.pk).update(work_start=text)
    teacher.work_start = text
    with pytest.raises(InvalidDate), change("test.write", actor=system, reason="no date"):
        teacher.save()
    assert fresh(teacher).work_start == PartialDate(1985, 7)


@pytest.mark.parametrize("text", ["1985.07", "1985-7", "85-07", "1985-07-1", "x", ""])
def test_the_database_too_refuses_what_has_not_the_form_of_a_date(system: Actor, teacher: Teacher, text: str) -> None:
    with pytest.raises(IntegrityError, match="teacher_work_start"), change("test.write", actor=system, reason="by SQL"):
        connection.cursor().execute("UPDATE personnel_teacher SET work_start = %s WHERE id = %s", [text, teacher.pk])
    assert fresh(teacher).work_start == PartialDate(1985, 7)


def test_text_in_the_stored_form_is_read(teacher: Teacher) -> None:
    field: Any = Teacher._meta.get_field("work_start")
    assert field.to_python("1985-07") == PartialDate(1985, 7)
    assert field.to_python("") is None
    assert field.value_to_string(teacher) == "1985-07"
    assert Teacher.objects.filter(work_start="1985-07").exists()


def test_the_columns_need_no_migration_of_their_own() -> None:
    _name, path, _args, kwargs = PartialDateField(null=True).deconstruct()
    assert (path, kwargs) == ("core.records.fields.PartialDateField", {"null": True})
    _name, path, _args, kwargs = CodeField(code_list="sex").deconstruct()
    assert "code_list" not in kwargs, "the list is no property of the column"
    assert isinstance(FormerName._meta.get_field("until"), models.CharField)
