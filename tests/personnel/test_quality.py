"""What files lack: each check finds exactly those who fail it, and its number leads to them."""

from datetime import date

import pytest
from psycopg.types.range import Range

from core.records import change
from personnel.models import (
    BirthDecision,
    Contact,
    Education,
    Employment,
    IdentityDocument,
    PersonStatus,
    Teacher,
    TeachingAssignment,
)
from personnel.quality import checks, failing, quality_of
from tests.factories.people import make_teacher
from tests.ground.clock import TODAY
from titles.models import TitleHeld

pytestmark = pytest.mark.django_db


def whole_file(name, unit, system):
    """A file that lacks nothing."""
    teacher = make_teacher(name, unit, birth=date(1985, 7, 13), ethnicity="01", work_start="2007-08")
    with change("test.fill", actor=system, reason="test ground"):
        for record, field, value in (
            (IdentityDocument(teacher=teacher), "number", f"{teacher.pk:018}"),
            (Contact(teacher=teacher), "phone", "13812345678"),
        ):
            setattr(record, field, value)
            record.save()
        Education.objects.create(teacher=teacher, level="21")
        TeachingAssignment.objects.create(teacher=teacher, subject="math", valid=Range(date(2020, 1, 1), None))
        TitleHeld.objects.create(teacher=teacher, rank="first", valid=Range(date(2015, 1, 1), None))
    return teacher


FAULTS = {
    "identity": lambda one: IdentityDocument.objects.filter(teacher=one).delete(),
    "phone": lambda one: Contact.objects.filter(teacher=one).update(phone_cipher=None, phone_index=None, phone_last=""),
    "education": lambda one: Education.objects.filter(teacher=one).delete(),
    "work_start": lambda one: Teacher.objects.filter(pk=one.pk).update(work_start=None),
    "ethnicity": lambda one: Teacher.objects.filter(pk=one.pk).update(ethnicity=""),
    "quota": lambda one: Employment.objects.filter(teacher=one).update(in_quota=None),
    "teaching": lambda one: TeachingAssignment.objects.filter(teacher=one).update(
        valid=Range(date(2020, 1, 1), date(2026, 9, 1))
    ),
    "birth": lambda one: BirthDecision.objects.create(teacher=one, by_archive="1984-07", counts="id"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_check_finds_exactly_those_who_fail_it(school_a, system, county_clerk, name):
    whole, faulty = whole_file("完整", school_a, system), whole_file("有缺", school_a, system)
    with change("test.spoil", actor=system, reason="test ground"):
        FAULTS[name](faulty)

    found = {check.name: list(failing(Teacher.objects.all(), check.name, county_clerk)) for check in checks()}

    assert found[name] == [faulty]
    assert [who for who in found.values() if whole in who] == []
    assert [other for other, who in found.items() if who and other != name] == []


@pytest.mark.parametrize(
    ("by_archive", "more", "contradicts"),
    [
        ("1985-07-13", {}, False), ("1985-07", {}, False), ("1985", {}, False), ("1985-07-14", {}, True), ("1985-01", {}, True),
        ("1984", {}, True), ("1984", {"decided_on": date(2020, 1, 1)}, False), ("1984", {"document": "组〔2020〕1号"}, False),
    ],
)  # fmt: skip
def test_two_birth_dates_are_compared_by_what_is_known_and_until_decided(
    school_a, system, county_clerk, by_archive, more, contradicts
):
    teacher = whole_file("完整", school_a, system)
    with change("test.archive", actor=system, reason="test ground"):
        BirthDecision.objects.create(teacher=teacher, by_archive=by_archive, **more)

    assert (list(failing(Teacher.objects.all(), "birth", county_clerk)) == [teacher]) == contradicts


def test_workers_need_no_subject(school_a, system, county_clerk):
    teacher = whole_file("工人", school_a, system)
    with change("test.spoil", actor=system, reason="test ground"):
        FAULTS["teaching"](teacher)
        Teacher.objects.filter(pk=teacher.pk).update(post_family="worker")

    assert list(failing(Teacher.objects.all(), "teaching", county_clerk)) == []


def test_the_score_is_the_part_of_checks_that_are_passed(school_a, system):
    for name in ("甲", "乙"):
        whole_file(name, school_a, system)
    faulty = whole_file("丙", school_a, system)
    with change("test.spoil", actor=system, reason="test ground"):
        FAULTS["phone"](faulty)
        FAULTS["education"](faulty)

    found = quality_of(Teacher.objects.all(), TODAY)

    assert found.people == 3
    assert {check.name: number for check, number in found.faulty if number} == {"phone": 1, "education": 1}
    assert found.score == pytest.approx(100 * (1 - 2 / (3 * len(checks()))))


def test_nobody_has_no_score(db):
    assert quality_of(Teacher.objects.none(), TODAY).score is None


def test_the_list_of_teachers_takes_a_check_as_condition(login, school_a, system, county_clerk):
    whole_file("完整", school_a, system)
    faulty, retired = whole_file("有缺", school_a, system), whole_file("已退", school_a, system)
    with change("test.spoil", actor=system, reason="test ground"):
        FAULTS["phone"](faulty)
        FAULTS["phone"](retired)
        PersonStatus.objects.create(teacher=retired, status="retired", valid=Range(date(2026, 1, 1), None))

    text = login(county_clerk).get("/teachers/?quality=phone").content.decode()

    assert [name in text for name in ("完整", "有缺", "已退")] == [False, True, False]
