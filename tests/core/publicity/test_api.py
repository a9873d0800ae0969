"""Publicities by program: for anybody, what the public pages tell and no more."""

from datetime import date, timedelta

import pytest
from django.test import Client

from tests.core.publicity.conftest import LAST

pytestmark = pytest.mark.django_db
URL = "/api/v1/publicity/"


def test_anybody_reads_masked_names_and_public_values_and_nothing_else(published):
    anybody = Client(headers={"Accept-Language": "en"})

    (listed,) = anybody.get(URL).json()["results"]
    answer = anybody.get(f"{URL}{published.code}/")

    one, text = answer.json(), answer.content.decode()
    assert (listed["code"], listed["title"], listed["last_day"]) == (published.code, "2026年优秀教师公示", "2026-11-25")
    assert "rows" not in listed
    assert (one["unit"]["name"], one["days"], one["reference"]) == ("青石县教育局", 7, "测试办法第一条")
    assert (one["state"]["code"], one["takes_objections"], one["contact"]) == ("open", True, "0591-12345678")
    assert [(row["place"], row["name"], row["struck"]) for row in one["rows"]] == [(1, "李*", False), (2, "王*", False)]
    assert [(value["name"], value["value"]) for value in one["rows"][0]["values"]] == [
        ("school", "第一初级中学"), ("merit", "班主任"),
    ]  # fmt: skip
    for hidden in ("李秀英", "350726197902031234", "li.xiuying", str(published.public_id), "secret", "民主推荐"):
        assert hidden not in text.replace("经民主推荐", "")
    assert (answer.headers["X-Robots-Tag"], answer.headers["Cache-Control"]) == ("noindex", "no-store, private")


def test_it_is_listed_by_unit_and_goes_after_its_time(published, county_clerk, at_day):
    anybody = Client()
    assert len(anybody.get(URL, {"unit": county_clerk.unit.code}).json()["results"]) == 1
    assert anybody.get(URL, {"unit": "nowhere"}).json()["results"] == []
    assert anybody.get(f"{URL}nothing-there/").status_code == 404
    at_day(date(2026, 11, 15))
    assert anybody.get(URL).json()["results"] == []
    assert anybody.get(f"{URL}{published.code}/").status_code == 404
    at_day(LAST + timedelta(days=1))
    assert anybody.get(f"{URL}{published.code}/").json()["takes_objections"] is False
