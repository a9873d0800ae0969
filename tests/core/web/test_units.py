"""Units: the list with its numbers, the tree that adds them up, one unit with what held when."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg.types.range import Range

from core.codes.services import load_codes
from core.dates import BEFORE_RECORDS
from core.org.models import ApprovedQuota, Unit, UnitProfile, UnitStatistics
from core.records import change
from core.web.filters import units_of
from tests.factories.people import make_teacher, make_unit
from tests.ground.clock import TODAY
from tests.ground.tables import table_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def seats(system, school_a, second_school_a):
    """Two seats at the one school, none at the other."""
    with change("test.quota", actor=system, reason="test ground"):
        ApprovedQuota.objects.create(unit=school_a, seats=2, valid=Range(date(2020, 1, 1), None))
        UnitStatistics.objects.create(unit=school_a, school_year=2025, pupils=900, classes=20)
        UnitStatistics.objects.create(unit=school_a, school_year=2026, stage="junior", pupils=800, classes=16)
        UnitStatistics.objects.create(unit=school_a, school_year=2026, stage="senior", pupils=200, classes=4)


def test_the_list_has_each_unit_with_its_own_numbers(login, county_clerk, school_a, second_school_a, school_b, seats):
    for name in ("甲", "乙", "丙"):
        make_teacher(name, school_a)

    found = {row[1]: row for row in table_rows(login(county_clerk).get("/units/"))}

    assert set(found) == {"青石县教育局", "青石县第一初级中学", "青石县实验小学"}
    assert found["青石县第一初级中学"][6:] == ["3", "3", "2", "超 1", "1,000"]
    assert found["青石县实验小学"][6:] == ["0", "0", "", "", ""]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("seats=over", ["青石县第一初级中学"]),
        ("seats=none", ["青石县教育局", "青石县实验小学"]),
        ("kind=county", ["青石县教育局"]),
        ("q=实验", ["青石县实验小学"]),
        ("q=不存在", []),
        ("state=closed", ["青石县旧学校"]),
    ],
)
def test_conditions_of_the_list(login, county_clerk, county_a, school_a, second_school_a, seats, system, query, names):
    for name in ("甲", "乙", "丙"):
        make_teacher(name, school_a)
    closed = make_unit("school", "青石县旧学校", county_a)
    with change("test.close", actor=system, reason="并校"):
        Unit.objects.filter(pk=closed.pk).update(closed=date(2020, 9, 1))

    assert [row[1] for row in table_rows(login(county_clerk).get(f"/units/?{query}"))] == names


def test_the_number_of_people_leads_to_the_very_same_people(login, county_clerk, school_a, seats):
    for name in ("甲", "乙", "丙"):
        make_teacher(name, school_a)
    client = login(county_clerk)

    (address,) = re.findall(r'href="(/teachers/\?unit=[^"]+)"', client.get("/units/?q=第一").content.decode())

    assert {row[1] for row in table_rows(client.get(address))} == {"甲", "乙", "丙"}


def test_the_tree_adds_up_what_is_below(login, city_clerk, school_a, second_school_a, school_b, seats):
    for name in ("甲", "乙", "丙"):
        make_teacher(name, school_a)
    make_teacher("丁", school_b)

    text = login(city_clerk).get("/units/tree/").content.decode()

    lines = re.findall(r'sd-tree-name"><a[^>]*>([^<]*)</a>.*?sd-tree-numbers">(.*?)</span></span>', text, re.DOTALL)
    told = {name: re.findall(r"<span[^>]*>([^<]*)", numbers) for name, numbers in lines}
    assert told["临江市教育局"] == ["4", "4", "2", "超 1", "1,000"]
    assert told["青石县教育局"] == ["3", "3", "2", "超 1", "1,000"]
    assert told["白河县第一中学"] == ["1", "1", "", "", ""]
    assert "下辖 2 个单位" in text


def test_units_stand_in_the_order_of_the_tree_everywhere(login, city_clerk, city, county_a):
    late = make_unit("school", "乙小学", county_a, code="3010")
    make_unit("school", "甲小学", county_a, code="3002")
    make_unit("department", "人事股", county_a, code="9001")
    make_unit("department", "市局人事科", city, code="9900")
    wanted = ["临江市教育局", "市局人事科", "青石县教育局", "人事股", "甲小学", "乙小学"]
    client = login(city_clerk)

    listed = [row[1] for row in table_rows(client.get("/units/"))]
    tree = re.findall(r'sd-tree-name"><a[^>]*>([^<]*)</a>', client.get("/units/tree/").content.decode())
    sent = client.get("/imports/new/").context["form"].fields["unit"].choices

    assert listed == tree == wanted
    assert [str(unit) for unit in units_of(city_clerk)] == wanted
    assert [name for _key, name in sent if name in {"人事股", "甲小学", "乙小学"}] == wanted[3:]
    after = client.get(f"/units/?size=20&before={late.public_id}")
    assert [row[1] for row in table_rows(after)] == wanted[:-1]


def test_what_began_before_our_records_says_so(login, county_clerk, county_a):
    school = make_unit("school", "老小学", county_a)
    with change("test.begin", actor=county_clerk, reason="test ground"):
        Unit.objects.filter(pk=school.pk).update(opened=BEFORE_RECORDS)
        UnitProfile.objects.filter(unit=school).update(valid=Range(BEFORE_RECORDS, None))

    text = login(county_clerk).get(f"/units/{school.public_id}/").content.decode()

    assert text.count("登记前") == 2
    assert "1900-01-01" not in text


def test_people_in_quota_without_seats_are_named(login, county_clerk, school_a, second_school_a, seats):
    make_teacher("甲", school_a)
    make_teacher("乙", second_school_a)

    assert "其中在编 1 人所在单位没有核定编制" in login(county_clerk).get("/").content.decode()


def test_a_units_page_says_what_it_is_and_was(login, county_clerk, school_a, system, seats):
    load_codes(on=TODAY)
    with change("test.rename", actor=county_clerk, reason="更名", document="青教〔2020〕5号"):
        profile = UnitProfile.objects.get(unit=school_a)
        profile.supersede(
            on=date(2020, 9, 1), name="青石县第一中学", office_type="345", location="111", stages=["junior"]
        )

    text = login(county_clerk).get(f"/units/{school_a.public_id}/").content.decode()

    assert "<h1>青石县第一中学</h1>" in text
    assert "青石县第一初级中学" in text
    assert "2020-08-31" in text
    assert "主城区" in text
    assert "2026–2027" in text
    assert "50.0" in text
    assert "青教〔2020〕5号" in text


def test_a_school_over_its_quota_says_so_and_leads_to_its_ledger(login, county_clerk, school_a, seats):
    for name in ("甲", "乙", "丙"):
        make_teacher(name, school_a)

    text = login(county_clerk).get(f"/units/{school_a.public_id}/").content.decode()

    assert "共超 1 人" in text
    assert f'href="/units/{school_a.public_id}/seats/"' in text


def test_the_units_above_are_named_but_only_ones_own_are_links(login, county_clerk, city, county_a, school_a):
    text = login(county_clerk).get(f"/units/{school_a.public_id}/").content.decode()

    assert f'<a href="/units/{county_a.public_id}/">青石县教育局</a>' in text
    assert "临江市教育局" in text
    assert f"/units/{city.public_id}/" not in text


def test_somebody_elses_unit_does_not_exist(login, county_clerk, county_b, school_b):
    client = login(county_clerk)

    unknown = client.get("/units/00000000-0000-4000-8000-000000000000/")

    assert unknown.status_code == 404
    assert [client.get(f"/units/{unit.public_id}/").content == unknown.content for unit in (county_b, school_b)] == [
        True,
        True,
    ]


def test_units_are_not_for_teachers_and_auditors(login, teacher_actor, auditor):
    for actor in (teacher_actor, auditor):
        assert [login(actor).get(address).status_code for address in ("/units/", "/units/tree/")] == [403, 403]


@pytest.mark.parametrize("address", ["/units/", "/units/tree/"])
def test_three_units_and_thirty_cost_the_same(login, county_clerk, county_a, school_a, second_school_a, address):
    def queries():
        client = login(county_clerk)
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    few = queries()
    for number in range(27):
        make_teacher(f"教师{number}", make_unit("school", f"第{number}小学", county_a))

    assert queries() == few
