"""Who teaches what: the section of the file and its workbook, shortage beside the classes, what other modules tell of duties."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from psycopg.types.range import Range

from core.org.actor import system_actor
from core.records.changes import change
from core.registry import Module, RecordCheck, registry
from personnel.models import TeachingAssignment, TeachingDuty
from personnel.rules import TeachingHours
from personnel.rules.deployment import SubjectHours
from personnel.selectors.deployment import DUTY, shortage, teaching
from tests.factories.people import make_teacher
from tests.ground.clock import TODAY
from tests.personnel.files import import_rows, set_status
from tests.personnel.planning import figures, teaches
from tests.workbooks.people import identity_number

pytestmark = pytest.mark.django_db

NUMBER = identity_number("350726", date(1979, 2, 3), 52)
HOURS = TeachingHours(
    loads={"junior": Decimal(12)},
    hours=(SubjectHours(stage="junior", subject="chinese", hours=Decimal(6)),),
    alike={},
)


def roster(teacher, subject, stage="junior"):
    with change("personnel.add_fact", actor=system_actor(TODAY), reason="test ground"):
        TeachingAssignment.objects.create(
            teacher=teacher, stage=stage, subject=subject, valid=Range(date(2020, 9, 1), None)
        )


def chinese(units, classes=8):
    found = shortage(teaching([unit.pk for unit in units], TODAY), {"junior": classes}, HOURS)
    (one,) = [one for one in found if one.subject == "chinese"]
    return str(one.needed), str(one.there), str(one.gap)


def test_duties_count_where_they_are_taught_and_the_roster_where_there_are_none(school_a, second_school_a):
    by_duty, by_roster, gone = (make_teacher(name, school_a) for name in ("走教", "在册", "退休"))
    teaches(by_duty, school_a, "chinese", weekly_hours=6)
    teaches(by_duty, second_school_a, "chinese", weekly_hours=6, main=False)
    roster(by_duty, "chinese")
    roster(by_roster, "chinese")
    teaches(gone, school_a, "chinese", weekly_hours=12)
    set_status(gone, "retired")

    assert chinese([school_a]) == ("4.0", "1.5", "2.5")
    assert chinese([second_school_a]) == ("4.0", "0.5", "3.5")
    assert chinese([school_a, second_school_a]) == ("4.0", "2.0", "2.0")


def test_a_duty_that_has_ended_counts_no_more(school_a):
    one = make_teacher("调课", school_a)
    teaches(one, school_a, "chinese", weekly_hours=12, valid=Range(date(2025, 9, 1), date(2026, 9, 1)))
    assert teaching([school_a.pk], TODAY) == []
    assert [row.subject for row in teaching([school_a.pk], date(2026, 8, 31))] == ["chinese"]


def test_the_page_sets_teachers_beside_the_classes(county_clerk, login, school_a):
    figures(school_a, y2026=(480, 13))
    for place in range(4):
        roster(make_teacher(f"语文{place}", school_a), "chinese")
    text = login(county_clerk).get(reverse("deployment")).content.decode()
    # 13 classes × 6 hours ÷ 13 hours of a teacher = 6 teachers; 4 are there.
    row = next(one for one in text.split("<tr") if "语文" in one and "data-label" in one)
    assert [part in row for part in ("78", "6.0", "4.0", "2.0")] == [True] * 4
    assert "【地方规定】" in text


def test_several_subjects_hold_at_once_and_the_same_one_once(school_a, county_clerk):
    one = make_teacher("兼课", school_a)
    teaches(one, school_a, "chinese")
    teaches(one, school_a, "history", main=False)
    with pytest.raises(Exception, match="teaching_duty_once"):
        teaches(one, school_a, "history", valid=Range(date(2027, 1, 1), None))


def test_a_duty_is_entered_on_the_page_of_a_person(school_a, county_clerk, login):
    one = make_teacher("登记", school_a)
    client = login(county_clerk)
    address = reverse("fact_add", args=[one.public_id, "duties"])
    text = client.get(address).content.decode()
    for name in ("unit", "stage", "subject", "main", "classes", "weekly_hours"):
        assert f'name="{name}"' in text
    page = client.get(f"{reverse('teacher', args=[one.public_id])}?tab=work").content.decode()
    assert "任课安排" in page


def test_duties_are_read_from_a_sheet_of_their_own(school_a, county_clerk):
    one = make_teacher("王小梅", school_a, identity_number=NUMBER, since=date(2020, 9, 1))
    heads = ["姓名", "身份证件号码", "任课安排学段", "任课安排学科", "任课班数", "任课安排周课时", "是否主教学科"]
    rows = [
        heads,
        ["王小梅", NUMBER, "初中", "语文", "2", "12", "是"],
        ["王小梅", NUMBER, "初中", "历史", "1", "2", "否"],
    ]
    import_rows(county_clerk, school_a, rows)
    found = TeachingDuty.objects.filter(teacher=one).order_by("subject")
    assert list(found.values_list("unit", "stage", "subject", "classes", "weekly_hours", "main")) == [
        (school_a.pk, "junior", "chinese", 2, Decimal("12.0"), True),
        (school_a.pk, "junior", "history", 1, Decimal("2.0"), False),
    ]


def test_the_list_names_who_teaches_what_to_those_who_see_them(county_clerk, other_county_clerk, login, school_a):
    teaches(make_teacher("林任课", school_a), school_a, "physics", classes=3)
    text = login(county_clerk).get(reverse("duties")).content.decode()
    assert "林任课" in text
    assert "物理" in text
    assert "林任课" not in login(other_county_clerk).get(reverse("duties")).content.decode()


def test_what_a_module_tells_of_duties_is_shown_and_nothing_while_none_does(county_clerk, login, school_a, monkeypatch):
    wrong = teaches(make_teacher("跨科", school_a), school_a, "physics")
    teaches(make_teacher("本科", school_a), school_a, "music")
    client = login(county_clerk)
    pages = [reverse("duties"), reverse("deployment")]
    assert not any("与资格证不符" in client.get(page).content.decode() for page in pages)

    def find(ids, on):
        return {key: "物理≠音乐" for key in ids if key == wrong.pk and on == TODAY}

    checks = (RecordCheck(DUTY, "与资格证不符", find), RecordCheck("personnel.Teacher", "别的检查", find))
    monkeypatch.setitem(registry.modules, "told", Module("told", "told", record_checks=checks))

    listed, counted = (client.get(page).content.decode() for page in pages)
    assert listed.count("物理≠音乐") == 1
    assert "与资格证不符" in counted
    assert "别的检查" not in listed + counted
