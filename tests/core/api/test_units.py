"""Units by the API: those of the actor's subtree, named as of the day, page by page."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg.types.range import Range

from core.codes.services import load_codes
from core.org.models import ApprovedQuota, UnitProfile, UnitStatistics
from core.records.changes import change
from tests.factories.people import make_unit

pytestmark = pytest.mark.django_db
URL = "/api/v1/units/"


def test_a_county_sees_itself_and_its_schools(api, county_clerk, county_a, school_a, second_school_a, school_b):
    rows = api(county_clerk).get(URL).json()["results"]

    assert [(row["code"], row["name"], row["kind"]["code"]) for row in rows] == [
        (county_a.code, "青石县教育局", "county"),
        (school_a.code, "青石县第一初级中学", "school"),
        (second_school_a.code, "青石县实验小学", "school"),
    ]
    assert rows[1]["parent"] == {"id": str(county_a.public_id), "code": county_a.code, "name": "青石县教育局"}
    assert (rows[1]["opened"], rows[1]["closed"], rows[1]["revision"]) == ("1990-01-01", None, 1)


def test_one_unit_comes_with_its_dated_facts(api, county_clerk, school_a, system):
    load_codes(on=date(2026, 11, 22))
    with change("test", actor=system, reason="test ground"):
        profile = UnitProfile.objects.get(unit=school_a)
        profile.supersede(
            on=date(2020, 9, 1), name="青石县第一中学", office_type="345", location="111", stages=["junior", "senior"]
        )
        ApprovedQuota.objects.create(unit=school_a, seats=120, valid=Range(date(2019, 1, 1), None))
        UnitStatistics.objects.create(unit=school_a, school_year=2026, pupils=1500, classes=30)

    row = api(county_clerk).get(f"{URL}{school_a.public_id}/").json()

    old, new = row["profiles"]
    assert row["name"] == new["name"] == "青石县第一中学"
    assert (old["name"], old["valid"]) == ("青石县第一初级中学", {"from": "1990-01-01", "until": "2020-09-01"})
    assert new["location"] == {"code": "111", "label": "Main city area"}
    assert [stage["label"] for stage in new["stages"]] == ["Junior secondary", "Senior secondary"]
    assert old["location"] is None
    assert row["quotas"] == [{"valid": {"from": "2019-01-01", "until": None}, "seats": 120}]
    assert row["statistics"] == [{"school_year": 2026, "stage": None, "pupils": 1500, "classes": 30, "boarders": None}]


def test_conditions_narrow_the_list(api, county_clerk, county_a, school_a, second_school_a):
    client = api(county_clerk)

    def names(query):
        return [row["name"] for row in client.get(f"{URL}?{query}").json()["results"]]

    assert names("kind=county") == ["青石县教育局"]
    assert names("q=实验") == ["青石县实验小学"]
    assert names(f"q={school_a.code}") == ["青石县第一初级中学"]
    assert names(f"under={second_school_a.public_id}") == ["青石县实验小学"]
    assert names("on=1989-12-31") == []


def test_a_condition_that_names_somebody_elses_unit_finds_nothing(api, county_clerk, county_b, school_b):
    assert api(county_clerk).get(f"{URL}?under={county_b.public_id}").json()["results"] == []


@pytest.mark.parametrize(
    ("query", "parameter", "code"),
    [
        ("kind=castle", "kind", "invalid_choice"), ("on=yesterday", "on", "invalid"), ("under=1", "under", "invalid"),
        ("colour=red", "colour", "unknown_parameter"), ("q=%00", "q", "null_characters_not_allowed"),
        (f"q={'长' * 61}", "q", "max_length"), ("size=0", "size", "invalid"), ("size=201", "size", "invalid"),
        ("size=٣", "size", "invalid"), ("cursor=abc", "cursor", "invalid"), ("cursor=cD1hYmM=", "cursor", "invalid"),
        ("cursor=cD0lMDA=", "cursor", "invalid"),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_named(api, county_clerk, query, parameter, code):
    answer = api(county_clerk).get(f"{URL}?{query}")

    assert answer.status_code == 400
    assert [(place["parameter"], place["code"]) for place in answer.json()["errors"]] == [(parameter, code)]


def test_pages_follow_each_other_without_gap_or_overlap(api, county_clerk, county_a):
    for number in range(7):
        make_unit("school", f"第{number}小学", county_a)
    client = api(county_clerk)
    every = [row["code"] for row in client.get(URL).json()["results"]]

    seen, address, previous = [], f"{URL}?size=3", []
    while address:
        page = client.get(address).json()
        seen += [row["code"] for row in page["results"]]
        previous.append(page["previous"])
        address = page["next"]

    assert seen == every
    assert len(previous) == 3
    assert [row["code"] for row in client.get(previous[2]).json()["results"]] == every[3:6]


def test_a_cursor_far_outside_finds_nothing(api, county_clerk):
    answer = api(county_clerk).get(f"{URL}?cursor=cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk=")

    assert (answer.status_code, answer.json()["results"]) == (200, [])


def test_the_list_costs_the_same_for_one_unit_and_for_thirty(api, county_clerk, county_a):
    def queries():
        client = api(county_clerk)
        client.get(URL)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get(URL)
        return len(caught)

    one = queries()
    for number in range(30):
        make_unit("school", f"第{number}小学", county_a)

    assert queries() == one
