"""A roster's 岗位等级 and 聘任时间: read, kept within the posts, refused where none is free."""

from __future__ import annotations

from datetime import date

import pytest
from psycopg.types.range import Range

from core.exchange.applying import apply_batch
from core.exchange.checking import check_batch
from core.exchange.models import BatchRow
from core.exchange.services import create_batch
from personnel.models import PostAppointment
from tests.core.exchange.books import book
from tests.ground.clock import TODAY
from tests.personnel.posts import appointed, set_posts, told

pytestmark = pytest.mark.django_db
NUMBERS = ("11010519491231002X", "320106198507154012", "510124197806304520")


@pytest.fixture
def sent(county_clerk, school_a):
    def send(*rows, day=TODAY):
        lines = [[f"张{'甲乙丙'[place]}", NUMBERS[place], school_a.name, *row] for place, row in enumerate(rows)]
        content = book(花名册=[["姓名", "身份证号", "工作单位", "岗位等级", "聘任时间"], *lines])
        batch = create_batch(
            actor=county_clerk, unit=county_clerk.unit, name=f"花名册{len(content)}.xlsx", content=content, day=day
        )
        check_batch(batch.pk, county_clerk)
        found = [
            (row.row, code) for row in BatchRow.objects.filter(batch=batch).order_by("row") for code in row.problems
        ]
        apply_batch(batch.pk, county_clerk)
        return found

    return send


def test_levels_are_read_in_the_words_of_counties(sent, school_a):
    assert sent(["专业技术十级", "2018.09"], ["七级", "2020年1月"], ["八级职员", "2021-03-01"]) == []
    rows = PostAppointment.objects.order_by("teacher__name").values_list("level", "valid", "unit", "place")
    assert set(rows) == {
        ("p10", Range(date(2018, 9, 1), None), school_a.pk, "over"), ("p7", Range(date(2020, 1, 1), None), school_a.pk, "over"),
        ("m8", Range(date(2021, 3, 1), None), school_a.pk, "over"),
    }  # fmt: skip


def test_a_row_without_a_free_post_is_refused_and_the_others_are_taken(sent, school_a):
    set_posts(school_a, p10=2)
    appointed(school_a, "p10")
    assert sent(["十级", "2024-09-01"], ["十级", "2024-09-01"], ["十级", "2015-09-01"]) == [(3, "no_vacancy")]
    assert told(school_a) == {"p10": (2, 2, 1)}


def test_another_level_ends_the_one_before_on_its_day_within_the_posts(sent, school_a):
    set_posts(school_a, p10=1, p9=1)
    assert sent(["十级", "2022-09-01"]) == []
    assert sent(["九级", "2025-09-01"]) == []
    assert list(PostAppointment.objects.order_by("valid").values_list("level", "valid", "place")) == [
        ("p10", Range(date(2022, 9, 1), date(2025, 9, 1)), "ratio"), ("p9", Range(date(2025, 9, 1), None), "ratio"),
    ]  # fmt: skip
    assert sent(["九级", "2025-09-01"], ["九级", "2026-01-01"]) == [(3, "no_vacancy")]
