"""The first page: what waits, the numbers of one's unit, each leading to its list."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from psycopg.types.range import Range

from core.org.models import ApprovedQuota
from core.records import change
from tests.factories.people import make_teacher, make_unit
from tests.ground.tables import table_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(system, school_a, second_school_a):
    """Three people on two seats at the one school, one on three seats at the other."""
    for name in ("甲", "乙", "丙"):
        make_teacher(name, school_a)
    make_teacher("丁", second_school_a)
    with change("test.quota", actor=system, reason="test ground"):
        for unit, seats in ((school_a, 2), (second_school_a, 3)):
            ApprovedQuota.objects.create(unit=unit, seats=seats, valid=Range(date(2020, 1, 1), None))


def stats(text):
    """Each number of the page with the address to which it leads."""
    found = re.findall(
        r'<a href="([^"]*)"><span class="sd-sub">([^<]*)</span><span class="sd-fig">([^<]*)</span>', text
    )
    return {label: (number, address.replace("&amp;", "&")) for address, label, number in found}


def test_a_clerk_sees_real_numbers_of_their_own_unit(login, county_clerk, staff, teacher_b):
    text = login(county_clerk).get("/").content.decode()

    numbers = {label: number for label, (number, _address) in stats(text).items()}
    assert numbers == {
        "在职教职工": "4",
        "在编": "4",
        "核定编制": "5",
        "超编单位": "1",
        "疑似重复档案": "0",
        "合同到期提醒": "0",
    }
    assert "空编 2" in text
    assert "共超 1 人" in text


def test_each_number_leads_to_the_list_that_it_counts(login, county_clerk, staff):
    client = login(county_clerk)

    found = stats(client.get("/").content.decode())

    assert len(table_rows(client.get(found["在职教职工"][1]))) == 4
    assert len(table_rows(client.get(found["在编"][1]))) == 4
    assert [row[1] for row in table_rows(client.get(found["超编单位"][1]))] == ["青石县第一初级中学"]


def test_the_chart_says_who_is_over_and_who_has_seats(login, county_clerk, staff):
    text = login(county_clerk).get("/").content.decode()

    assert "超 1" in text
    assert "空 2" in text
    assert "2 个单位，截至 2026-11-22" in text


def test_a_school_clerk_sees_their_school_only(login, school_clerk, staff):
    text = login(school_clerk).get("/").content.decode()

    assert stats(text)["在职教职工"][0] == "3"
    assert "青石县实验小学" not in text


def test_what_files_lack_leads_to_those_files(login, county_clerk, staff):
    client = login(county_clerk)
    (address,) = re.findall(r'href="(/teachers/\?quality=phone)"', client.get("/").content.decode())

    assert len(table_rows(client.get(address))) == 4


def test_a_teacher_begins_with_their_own_file(login, teacher_actor, own_file):
    assert login(teacher_actor).get("/").url == "/me/"


@pytest.mark.parametrize(
    "role", ["panel_secretary", "panel_member", "auditor", "system_administrator", "security_administrator"]
)
def test_every_role_has_a_first_page(login, request, role):
    answer = login(request.getfixturevalue(role)).get("/")

    assert answer.status_code == 200
    assert "没有待办事项" in answer.content.decode()


def test_strangers_log_in_first(db):
    assert Client().get("/").url == "/accounts/login/?next=/"


def test_the_page_costs_the_same_for_two_units_and_for_twenty(login, county_clerk, county_a, staff, system):
    def queries():
        client = login(county_clerk)
        client.get("/")
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/").status_code == 200
        return len(caught)

    few = queries()
    for number in range(18):
        school = make_unit("school", f"第{number}小学", county_a)
        make_teacher(f"教师{number}", school)
        with change("test.quota", actor=system, reason="test ground"):
            ApprovedQuota.objects.create(unit=school, seats=number, valid=Range(date(2020, 1, 1), None))

    assert queries() == few
